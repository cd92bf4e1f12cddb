"""What is told of a call that we place, with a stack that does at once what it is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreError

pytest.importorskip("baresip", reason="calling by SIP needs the extra `sip`")

import baresip

from bot.channels.sip_dialling import dial

AGENT, OURS = 1, 7


class Stack:
    """Every call gets the events it is made of."""

    draining = False

    def __init__(self, *events: Any) -> None:
        self._events, self.asked = events, 0
        self.listeners: list[Callable[[Any], None]] = []

    def subscribe(self, listener: Callable[[Any], None]) -> None:
        self.listeners.append(listener)

    def unsubscribe(self, listener: Callable[[Any], None]) -> None:
        self.listeners.remove(listener)

    async def cmd(self, number: int, args: str) -> tuple[int, str]:
        self.asked += 1
        events, self._events = self._events, ()
        for event in events:
            for listener in list(self.listeners):
                listener(event)
        return 0, json.dumps({"handle": OURS})


def told(event: Any, text: str = "") -> Any:
    return baresip.StackEvent(event=event, handle=OURS, ua=AGENT, call=OURS, text=text)


async def course(stack: Stack, talk: Callable[[Any], Any]) -> list[str]:
    async with asyncio.timeout(5):
        return [step async for step in dial(baresip.UserAgent(stack, AGENT), "sip:anna@127.0.0.1", 0.01, talk)]


@pytest.mark.parametrize("surprise", [StoreError("store.locked", "Maria Lopez"), ValueError(), KeyError("Maria Lopez")])
async def test_a_talk_that_breaks_is_over_and_whoever_waits_for_its_end_is_told(surprise: Exception) -> None:
    async def talk(call: Any) -> None:
        raise surprise

    stack = Stack(told(baresip.Event.CALL_ESTABLISHED))
    with capture_logs() as logs:
        assert await course(stack, talk) == ["dialling", "answered", "ended"]
    assert stack.asked == 2, "the call and its hang-up"
    assert "Lopez" not in str(logs)


async def test_a_stack_that_breaks_before_the_answer_is_a_call_that_failed() -> None:
    class Broken(Stack):
        async def cmd(self, number: int, args: str) -> tuple[int, str]:
            raise RuntimeError("the stack's surprise")

    async def talk(call: Any) -> None:
        raise AssertionError

    with capture_logs() as logs:
        assert await course(Broken(), talk) == ["dialling", "failed"]
    assert [(line["event"], line["error"]) for line in logs] == [("sip.call_failed", "RuntimeError")]


async def test_who_declines_has_declined() -> None:
    async def talk(call: Any) -> None:
        raise AssertionError

    assert await course(Stack(told(baresip.Event.CALL_CLOSED, "603 Decline")), talk) == ["dialling", "declined"]
