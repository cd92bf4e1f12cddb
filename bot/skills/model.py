"""A skill as it is written in its file: slots to ask for, steps with conditions, and outcomes.

The models are the file's grammar: what they refuse is told to the person who wrote it, with file and line
(`bot/content/skill_file.py`). Nothing here asks or does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.skills.conditions import Condition, parse_condition

Kind = Literal[
    "date", "time", "number", "quantity", "money", "name", "phone", "email", "postcode", "choice", "yes_no", "text",
    "digits", "secret_digits", "items",
]  # fmt: skip
WITHOUT_KEYS: frozenset[str] = frozenset({"name", "email", "postcode", "text"})
"""Kinds that have letters in them: by keypad they can only be left out (`skip`)."""

WITH_OPTIONS: frozenset[str] = frozenset({"choice", "items"})
MOST_OPTIONS = 9
"""One key each."""

IDENTIFIER = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=IDENTIFIER)]


def _listed(value: object) -> object:
    """One value alone is a list of one."""
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
When = Annotated[Condition, BeforeValidator(parse_condition)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Option(_Part):
    """One of a few answers."""

    label: str
    """As the bot says it."""
    said: Texts = ()
    """Other ways callers say it, small letters."""
    price: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    """Of one, in the currency of the business."""

    def ways(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(way.lower() for way in (self.label, *self.said)))


class Slot(_Part):
    """Something to know, and how to ask for it."""

    kind: Kind
    ask: Texts = Field(min_length=1)
    """Several are variants, used in turn."""
    again: str = ""
    """Asked differently after an answer that was not understood."""
    keypad: str = ""
    """How to answer by keys, where the usual words for the kind do not fit."""
    label: str = ""
    """What it is called when the caller is asked what to change, and on tickets."""
    read_back: str = ""
    """ "Your number is {value}, is that right?": asked at once, before going on."""
    sorry: str = ""
    """Said when a value does not pass the check."""
    skip: str = ""
    """What key 1 is for when letters cannot be keyed in, e.g. "telling us later"; the slot stays empty then."""
    options: Mapping[Name, Option] = Field(default_factory=dict)
    least: Decimal | None = None
    most: Decimal | None = None
    """Bounds of numbers, amounts, and for `items` of the pieces altogether."""
    digits: int | None = Field(default=None, ge=1, le=32)
    """How many figures there must be."""
    within_days: int | None = Field(default=None, ge=0)
    """Dates: not before today and not later than in so many days."""
    how_many: str = ""
    """`items`: the question for the quantity when only the thing was named: {item} is filled in, or {items_of_it}."""
    more: str = ""
    """`items`: whether there is anything to add."""
    calling_from: str = ""
    """`phone`: asked first where the line shows a number, which is {number}: "May we ring {number}?"."""
    wait: str = ""
    """`yes_no`: said first, while the caller tries something: "Tell me when you have done it." Silence is fine then."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Slot:
        if self.kind in WITH_OPTIONS and not 2 <= len(self.options) <= MOST_OPTIONS:
            raise ValueError(f"a {self.kind} needs 2 to {MOST_OPTIONS} options, one for each key")
        if self.options and self.kind not in WITH_OPTIONS:
            raise ValueError(f"options belong to the kinds choice and items, not to {self.kind}")
        if self.kind == "items" and not (self.how_many and self.more):
            raise ValueError("items need the questions “how_many” and “more”")
        if self.digits is not None and self.kind not in ("digits", "secret_digits"):
            raise ValueError("“digits” belongs to the kinds digits and secret_digits")
        if self.calling_from and self.kind != "phone":
            raise ValueError("“calling_from” belongs to the kind phone")
        if self.wait and self.kind != "yes_no":
            raise ValueError("“wait” belongs to the kind yes_no")
        if self.kind == "secret_digits" and self.read_back:
            raise ValueError("secret digits are never read back; remove “read_back”")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("“least” is more than “most”")
        return self


class Step(_Part):
    """One line of the way: ask, say or finish; skipped when its condition does not hold."""

    ask: Name | None = None
    say: str | None = None
    finish: Name | None = None
    when: When = Condition()

    @model_validator(mode="after")
    def _is_one_thing(self) -> Step:
        if sum(part is not None for part in (self.ask, self.say, self.finish)) != 1:
            raise ValueError("a step has exactly one of ask, say and finish")
        return self


class Ticket(_Part):
    """For people, with everything that was said."""

    queue: str = Field(min_length=1, max_length=64)
    priority: Literal["high", "normal"] = "normal"
    reason: str
    hand_over: bool = False
    """The caller is put through now; else people call back or work on it later."""


class Letter(_Part):
    """An e-mail; {slots} are filled in, also in `to`."""

    to: str
    subject: str
    text: str


class Webhook(_Part):
    """A signed POST to another program: the event of that name goes to whoever subscribed to it."""

    event: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")


class Visit(_Part):
    """The caller goes on to book this service."""

    service: Name


class Outcome(_Part):
    """How it ends. The result is always stored; the rest is done before the caller is told."""

    confirm: str = ""
    """Read back; done only after a yes."""
    ticket: Ticket | None = None
    email: Letter | None = None
    webhook: Webhook | None = None
    appointment: Visit | None = None
    say: str = ""
    """Told when it is done; {reference} is the number it was stored under."""


class Skill(_Part):
    """`id` is the intent that starts it, and the file's name."""

    id: Name
    title: str
    """In menus: "press 7 for {title}"."""
    wants: str
    """On tickets: "wants {wants}"."""
    phrases: Texts = ()
    """What callers say to start it."""
    start: str = ""
    place: int | None = Field(default=None, ge=1, le=9)
    """In the menu and where it is told what can be done here; those without a place come after, by their names."""
    identify: bool = False
    """Who is calling must be known before it is done."""
    slots: Mapping[Name, Slot] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    outcomes: Mapping[Name, Outcome] = Field(min_length=1)

    def label(self, slot: str) -> str:
        return self.slots[slot].label or slot.replace("_", " ")

    def wordings(self) -> dict[str, tuple[str, ...]]:
        """As `responses.yml` would have them: `utter_ask_<skill>.<slot>`, `…_again`, `…_keypad` and so on."""
        found: dict[str, tuple[str, ...]] = {f"start_{self.id}": (self.start,), f"guess_{self.id}": (self.wants,)}
        for name, slot in self.slots.items():
            key = f"{self.id}.{name}"
            found |= {
                f"ask_{key}": slot.ask,
                f"ask_{key}_again": (slot.again,),
                f"ask_{key}_keypad": (slot.keypad,),
                f"ask_{key}.right": (slot.read_back,),
                f"ask_{key}.how_many": (slot.how_many,),
                f"ask_{key}.more": (slot.more,),
                f"ask_{key}.calling_from": (slot.calling_from,),
                f"ask_{key}.wait": (slot.wait,),
                f"{key}.sorry": (slot.sorry,),
            }
        for name, outcome in self.outcomes.items():
            found[f"ask_{self.id}.confirm.{name}"] = (outcome.confirm,)
            found[f"{self.id}.{name}"] = (outcome.say,)
        for place, step in enumerate(self.steps):
            found[f"{self.id}.step.{place}"] = (step.say or "",)
        return {f"utter_{key}": texts for key, texts in found.items() if any(texts)}
