"""Scanners and loops: who sends too many INVITEs at once is not heard for a while, and nobody else suffers for it.

The stack does not tell where a packet came from, so a source is what the sender wrote of itself. That is enough against
what is careless; who forges each Via is not told from many callers, and is the firewall's.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any, Final

CALLS, WITHIN_S = 20, 1.0
"""More calls than this in that time, of one source, are no people's; an exchange after a power cut stays below."""
SHUT_OUT_S: Final = 60.0
"""From its last attempt on."""
MAX_SOURCES: Final = 1_000
"""Remembered at most, the last ones."""


class Floods:
    """Sources are hosts; `now` is any clock in seconds that never goes back."""

    def __init__(self) -> None:
        self.spared: frozenset[str] = frozenset()
        """The hosts of our trunk or exchange. They are never shut out, for anybody can write their name."""
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self._shut_out: OrderedDict[str, float] = OrderedDict()

    def is_flood(self, source: str, now: float) -> bool:
        """A call comes from there: one too many?"""
        if source in self.spared:
            return False
        recent = self._recent.setdefault(source, deque(maxlen=CALLS))
        is_burst = len(recent) == CALLS and now - recent[0] < WITHIN_S
        recent.append(now)
        _keep_last(self._recent, source)
        if is_burst or now < self._shut_out.get(source, now):
            self._shut_out[source] = now + SHUT_OUT_S
            _keep_last(self._shut_out, source)
            return True
        return False


def source_of(headers: Mapping[str, str]) -> str:
    """The host that sent it, as the topmost Via has it; "" when there is none.

    `received` (RFC 3261 section 18.2.1) is for the server that gets a request to write, so in one that arrives it is
    the sender's invention.
    """
    via = next((value for name, value in headers.items() if name.lower() in ("via", "v")), "").partition(",")[0]
    words = via.partition(";")[0].split()
    sent_by = words[-1] if words else ""
    host = sent_by if sent_by.endswith("]") or sent_by.count(":") != 1 else sent_by.rpartition(":")[0]
    return host[:100]


async def hosts_at(name: str) -> frozenset[str]:
    """`name`, and the addresses that are found under it."""
    if not name:
        return frozenset()
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return frozenset({name})
    return frozenset({name, *(str(where[0]) for *_, where in found)})


def _keep_last(sources: OrderedDict[str, Any], source: str) -> None:
    sources.move_to_end(source)
    if len(sources) > MAX_SOURCES:
        sources.popitem(last=False)
