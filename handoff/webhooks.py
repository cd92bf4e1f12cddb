"""Webhooks: which events there are, how a message is signed, when it is sent again. Pure.

Signed as the Standard Webhooks specification says (standardwebhooks.com, version 1.0.0), for which receivers find
libraries in most languages: HMAC-SHA256 over "id.timestamp.body", base64, in the header `webhook-signature` as
"v1,…". The timestamp within what is signed keeps a message from being played again later; receivers refuse one that is
more than `TOLERANCE` away from their clock. Tries grow apart exponentially, with a random part so that those who failed
together do not come back together (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

SECRET_PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
TOLERANCE: Final = dt.timedelta(minutes=5)

MAX_TRIES: Final = 12
"""The last one some nine hours after the first; then the delivery is dead, until somebody sends it again."""

FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 4 * 3600.0


class Event(StrEnum):
    """What a webhook can be told."""

    CALL_STARTED = "call.started"
    CALL_ESCALATED = "call.escalated"
    """The caller waits for a person; the ticket's facts are in it."""
    CALL_ANSWERED = "call.answered"
    """By a person."""
    CALL_ENDED = "call.ended"
    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    TICKET_DONE = "ticket.done"
    SKILL_DONE = "skill.done"
    """A skill from a file has come to an end that tells other programs; `name` in its data says which."""


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Webhook:
    id: int
    url: str
    secret: str = field(repr=False)
    events: frozenset[Event] = frozenset(Event)
    business: str = ""
    """"": of all businesses."""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to one webhook."""

    id: int
    webhook_id: int
    message_id: str
    """The same at every try: receivers that see it twice do the work once."""
    event: str
    body: str = field(repr=False)
    status: DeliveryStatus
    tries: int
    created_at: dt.datetime
    due_at: dt.datetime
    answered: int | None = None
    """The HTTP status of the last try; None when there was no answer."""
    problem: str = ""
    """Of the last try, in a few words; "" when it went well."""


class WrongWebhook(ValueError):
    """An address or secret that cannot be used; the text says what to do."""


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`webhook-signature`; `timestamp` in seconds since 1970. Raises WrongWebhook for a secret that is none."""
    signed = message_id.encode() + b"." + str(timestamp).encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def headers(secret: str, message_id: str, now: dt.datetime, body: bytes) -> dict[str, str]:
    timestamp = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Frontdesk-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
    }


def is_genuine(secret: str, given: Mapping[str, str], body: bytes, now: dt.datetime) -> bool:
    """What a receiver has to check: signed with our secret, and just now. Header names in lower case."""
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = sign(secret, message_id, int(timestamp), body).encode()
    return any(hmac.compare_digest(expected, one.encode()) for one in given.get("webhook-signature", "").split(" "))


def pause_s(tries: int, roll: float) -> float | None:
    """Seconds until the next try after so many that failed; None: given up. `roll` is random, from 0 to 1.

    Half of the pause is certain, half is chance.
    """
    if tries >= MAX_TRIES:
        return None
    whole = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** max(0, tries - 1))
    return whole * (1 + roll) / 2


def is_delivered(status: int) -> bool:
    """Redirections are not followed: they would lead where nobody allowed us to go."""
    return 200 <= status < 300


def check_url(url: str, allow_plain: bool) -> None:
    """Raises WrongWebhook. `allow_plain`: http, too, which is for receivers in the own house."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise WrongWebhook("This is not an address; write it like https://crm.example.com/hooks.") from error
    if not url.isascii() or not url.isprintable() or " " in url:
        raise WrongWebhook("An address has no spaces or special characters; write them in per cent form.")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise WrongWebhook("This is not an address; write it like https://crm.example.com/hooks.")
    if parts.scheme == "http" and not allow_plain:
        raise WrongWebhook("Messages hold personal data: please use an https address, or set webhooks.allow_private.")
    if parts.username or parts.password:
        raise WrongWebhook("No names or passwords in the address please: messages are signed instead.")


def may_reach(address: IPv4Address | IPv6Address, allow_private: bool) -> bool:
    """Not this computer or its network, unless that is allowed: a webhook must not become a way in
    (OWASP Server-Side Request Forgery Prevention Cheat Sheet). Never the link-local ones, where clouds keep keys.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or (allow_private and (address.is_private or address.is_loopback))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WrongWebhook("The secret is damaged; please make a new webhook.") from error
    if len(key) < 16:
        raise WrongWebhook("The secret is too short; please make a new webhook.")
    return key
