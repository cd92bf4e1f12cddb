"""Calls, scores and cases on both databases: what is asked of them in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.store.call_log import Wanted
from bot.store.schema import metadata
from bot.store.store import Store, open_store
from handoff.cases import CaseStatus, FollowUp, close, follow
from handoff.history import Happening, What
from handoff.scoring import score
from tests.integration.databases import database_url, postgres
from tests.unit.web.fake_centre import packet

pytestmark = pytest.mark.integration
__all__ = ["database_url", "postgres"]

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Empty: the tests share one PostgreSQL."""
    store = open_store(database_url)
    store.database.write(_emptied)
    yield store
    store.close()


def _emptied(connection: sa.Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        connection.execute(sa.delete(table))


def call(store: Store, call_id: str, text: str, minutes: int = 0) -> str:
    """Answered by colleague 5 and solved; its ticket."""
    at = NOW + minutes * MINUTE
    ticket = store.tickets.add(packet(business="clinic", call_id=call_id), at)
    for what in (What.ANSWERED, What.ENDED):
        store.happenings.add(Happening(ticket.id, what, at, 5))
    turns = [{"speaker": "caller", "text": text, "start_ms": 0, "end_ms": 9_000}]
    report = {"call_id": call_id, "started_at": at.isoformat(), "outcome": "escalated", "ticket": {"id": ticket.id}}
    store.calls.save(report | {"turns": turns}, "clinic")
    store.book.refresh(lambda business: dt.UTC)
    return ticket.id


def test_calls_are_found_by_words_people_and_days(store: Store) -> None:
    call(store, "c1", "I'd like Zoë's 100%_check")
    call(store, "c2", "something else", minutes=5)

    def found(wanted: Wanted) -> list[str]:
        return [one.report["call_id"] for one in store.call_log.newest(wanted)]

    assert found(Wanted()) == found(Wanted(agent=5, queue="reception", business="clinic")) == ["c2", "c1"]
    assert found(Wanted(text="zoë's 100%_CHECK")) == found(Wanted(until=NOW + MINUTE)) == ["c1"]
    assert found(Wanted(since=NOW + MINUTE)) == ["c2"]
    assert found(Wanted(text="escalated")) == found(Wanted(agent=6)) == found(Wanted(text="1000check")) == []
    assert [one.report["call_id"] for one in store.call_log.newest(Wanted(), limit=1)] == ["c2"]


def test_a_call_has_its_ticket_its_happenings_and_who_listened(store: Store) -> None:
    ticket_id = call(store, "c1", "hello")
    whole = store.call_log.whole("c1")
    assert whole
    assert ([one.id for one in whole.tickets], whole.agents) == ([ticket_id], (5,))
    for minutes, person in enumerate((7, 8, 7)):
        store.call_log.listened("c1", person, NOW + minutes * MINUTE)
    assert store.call_log.listeners("c1") == [(7, NOW + 2 * MINUTE), (8, NOW + MINUTE)]
    assert store.call_log.whole("none") is None


def test_scores_keep_their_card_and_one_person_gives_one(store: Store) -> None:
    call(store, "c1", "hello")
    first = store.quality.card()
    for value in (1, 5):
        answers = {"tone": value}
        store.quality.give("c1", 5, first, answers, "", score(first.questions, answers), 7, NOW)
        first = store.quality.card()
    assert [(one.by, one.score) for one in store.quality.of_call("c1")] == [(7, 100)]
    changed = store.quality.set_card(first.questions[:1], 7, NOW)
    assert store.quality.card() == changed
    assert [(one.agent, one.score) for one in store.quality.given(NOW)] == [(5, 100)]
    assert [(one.call_id, one.agent, one.length_ms) for one in store.quality.candidates(NOW)] == [("c1", 5, 9_000)]


def test_a_case_joins_two_calls_is_due_and_closed(store: Store) -> None:
    tickets = [call(store, "c1", "hello"), call(store, "c2", "again", minutes=5)]
    case = store.cases.of_ticket(tickets[0])
    assert case == store.cases.of_ticket(tickets[1])
    assert case
    due_at = NOW + dt.timedelta(days=1)
    store.cases.change(case.id, lambda one: follow(one, FollowUp.EMAIL, due_at, 5, 5, NOW, "the form"))
    assert [(one.owner, one.due_at) for one in store.cases.open(owner=5)] == [(5, due_at)]
    store.cases.change(case.id, lambda one: close(one, 5, NOW))
    assert store.cases.open() == []
    assert [step.what.value for step in store.cases.history(case.id)] == [
        *("opened", "taken", "came again", "follow-up", "closed")
    ]
    again = call(store, "c3", "once more", minutes=9)
    found = store.cases.of_ticket(again)
    assert found
    assert (found.id, found.status) == (case.id, CaseStatus.OPEN)
