"""Cases across calls: opened, joined, kept open, closed, and open again when the caller comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from handoff.cases import AGAIN, NEXT, Case, CaseStatus, FollowUp, StepWhat, about, after, came, close, follow
from handoff.history import Happening, What
from handoff.model import Packet, Priority, Ticket

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PACKET = Packet("clinic", "reception", Priority.NORMAL, ("asked",), "Wants to move.", "+447700900123", wants="move")


def opened(packet: Packet = PACKET) -> Case:
    return came(None, Ticket("T1", NOW, packet), "k1", NOW)[0]


def wrapped(case: Case, disposition: str, notes: str = "") -> Case:
    details = {"disposition": disposition, "notes": notes}
    change = after(case, Happening("T1", What.WRAPPED, NOW, 5, details))
    assert change
    return change[0]


def test_the_same_caller_about_the_same_joins_the_case_and_about_something_else_does_not() -> None:
    case = opened()
    assert about([case], PACKET, NOW) == case
    assert about([case], replace(PACKET, wants="Move "), NOW) == case
    assert about([case], replace(PACKET, wants="complain"), NOW) is None
    assert about([case], replace(PACKET, caller="+441"), NOW) is None
    assert about([case], replace(PACKET, business="other"), NOW) is None


def test_a_caller_is_known_by_name_from_another_number_and_nobody_is_like_nobody() -> None:
    case = opened(replace(PACKET, customer="Ann Example"))
    assert about([case], replace(PACKET, caller="", customer="ann example"), NOW) == case
    nobody = replace(PACKET, caller="", customer="")
    assert about([opened(nobody)], nobody, NOW) is None


def test_who_says_not_what_it_is_about_joins_what_is_open_and_nothing_that_is_closed() -> None:
    case, unknown = opened(), replace(PACKET, wants="")
    assert about([case], unknown, NOW) == case
    assert about([close(case, 5, NOW)[0]], unknown, NOW) is None


def test_a_case_closed_lately_is_open_again_and_one_closed_long_ago_is_history() -> None:
    closed = wrapped(opened(), "solved")
    assert closed.status is CaseStatus.CLOSED
    assert about([closed], PACKET, NOW + AGAIN) == closed
    assert about([closed], PACKET, NOW + AGAIN + dt.timedelta(seconds=1)) is None
    again, step = came(closed, Ticket("T2", NOW, PACKET), "", NOW + NEXT)
    assert (again.status, again.closed_at, step.what) == (CaseStatus.OPEN, None, StepWhat.REOPENED)


def test_whoever_answers_owns_it_and_what_is_not_solved_is_due_tomorrow() -> None:
    change = after(opened(), Happening("T1", What.ANSWERED, NOW, 5))
    assert change
    assert change[0].owner == 5
    assert after(change[0], Happening("T1", What.HELD, NOW, 5)) is None
    kept = wrapped(change[0], "call back", "after six")
    assert (kept.status, kept.due_at, kept.follow_up) == (CaseStatus.OPEN, NOW + NEXT, FollowUp.CALL_BACK)
    assert not kept.is_overdue(NOW + NEXT)
    assert kept.is_overdue(NOW + 2 * NEXT)


def test_a_follow_up_that_was_promised_keeps_the_case_open_though_the_talk_was_solved() -> None:
    promised, step = follow(opened(), FollowUp.EMAIL, NOW + NEXT, 5, 5, NOW, "the form")
    assert step.note == "e-mail · the form"
    kept = wrapped(promised, "solved")
    assert (kept.status, kept.due_at, kept.follow_up) == (CaseStatus.OPEN, NOW + NEXT, FollowUp.EMAIL)
    done = close(kept, 5, NOW)[0]
    assert (done.status, done.due_at, done.follow_up) == (CaseStatus.CLOSED, None, FollowUp.NONE)
    assert not done.is_overdue(NOW + 9 * NEXT)
