"""Who calls, as the headers of an INVITE tell: number and name. Neither is proven; a name is whatever the caller set.

`From` (RFC 3261 section 20.20) is the caller's own word. `P-Asserted-Identity` (RFC 3325) is the exchange's, and counts
only where the exchange is trusted to have set or removed it. `Privacy` (RFC 3323) withholds both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from bot.channels.sip_address import user_of

FROM: Final = "From"
ASSERTED: Final = "P-Asserted-Identity"
PRIVACY: Final = "Privacy"
HEADERS: Final = (FROM, ASSERTED, PRIVACY)

MAX_CHARS: Final = 60
_NAMED: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<>,;:]*))\s*(<[^>]*>)', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_WITHHELD: Final = frozenset({"anonymous", "unavailable", "restricted", "unknown", "private", "withheld"})
_WITHHOLDS: Final = frozenset({"id", "user", "header"})


@dataclass(frozen=True, slots=True)
class Caller:
    number: str = ""
    name: str = ""


NOBODY: Final = Caller()
"""Withheld, or not told."""


def caller_of(headers: Mapping[str, str], peer: str | None, is_trusted: bool) -> Caller:
    """`peer`: the caller's address where no header tells. Empty for what is withheld or not there."""
    told = {name.lower(): value for name, value in headers.items()}
    asserted = told.get(ASSERTED.lower(), "") if is_trusted else ""
    wishes = {wish.strip().lower() for wish in told.get(PRIVACY.lower(), "").split(";")}
    if asserted and wishes & _WITHHOLDS:
        return NOBODY
    named = _of(asserted)
    own = _of(told.get(FROM.lower(), ""))
    return Caller(named.number or own.number or user_of(peer), named.name or own.name)


def _of(value: str) -> Caller:
    """Of one header: the first identity in it."""
    found = _NAMED.match(value)
    if found is None:
        return Caller(user_of(value.strip()))
    number = user_of(found[3])
    name = legible(_ESCAPED.sub(r"\1", found[1] or found[2] or ""))
    return Caller(number, "" if name == number else name)


def legible(text: str) -> str:
    """As it may stand on a page: UTF-8 and percent signs decoded, nothing that is not seen, and not long.

    The stack gives each byte as a character of its own.
    """
    with suppress(UnicodeError):  # Latin-1 indeed, or decoded already
        text = text.encode("latin-1").decode("utf-8")
    text = unicodedata.normalize("NFC", unquote(text))
    seen = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_seen(char))
    name = " ".join(seen.split())[:MAX_CHARS].rstrip()
    return "" if name.lower() in _WITHHELD else name


def _is_seen(char: str) -> bool:
    """No control, no direction mark, nothing private or unassigned."""
    return char != "\ufffd" and unicodedata.category(char)[0] != "C"
