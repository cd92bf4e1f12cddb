import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from handoff.model import Packet, Priority, Ticket, TicketStatus
from handoff.queue import in_order, position, waited

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def ticket(
    id: str, minutes_ago: int, priority: Priority = Priority.NORMAL, status: TicketStatus = TicketStatus.WAITING
):
    packet = Packet("clinic", "front", priority, (), "")
    return Ticket(id, NOW - dt.timedelta(minutes=minutes_ago), packet, status)


def test_an_emergency_is_served_before_whoever_waits_longest():
    queue = [ticket("new", 1), ticket("old", 20), ticket("urgent", 0, Priority.EMERGENCY)]
    assert [one.id for one in in_order(queue)] == ["urgent", "old", "new"]
    assert position(queue, "old") == 2


def test_whoever_is_being_served_or_has_left_does_not_wait():
    queue = [ticket("a", 5, status=TicketStatus.TAKEN), ticket("b", 3, status=TicketStatus.ABANDONED), ticket("c", 1)]
    assert [one.id for one in in_order(queue)] == ["c"]
    assert position(queue, "a") is None


def test_nobody_has_waited_less_than_no_time():
    assert waited(ticket("a", -5), NOW) == dt.timedelta()
    assert waited(ticket("a", 5), NOW) == dt.timedelta(minutes=5)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(Priority), st.sampled_from(TicketStatus))))
def test_everybody_waiting_has_one_place_and_nobody_is_passed_by_somebody_less_urgent(people):
    queue = [ticket(str(n), minutes, priority, status) for n, (minutes, priority, status) in enumerate(people)]
    ordered = in_order(queue)
    assert [position(queue, one.id) for one in ordered] == list(range(1, len(ordered) + 1))
    keys = [(one.packet.priority, one.created_at) for one in ordered]
    assert keys == sorted(keys)
