"""Whole conversations: real understanding, real diary in memory, real wordings; only the sound is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.appointments.model import Wish
from bot.content.content import Content, load_content
from bot.dialogue.skills.freed import FreedTime
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.store.store import open_store
from tests.calls.script import Player, Script, scripts

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
BUSINESSES = HERE.parents[1] / "nlu_data"


@cache
def content(business: str) -> Content:
    return load_content(BUSINESSES / business)


@pytest.mark.parametrize("script", list(scripts(HERE)), ids=lambda script: script.title)
def test_a_call(script: Script, understand: Callable[[Content], EmbeddedInterpreter]) -> None:
    store = open_store("sqlite://")
    called = content(script.business)
    try:
        Player(called, understand(called), store).play(script)
    finally:
        store.close()


def test_a_freed_time_is_kept_for_who_waits_and_taken_in_the_call_about_it(
    understand: Callable[[Content], EmbeddedInterpreter],
) -> None:
    called = content("brightwater_dental")
    store = open_store("sqlite://")
    player = Player(called, understand(called), store)
    for line in ("known Anna Smith 1984-03-14", "booked check_up patel harbour 2026-11-26 09:00"):
        player.run(line)
    waiting = player.desk.add_customer("Ben Waits", "+447700900222", birth_date=date(1980, 5, 4))
    day = date(2026, 11, 26)
    wish = Wish("check_up", staff_id="patel", first_day=day, last_day=day, earliest=time(9), latest=time(9))
    player.desk.join_waiting_list(wish, waiting, "test", player.now)
    player.desk.cancel(player.booked[0], "test", player.now)
    [offer] = store.reminders.planned({called.business.id: called.business}, player.now + timedelta(days=1))
    assert offer.offer
    player.about = FreedTime(offer.customer, offer.offer)
    for line in ("> yes speaking", "> yes please", "diary check_up patel 2026-11-26 09:00 booked Ben"):
        player.run(line)
    store.close()


def test_a_freed_time_that_is_declined_goes_to_the_next_who_waits(
    understand: Callable[[Content], EmbeddedInterpreter],
) -> None:
    called = content("brightwater_dental")
    store = open_store("sqlite://")
    player = Player(called, understand(called), store)
    for line in ("known Anna Smith 1984-03-14", "booked check_up patel harbour 2026-11-26 09:00"):
        player.run(line)
    day = date(2026, 11, 26)
    wish = Wish("check_up", staff_id="patel", first_day=day, last_day=day, earliest=time(9), latest=time(9))
    for number, name in enumerate(("Ben Waits", "Cora Waits")):
        waiting = player.desk.add_customer(name, f"+44770090022{number}", birth_date=date(1980, 5, 4))
        player.desk.join_waiting_list(wish, waiting, "test", player.now + timedelta(minutes=number))
    player.desk.cancel(player.booked[0], "test", player.now)
    [ben] = store.reminders.planned({called.business.id: called.business}, player.now + timedelta(days=1))
    player.about = FreedTime(ben.customer, ben.offer)
    for line in ("> yes speaking", "> no thank you", "diary check_up 2026-11-26 09:00 cancelled Anna"):
        player.run(line)
    offers = store.reminders.planned({called.business.id: called.business}, player.now + timedelta(days=1))
    assert [each.customer.name for each in offers if each.customer.name != "Ben Waits"] == ["Cora Waits"]
    store.close()
