"""What the SIP stack tells while we dial, with the library's own agent and call and a stack that is in a hurry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.sip_placing import place

baresip = pytest.importorskip("baresip", reason="calling by SIP needs the extra `sip`")

AGENT, OURS, ANOTHERS = 1, 7, 8


class HastyStack:
    """Tells what becomes of a call in the same breath in which it tells the call's number."""

    draining = False

    def __init__(self, *events: Any) -> None:
        self._events = events
        self.listeners: list[Callable[[Any], None]] = []

    def subscribe(self, listener: Callable[[Any], None]) -> None:
        self.listeners.append(listener)

    def unsubscribe(self, listener: Callable[[Any], None]) -> None:
        self.listeners.remove(listener)

    async def cmd(self, number: int, args: str) -> tuple[int, str]:
        for event in self._events:
            for listener in list(self.listeners):
                listener(event)
        return 0, json.dumps({"handle": OURS})


def told(event: Any, call: int = OURS, text: str = "") -> Any:
    return baresip.StackEvent(event=event, handle=call, ua=AGENT, call=call, text=text)


async def test_a_call_answered_before_we_know_it_is_answered() -> None:
    stack = HastyStack(told(baresip.Event.CALL_RINGING), told(baresip.Event.CALL_ESTABLISHED))
    call = await place(baresip.UserAgent(stack, AGENT), "sip:anna@127.0.0.1")
    await call.wait_established(0.01)
    assert call.state is baresip.CallState.ESTABLISHED
    assert len(stack.listeners) == 1  # the call's own


async def test_a_call_declined_before_we_know_it_is_declined_and_does_not_ring_on() -> None:
    stack = HastyStack(told(baresip.Event.CALL_CLOSED, text="603 Decline"))
    call = await place(baresip.UserAgent(stack, AGENT), "sip:anna@127.0.0.1")
    with pytest.raises(baresip.CallDeclined):
        await call.wait_established(0.01)


async def test_what_became_of_another_call_meanwhile_is_not_ours() -> None:
    stack = HastyStack(told(baresip.Event.CALL_ESTABLISHED, call=ANOTHERS))
    call = await place(baresip.UserAgent(stack, AGENT), "sip:anna@127.0.0.1")
    assert call.state is baresip.CallState.OUTGOING


async def test_whoever_listens_to_the_call_hears_what_came_before_it_as_well() -> None:
    heard: list[Any] = []
    ringing = told(baresip.Event.CALL_RINGING)
    await place(baresip.UserAgent(HastyStack(ringing), AGENT), "sip:anna@127.0.0.1", heard.append)
    assert heard == [ringing]
