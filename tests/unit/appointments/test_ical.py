import datetime as dt

import icalendar
import pytest

from bot.appointments.desk import StoredDesk
from bot.appointments.ical import read_calendar, to_calendar
from bot.appointments.importing import import_calendar
from bot.appointments.model import Wish
from bot.errors import DiaryError
from bot.store import open_store
from tests.fakes_diary import NOW, clinic, local

FOREIGN = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Other//EN
BEGIN:VEVENT
UID:other-1
DTSTART;TZID=Europe/London:20260303T140000
SUMMARY:Check-up: Tom Baker
DESCRIPTION:With Anna Berg
LOCATION:Harbour
END:VEVENT
BEGIN:VEVENT
UID:other-2
DTSTART;VALUE=DATE:20260303
SUMMARY:Check-up: Ann Lee
DESCRIPTION:With Anna Berg
LOCATION:Harbour
END:VEVENT
BEGIN:VEVENT
UID:other-3
DTSTART;TZID=Europe/London:20260303T140000
SUMMARY:Team meeting
END:VEVENT
BEGIN:VEVENT
UID:other-4
DTSTART;TZID=Europe/London:20260303T141500
SUMMARY:Check-up: Too Late
DESCRIPTION:With Anna Berg
LOCATION:Harbour
END:VEVENT
BEGIN:VEVENT
UID:other-5
STATUS:CANCELLED
DTSTART;TZID=Europe/London:20260303T150000
SUMMARY:Check-up: Not Any More
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


def new_desk() -> StoredDesk:
    return StoredDesk(clinic(), open_store("sqlite://").diary(clinic()))


def booked(desk: StoredDesk):
    slot = desk.free_slots(Wish("checkup"), NOW)[0]
    return desk.book(slot, desk.add_customer("Maria Jones", "+442079460001"), "test", NOW, note="brings a dog")


def test_an_export_can_be_read_by_any_calendar():
    desk = new_desk()
    [event] = icalendar.Calendar.from_ical(to_calendar(clinic(), [booked(desk)], NOW)).walk("VEVENT")
    assert event["summary"] == "Check-up: Maria Jones"
    assert event["dtstart"].dt == local(2026, 3, 2, 9)
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(minutes=30)


def test_an_export_comes_back_unchanged_here_and_whole_elsewhere():
    desk, elsewhere = new_desk(), new_desk()
    appointment = booked(desk)
    content = to_calendar(clinic(), [appointment], NOW)
    assert [one.result for one in import_calendar(desk, content, "test", NOW)] == ["unchanged"]
    [imported] = import_calendar(elsewhere, content, "test", NOW)
    found = elsewhere.with_reference(imported.reference)
    assert found is not None
    assert (found.slot, found.note) == (appointment.slot, "brings a dog")
    assert (found.customer.name, found.customer.phone) == ("Maria Jones", "+442079460001")
    assert [change.what for change in elsewhere.history(found)] == ["imported"]
    assert [one.result for one in import_calendar(elsewhere, content, "test", NOW)] == ["unchanged"]


def test_entries_of_others_are_matched_by_names_and_each_refusal_says_why():
    desk = new_desk()
    results = import_calendar(desk, FOREIGN, "test", NOW)
    assert [(one.uid, one.result) for one in results] == [
        ("other-1", "imported"),
        ("other-2", "refused"),
        ("other-3", "refused"),
        ("other-4", "refused"),
    ]
    assert "time of day" in results[1].why
    assert "service" in results[2].why
    assert "taken" in results[3].why
    [kept] = desk.between(dt.date(2026, 3, 3), dt.date(2026, 3, 3))
    assert (kept.customer.name, kept.slot.start) == ("Tom Baker", local(2026, 3, 3, 14))


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(content: bytes):
    with pytest.raises(DiaryError) as caught:
        read_calendar(clinic(), content)
    assert caught.value.code == "diary.not_a_calendar"
