"""Placing what is due: claimed by one process only, tried by some way to reach people, recorded, planned anew.

Survives a restart: everything is in the database. Survives kill -9: an attempt under way is a row; when nobody finishes
it within the lease it counts as lost, and `retry` says whether to try again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.appointments.model import Business
from bot.appointments.reminders import may_call, next_call_time
from bot.outbound.model import Outcome, Reminder
from bot.outbound.retry import next_try

AT_ONCE = 4
"""People rung at a time: one long talk must not keep the others waiting until it is night."""


class Line(Protocol):
    """A way to reach people: mail, a web page somebody is signed in to, a scripted test line, later a telephone."""

    async def ring(self, reminder: Reminder) -> Outcome:
        """What came of it; never raises."""
        ...


class Rows(Protocol):
    """What is needed of `store/reminders.py`; may raise StoreError."""

    def planned(self, businesses: Mapping[str, Business], until: dt.datetime | None = None) -> Sequence[Reminder]: ...
    def get(self, reminder_id: int, businesses: Mapping[str, Business]) -> Reminder | None: ...
    def claim(self, reminder_id: int, now: dt.datetime) -> bool: ...
    def finish(self, reminder_id: int, outcome: Outcome, now: dt.datetime, again_at: dt.datetime | None) -> bool: ...
    def supersede(self, reminder_ids: Sequence[int]) -> None: ...
    def drop_void(self, businesses: Mapping[str, Business], now: dt.datetime) -> None: ...
    def attempts_of(self, reminder_id: int) -> Sequence[tuple[int, str]]: ...
    def abandoned(self, businesses: Mapping[str, Business], now: dt.datetime) -> Sequence[Reminder]: ...


class Placing:
    """Reminders of these businesses. Blocking but for `place_due`; may raise StoreError."""

    def __init__(self, rows: Rows, businesses: Mapping[str, Business]) -> None:
        self._rows = rows
        self._businesses = businesses

    def due(self, now: dt.datetime) -> list[Reminder]:
        """What may be placed now, soonest first: not at night where the person is, and one for each appointment.

        Of several that were missed while nobody was placing them, the last is enough; the others are dropped.
        """
        self._give_up_lost(now)
        self._rows.drop_void(self._businesses, now)
        waiting = self._rows.planned(self._businesses, now)
        last = {_about(one): one.id for one in waiting}
        if missed := [one.id for one in waiting if last[_about(one)] != one.id]:
            self._rows.supersede(missed)
        decent = (one for one in waiting if may_call(self._businesses[one.business], one.customer, now))
        return [one for one in decent if last[_about(one)] == one.id]

    def claim(self, reminder_id: int, now: dt.datetime) -> Reminder | None:
        """The reminder, as it is now, for exactly one of those who ask; None for everybody else and when it is over.

        Whoever gets it must `record` what came of it.
        """
        before = self._rows.get(reminder_id, self._businesses)
        if before is None or before.start <= now or not self._rows.claim(reminder_id, now):
            return None
        reminder = self._rows.get(reminder_id, self._businesses)
        if reminder is None:  # cancelled in between
            self._rows.finish(reminder_id, Outcome.CANCELLED, now, None)
        return reminder

    def record(self, reminder_id: int, outcome: Outcome, now: dt.datetime) -> dt.datetime | None:
        """What came of the attempt under way; returns when it is tried again, if it is. Twice is as good as once."""
        reminder = self._rows.get(reminder_id, self._businesses)
        again = self._again(reminder, outcome, now) if reminder else None
        return again if self._rows.finish(reminder_id, outcome, now, again) else None

    async def place_due(
        self, line: Line, clock: Callable[[], dt.datetime], has_room: Callable[[], bool] = lambda: True
    ) -> list[tuple[Reminder, Outcome]]:
        """All that is due, a few people at a time. `clock` gives the time, asked before and after each attempt.

        Whom we ring must not find us busy: without `has_room`, asked before each attempt, it waits for the next time.
        When the database fails, what rings already is still seen to its end.
        """
        places = asyncio.Semaphore(AT_ONCE)

        async def place_all(reminders: Sequence[Reminder]) -> list[tuple[Reminder, Outcome]]:
            """For one telephone: two calls at once would find it busy."""
            async with places:
                placed = [await self._place(waiting.id, line, clock) for waiting in reminders if has_room()]
            return [each for each in placed if each]

        people = _by_person(await asyncio.to_thread(self.due, clock()))
        done = await asyncio.gather(*(place_all(reminders) for reminders in people), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error
        return [each for placed in done if not isinstance(placed, BaseException) for each in placed]

    async def _place(
        self, reminder_id: int, line: Line, clock: Callable[[], dt.datetime]
    ) -> tuple[Reminder, Outcome] | None:
        """None when it is somebody else's or over, or when those before it took until the quiet hours began."""
        reminder = await asyncio.to_thread(self._claim_decently, reminder_id, clock())
        if reminder is None:
            return None
        outcome = await line.ring(reminder)
        return reminder, await asyncio.to_thread(self._close, reminder, outcome, clock())

    def _claim_decently(self, reminder_id: int, now: dt.datetime) -> Reminder | None:
        waiting = self._rows.get(reminder_id, self._businesses)
        if waiting is None or not may_call(self._businesses[waiting.business], waiting.customer, now):
            return None
        return self.claim(reminder_id, now)

    def _close(self, reminder: Reminder, outcome: Outcome, now: dt.datetime) -> Outcome:
        """What stands in the books: a call that decided something has recorded that itself, more exactly.

        Moved meanwhile, the new time has reminders of its own: nobody is tried again about the old one.
        """
        current = self._rows.get(reminder.id, self._businesses)
        if current and current.start != reminder.start:
            self._rows.finish(reminder.id, outcome, now, None)
        else:
            self.record(reminder.id, outcome, now)
        return Outcome(dict(self._rows.attempts_of(reminder.id))[reminder.tries])

    def _give_up_lost(self, now: dt.datetime) -> None:
        for reminder in self._rows.abandoned(self._businesses, now):
            self._rows.finish(reminder.id, Outcome.LOST, now, self._again(reminder, Outcome.LOST, now))

    def _again(self, reminder: Reminder, outcome: Outcome, now: dt.datetime) -> dt.datetime | None:
        moment = next_try(outcome, reminder.tries, now, reminder.start)
        if moment is None:
            return None
        decent = next_call_time(self._businesses[reminder.business], reminder.customer, moment)
        return decent if decent < reminder.start else None


def _by_person(reminders: Sequence[Reminder]) -> list[list[Reminder]]:
    """Those for one telephone (else one person) together, in their order."""
    people: dict[str | int, list[Reminder]] = {}
    for reminder in reminders:
        people.setdefault(reminder.customer.phone or reminder.customer.id, []).append(reminder)
    return list(people.values())


def _about(reminder: Reminder) -> tuple[str, int]:
    return ("appointment", reminder.appointment.id) if reminder.appointment else ("offer", reminder.id)
