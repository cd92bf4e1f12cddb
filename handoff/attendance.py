"""Whether anybody could answer a caller who waits, and since when nobody could: nobody is kept waiting for nobody."""

from __future__ import annotations

import datetime as dt


class Attendance:
    """One for all callers on the line; what is asked about is remembered until `forget`."""

    def __init__(self) -> None:
        self._attended: dict[str, dt.datetime] = {}
        """Ticket → when somebody was last seen who could answer it, or when it was first asked about."""

    def alone_s(self, ticket_id: str, is_staffed: bool, now: dt.datetime) -> float:
        """Seconds for which nobody at work could answer; 0 while somebody can. Ask every few seconds."""
        if is_staffed:
            self._attended[ticket_id] = now
        return (now - self._attended.setdefault(ticket_id, now)).total_seconds()

    def forget(self, ticket_id: str) -> None:
        self._attended.pop(ticket_id, None)
