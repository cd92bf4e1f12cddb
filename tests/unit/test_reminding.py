"""A reminder call: who it is for, and what it decided."""

import datetime as dt
from types import SimpleNamespace

import pytest

from bot.errors import DiaryError
from bot.outbound.model import Outcome, Reminder
from bot.reminding import Reminding

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class Rows:
    """One reminder; remembers what was asked of it."""

    def __init__(self, reminder):
        self.reminder, self.log = reminder, []

    def get(self, reminder_id, businesses):
        return self.reminder if self.reminder and self.reminder.id == reminder_id else None

    def claim(self, reminder_id, now):
        self.log.append("claimed")
        return True

    def finish(self, reminder_id, outcome, now, again_at):
        self.log.append(outcome)
        return True


def reminder(appointment="something"):
    start = SimpleNamespace(slot=SimpleNamespace(start=NOW + dt.timedelta(days=2))) if appointment else None
    slot = SimpleNamespace(start=NOW + dt.timedelta(days=2))
    return Reminder(7, "b", SimpleNamespace(timezone=""), NOW, appointment=start, offer=None if appointment else slot)


def reminding(of):
    rows = Rows(of)
    business = SimpleNamespace(quiet_hours=None, timezone=None)
    offices = SimpleNamespace(all=lambda: {"b": SimpleNamespace(content=SimpleNamespace(business=business))})
    return Reminding(SimpleNamespace(reminders=rows), offices), rows


def test_a_call_takes_the_reminder_on():
    people, rows = reminding(reminder())
    assert people.take("7", NOW).id == 7
    assert rows.log == ["claimed"]


@pytest.mark.parametrize(("of", "asked"), [(None, "7"), (reminder(), "8"), (reminder(), "x")])
def test_what_is_over_or_unknown_is_said(of, asked):
    with pytest.raises(DiaryError) as caught:
        reminding(of)[0].take(asked, NOW)
    assert caught.value.code == "diary.no_reminder"


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        (("confirmed",), Outcome.CONFIRMED),
        (("answered", "moved", "confirmed"), Outcome.MOVED),
        (("wrong person",), Outcome.WRONG_PERSON),
        (("booked",), Outcome.CONFIRMED),
        (("declined",), Outcome.REACHED),
        (("told",), Outcome.REACHED),
        (("told", "snoozed"), Outcome.CALL_LATER),
        ((), Outcome.NO_ANSWER),
        (("answered",), Outcome.NO_ANSWER),
    ],
)
def test_what_the_call_decided_is_recorded(done, outcome):
    people, rows = reminding(reminder())
    people.record("7", SimpleNamespace(done=done), NOW)
    assert rows.log == [outcome]


def test_a_call_may_be_about_a_freed_time():
    assert reminding(reminder(None))[0].take("7", NOW).kind == "offer"
