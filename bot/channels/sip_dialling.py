"""Placing one SIP call: dial, ring, talk, and say what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import baresip
import structlog

from bot.channels.outbound_calls import Progress
from bot.channels.sip_placing import place
from bot.logs import place_of

log = structlog.get_logger(__name__)

Talk = Callable[[Any], Awaitable[None]]
"""Runs the answered call until it is over."""


async def dial(agent: Any, target: str, ring_s: float, talk: Talk) -> AsyncGenerator[Progress, None]:
    """See `outbound_calls.Dialler.place_call` for what is told when."""
    events: asyncio.Queue[Progress] = asyncio.Queue()
    task = asyncio.create_task(_carry_out(agent, target, ring_s, talk, events))
    try:
        yield "dialling"
        while (progress := await events.get()) in ("ringing", "answered"):
            yield progress
        yield progress
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _carry_out(agent: Any, target: str, ring_s: float, talk: Talk, events: asyncio.Queue[Progress]) -> None:
    """Whatever happens, the end is told, or whoever waits for it would place no further call."""
    call: Any = None
    end: Progress = "failed"
    try:
        call = await place(agent, target, _Ringing(events))
        await call.wait_established(ring_s)
        events.put_nowait("answered")
        end = "ended"
        await talk(call)
    except Exception as error:
        if not isinstance(error, baresip.BaresipError | ValueError):
            log.error("sip.call_failed", error=type(error).__name__, at=place_of(error))
        end = end if end == "ended" else _why(error)
    finally:
        try:
            if call and call.state is not baresip.CallState.CLOSED:
                await _hang_up(call)
        finally:
            events.put_nowait(end)


class _Ringing:
    """Tells once that the call rings (180 or 183); nothing is said into early media, and it is not listened to."""

    def __init__(self, events: asyncio.Queue[Progress]) -> None:
        self._events = events
        self._is_told = False

    def __call__(self, event: Any) -> None:
        if event.event in (baresip.Event.CALL_RINGING, baresip.Event.CALL_PROGRESS) and not self._is_told:
            self._is_told = True
            self._events.put_nowait("ringing")


def _why(error: Exception) -> Progress:
    if isinstance(error, baresip.CallBusy):
        return "busy"
    if isinstance(error, baresip.CallDeclined):
        return "declined"
    if isinstance(error, baresip.CallTimeout) or getattr(error, "status", None) in (408, 480):
        return "no_answer"
    return "failed"


async def _hang_up(call: Any) -> None:
    try:
        await call.hangup()
    except baresip.BaresipError as error:
        log.debug("sip.gone", error=type(error).__name__)
