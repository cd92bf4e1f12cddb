"""The book and its sums: every figure of the database equals the plain computation, whatever the calls were."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.report_sums import BY, By, Period
from bot.store.schema import contacts, stale_days
from bot.store.store import Store, open_store
from handoff.cases import close
from handoff.history import Happening, What
from handoff.model import Packet, Priority
from handoff.reports import Contact, Sums, grouped, kpis, tally

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
KEYS = {
    "day": lambda one: one.day.isoformat(),
    "hour": lambda one: f"{one.hour:02}",
    "queue": lambda one: one.queue,
    "agent": lambda one: one.agent,
    "intent": lambda one: one.intent or "-",
    "business": lambda one: one.business,
}
PERIOD = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 4))


@st.composite
def contact(draw: st.DrawFn) -> Contact:
    day, hour = draw(st.integers(1, 5)), draw(st.integers(0, 23))
    answered = draw(st.booleans())
    return Contact(
        id="",
        business=draw(st.sampled_from(("clinic", "vets"))),
        started_at=dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC),
        day=dt.date(2026, 3, day),
        hour=hour,
        intent=draw(st.sampled_from(("", "book", "faq/parking"))),
        queue=draw(st.sampled_from(("", "front", "billing"))),
        agent=draw(st.sampled_from(("1", "2"))) if answered else "",
        answered=answered,
        abandoned=not answered and draw(st.booleans()),
        wait_ms=draw(st.integers(0, 60_000)),
        handled_ms=draw(st.integers(0, 600_000)) if answered else 0,
        score=draw(st.integers(0, 5)),
        quality=draw(st.none() | st.integers(0, 10_000)),
        **{
            name: draw(st.booleans())
            for name in ("by_bot", "contained", "transferred", "resolved", "came_again", "same_again")
        },
    )


@pytest.fixture(scope="module")
def shelf() -> Store:
    return open_store("sqlite://")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(contact(), max_size=30), st.sampled_from((20.0, 7.5)))
def test_the_sums_of_the_database_are_those_of_the_plain_computation(
    shelf: Store, made: list[Contact], target_s: float
) -> None:
    of = [replace(one, id=str(number)) for number, one in enumerate(made)]
    put(shelf, of)
    shelf.book.refresh(lambda business: dt.UTC)
    within = [one for one in of if PERIOD.first <= one.day <= PERIOD.last]
    for by in BY:
        expected = {key: tally(lot, target_s) for key, lot in grouped(within, KEYS[by]).items()}
        found = {key or "-": sums for key, sums in shelf.report_sums.by(by, PERIOD, target_s).items()}
        assert found == expected, by
    assert shelf.report_sums.total(PERIOD, target_s) == tally(within, target_s)


def put(store: Store, of: list[Contact]) -> None:
    """In place of whatever the book had; the days it had are stale, and so are the new ones."""

    def change(connection: sa.Connection) -> None:
        days = {(row.business, row.day) for row in connection.execute(sa.select(contacts))}
        connection.execute(sa.delete(contacts))
        if of:
            connection.execute(sa.insert(contacts), [asdict(one) for one in of])
        days |= {(one.business, one.day) for one in of}
        if days:
            rows = [{"business": business, "day": day} for business, day in days]
            connection.execute(sa.insert(stale_days), rows)

    store.database.write(change)


def call(store: Store, number: int, at: dt.datetime, intent: str = "book", caller: str = "+1", **more: object) -> None:
    turns = [{"speaker": "caller", "intent": "greet"}, {"speaker": "caller", "intent": intent}]
    head = {"call_id": f"c{number}", "started_at": at.isoformat(), "caller": caller, "outcome": "completed"}
    store.calls.save(head | {"turns": turns} | more, "clinic")


def total(store: Store, by: By = "day") -> Sums:
    store.book.refresh(lambda business: dt.UTC)
    return store.report_sums.total(Period(NOON.date() - 30 * DAY, NOON.date() + 30 * DAY))


def test_who_calls_again_within_seven_days_was_not_helped_the_first_time() -> None:
    store = open_store("sqlite://")
    call(store, 1, NOON)
    assert kpis(total(store)).containment_net == 1
    call(store, 2, NOON + 6 * DAY, intent="cancel")
    of = total(store)
    assert (of.contained, of.contained_net, of.resolved_first) == (2, 1, 2), "about something else: still resolved"
    call(store, 3, NOON + 12 * DAY, intent="cancel")
    of = total(store)
    assert (of.calls, of.contained_net, of.resolved_first) == (3, 1, 2)
    call(store, 4, NOON + 20 * DAY, intent="cancel")
    assert total(store).resolved_first == 3, "eight days later is another matter"


def test_callers_without_a_number_are_never_the_same() -> None:
    store = open_store("sqlite://")
    call(store, 1, NOON, caller="")
    call(store, 2, NOON + DAY, caller="")
    assert total(store).contained_net == 2


def test_a_call_that_bot_and_people_served_counts_once() -> None:
    store = open_store("sqlite://")
    packet = Packet("clinic", "front", Priority.NORMAL, ("asked",), "wants to talk", caller="+1", call_id="c1")
    ticket = store.tickets.add(packet, NOON)
    call(store, 1, NOON - dt.timedelta(minutes=1), outcome="escalated", ticket={"id": ticket.id})
    for what, after, more in (
        (What.ANSWERED, 15, {}),
        (What.ENDED, 75, {}),
        (What.WRAPPED, 80, {"disposition": "solved"}),
    ):
        store.happenings.add(Happening(ticket.id, what, NOON + dt.timedelta(seconds=after), 3, more))
    of = total(store)
    assert (of.calls, of.offered, of.in_time, of.contained, of.resolved) == (1, 1, 1, 0, 1)
    assert (kpis(of).asa_s, kpis(of).aht_s) == (15, 65)
    assert list(store.report_sums.by("agent", PERIOD)) == ["3"]


def test_who_calls_again_and_takes_up_their_place_is_one_contact() -> None:
    store = open_store("sqlite://")
    first = packet_of("c1")
    left = store.tickets.add(first, NOON)
    call(store, 1, NOON - dt.timedelta(minutes=1), outcome="escalated", ticket={"id": left.id})
    store.happenings.add(Happening(left.id, What.ABANDONED, NOON + dt.timedelta(minutes=1)))
    store.tickets.left(left.id, NOON + dt.timedelta(minutes=1))
    assert (total(store).calls, total(store).abandoned) == (1, 1)
    again = store.tickets.add(packet_of("c2"), NOON + dt.timedelta(minutes=3))
    call(store, 2, NOON + dt.timedelta(minutes=2), outcome="escalated", ticket={"id": again.id})
    store.happenings.add(Happening(again.id, What.ANSWERED, NOON + dt.timedelta(minutes=4), 3))
    of = total(store)
    assert (of.calls, of.offered, of.answered, of.abandoned) == (1, 1, 1, 0)
    store.calls.save(store.calls.get("c1") or {}, "clinic")
    assert total(store).calls == 1, "also when the first call is looked at again"


def packet_of(call_id: str) -> Packet:
    return Packet("clinic", "front", Priority.NORMAL, ("asked",), "wants to talk", caller="+1", call_id=call_id)


def test_small_steps_come_to_the_same_book() -> None:
    store = open_store("sqlite://")
    for number in range(60):
        call(store, number, NOON + number * dt.timedelta(hours=3), caller=f"+{number % 7}")
    assert store.book.pending() == 60
    store.book.refresh(lambda business: dt.UTC, most=0)
    assert store.book.pending() == 60
    steps = 0
    while store.book.advance(lambda business: dt.UTC):
        steps += 1
    assert steps > 5
    assert store.book.pending() == 0
    found = total(store)
    assert found.calls == 60
    with_all_at_once = open_store("sqlite://")
    for number in range(60):
        call(with_all_at_once, number, NOON + number * dt.timedelta(hours=3), caller=f"+{number % 7}")
    assert total(with_all_at_once) == found


def test_what_a_person_could_not_solve_is_not_resolved() -> None:
    store = open_store("sqlite://")
    ticket = store.tickets.add(Packet("clinic", "front", Priority.NORMAL, (), ""), NOON)
    for what, more in ((What.ANSWERED, {}), (What.ENDED, {}), (What.WRAPPED, {"disposition": "call back"})):
        store.happenings.add(Happening(ticket.id, what, NOON, 3, more))
    assert total(store).resolved == 0


def test_a_survey_in_the_report_counts() -> None:
    store = open_store("sqlite://")
    call(store, 1, NOON, survey={"rating": 4})
    call(store, 2, NOON, survey={"rating": 9}, caller="+2")
    of = total(store)
    assert (of.surveyed, kpis(of).csat, kpis(of).satisfied) == (1, 4, 1)


def test_the_day_is_that_of_the_business() -> None:
    store = open_store("sqlite://")
    call(store, 1, NOON.replace(hour=23))
    store.book.refresh(lambda business: dt.timezone(dt.timedelta(hours=2)))
    assert list(store.report_sums.by("day", PERIOD)) == ["2026-03-03"]
    assert list(store.report_sums.by("hour", PERIOD)) == ["01"]


def talked(store: Store, number: int, at: dt.datetime, wrote: str, wants: str = "refund", **more: str) -> str:
    """A call that a person answered and wrote up; its ticket."""
    head = {"caller": "+1", "customer": ""} | more
    packet = Packet("clinic", "front", Priority.NORMAL, ("asked",), "", wants=wants, call_id=f"c{number}", **head)
    ticket = store.tickets.add(packet, at)
    call(store, number, at, intent=wants, caller=head["caller"], outcome="escalated", ticket={"id": ticket.id})
    for what, after, details in (
        (What.ANSWERED, 10, {}),
        (What.ENDED, 70, {}),
        (What.WRAPPED, 80, {"disposition": wrote, "notes": ""}),
    ):
        store.happenings.add(Happening(ticket.id, what, at + dt.timedelta(seconds=after), 3, details))
    return ticket.id


def settle(store: Store, ticket_id: str) -> None:
    case = store.cases.of_ticket(ticket_id)
    assert case
    store.cases.change(case.id, lambda known: close(known, 3, NOON + DAY, "by e-mail"))


def test_a_matter_that_took_two_calls_was_not_resolved_by_the_first_whatever_it_was_called() -> None:
    store = open_store("sqlite://")
    talked(store, 1, NOON, "call back")
    assert kpis(total(store)).fcr is None, "nothing is resolved yet"
    ticket_id = talked(store, 2, NOON + DAY, "solved")
    assert kpis(total(store)).fcr is None, "the call back is agreed on still"
    settle(store, ticket_id)
    of = total(store)
    assert (of.resolved, of.resolved_first, kpis(of).fcr) == (2, 1, 0.5)


def test_a_case_that_is_followed_up_without_another_call_was_resolved_by_the_first() -> None:
    store = open_store("sqlite://")
    settle(store, talked(store, 1, NOON, "call back"))
    of = total(store)
    assert (of.resolved, of.resolved_first, kpis(of).fcr) == (1, 1, 1)


def test_who_comes_back_to_a_closed_case_by_another_telephone_was_not_helped() -> None:
    store = open_store("sqlite://")
    talked(store, 1, NOON, "solved", customer="Ann Example")
    assert kpis(total(store)).fcr == 1
    talked(store, 2, NOON + 2 * DAY, "solved", customer="Ann Example", caller="+2")
    of = total(store)
    assert (of.resolved, of.resolved_first) == (2, 1)
    talked(store, 3, NOON + 2 * DAY, "solved", wants="opening hours", customer="Ann Example", caller="+2")
    assert total(store).resolved_first == 2, "that is another matter"


def test_the_quality_score_is_told_by_colleague_and_queue() -> None:
    store = open_store("sqlite://")
    for number in (1, 2, 3):
        talked(store, number, NOON + number * 30 * DAY / 60, "solved", caller=f"+{number}")
    card = store.quality.card()
    for number, score, by in ((1, 80.0, 7), (1, 90.0, 8), (2, 95.5, 7)):
        store.quality.give(f"c{number}", 3, card, {}, "", score, by, NOON)
    store.quality.give("c3", 9, card, {}, "", 10.0, 7, NOON)  # of somebody else, who had passed the call on
    total(store)
    for by, key in (("agent", "3"), ("queue", "front")):
        [found] = [sums for name, sums in store.report_sums.by(by, PERIOD).items() if name == key]
        assert (kpis(found).scored, kpis(found).quality) == (2, 90.25)
    store.quality.give("c2", 3, card, {}, "", 55.0, 7, NOON)
    assert kpis(total(store)).quality == 70
