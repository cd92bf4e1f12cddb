"""Whether people are in for a queue: what the bot tells callers it hands over."""

from __future__ import annotations

import datetime as dt

from handoff.desk import Desk
from handoff.waiting import staffed


def is_staffed(desk: Desk, queue: str, now: dt.datetime) -> bool | None:
    """False outside the queue's own hours, when nobody may wait in it; else who is at work decides. With nobody there,
    None, unless the queue has hours: then somebody is expected. Called from threads.
    """
    settings = desk.queue(queue)
    if not settings.is_open(now):
        return False
    if staffed(tuple(desk.seats.values()), queue):
        return True
    return True if settings.opening else None
