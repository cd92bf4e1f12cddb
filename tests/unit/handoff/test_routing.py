"""Who is offered whom: single decisions, and a queue served to its end whatever people do."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.desk import Desk
from handoff.history import What
from handoff.model import Packet, Priority, Ticket
from handoff.people import Person, Role
from handoff.routing import DECLINED_S, OFFER_S, Offer, Presence, Seat, State, Strategy, route, served_order, urgency

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


def ticket(name: str, minutes_ago: float = 1, priority: Priority = Priority.NORMAL, queue: str = "front") -> Ticket:
    return Ticket(name, NOW - minutes_ago * MINUTE, Packet("clinic", queue, priority, (), ""))


def seat(agent: int, idle_minutes: float = 1, presence: Presence = Presence.READY, **more) -> Seat:
    return Seat(agent, f"agent {agent}", presence, NOW - idle_minutes * MINUTE, **more)


def pairs(state: State, now: dt.datetime = NOW) -> list[tuple[str, int]]:
    return [(offer.ticket_id, offer.agent) for offer in route(state, now)]


def test_the_most_urgent_caller_goes_to_whoever_was_idle_longest():
    state = State([ticket("a", 9), ticket("b", 1, Priority.EMERGENCY)], [seat(1, 2), seat(2, 8)])
    assert pairs(state) == [("b", 2), ("a", 1)]


def test_only_people_who_are_ready_connected_and_not_asked_already_are_asked():
    seats = [
        seat(1, presence=Presence.PAUSED),
        seat(2, presence=Presence.TALKING),
        seat(3, presence=Presence.WRAP_UP),
        seat(4, lost_at=NOW),
        seat(5),
    ]
    assert pairs(State([ticket("a"), ticket("b")], seats, [Offer("a", 5, NOW)])) == []


def test_skills_are_kept_and_people_without_any_answer_every_queue():
    seats = [seat(1, 9, queues={"billing": 1}), seat(2, 1)]
    assert pairs(State([ticket("a", queue="front")], seats)) == [("a", 2)]
    assert pairs(State([ticket("a", queue="billing")], seats)) == [("a", 1)]


@pytest.mark.parametrize(
    ("strategy", "agent"),
    [(Strategy.LONGEST_IDLE, 1), (Strategy.ROUND_ROBIN, 2), (Strategy.FEWEST_CALLS, 3), (Strategy.BEST_LEVEL, 4)],
)
def test_the_strategy_decides_among_those_who_can(strategy, agent):
    seats = [
        seat(1, 9, queues={"front": 3}, calls=5, offered_at=NOW),
        seat(2, 5, queues={"front": 3}, calls=5, offered_at=NOW - MINUTE),
        seat(3, 5, queues={"front": 2}, calls=1, offered_at=NOW),
        seat(4, 5, queues={"front": 1}, calls=5, offered_at=NOW),
    ]
    assert pairs(State([ticket("a")], seats, strategy=strategy)) == [("a", agent)]


def test_whoever_declined_is_not_asked_again_at_once_but_later():
    state = State([ticket("a")], [seat(1)], declined={("a", 1): NOW})
    assert pairs(state) == []
    assert pairs(state, NOW + DECLINED_S * SECOND) == [("a", 1)]


def test_waiting_makes_more_urgent_but_never_an_emergency():
    assert urgency(ticket("a", 0, Priority.LOW), NOW) == Priority.LOW
    assert urgency(ticket("a", 6, Priority.LOW), NOW) == Priority.NORMAL
    assert urgency(ticket("a", 600, Priority.LOW), NOW) == Priority.HIGH
    old, fresh = ticket("old", 16, Priority.LOW), ticket("fresh", 1, Priority.HIGH)
    urgent = ticket("urgent", 0, Priority.EMERGENCY)
    assert [one.id for one in served_order([fresh, old, urgent], NOW)] == ["urgent", "old", "fresh"]
    assert served_order([fresh, urgent], NOW, frozenset({"fresh"}))[0].id == "fresh"


tickets = st.lists(
    st.builds(
        lambda minutes, priority, queue: (minutes, priority, queue),
        st.floats(0, 60),
        st.sampled_from(Priority),
        st.sampled_from(["front", "billing"]),
    ),
    max_size=12,
)
seats = st.lists(
    st.tuples(st.floats(0, 60), st.sampled_from(Presence), st.sampled_from([{}, {"front": 1}, {"billing": 2}])),
    max_size=6,
)


@given(tickets, seats, st.sampled_from(Strategy))
def test_nobody_is_offered_twice_and_nobody_more_urgent_is_passed_over(waiting, staff, strategy):
    queue = [ticket(f"t{n}", *one) for n, one in enumerate(waiting)]
    people = [seat(n, idle, presence, queues=queues) for n, (idle, presence, queues) in enumerate(staff)]
    made = route(State(queue, people, strategy=strategy), NOW)
    assert len({offer.ticket_id for offer in made}) == len({offer.agent for offer in made}) == len(made)
    offered, by_id = {offer.ticket_id for offer in made}, {one.id: one for one in queue}
    for offer in made:
        chosen = people[offer.agent]
        assert chosen.presence is Presence.READY
        better = served_order(queue, NOW)
        ahead = better[: better.index(by_id[offer.ticket_id])]
        for one in ahead:
            assert one.id in offered or not chosen.answers(one.packet.queue)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 240), st.sampled_from(Priority)), min_size=1, max_size=15),
    st.integers(1, 3),
    st.lists(st.sampled_from(["answer", "answer", "decline", "ignore", "lose"]), min_size=1, max_size=12),
)
def test_everybody_who_waits_is_served_once_whatever_people_do(arrivals, staff, behaviour):
    """A minute-by-minute day: people answer, decline, overlook, lose their connection; in the end they all answer."""
    desk, served, now, step = Desk(), [], NOW, 0
    people = [Person(n, f"p{n}", f"P{n}", Role.AGENT, "", "") for n in range(staff)]
    coming = [(NOW + second * SECOND, Ticket(f"t{n}", NOW + second * SECOND, Packet("c", "front", priority, (), "")))
              for n, (second, priority) in enumerate(arrivals)]  # fmt: skip
    waiting: dict[str, Ticket] = {}
    for _ in range(60 + 8 * len(coming)):
        now += 30 * SECOND
        waiting |= {one.id: one for at, one in coming if at <= now and one.id not in served}
        for talk in list(desk.talks.values()):
            desk.end(talk.agent, now)
        for person in people:
            desk.arrive(person, now)
            desk.wrap_up(person.id, "", "", now)
            desk.ready(person.id, now)
        desk.look(list(waiting.values()), now)
        assert len({offer.ticket_id for offer in desk.offers.values()}) == len(desk.offers)
        for offer in list(desk.offers.values()):
            does = behaviour[step] if step < len(behaviour) else "answer"
            step += 1
            if does == "answer":
                assert offer.ticket_id not in served
                served.append(offer.ticket_id)
                desk.answered(offer.agent, waiting.pop(offer.ticket_id), now)
            elif does == "decline":
                desk.decline(offer.agent, now)
            elif does == "lose":
                desk.lose(offer.agent, now)
    assert sorted(served) == sorted(one.id for _, one in coming)


def test_a_hundred_people_and_five_hundred_callers_are_one_decision():
    queue = [ticket(f"t{n}", n / 10) for n in range(500)]
    assert len(route(State(queue, [seat(n, n) for n in range(100)]), NOW)) == 100


# The desk ------------------------------------------------------------------------------------

MAYA = Person(1, "maya", "Maya", Role.AGENT, "", "")
BOB = Person(2, "bob", "Bob", Role.AGENT, "", "")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    for person in (MAYA, BOB):
        desk.arrive(person, NOW)
    desk.ready(1, NOW)
    return desk


def whats(happened) -> list[What]:
    return [one.what for one in happened]


def test_a_call_from_offer_to_wrap_up(desk):
    caller = ticket("a")
    happened, _ = desk.look([caller], NOW)
    assert whats(happened) == [What.OFFERED]
    assert desk.may_answer(1, "a")
    assert not desk.may_answer(2, "a"), "somebody else is being asked"
    assert whats(desk.answered(1, caller, NOW)) == [What.ANSWERED]
    assert desk.seats[1].presence is Presence.TALKING
    assert not desk.ready(1, NOW)
    assert whats(desk.hold(1, True, NOW)) == [What.HELD]
    assert desk.hold(1, True, NOW) == []
    assert whats(desk.hold(1, False, NOW)) == [What.RESUMED]
    assert whats(desk.hold(1, None, NOW) + desk.hold(1, None, NOW)) == [What.HELD, What.RESUMED]
    assert whats(desk.end(1, NOW)) == [What.ENDED]
    assert desk.seats[1].presence is Presence.WRAP_UP
    [wrapped] = desk.wrap_up(1, "solved", "moved to Thursday", NOW)
    assert wrapped.details == {"disposition": "solved", "notes": "moved to Thursday"}
    assert desk.seats[1].presence is Presence.READY
    assert desk.seats[1].calls == 1


def test_an_offer_that_is_missed_goes_to_the_next_and_pauses_the_first(desk):
    desk.look([ticket("a")], NOW)
    desk.ready(2, NOW)
    happened, _ = desk.look([ticket("a")], NOW + OFFER_S * SECOND)
    assert whats(happened) == [What.MISSED, What.OFFERED]
    assert list(desk.offers) == [2]
    assert desk.seats[1].reason == "missed a call"


def test_an_offer_is_withdrawn_when_the_caller_hangs_up(desk):
    desk.look([ticket("a")], NOW)
    desk.look([], NOW + SECOND)
    assert desk.offers == {}
    assert desk.seats[1].presence is Presence.READY


def test_a_lost_page_may_come_back_to_its_call_for_half_a_minute(desk):
    caller = ticket("a")
    desk.look([caller], NOW)
    desk.answered(1, caller, NOW)
    desk.lose(1, NOW)
    assert desk.look([], NOW + 29 * SECOND) == ([], [])
    desk.arrive(MAYA, NOW + 29 * SECOND)
    assert desk.look([], NOW + MINUTE) == ([], [])
    assert desk.talks[1].ticket == caller


def test_a_caller_whose_agent_stays_lost_is_the_next_to_be_served(desk):
    caller = ticket("a")
    desk.look([caller], NOW)
    desk.answered(1, caller, NOW)
    desk.lose(1, NOW)
    happened, broken = desk.look([], NOW + 30 * SECOND)
    assert broken == [caller]
    assert whats(happened) == [What.RETURNED]
    desk.ready(2, NOW)
    desk.look([ticket("b", 99, Priority.EMERGENCY), caller], NOW + 31 * SECOND)
    assert desk.offers[2].ticket_id == "a"


def test_wrap_up_ends_by_itself(desk):
    desk.answered(1, ticket("a"), NOW)
    desk.end(1, NOW)
    assert whats(desk.look([], NOW + 120 * SECOND)[0]) == [What.WRAPPED]
    assert desk.seats[1].presence is Presence.READY


def test_nobody_signs_off_in_mid_call(desk):
    desk.answered(1, ticket("a"), NOW)
    desk.leave(1, NOW)
    assert 1 in desk.talks
    desk.leave(2, NOW)
    assert 2 not in desk.seats


def test_a_caller_passed_on_goes_first_and_to_the_person_named_if_they_are_free(desk):
    caller, earlier = ticket("a"), ticket("b", 99)
    desk.answered(1, caller, NOW)
    assert whats(desk.pass_on(1, 2, NOW)) == [What.TRANSFERRED]
    assert desk.seats[1].presence is Presence.WRAP_UP
    desk.wrap_up(1, "passed on", "", NOW)
    desk.look([earlier, caller], NOW)
    assert desk.offers[1].ticket_id == "a", "the named person is paused: whoever is free"
    desk.decline(1, NOW)
    desk.ready(2, NOW)
    desk.look([earlier, caller], NOW)
    assert (desk.offers[2].ticket_id, desk.offers[1].ticket_id) == ("a", "b")
    assert desk.pass_on(2, "billing", NOW) == []


def test_what_is_forgotten_is_no_longer_first(desk):
    desk.answered(1, ticket("a"), NOW)
    desk.pass_on(1, 2, NOW)
    desk.forget("a")
    assert (desk.returned, desk.reserved) == (frozenset(), {})
