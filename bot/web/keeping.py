"""What must be written down or finished, whatever else breaks meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import structlog

from bot.errors import FrontdeskError
from bot.logs import place_of
from handoff.history import Happening, History

log = structlog.get_logger(__name__)

FINISH_S: Final = 5.0
"""A database that does not answer keeps the server from stopping no longer."""


class Keeping:
    def __init__(self, history: Callable[[], History]) -> None:
        """`history` is asked for each time: it is there only once the centre is loaded."""
        self._history = history
        self._remaining: set[asyncio.Task[None]] = set()

    async def happened(self, happened: Sequence[Happening]) -> None:
        """A history that cannot be written must not stop a call."""
        try:
            for one in happened:
                await asyncio.to_thread(self._history().add, one)
        except FrontdeskError as error:
            log.error("history.not_stored", code=error.code)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """What remains to be done when a line is gone; the task that asks may be cancelled by then."""
        task = asyncio.create_task(self._finish(work))
        self._remaining.add(task)
        task.add_done_callback(self._remaining.discard)

    async def finish(self) -> None:
        """As the server stops: what was begun is done when this returns; what breaks or takes too long is logged."""
        try:
            async with asyncio.timeout(FINISH_S):
                while self._remaining:
                    await asyncio.gather(*self._remaining)
        except TimeoutError:
            log.error("floor.unfinished", error="TimeoutError")

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except FrontdeskError as error:
            log.error("floor.unfinished", code=error.code)
        except Exception as error:  # else told only when Python throws the task away, and with what it was about
            log.error("floor.unfinished", error=type(error).__name__, where=place_of(error))
