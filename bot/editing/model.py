"""What editing content is about: a file being edited, a published version, a phrase that was missed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Files = Mapping[str, str]
"""Path below the content folder ("harbour_vets/faq.yml") → its text."""


def token(text: str | None) -> str:
    """Names a text: who saves says with it what they had opened, so that nobody overwrites what they never saw."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Edited:
    """A file of the draft."""

    path: str
    text: str
    base: str
    """`token` of the published text this began from; "" for a new file."""
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A published state of all content."""

    id: int
    name: str
    at: dt.datetime
    by: str
    reason: str = ""
    """Why it was published although the check had failed; "" when it passed."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """What the check measured."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A phrase of a call that was not understood as it was meant. Personal data is masked before it gets here."""

    business: str
    call_id: str
    at: dt.datetime
    text: str
    why: str
    """below the gate, or corrected."""
    guess: str
    confidence: float
    asked: str
    """What the bot had said before."""
    answered: str
    """What the bot did then."""
    start_ms: int = 0
    end_ms: int = 0
    """Where in the call it was said, for the recording."""
    id: int = 0
    status: str = "open"
    """open, labelled (as `label`) or dismissed."""
    label: str = ""
    by: str = ""


class DraftRows(Protocol):
    """Where the draft is kept; the database in `bot/store/content.py`. Raises StoreError."""

    def edited(self) -> Sequence[Edited]: ...
    def put(self, edited: Edited, seen: str) -> bool:
        """False when the draft's text is no longer the one whose `token` was `seen` ("" : not in the draft)."""
        ...

    def drop(self, tokens: Mapping[str, str]) -> None:
        """Take these files out of the draft: path → `token` of the text meant; a newer text stays."""
        ...


class VersionRows(Protocol):
    def versions(self) -> Sequence[Version]:
        """The newest first."""
        ...

    def files_of(self, version: int) -> Files | None: ...
    def add_version(self, version: Version, files: Files) -> Version: ...


class MissRows(Protocol):
    def add_misses(self, misses: Sequence[Miss]) -> None: ...
    def misses(self, business: str | None = None, status: str | None = "open", limit: int = 500) -> Sequence[Miss]: ...
    def miss(self, miss_id: int) -> Miss | None: ...
    def label_misses(self, ids: Sequence[int], status: str, label: str, by: str) -> None: ...
