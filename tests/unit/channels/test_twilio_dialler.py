"""Calls placed through Twilio: its status callbacks, and the media stream that carries the same call."""

import asyncio

from bot.channels.exchange_calls import ExchangeCalls
from bot.channels.twilio_dialler import TwilioDialler


class Rest:
    """Twilio's REST interface; remembers the call id in the addresses it was given."""

    def __init__(self):
        self.call_id, self.hung_up = "", []

    async def dial(self, number, caller, twiml, status_url, ring_s):
        self.call_id = status_url.rpartition("/")[2]
        return "CA1"

    async def hang_up(self, sid):
        self.hung_up.append(sid)


class Placed:
    """A call being placed; `told` is what its line said so far."""

    def __init__(self):
        self.rest, self.calls, self.told = Rest(), ExchangeCalls(), []
        self.dialler = TwilioDialler(self.rest, self.calls, "+15550199", "https://desk.example")

    async def place(self):
        async for progress in self.dialler.place_call("+15550100", "7"):
            self.told.append(progress)

    async def twilio_says(self, *statuses):
        await asyncio.sleep(0)
        for status in statuses:
            self.calls.find(self.rest.call_id).tell(status)
        for _ in range(10):
            await asyncio.sleep(0)


async def test_the_end_is_told_once_the_call_has_written_down_what_it_decided():
    placed = Placed()
    placing = asyncio.create_task(placed.place())
    await placed.twilio_says("ringing", "in-progress")
    call = placed.calls.connect(placed.rest.call_id)
    await placed.twilio_says("completed")
    assert placed.told == ["dialling", "ringing", "answered"]
    call.over.set()
    await placing
    assert placed.told[-1] == "ended"
    assert placed.rest.hung_up == []


async def test_a_call_whose_sound_never_came_ends_at_once():
    placed = Placed()
    placing = asyncio.create_task(placed.place())
    await placed.twilio_says("in-progress", "completed")
    await asyncio.wait_for(placing, 5)
    assert placed.told == ["dialling", "answered", "ended"]
    assert placed.rest.hung_up == []
