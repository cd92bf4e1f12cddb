"""Who is offered whom: single decisions, and a queue served to its end whatever people do."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.desk import Desk
from handoff.history import What
from handoff.model import Listed, Medium, Priority
from handoff.people import Person, Role
from handoff.queues import OFFER_S, Opening, Queue, Strategy
from handoff.routing import DECLINED_S, State, route
from handoff.seats import Offer, Presence, Seat
from handoff.urgency import served_order, urgency

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


def ticket(name: str, minutes_ago: float = 1, priority: Priority = Priority.NORMAL, queue: str = "front") -> Listed:
    return Listed(name, NOW - minutes_ago * MINUTE, queue, priority)


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
    [
        (Strategy.LONGEST_IDLE, 1),
        (Strategy.ROUND_ROBIN, 2),
        (Strategy.FEWEST_CALLS, 3),
        (Strategy.BEST_LEVEL, 4),
        (Strategy.LEAST_TALK_TIME, 2),
    ],
)
def test_the_strategy_decides_among_those_who_can(strategy, agent):
    seats = [
        seat(1, 9, queues={"front": 3}, calls=5, offered_at=NOW, talk_s=90),
        seat(2, 5, queues={"front": 3}, calls=5, offered_at=NOW - MINUTE, talk_s=30),
        seat(3, 5, queues={"front": 2}, calls=1, offered_at=NOW, talk_s=60),
        seat(4, 5, queues={"front": 1}, calls=5, offered_at=NOW, talk_s=80),
    ]
    assert pairs(State([ticket("a")], seats, strategy=strategy)) == [("a", agent)]


def with_queue(state: State, **more) -> State:
    return replace(state, queues={"front": Queue("front", **more), "back": Queue("back")})


def test_everybody_who_can_is_rung_at_once_and_who_comes_later_joins_in():
    people = [seat(1), seat(2), seat(3, queues={"back": 1})]
    state = with_queue(State([ticket("a")], people), strategy=Strategy.RING_ALL)
    assert sorted(pairs(state)) == [("a", 1), ("a", 2)]
    assert pairs(replace(state, offers=[Offer("a", 1, NOW)])) == [("a", 2)]


def test_by_lot_is_by_the_seed_and_in_the_long_run_everybodys_turn():
    people = [seat(n) for n in range(4)]
    drawn = [pairs(with_queue(State([ticket("a")], people, seed=n), strategy=Strategy.RANDOM))[0][1] for n in range(80)]
    assert drawn[0] == pairs(with_queue(State([ticket("a")], people, seed=0), strategy=Strategy.RANDOM))[0][1]
    assert min(Counter(drawn).values()) > 8
    assert set(drawn) == {0, 1, 2, 3}


def test_the_other_group_helps_at_a_peak_when_the_own_people_are_busy():
    own, other = seat(1, queues={"front": 1}), seat(2, queues={"back": 1})
    late = with_queue(State([ticket("a", 2)], [other]), overflow_to="back", overflow_after_s=90)
    assert pairs(late) == [("a", 2)]
    assert pairs(replace(late, waiting=[ticket("a", 1)])) == []
    assert pairs(replace(late, seats=[own, other])) == [("a", 1)], "the own people first"
    long = with_queue(State([ticket("a", 1), ticket("b", 0)], [other]), overflow_to="back", overflow_above=1)
    assert pairs(long) == [("a", 2)]
    assert pairs(replace(long, waiting=[ticket("a", 1)])) == []


def test_a_caller_waits_a_moment_for_who_served_them_last_if_they_are_at_work():
    free, known = seat(1), seat(2, presence=Presence.TALKING)
    state = with_queue(State([ticket("a", 0.5)], [free, known], served_by={"a": 2}), last_agent_s=60)
    assert pairs(state) == []
    assert pairs(replace(state, seats=[free, seat(2, 0)])) == [("a", 2)]
    assert pairs(replace(state, waiting=[ticket("a", 1)])) == [("a", 1)], "long enough"
    assert pairs(replace(state, seats=[free, seat(2, presence=Presence.PAUSED)])) == [("a", 1)]
    assert pairs(replace(state, seats=[free])) == [("a", 1)], "not at work today"


def test_the_best_are_asked_first_and_the_others_as_the_wait_goes_on():
    state = with_queue(State([ticket("a", 0.4)], [seat(1, queues={"front": 2})]), widen_s=30)
    assert pairs(state) == []
    assert pairs(state, NOW + 10 * SECOND) == [("a", 1)]


def test_a_call_back_is_offered_when_it_is_due_and_the_queue_open_and_a_caller_on_the_line_always():
    later = replace(ticket("a"), medium=Medium.CALLBACK, due_at=NOW + MINUTE)
    state = with_queue(State([later], [seat(1)]))
    assert pairs(state) == []
    assert pairs(state, NOW + MINUTE) == [("a", 1)]
    closed = with_queue(State([later], [seat(1)]), opening=(Opening(0, "09:00", "17:00"),))
    assert pairs(closed, NOW + MINUTE) == []
    assert pairs(replace(closed, waiting=[ticket("a")])) == [("a", 1)]


def test_callers_of_a_queue_that_was_removed_are_anybodys():
    state = with_queue(State([ticket("a", queue="gone")], [seat(1, queues={"front": 1})]))
    assert pairs(state) == [("a", 1)]


def test_vips_and_queues_with_priority_go_first_but_never_before_an_emergency():
    queues = {"front": Queue("front", vips=frozenset({"+441"})), "fast": Queue("fast", priority=-1)}
    vip = ticket("vip", 0)
    vip = replace(vip, caller="+441")
    waiting = [ticket("a", 4), vip, ticket("b", 1, queue="fast"), ticket("c", 0, Priority.EMERGENCY)]
    assert [one.id for one in served_order(waiting, NOW, queues=queues)] == ["c", "b", "vip", "a"]


def test_who_called_again_has_the_place_of_their_first_call():
    again = replace(ticket("again", 0), placed_at=NOW - 10 * MINUTE)
    assert [one.id for one in served_order([ticket("a", 4), again], NOW)] == ["again", "a"]


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


queues = st.dictionaries(
    st.sampled_from(["front", "billing"]),
    st.builds(
        dict,
        strategy=st.sampled_from(Strategy),
        overflow=st.booleans(),
        overflow_after_s=st.none() | st.sampled_from([0, 600]),
        overflow_above=st.none() | st.integers(0, 5),
        last_agent_s=st.sampled_from([0, 900]),
        widen_s=st.sampled_from([0, 300]),
        priority=st.integers(-1, 1),
        opening=st.sampled_from([(), (Opening(0, "09:00", "17:00"),), (Opening(0, "07:00", "17:00"),)]),
    ),
)


def settings_of(drawn: dict[str, dict]) -> dict[str, Queue]:
    other = {"front": "billing", "billing": "front"}
    return {
        name: Queue(name, overflow_to=other[name] if more.pop("overflow") else "", **more)
        for name, more in {name: dict(more) for name, more in drawn.items()}.items()
    }


@given(
    tickets,
    seats,
    st.sampled_from(Strategy),
    queues,
    st.dictionaries(st.integers(0, 11), st.integers(0, 5), max_size=4),
    st.lists(st.sampled_from(Medium), min_size=12, max_size=12),
    st.integers(0, 9),
)
def test_nobody_is_offered_twice_and_nobody_more_urgent_is_passed_over(
    waiting, staff, strategy, drawn, last, media, seed
):
    """Whom somebody is offered, and nobody more urgent could have had them: were the others not there, they would."""
    queue = [replace(ticket(f"t{n}", *one), medium=media[n]) for n, one in enumerate(waiting)]
    people = [seat(n, idle, presence, queues=queues) for n, (idle, presence, queues) in enumerate(staff)]
    served_by = {f"t{n}": agent for n, agent in last.items()}
    given_queues = settings_of(drawn)
    state = State(queue, people, strategy=strategy, queues=given_queues, served_by=served_by, seed=seed)
    made = route(state, NOW)
    assert made == route(state, NOW), "the same question has the same answer"
    assert len({offer.agent for offer in made}) == len(made)
    per_ticket = Counter(offer.ticket_id for offer in made)
    by_id = {one.id: one for one in queue}
    order = [one.id for one in served_order(queue, NOW, queues=given_queues)]
    for offer in made:
        caller, chosen = by_id[offer.ticket_id], people[offer.agent]
        settings = state.queue(caller.queue)
        assert per_ticket[caller.id] == 1 or settings.strategy is Strategy.RING_ALL
        assert chosen.presence is Presence.READY
        assert caller.medium is Medium.CALL or settings.is_open(NOW)
        for ahead in order[: order.index(caller.id)]:
            if not per_ticket[ahead]:
                assert all(one.agent != offer.agent for one in _alone(state, ahead)), "passed over"


def _alone(state: State, ticket_id: str) -> list[Offer]:
    """The offers that ticket would have if nobody else waited; the queue is as long as it is."""
    kept = [one for one in state.waiting if one.id == ticket_id]
    length = [replace(one, medium=Medium.CALLBACK, due_at=NOW + MINUTE) for one in state.waiting if one.id != ticket_id]
    return route(replace(state, waiting=[*kept, *length]), NOW)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 240), st.sampled_from(Priority)), min_size=1, max_size=15),
    st.integers(1, 3),
    st.lists(st.sampled_from(["answer", "answer", "decline", "ignore", "lose"]), min_size=1, max_size=12),
    queues,
    st.sampled_from(Strategy),
    st.lists(
        st.tuples(st.sampled_from(["front", "billing", "gone"]), st.sampled_from(Medium)), min_size=15, max_size=15
    ),
)
def test_everybody_who_waits_is_served_once_whatever_people_do(arrivals, staff, behaviour, drawn, strategy, kinds):
    """A day in steps: people answer, decline, overlook, lose their connection; in the end they all answer.

    Whatever is set for the queues, and whichever of them was removed with callers in it.
    """
    desk, served, now, step = Desk(strategy, seed=7), [], NOW, 0
    desk.queues = settings_of(drawn)
    skills: list[dict[str, int]] = [{"front": 2, "billing": 1}, {"front": 1}, {}]
    people = [Person(n, f"p{n}", f"P{n}", Role.AGENT, "", "", skills[n]) for n in range(staff)]
    coming = []
    for n, (second, priority) in enumerate(arrivals):
        name, medium = kinds[n]
        at = NOW + second * SECOND
        name = name if name != "gone" or desk.queues else "front"
        coming.append((at, Listed(f"t{n}", at, name, priority, medium=medium)))
        desk.served_by[f"t{n}"] = n % 3
    waiting: dict[str, Listed] = {}
    by_id = {one.id: one for _, one in coming}
    for _ in range(200 + 8 * len(coming)):
        now += 30 * SECOND
        waiting |= {one.id: one for at, one in coming if at <= now and one.id not in served}
        for talk in list(desk.talks.values()):
            desk.end(talk.agent, now)
        for person in people:
            desk.arrive(person, now)
            desk.wrap_up(person.id, "", "", now)
            desk.ready(person.id, now)
        desk.look(list(waiting.values()), now)
        rings_all = {name for name in ("front", "billing", "gone") if desk.queue(name).strategy is Strategy.RING_ALL}
        single = [one.ticket_id for one in desk.offers.values() if by_id[one.ticket_id].queue not in rings_all]
        assert len(set(single)) == len(single)
        for offer in list(desk.offers.values()):
            if desk.offers.get(offer.agent) != offer:
                continue  # a colleague was quicker
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
