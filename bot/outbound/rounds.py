"""The rounds of a running call centre: what is due is placed now and then, by the first way that reaches people."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

import structlog

from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.outbound.model import Outcome, Reminder
from bot.outbound.placing import Line, Placing

log = structlog.get_logger()

EVERY_SECONDS = 20.0


class FirstThatReaches:
    """A line made of others, in order of preference: the next is tried when one cannot reach the person at all."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = tuple(lines)

    async def ring(self, reminder: Reminder) -> Outcome:
        """FAILED, rather than NO_ADDRESS, when one of them might have reached the person: it is tried again sooner."""
        last = Outcome.NO_ADDRESS
        for line in self._lines:
            outcome = await line.ring(reminder)
            if outcome not in (Outcome.NO_ADDRESS, Outcome.FAILED):
                return outcome
            last = outcome if outcome is Outcome.FAILED else last
        return last


async def keep_placing(
    placing: Callable[[], Placing],
    line: Line,
    clock: Callable[[], dt.datetime],
    has_room: Callable[[], bool] = lambda: True,
    every_seconds: float = EVERY_SECONDS,
) -> None:
    """Until cancelled. `placing` is asked anew each round, since businesses change while we run; nobody is rung without
    `has_room`.

    Whatever fails, a database or a surprise of ours, is said once a round and tried again: nobody is forgotten.
    """
    while True:
        try:
            placed = await placing().place_due(line, clock, has_room)
            if placed:
                log.info("reminders.placed", outcomes=[outcome.value for _, outcome in placed])
        except FrontdeskError as error:
            log.error("reminders.failed", code=error.code)
        except Exception as error:  # without these rounds nobody would be reminded any more, and nobody would notice
            log.error("reminders.failed", error=type(error).__name__, where=place_of(error))
        await asyncio.sleep(every_seconds)
