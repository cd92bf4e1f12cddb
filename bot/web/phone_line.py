"""Reminders by telephone: one way to reach people, by whichever line of ours places calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.channels.outbound_calls import Dialler, Progress
from bot.errors import ChannelError
from bot.outbound.model import Outcome, Reminder

log = structlog.get_logger(__name__)

OUTCOMES: Final[Mapping[Progress, Outcome]] = {
    "ended": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "declined": Outcome.BUSY,
    "no_answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
}
"""For a call that has not recorded itself: one that ended so was picked up, but nobody was spoken to."""


class PhoneLine:
    """`dialler` is asked at each call, for lines open and close while the centre runs."""

    def __init__(self, dialler: Callable[[], Dialler | None]) -> None:
        self._dialler = dialler

    async def ring(self, reminder: Reminder) -> Outcome:
        """Rings, and when it is answered waits for the end of the call; what was decided there is on record by then."""
        dialler, number = self._dialler(), reminder.customer.phone
        if dialler is None or not number:
            return Outcome.NO_ADDRESS
        last: Progress = "failed"
        try:
            async for progress in dialler.place_call(number, str(reminder.id)):
                last = progress
        except ChannelError as error:
            log.warning("reminder.not_placed", code=error.code)
            return Outcome.FAILED
        return OUTCOMES.get(last, Outcome.FAILED)
