import asyncio

from bot.channels.bridge import bridge
from bot.channels.desks import DeskUnreached
from bot.channels.door import PhoneDoor
from bot.events import Answered, AudioChunk, DigitPressed
from tests.fakes_phone import EchoCentre


class Line:
    """Gives the events it is made of, then waits until it is closed."""

    queue = ticket = ""

    def __init__(self, *events, is_unreached=False):
        self.is_unreached = is_unreached
        self.script, self.played, self.closed = events, b"", 0
        self._gone = asyncio.Event()

    async def events(self):
        for event in self.script:
            yield event
        await self._gone.wait()

    async def play(self, pcm):
        self.played += pcm
        await asyncio.sleep(0)

    async def clear(self):
        pass

    async def transfer(self, queue, ticket_id):
        self.queue, self.ticket = queue, ticket_id

    async def pass_on(self):
        self.passed_on = self.queue, self.closed
        if self.is_unreached:
            raise DeskUnreached

    async def hang_up(self):
        await self.close()

    async def close(self):
        self.closed += 1
        self._gone.set()


class Tally:
    def __init__(self):
        self.outcomes = []

    def call_ended(self, outcome):
        self.outcomes.append(outcome)


async def test_every_call_is_counted_by_its_end_and_its_line_is_let_go():
    tally = Tally()
    door = PhoneDoor(EchoCentre(), tally)
    for digit in "219":
        line = Line(Answered("1"), DigitPressed(digit))
        await door.run(line)
        assert line.closed >= 1
    assert tally.outcomes == ["completed", "escalated", "failed"]
    assert door.calls == 0


class People:
    """Those of one queue are at our own desk."""

    def __init__(self, queue):
        self.queue, self.taken = queue, []

    def answer(self, channel):
        return channel.queue == self.queue

    async def take(self, channel):
        self.taken.append((channel.ticket, channel.closed))

    async def not_reached(self, channel):
        self.taken.append(("not reached", channel.ticket, channel.closed))

    async def close(self):
        self.taken.append("closed")


async def test_a_caller_who_goes_to_a_person_is_passed_on_when_the_bot_is_done():
    line, other = Line(Answered("1"), DigitPressed("1")), Line(Answered("1"), DigitPressed("2"))
    door = PhoneDoor(EchoCentre())
    await door.run(line)
    await door.run(other)
    assert line.passed_on == ("billing", 0)
    assert line.closed >= 1
    assert not hasattr(other, "passed_on")


async def test_at_our_own_desk_they_are_taken_on_the_line_they_have():
    people, line = People("billing"), Line(Answered("1"), DigitPressed("1"))
    door = PhoneDoor(EchoCentre(), people=people)
    await door.run(line)
    assert people.taken == [("T-7", 0)]
    assert line.closed >= 1
    elsewhere = Line(Answered("1"), DigitPressed("1"))
    await PhoneDoor(EchoCentre(), people=People("reception")).run(elsewhere)
    assert elsewhere.passed_on == ("billing", 0)
    await door.close()
    assert people.taken[-1] == "closed"


async def test_whose_desk_elsewhere_does_not_answer_is_told_so_before_the_line_is_let_go():
    people, line = People("reception"), Line(Answered("1"), DigitPressed("1"), is_unreached=True)
    await PhoneDoor(EchoCentre(), people=people).run(line)
    assert people.taken == [("not reached", "T-7", 0)]
    assert line.closed >= 1
    alone = Line(Answered("1"), DigitPressed("1"), is_unreached=True)
    assert await PhoneDoor(EchoCentre()).run(alone) == "escalated"
    assert alone.closed >= 1


async def test_no_call_is_taken_when_full_not_ready_or_closing():
    centre = EchoCentre(lines=1)
    door = PhoneDoor(centre)
    assert door.refusal() == ""
    running = asyncio.create_task(door.run(Line(Answered("1"))))
    await asyncio.sleep(0)
    assert door.refusal() == "busy"
    centre.is_ready = False
    assert door.refusal() == "starting"
    await door.close()
    assert door.refusal() == "closing"
    await asyncio.wait([running], timeout=5)
    assert running.done()


class AllBusy:
    """Everybody who comes is offered a call back."""

    def __init__(self):
        self.taken = []

    def has_room(self):
        return False

    async def take(self, channel):
        self.taken.append(channel)
        return True


async def test_whom_we_rang_never_hears_that_all_lines_are_busy():
    centre, overflow = EchoCentre(lines=0), AllBusy()
    door = PhoneDoor(centre, overflow=overflow)
    assert (door.refusal(), door.refusal(is_placed=True)) == ("busy", "")
    await door.run(Line(Answered("1")))
    assert len(overflow.taken) == 1
    assert await door.run(Line(Answered("1"), DigitPressed("2")), "r-9", is_placed=True) == "completed"
    assert (len(overflow.taken), centre.reminders) == (1, ["r-9"])


async def test_whom_we_rang_is_let_go_too_when_we_close():
    centre = EchoCentre()
    door = PhoneDoor(centre)
    centre.is_ready = False
    assert door.refusal(is_placed=True) == "starting"
    await door.close()
    assert door.refusal(is_placed=True) == "closing"


async def test_joined_lines_hear_each_other_and_end_together():
    left, right = AudioChunk(b"\x01\x00" * 320), AudioChunk(b"\x02\x00" * 320)
    caller, person = Line(Answered("1"), left, DigitPressed("5")), Line(right)
    joined = asyncio.create_task(bridge(caller, person))
    async with asyncio.timeout(5):
        while not (caller.played and person.played):  # noqa: ASYNC110 - two pumps that run by themselves
            await asyncio.sleep(0)
    assert (caller.played, person.played) == (right.pcm, left.pcm)
    await person.close()
    await asyncio.wait_for(joined, 5)
    assert caller.closed == 1


def test_calls_that_are_being_answered_take_lines_first_and_then_the_room_beyond_them():
    class Centre(EchoCentre):
        def health(self):
            return {"ready": True, "calls": self.calls, "max_calls": 2}

    class Overflow:
        def has_room(self, beside=0):
            return beside < 3

    centre = Centre()
    centre.calls = 1
    assert [PhoneDoor(centre).has_room_beside(answered) for answered in (0, 1)] == [True, False]
    door = PhoneDoor(centre, overflow=Overflow())
    assert [door.has_room_beside(answered) for answered in (0, 1, 3, 4)] == [True, True, True, False]
