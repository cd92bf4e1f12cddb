"""Letters of finished skills reach the post, once, and are tried again."""

from __future__ import annotations

import asyncio
import datetime as dt
from email.message import EmailMessage

import pytest

from bot.outbound.skill_letters import MAX_TRIES, again_at, keep_sending, send_due
from bot.skills.results import Mail, SkillResult
from bot.store import open_store

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
ORDER = SkillResult("lantern", "call-1", "order", "to_send", "+44", None, {"items": "mesh=2"}, {"items": "2 × mesh"})


class FakePost:
    def __init__(self, broken: int = 0) -> None:
        self.sent: list[EmailMessage] = []
        self.broken = broken

    async def deliver(self, mail: EmailMessage, name: str) -> None:
        if self.broken:
            self.broken -= 1
            raise ConnectionRefusedError
        self.sent.append(mail)


def with_mail(to: str = "orders@lantern.example") -> SkillResult:
    letter = Mail(to, "Order: 2 × mesh", "2 × mesh")
    return SkillResult("lantern", "call-1", "order", "to_send", "", None, {}, {}, letter)


def send(store, post, now=NOW) -> int:
    return asyncio.run(send_due(store.skill_results, post, "desk@frontdesk.example", now))


def test_a_letter_is_sent_once_to_whom_it_is_for():
    store, post = open_store("sqlite://"), FakePost()
    store.skill_results.keep(with_mail(), NOW)
    store.skill_results.keep(ORDER, NOW)
    assert send(store, post) == 1
    assert send(store, post, NOW + dt.timedelta(hours=1)) == 0
    [mail] = post.sent
    assert (mail["To"], mail["Subject"]) == ("orders@lantern.example", "Order: 2 × mesh")


def test_a_letter_that_failed_waits_a_minute_and_is_given_up_in_the_end():
    store, post = open_store("sqlite://"), FakePost(broken=MAX_TRIES)
    store.skill_results.keep(with_mail(), NOW)
    now = NOW
    for tries in range(1, MAX_TRIES + 1):
        assert send(store, post, now) == 0
        assert send(store, post, now + dt.timedelta(seconds=50)) == 0
        now = again_at(tries, now) or now + dt.timedelta(days=1)
    assert send(store, post, now) == 0
    assert [each["mail_status"] for each in store.skill_results.newest()] == ["dead"]


def test_an_address_that_is_none_harms_nobody_else():
    store, post = open_store("sqlite://"), FakePost()
    store.skill_results.keep(with_mail("nobody\nbcc: all@example.com"), NOW)
    store.skill_results.keep(with_mail(), NOW)
    assert send(store, post) == 1


def test_results_are_found_by_business_and_skill_under_different_references():
    store = open_store("sqlite://")
    references = {store.skill_results.keep(ORDER, NOW) for _ in range(5)}
    assert len(references) == 5
    assert all(len(each) == 6 and each.isdigit() for each in references)
    assert store.skill_results.newest("vets") == []
    assert store.skill_results.newest("lantern", "order", 1)[0]["written"] == {"items": "2 × mesh"}


def test_a_surprise_in_one_round_does_not_end_the_rounds():
    rounds = []

    class Surprising:
        def due_letters(self, now):
            rounds.append(now)
            if len(rounds) == 3:
                raise asyncio.CancelledError
            raise KeyError("a new business")

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_sending(Surprising(), FakePost(), "desk@frontdesk.example", lambda: NOW, every_s=0))
    assert len(rounds) == 3
