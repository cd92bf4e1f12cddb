"""A conversation as a test, in YAML: what the caller says or presses, and what the bot must say and do.

    - title: an order of two things
      talk:
      - caller: i'd like to order two mesh boxes
      - bot: anything else
      - keys: "2"
      - stored: {skill: order, items: mesh=2}

docs/skills.md explains every line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.content.yaml_form import Entry, mistake, read_yaml

NOW = dt.datetime(2026, 11, 23, 9, 30)
"""A Monday morning, in the business's own time, where a conversation names no moment."""
CALLER = "+447700900101"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Part):
    """One line of the talk: exactly one of its fields is there."""

    caller: str | None = None
    """Says this; "… ~0.4" at the end: recognised with that confidence."""
    keys: str | None = None
    silence: str | None = None
    bot: str | None = None
    """The bot's answer contains this, in small letters or large."""
    bot_not: str | None = None
    listens: str | None = None
    """What kind of answer it waits for: free, yes_no, date, time, digits, name, choice."""
    transfers: str | None = None
    """To this queue."""
    hangs_up: str | None = None
    ticket: str | None = None
    """Reason, summary or slots of a ticket contain this."""
    stored: Mapping[str, str] | None = None
    """A result was stored with these values (`skill` and `outcome` may be among them)."""
    not_stored: str | None = None
    """Nothing was stored of this skill."""
    mail: str | None = None
    """Address, subject or text of a mail contain this."""
    event: str | None = None
    """Other programs are told of this event."""
    diary: str | None = None
    """ "check_up patel 2026-12-01 14:30 booked": an appointment with all these words; or "empty"."""
    done: str | None = None
    """What the call has achieved, in order."""
    calls_again: str | None = None
    """The caller is cut off and rings again a minute later."""

    @model_validator(mode="before")
    @classmethod
    def _word_alone(cls, raw: object) -> object:
        """ "- silence" is "- silence: yes"."""
        return {raw: "yes"} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _is_one_thing(self) -> Line:
        if len(self.model_fields_set) != 1:
            raise ValueError("a line has exactly one of: " + ", ".join(type(self).model_fields))
        return self

    @property
    def what(self) -> str:
        return next(iter(self.model_fields_set))

    @property
    def text(self) -> str:
        value = getattr(self, self.what)
        return value if isinstance(value, str) else ", ".join(f"{key}: {text}" for key, text in value.items())


class Known(_Part):
    """Somebody on file, at the caller's number."""

    name: str
    born: dt.date
    postcode: str = ""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Conversation(_Part):
    title: str
    now: dt.datetime = NOW
    caller: str = CALLER
    """The number the line shows; "withheld" for none."""
    known: tuple[Known, ...] = ()
    booked: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """ "service staff branch 2026-12-01 14:30", for the first of those known."""
    we_ring: Literal["", "reminder"] | str = ""
    """ "reminder": about that appointment; or a freed time, written like `booked`."""
    talk: tuple[Line, ...] = Field(min_length=1)
    line: int = 1
    """Where it is in its file."""
    file: str = ""


def read_conversations(path: Path) -> list[Conversation]:
    """Raises ContentError naming file and line."""
    return [_conversation(entry, path) for entry in read_yaml(path).items()]


def conversations_of(folder: Path) -> list[Conversation]:
    """All in the `tests` folder of a business, or in a folder or file of them."""
    if folder.is_file():
        return read_conversations(folder)
    tests = folder / "tests" if (folder / "business.yml").exists() else folder
    return [each for path in sorted(tests.glob("*.yml")) for each in read_conversations(path)]


def _conversation(entry: Entry, path: Path) -> Conversation:
    raw = _plain(entry)
    if not isinstance(raw, dict):
        raise entry.wrong("a conversation is a group: title and talk at least.")
    try:
        return Conversation.model_validate({**raw, "line": entry.line, "file": path.name})
    except ValidationError as error:
        found = error.errors()[0]
        place = entry
        for part in found["loc"]:
            place = _inside(place, part)
        where = " → ".join(str(part) for part in found["loc"])
        raise mistake(path, place.line, f"{where}: {found['msg'].removeprefix('Value error, ')}.") from error


def _plain(entry: Entry) -> object:
    if isinstance(entry.node, yaml.MappingNode):
        return {name: _plain(field) for name, field in entry.fields().items()}
    if isinstance(entry.node, yaml.SequenceNode):
        return [_plain(item) for item in entry.items()]
    return entry.text()


def _inside(place: Entry, part: str | int) -> Entry:
    if isinstance(part, int) and isinstance(place.node, yaml.SequenceNode):
        return place.items()[part]
    if isinstance(place.node, yaml.MappingNode):
        return place.fields().get(str(part), place)
    return place
