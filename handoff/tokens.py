"""Tokens of programs: who may ask over REST, and what. The token itself is shown once; only its digest is kept.

A token is 256 random bits, so a plain SHA-256 keeps it as well as a slow hash would: there is nothing to guess
(unlike passwords, see `accounts.py`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

PREFIX: Final = "fd_"
SHOWN: Final = 10
"""Characters by which people tell their tokens apart."""

SHAPE: Final = re.compile(r"fd_[A-Za-z0-9_-]{43}")


class TokenRole(StrEnum):
    """Those of people (`people.py: Role`), and a program's own."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    ADMIN = "admin"
    SERVICE = "service"
    """A CRM or the like: all but who else may ask."""


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    """What it is for, in the words of whoever made it."""
    role: TokenRole
    start: str
    digest: str = field(repr=False)
    created_at: dt.datetime
    used_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def looks_right(token: str) -> bool:
    """What cannot be a token need not be looked for."""
    return SHAPE.fullmatch(token) is not None
