"""The book of the reports is kept up to date beside the calls, so that the first report of a day is quick.

In small steps, each in a thread and with a rest after it: the processor and the only writer of SQLite belong to
callers. What remains to be done stands in the database, so a stop loses nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import Final

import structlog

from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.web.centre import Centre

log = structlog.get_logger(__name__)

LOOK_S: Final = 5.0
REST: Final = 3.0
"""Rests are so many times as long as the work before them: a quarter of one processor at most."""

REST_S: Final = 0.02
"""And never shorter than this."""


class Bookkeeping:
    def __init__(self, centre: Centre, look_s: float = LOOK_S) -> None:
        self._centre, self._look_s = centre, look_s

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            rest_s = self._look_s
            try:
                worked_s = await asyncio.to_thread(self.advance)
                rest_s = self._look_s if worked_s is None else max(REST_S, REST * worked_s)
            except FrontdeskError as error:
                if error.code != "centre.loading":
                    log.warning("book.not_kept", code=error.code)
            except Exception as error:  # else the book would stand still until the next start
                log.error("book.failed", error=type(error).__name__, where=place_of(error))
            await asyncio.sleep(rest_s)

    def advance(self) -> float | None:
        """One step; the seconds it took, None when there was nothing to do. Raises FrontdeskError."""
        zones = {key: office.content.business.timezone for key, office in self._centre.offices.all().items()}
        begun = time.monotonic()
        did = self._centre.shelves.book.advance(lambda business: zones.get(business, dt.UTC))
        return time.monotonic() - begun if did else None
