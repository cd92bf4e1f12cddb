"""Colleagues asked in: who has the caller afterwards, whatever pages and people do."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.consulting import ASK_S, Consulting
from handoff.desk import REJOIN_S, Desk
from handoff.history import What
from handoff.model import Listed, Packet, Priority, Ticket
from handoff.people import Person, Role
from handoff.seats import Presence

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TICKET = Ticket("T1", NOON, Packet("dental", "reception", Priority.NORMAL, (), ""))
ANA, BEN, CAT = 1, 2, 3


def later(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


@pytest.fixture
def desk() -> Desk:
    """Ana talks, Ben is ready, Cat pauses."""
    desk = Desk()
    for agent, name in ((ANA, "Ana"), (BEN, "Ben"), (CAT, "Cat")):
        desk.arrive(Person(agent, name.lower(), name, Role.AGENT, "", "key"), NOON)
    desk.ready(BEN, NOON)
    desk.answered(ANA, TICKET, NOON)
    return desk


@pytest.fixture
def consulting(desk: Desk) -> Consulting:
    return Consulting(desk)


def with_ben(consulting: Consulting) -> Consulting:
    assert consulting.ask(ANA, BEN, NOON)
    assert consulting.answer(BEN, "T1", NOON)
    return consulting


def test_a_colleague_who_comes_is_offered_nobody_else_and_sits_as_before_afterwards(
    desk: Desk, consulting: Consulting
) -> None:
    with_ben(consulting)
    assert desk.seats[BEN].presence is Presence.TALKING
    other = Listed("T2", NOON, "reception", Priority.NORMAL)
    desk.look([other], later(1))
    assert BEN not in desk.offers
    consulting.over(ANA)
    assert desk.seats[BEN].presence is Presence.READY
    desk.look([other], later(2))
    assert BEN in desk.offers


def test_handed_over_the_caller_is_the_colleagues_and_the_asker_writes_up(desk: Desk, consulting: Consulting) -> None:
    with_ben(consulting)
    desk.hold(ANA, True, later(1))
    whats = [(one.what, one.agent) for one in consulting.hand_over(ANA, later(5))]
    assert whats == [(What.RESUMED, ANA), (What.TRANSFERRED, ANA), (What.ANSWERED, BEN)]
    assert desk.talks.keys() == {BEN}
    assert desk.talks[BEN].held_since is None
    assert desk.seats[ANA].presence is Presence.WRAP_UP


def test_of_a_queue_the_first_who_answers_comes_and_the_others_are_asked_no_more(
    desk: Desk, consulting: Consulting
) -> None:
    desk.ready(CAT, NOON)
    one = consulting.ask(ANA, "reception", NOON)
    assert one is not None
    assert one.asked == {BEN, CAT}
    assert consulting.answer(CAT, "T1", NOON)
    assert consulting.answer(BEN, "T1", NOON) is None
    assert consulting.names(ANA) == ["Ana", "Cat"]


def test_who_talks_or_is_not_there_cannot_be_asked(desk: Desk, consulting: Consulting) -> None:
    desk.lose(CAT, NOON)
    desk.answered(BEN, Ticket("T2", NOON, TICKET.packet), NOON)
    assert consulting.ask(ANA, CAT, NOON) is None
    assert consulting.ask(ANA, BEN, NOON) is None
    assert consulting.ask(ANA, ANA, NOON) is None
    assert consulting.ask(ANA, "reception", NOON) is None


def test_when_nobody_comes_the_asker_has_the_caller_alone(desk: Desk, consulting: Consulting) -> None:
    consulting.ask(ANA, BEN, NOON)
    assert consulting.due(later(ASK_S - 1)) == ([], [])
    assert consulting.due(later(ASK_S)) == ([], [ANA])
    consulting.refuse(BEN)
    assert consulting.by_asker == {}
    assert desk.talks.keys() == {ANA}


def test_an_asker_whose_page_dies_leaves_the_caller_to_the_colleague(desk: Desk, consulting: Consulting) -> None:
    with_ben(consulting)
    desk.lose(ANA, NOON)
    assert consulting.due(later(REJOIN_S - 1)) == ([], [])
    assert consulting.due(later(REJOIN_S)) == ([ANA], [])


def test_a_colleague_whose_page_dies_leaves_the_caller_to_the_asker(desk: Desk, consulting: Consulting) -> None:
    with_ben(consulting)
    desk.lose(BEN, NOON)
    assert consulting.due(later(REJOIN_S)) == ([], [ANA])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["ask", "answer", "refuse", "lose", "arrive", "hand-over", "over", "ready"]),
                  st.sampled_from([ANA, BEN, CAT]), st.sampled_from([ANA, BEN, CAT, 0])),
        st.tuples(st.just("wait"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("hold"), st.sampled_from([ANA, BEN, CAT]), st.just(0)),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_pages_and_people_do_the_caller_is_with_somebody_or_back_in_the_queue(
    steps: list[tuple[str, int, int]],
) -> None:
    desk = Desk()
    for agent in (ANA, BEN, CAT):
        desk.arrive(Person(agent, str(agent), str(agent), Role.AGENT, "", "key"), NOON)
    desk.answered(ANA, TICKET, NOON)
    consulting, now, is_returned = Consulting(desk), NOON, False
    for what, who, whom in steps:
        match what:
            case "ask":
                consulting.ask(who, whom or "reception", now)
            case "answer":
                consulting.answer(who, "T1", now)
            case "refuse":
                consulting.refuse(who)
            case "over":
                consulting.over(who)
            case "hand-over":
                consulting.hand_over(who, now)
            case "lose" if who in desk.seats:
                desk.lose(who, now)
            case "arrive":
                desk.arrive(Person(who, str(who), str(who), Role.AGENT, "", "key"), now)
            case "ready":
                desk.ready(who, now)
            case "hold":
                desk.hold(who, None, now)
            case "wait":
                now += dt.timedelta(seconds=who)
        inherited, alone = consulting.due(now)
        for asker in inherited:
            assert consulting.hand_over(asker, now)
        for asker in alone:
            consulting.over(asker)
        _, broken = desk.look([], now)
        is_returned = is_returned or bool(broken)
        _check(desk, consulting, is_returned)


def _check(desk: Desk, consulting: Consulting, is_returned: bool) -> None:
    about = [talk for talk in desk.talks.values() if talk.ticket.id == "T1"]
    assert len(about) == (0 if is_returned else 1)
    colleagues = {one.colleague for one in consulting.by_asker.values() if one.colleague is not None}
    talking = {agent for agent, seat in desk.seats.items() if seat.presence is Presence.TALKING}
    assert talking == (desk.talks.keys() | (colleagues & desk.seats.keys()))
