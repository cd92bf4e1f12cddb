"""A small clinic for tests of the diary: two branches in London, three people, services with and without buffers."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from bot.appointments.model import Branch, Business, Hours, Service, Staff

LONDON = ZoneInfo("Europe/London")
DAY = (Hours(dt.time(9), dt.time(17)),)
LUNCH = (Hours(dt.time(9), dt.time(12, 30)), Hours(dt.time(13, 30), dt.time(17)))
WEEKDAYS = dict.fromkeys(range(5), DAY)

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
"""A Monday."""


def clinic(id: str = "clinic", **changes: object) -> Business:
    parts: dict[str, object] = {
        "id": id,
        "name": "Test Clinic",
        "timezone": LONDON,
        "numbers": ("+442071234567", "browser"),
        "branches": {
            "harbour": Branch(
                "harbour",
                "Harbour",
                ("harbour", "the harbour branch"),
                "1 Quay",
                WEEKDAYS,
                places=("kemp town", "the marina"),
                postcodes=("BN2", "BN2 5"),
            ),
            "park": Branch(
                "park", "Park", ("park",), "2 Lane", WEEKDAYS, places=("hove", "portslade"), postcodes=("BN1", "BN3")
            ),
        },
        "services": {
            "checkup": Service("checkup", "Check-up", ("check-up",), 30, 10),
            "cleaning": Service("cleaning", "Cleaning", ("cleaning",), 45, reminders=(dt.timedelta(days=1),)),
        },
        "staff": {
            "anna": Staff(
                "anna", "Anna Berg", ("anna",), ("checkup", "cleaning"), {"harbour": WEEKDAYS}, role="hygienist"
            ),
            "omar": Staff(
                "omar",
                "Omar Aziz",
                ("omar",),
                ("checkup",),
                {"harbour": {0: DAY, 1: DAY}, "park": {2: LUNCH, 3: LUNCH, 4: LUNCH}},
                away=((dt.date(2026, 3, 4), dt.date(2026, 3, 5)),),
                role="dentist",
            ),
            "li": Staff("li", "Li Wen", ("li",), ("checkup", "cleaning"), {"park": WEEKDAYS}, role="hygienist"),
        },
        "exceptions": {dt.date(2026, 4, 3): (Hours(dt.time(10), dt.time(12)),), dt.date(2026, 3, 20): ()},
        "holidays": {dt.date(2026, 4, 3): "Good Friday", dt.date(2026, 4, 6): "Easter Monday"},
    }
    return Business(**(parts | changes))  # type: ignore[arg-type]


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=LONDON)
