"""Signed links and sessions: what a link permits is in the link, and nobody can write one without the key.

Three kinds, each with its own salt so that none passes for another: the desk (an invitation that works once, then
sessions), a page that reminders may ring, and the answer to one ring.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import Any, Final

from itsdangerous import BadData, URLSafeTimedSerializer

HOUR_S: Final = 3600
INVITATION_S: Final = 24 * HOUR_S
SESSION_S: Final = 12 * HOUR_S
"""A shift; the desk renews it while it is open."""
RING_PAGE_S: Final = 30 * 24 * HOUR_S
ANSWER_S: Final = HOUR_S // 12


@dataclass(frozen=True, slots=True)
class RingPage:
    """A page that rings for the reminders of one customer, or for one reminder only."""

    customer: str = ""
    reminder: str = ""

    def rings_for(self, customer: str, reminder: str) -> bool:
        return bool((self.reminder and self.reminder == reminder) or (self.customer and self.customer == customer))


class Links:
    def __init__(self, key: str) -> None:
        self._key = key
        self._process = secrets.token_urlsafe(8)
        self._used: set[str] = set()
        self._accepting = threading.Lock()

    # The desk

    def invitation(self, role: str) -> str:
        """Lets somebody make an account of that role: once, within a day, in this process."""
        once = secrets.token_urlsafe(8)
        return self._sign("desk-invitation", {"process": self._process, "once": once, "role": role})

    def invited_as(self, invitation: str) -> str:
        """The role; "" for a link that is not ours, too old or used."""
        data = self._invitation(invitation)
        return str(data["role"]) if data else ""

    def accept(self, invitation: str) -> bool:
        """True the first time: for one, of any who ask at once."""
        with self._accepting:
            data = self._invitation(invitation)
            if data:
                self._used.add(data["once"])
        return bool(data)

    def give_back(self, invitation: str) -> None:
        """Nothing came of it: the link is good again."""
        self._used.discard(self._read("desk-invitation", invitation, INVITATION_S).get("once", ""))

    def session(self, person_id: int, session_key: str) -> str:
        return self._sign("desk-session", {"person": person_id, "key": session_key})

    def read_session(self, session: str) -> tuple[int, str] | None:
        """Person and their session key, which they may have changed since."""
        data = self._read("desk-session", session, SESSION_S)
        return (int(data["person"]), str(data["key"])) if "person" in data else None

    # Reminders

    def ring_page(self, customer: str = "", reminder: str = "") -> str:
        """For `/ring/<token>`; good for thirty days."""
        return self._sign("ring-page", {"customer": customer, "reminder": reminder})

    def read_ring_page(self, token: str) -> RingPage | None:
        data = self._read("ring-page", token, RING_PAGE_S)
        return RingPage(data.get("customer", ""), data.get("reminder", "")) if data else None

    def answer(self, reminder: str) -> str:
        """Goes out with a ring; who comes back with it may hear about this reminder, for five minutes."""
        return self._sign("ring-answer", {"reminder": reminder})

    def read_answer(self, token: str) -> str:
        """The reminder's id; "" for a token that is not ours or too old."""
        data = self._read("ring-answer", token, ANSWER_S)
        return str(data["reminder"]) if data else ""

    def ring_order(self, reminder: str, customer: str) -> str:
        """From another process with the same key: please ring."""
        return self._sign("ring-order", {"reminder": reminder, "customer": customer})

    def read_ring_order(self, token: str) -> tuple[str, str] | None:
        """Reminder and customer."""
        data = self._read("ring-order", token, ANSWER_S)
        return (data["reminder"], data["customer"]) if data else None

    # Inside

    def _invitation(self, invitation: str) -> dict[str, Any]:
        data = self._read("desk-invitation", invitation, INVITATION_S)
        return {} if data.get("process") != self._process or data["once"] in self._used else data

    def _sign(self, salt: str, data: dict[str, Any]) -> str:
        return str(URLSafeTimedSerializer(self._key, salt=salt).dumps(data))

    def _read(self, salt: str, token: str, max_age_s: int) -> dict[str, Any]:
        try:
            data = URLSafeTimedSerializer(self._key, salt=salt).loads(token, max_age=max_age_s)
        except BadData:
            return {}
        return data if isinstance(data, dict) else {}
