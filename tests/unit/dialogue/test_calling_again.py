"""When to call again."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.memory import Memory
from bot.dialogue.results import NoResults
from bot.dialogue.skill import Talk
from bot.dialogue.skills.calling_again import moment_said, some_time_later
from bot.dialogue.turn import Turn
from bot.dialogue.wording import Wording
from bot.nlu.understanding import Entity, TimeMention
from tests.unit.dialogue.fakes import NOW, FakeCounter, FakeDesk, date, time


def talk(now: dt.datetime = NOW) -> Talk:
    return Talk(FakeDesk(), Wording({}, {}), Memory(now), {}, "call", now, FakeCounter(), NoResults())


def said(text: str, *entities: Entity, now: dt.datetime = NOW) -> str:
    moment = moment_said(Turn(text, entities=entities), talk(now))
    return f"{moment:%a %H:%M}" if moment else ""


def test_a_time_of_day_is_the_next_one_to_come() -> None:
    assert said("at six", time(6, 0, dt.time(18, 0))) == "Mon 18:00"
    assert said("at nine in the morning", time(9)) == "Tue 09:00"


def test_the_morning_is_not_six_o_clock() -> None:
    morning = Entity("time", TimeMention(dt.time(6), dt.time(12)), "morning", (9, 16))
    assert said("tomorrow morning", date(dt.date(2026, 3, 10)), morning) == "Tue 08:00"


def test_tomorrow_is_about_now_rounded_to_the_quarter() -> None:
    assert said("tomorrow", date(dt.date(2026, 3, 10)), now=NOW.replace(minute=31)) == "Tue 10:45"


@pytest.mark.parametrize(
    ("words", "when"), [("in half an hour", "Mon 10:30"), ("in two hours", "Mon 12:00"), ("hm", "")]
)
def test_spans_count_from_now(words: str, when: str) -> None:
    assert said(words) == when


def test_later_in_the_evening_is_the_next_morning() -> None:
    assert f"{some_time_later(talk(NOW.replace(hour=19))):%a %H:%M}" == "Tue 08:00"
