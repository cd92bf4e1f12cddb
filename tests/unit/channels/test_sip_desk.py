"""A caller goes to people elsewhere: asked over, rung and joined, or told that nobody came; whoever hangs up when."""

import asyncio

import pytest

from bot.channels.desks import DeskUnreached

pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
import baresip

from bot.channels import sip_desk
from bot.channels.sip_desk import bring

DESK = "sip:201@pbx"
CLOSED = baresip.StackEvent(event=baresip.Event.CALL_CLOSED)
REFUSED = baresip.TransferFailed("603 Decline", status=603, reason="Decline")


class Leg:
    """A call as the library has it. `refusal`: of a REFER; `answers`: None, an error, or never while it is "rings"."""

    def __init__(self, refusal=None, answers=None):
        self.state, self.listeners = baresip.CallState.ESTABLISHED, []
        self.rings, self._refusal, self._answers, self.asked = asyncio.Event(), refusal, answers, []

    def on(self, listener):
        self.listeners.append(listener)

    def off(self, listener):
        self.listeners.remove(listener)

    def close(self):
        self.state = baresip.CallState.CLOSED
        for listener in list(self.listeners):
            listener(CLOSED)

    async def transfer(self, target, **how):
        self.asked.append(target)
        if self._refusal:
            raise self._refusal

    async def wait_established(self, seconds):
        self.rings.set()
        if self._answers == "rings":
            await asyncio.Event().wait()
        if self._answers:
            raise self._answers

    async def hangup(self):
        self.close()


class Line:
    def __init__(self, **how):
        self.call = Leg(**how)

    @property
    def is_over(self):
        return self.call.state is baresip.CallState.CLOSED


@pytest.fixture
def joined(monkeypatch):
    """The desks that callers were joined with; `rung` is the one that the next call rings."""
    made = []

    async def bridge(caller, desk):
        made.append(desk)

    monkeypatch.setattr(sip_desk, "bridge", bridge)
    monkeypatch.setattr(sip_desk, "SipChannel", lambda call: call)
    return made


def rung(monkeypatch, desk):
    async def place(agent, target):
        if isinstance(desk, Exception):
            raise desk
        return desk

    monkeypatch.setattr(sip_desk, "place", place)


async def test_who_is_called_by_the_other_side_is_rung_by_nobody_else(joined):
    line = Line()
    await bring(None, line, DESK)
    assert (line.call.asked, joined) == ([DESK], [])


async def test_refused_we_ring_the_desk_and_join_the_two(joined, monkeypatch):
    line, desk = Line(refusal=REFUSED), Leg()
    rung(monkeypatch, desk)
    await bring(None, line, DESK)
    assert joined == [desk]
    assert line.call.listeners == []


@pytest.mark.parametrize(
    "answers", [baresip.CallBusy("486"), baresip.CallDeclined("603"), baresip.CallTimeout("late"), ValueError("odd")]
)
async def test_who_reaches_nobody_is_still_there_and_is_not_forgotten(joined, monkeypatch, answers):
    desk = Leg(answers=answers)
    rung(monkeypatch, desk)
    with pytest.raises(DeskUnreached):
        await bring(None, Line(refusal=REFUSED), DESK)
    assert desk.state is baresip.CallState.CLOSED
    rung(monkeypatch, answers)
    with pytest.raises(DeskUnreached):
        await bring(None, Line(refusal=REFUSED), DESK)
    assert joined == []


async def test_a_queue_without_a_number_on_this_line_reaches_nobody():
    line = Line()
    with pytest.raises(DeskUnreached):
        await bring(None, line, "")
    assert line.call.asked == []


async def test_the_desk_rings_no_longer_than_the_caller_waits(joined, monkeypatch):
    line, desk = Line(refusal=REFUSED), Leg(answers="rings")
    rung(monkeypatch, desk)
    bringing = asyncio.create_task(bring(None, line, DESK))
    await asyncio.wait_for(desk.rings.wait(), 5)
    line.call.close()
    await asyncio.wait_for(bringing, 5)
    assert desk.state is baresip.CallState.CLOSED
    assert (joined, line.call.listeners) == ([], [])


async def test_who_has_hung_up_already_is_brought_nowhere(joined):
    line = Line()
    line.call.close()
    await bring(None, line, DESK)
    await bring(None, line, "")
    assert line.call.asked == []
