"""Since when nobody could answer a caller."""

from __future__ import annotations

import datetime as dt

from handoff.attendance import Attendance

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def after(seconds: int) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def test_a_caller_nobody_can_answer_is_alone_from_the_first_look_on() -> None:
    attendance = Attendance()
    assert [attendance.alone_s("T", False, after(s)) for s in (0, 2, 50)] == [0, 2, 50]


def test_somebody_at_work_starts_the_count_again() -> None:
    attendance = Attendance()
    looks = [attendance.alone_s("T", staffed, after(s)) for s, staffed in ((0, False), (40, True), (60, False))]
    assert looks == [0, 0, 20]


def test_callers_are_counted_each_for_themselves_and_forgotten() -> None:
    attendance = Attendance()
    attendance.alone_s("T", False, after(0))
    assert attendance.alone_s("U", False, after(30)) == 0
    attendance.forget("T")
    assert attendance.alone_s("T", False, after(60)) == 0
