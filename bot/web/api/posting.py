"""One POST to a webhook's address: to the very computer that was checked, without redirects, proxies or patience.

The name is looked up once and the connection goes to what was found, so that an address cannot change between the
check and the visit (DNS rebinding; OWASP Server-Side Request Forgery Prevention Cheat Sheet).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

from handoff.webhooks import may_reach

TIMEOUT_S: Final = 10.0


class NotPosted(Exception):
    """Nobody answered; the text says why in a few words, without the address."""


def post(url: str, headers: Mapping[str, str], body: bytes, allow_private: bool, timeout_s: float = TIMEOUT_S) -> int:
    """The HTTP status of the answer, whose body is not read. Blocking. Raises NotPosted."""
    parts = urlsplit(url)
    try:
        connection = _connection(parts, _reachable(parts, allow_private), timeout_s)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()
    except ssl.SSLError as error:
        raise NotPosted("its certificate is not good") from error
    except TimeoutError as error:
        raise NotPosted(f"no answer within {timeout_s:g} s") from error
    except ConnectionRefusedError as error:
        raise NotPosted("nobody listens there") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotPosted(f"not reached ({type(error).__name__})") from error


def _reachable(parts: SplitResult, allow_private: bool) -> str:
    """The first address of the host, all of which must be allowed. Raises NotPosted."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotPosted("its name is not known") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not all(may_reach(ipaddress.ip_address(one.partition("%")[0]), allow_private) for one in addresses):
        raise NotPosted("it leads into a private network (webhooks.allow_private)")
    return addresses[0]


def _connection(parts: SplitResult, address: str, timeout_s: float) -> http.client.HTTPConnection:
    """To `address`, but named as the URL names it: in the Host header, and to its certificate."""
    host, port = parts.hostname or "", _port(parts)
    plain = http.client.HTTPConnection(host, port, timeout=timeout_s)
    raw = socket.create_connection((address, port), timeout_s)
    try:
        plain.sock = _context().wrap_socket(raw, server_hostname=host) if parts.scheme == "https" else raw
    except BaseException:
        raw.close()
        raise
    return plain


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
