"""SIP addresses: who calls and who was called in them, and how to write one for a number (RFC 3261 section 19.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from bot.channels.plain import plain

_ADDRESS: Final = re.compile(r"<?\s*(?:sips?:)(?:([^@<>?\s]+)@)?([^;>?\s]*)", re.IGNORECASE)
_PORT: Final = re.compile(r":\d*$")
_TELEPHONE: Final = re.compile(r"<?\s*tel:([^;>?\s]+)", re.IGNORECASE)
_ANONYMOUS: Final = frozenset({"anonymous", "unavailable", "restricted", "unknown"})
_MAX_CHARS: Final = 100
_NUMBER: Final = re.compile(r"[+0-9*#A-Za-z._-]{1,60}")


def user_of(address: str | None) -> str:
    """The number or name in an address; "" when there is none or it is withheld (RFC 3323)."""
    found = _TELEPHONE.match(address or "") or _ADDRESS.match(address or "")
    user = unquote((found.group(1) if found else "") or "").partition(":")[0].partition(";")[0]
    return "" if user.lower() in _ANONYMOUS else plain(user, _MAX_CHARS)


def host_of(address: str | None) -> str:
    """The host of an address, without its port; "" when there is none."""
    found = _ADDRESS.match(address or "")
    return _PORT.sub("", found.group(2)) if found else ""


def called_of(headers: Mapping[str, str]) -> str:
    """The number that was called, out of the `To` header: a display name may stand before the address."""
    value = next((value for name, value in headers.items() if name.lower() == "to"), "")
    start = value.rfind("<")
    return user_of(value[max(start, 0) :])


def address_of(target: str, domain: str) -> str:
    """`target` as a SIP address: one already, or a number at `domain`; "" when it is neither."""
    target = target.strip()
    if target.lower().startswith(("sip:", "sips:")):
        return target if not re.search(r"[\s<>\"]", target) else ""
    number = re.sub(r"[\s()/]", "", target)
    return f"sip:{number}@{domain}" if domain and _NUMBER.fullmatch(number) else ""
