"""The clock on the wall, read by whoever composes the centre and handed to everybody else as a function."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
