"""Who gets the last line, when more call than there are lines."""

import asyncio

import pytest

from bot.events import Answered
from bot.phone_settings import SipSettings

pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
import baresip

from bot.channels.sip import SipPhone
from bot.channels.sip_caller import Caller
from bot.channels.sip_channel import SipChannel


class Ringing:
    peer, headers, call_id, state = "sip:ann@127.0.0.1", {}, "", baresip.CallState.INCOMING

    def __init__(self):
        self.done = []

    async def reject(self):
        self.done.append("reject")

    async def answer(self):
        self.done.append("answer")

    async def wait_established(self, seconds):
        self.done.append("established")

    async def hangup(self):
        self.done.append("hangup")


class Door:
    """`refusals`: what it says each time it is asked."""

    def __init__(self, *refusals):
        self.refusals, self.calls = list(refusals), 0

    def refusal(self):
        return self.refusals.pop(0)

    def has_room_beside(self, answered):
        return True

    async def run(self, *call, **ways):
        self.calls += 1


async def test_above_capacity_nothing_is_answered():
    door, call = Door("busy"), Ringing()
    await SipPhone(door, SipSettings())._answer(call)
    assert call.done == ["reject"]


async def test_a_call_whose_line_went_to_another_while_it_was_answered_is_let_go():
    door, call = Door("", "busy"), Ringing()
    await SipPhone(door, SipSettings())._answer(call)
    assert call.done == ["answer", "established", "hangup"]
    assert door.calls == 0


async def test_the_door_is_told_of_a_call_that_we_placed(monkeypatch):
    door, runs = Door(), []

    async def run(channel, reminder="", is_placed=False):
        runs.append((reminder, is_placed))

    async def dial(agent, target, ring_s, talk):
        await talk("the call")
        yield "ended"

    door.run = run
    phone = SipPhone(door, SipSettings())
    monkeypatch.setattr("bot.channels.sip.dial", dial)
    monkeypatch.setattr(phone, "_channel", lambda call, caller: call)
    assert [step async for step in phone.place_call("sip:anna@127.0.0.1", "r-9")] == ["ended"]
    assert runs == [("r-9", True)]


async def test_calls_that_are_being_answered_count_before_their_ack_comes():
    class Lines(Door):
        def has_room_beside(self, answered):
            return answered < 2

    class Unacknowledged(Ringing):
        async def wait_established(self, seconds):
            await acknowledged.wait()

    acknowledged, phone = asyncio.Event(), SipPhone(Lines(*[""] * 5), SipSettings())
    phone._channel = lambda *about: None
    calls = [Unacknowledged() for _ in range(3)]
    answering = [asyncio.create_task(phone._answer(call)) for call in calls]
    await asyncio.wait(answering[2:])
    assert [call.done for call in calls] == [["answer"], ["answer"], ["reject"]]
    acknowledged.set()
    await asyncio.gather(*answering)
    assert phone._answered == 0


async def test_a_line_that_cannot_be_read_any_more_is_over_and_nobody_waits_in_it():
    class Broken:
        state = baresip.CallState.ESTABLISHED

        def on(self, listener):
            pass

        on_dtmf = on

        @property
        def audio(self):
            raise RuntimeError("the stack's surprise")

    channel = SipChannel(Broken(), Caller("ann", "Ann Example"))
    assert [event async for event in channel.events()] == [Answered("ann", "", "Ann Example")]
    assert channel.is_over
