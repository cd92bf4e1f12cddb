"""Values as they come over the wire, bounded: no endless texts, and nothing that a database refuses."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

NO_CONTROL: Final = r"^[^\x00-\x1f\x7f]*$"

Text = Annotated[str, StringConstraints(max_length=64, min_length=1, pattern=NO_CONTROL)]
"""An id, or a name of ours."""

Words = Annotated[str, StringConstraints(max_length=200, pattern=NO_CONTROL)]

MAX_ID: Final = 2**31 - 1


def _in_reach(moment: dt.datetime) -> dt.datetime:
    """Years with which calendars, in any time zone, can still reckon."""
    if not 2000 <= moment.year <= 2200:
        raise ValueError("the year must be from 2000 to 2200")
    return moment


def _day_in_reach(day: dt.date) -> dt.date:
    if not 2000 <= day.year <= 2200:
        raise ValueError("the year must be from 2000 to 2200")
    return day


Moment = Annotated[dt.datetime, AfterValidator(_in_reach)]
"""ISO 8601; local to the business when it has no offset."""

Day = Annotated[dt.date, AfterValidator(_day_in_reach)]
