"""Who works here: people, what they may do, and which queues they answer. Plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    AGENT = "agent"
    """Answers callers."""
    SUPERVISOR = "supervisor"
    """Answers callers, and sees how everybody does."""
    EDITOR = "editor"
    """Writes what the bot says; of callers only the sentences that were missed."""
    ADMIN = "admin"
    """All of it, and who works here."""


ANSWERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
OVERSEES = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMINISTERS = frozenset({Role.ADMIN})
EDITS = frozenset({Role.EDITOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    login: str
    """What they type to sign in: lower case."""
    name: str
    """What callers and colleagues read."""
    role: Role
    password_hash: str = field(repr=False)
    session_key: str = field(repr=False)
    """In every session; a new one ends them all."""
    queues: Mapping[str, int] = field(default_factory=dict)
    """Queue → level, 1 is best; empty: every queue, at level 1."""
    is_active: bool = True


class PersonStore(Protocol):
    """Where people are kept; raises on failure."""

    def add(self, person: Person, now: dt.datetime) -> Person:
        """With the id that it got; `person.id` is ignored. Two people cannot have one login."""
        ...

    def get(self, person_id: int) -> Person | None: ...
    def by_login(self, login: str) -> Person | None: ...
    def everybody(self) -> Sequence[Person]:
        """By name."""
        ...

    def replace(self, person: Person) -> None: ...
