"""What was said or pressed, read as a slot of a skill; and such values as the bot says them.

A value is kept as text: ISO days and times, plain figures, ids of options, "yes" and "no", E.164 telephone numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from rapidfuzz import fuzz

from bot.appointments.phones import e164
from bot.dialogue import naming, spoken
from bot.dialogue.items import basket, items_in, items_words
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn
from bot.nlu.numbers import figures
from bot.nlu.understanding import DateMention, TimeMention
from bot.skills.model import Option, Slot

ALIKE = 86
"""Of 100 (Levenshtein ratio): "standard roter" is the standard router, "hub" is no "hob"."""
COUPLE = {r"\b(a )?couple( of)?\b": "2", r"\b(a )?pair( of)?\b": "2", r"\bhalf a dozen\b": "6", r"\b(a )?dozen\b": "12"}
NUMBER = re.compile(r"(?<![\d.])\d{1,6}(?:\.\d\d)?(?![\d.]*\d)")
ARTICLE = re.compile(r"^(?:just |only )?(?:a|an)\b")
SECRET = "given"
"""All that is kept of secret digits."""


def read_value(slot: Slot, turn: Turn, talk: Talk, asked: bool) -> str | None:
    """None when it is not in the turn. `asked`: the slot was the question, so that bare answers count."""
    reader = READERS.get(slot.kind) if asked else VOLUNTEERED.get(slot.kind)
    return reader(slot, turn, talk) if reader else None


def passes(slot: Slot, value: str, talk: Talk) -> bool:
    """The slot's check; what was left out passes."""
    if value == "" or slot.kind == "secret_digits":
        return True
    match slot.kind:
        case "number" | "quantity" | "money":
            return _within(slot, Decimal(value))
        case "items":
            return _within(slot, Decimal(sum(basket(value).values())))
        case "digits":
            return slot.digits in (None, len(value))
        case "date" if slot.within_days is not None:
            return 0 <= (dt.date.fromisoformat(value) - talk.today).days <= slot.within_days
    return True


def fits(slot: Slot, value: str) -> bool:
    """False for options that are not there any more."""
    if slot.kind == "items":
        return all(key in slot.options for key in basket(value))
    return slot.kind != "choice" or not value or value in slot.options


def _within(slot: Slot, number: Decimal) -> bool:
    return (slot.least is None or number >= slot.least) and (slot.most is None or number <= slot.most)


# Reading --------------------------------------------------------------------------------------------


def _yes_no(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    return "no" if turn.no else "yes" if turn.yes else None


def _choice(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    keys = list(slot.options)
    if turn.option is not None:
        return keys[turn.option - 1] if turn.option <= len(keys) else None
    return _named(slot, turn, talk) or _sounding_like(slot.options, (turn.text, *turn.alternatives))


def _named(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    """The option said in so many words; the longest way of saying wins ("mesh router" is no "router")."""
    for text in (turn.text, *turn.alternatives):
        found = [
            (len(way), key)
            for key, option in slot.options.items()
            for way in option.ways()
            if re.search(rf"\b{re.escape(way)}\b", text.lower())
        ]
        if found:
            return max(found)[1]
    return None


def _sounding_like(options: Mapping[str, Option], texts: tuple[str, ...]) -> str | None:
    said = [naming.LEAD.sub("", text.lower(), count=1) for text in texts]
    rated = [
        (fuzz.ratio(text, way), key)
        for key, option in options.items()
        for way in option.ways()
        for text in said
        if text
    ]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else None


def _date(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    day = turn.value("date")
    return day.first.isoformat() if isinstance(day, DateMention) and day.first == day.last else None


def _time(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    time = turn.value("time")
    return f"{time.first:%H:%M}" if isinstance(time, TimeMention) and time.first == time.last else None


def _number(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    text = turn.text.strip("#").lower()
    for pattern, number in COUPLE.items():
        text = re.sub(pattern, number, text)
    found = NUMBER.findall(figures(text).text)
    if found:
        return str(int(Decimal(found[-1])))
    return "1" if ARTICLE.match(text) else None


def _money(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    said = _said_money(slot, turn, talk)
    if said or not (found := NUMBER.findall(figures(turn.text.strip("#")).text)):
        return said
    return _pounds(Decimal(found[-1]))


def _said_money(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    amount = turn.value("money")
    return _pounds(amount) if isinstance(amount, Decimal) else None


def _pounds(amount: Decimal) -> str:
    return f"{amount:.2f}".removesuffix(".00")


def _name(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    return naming.name_in(turn) or None


def _phone(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    digits = turn.text.strip("#") if turn.keypad else naming.digits_in(turn)
    number = e164(talk.business, digits) if digits else ""
    return number if number.startswith("+") else None


def _digits(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    return (turn.text.strip("#") if turn.keypad else naming.digits_in(turn)) or None


def _secret(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    """Only whether there were enough of them; the figures themselves go nowhere."""
    digits = _digits(slot, turn, talk)
    return SECRET if digits and slot.digits in (None, len(digits)) else None


def _of_kind(kind: str) -> Callable[[Slot, Turn, Talk], str | None]:
    def read(slot: Slot, turn: Turn, talk: Talk) -> str | None:
        value = turn.value(kind)
        return value if isinstance(value, str) and value else None

    return read


def _text(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    return turn.text.strip() or None if not turn.keypad else None


def _items(slot: Slot, turn: Turn, talk: Talk) -> str | None:
    found = items_in(slot, turn)
    return items_words(found) if found and all(found.values()) else None


READERS: dict[str, Callable[[Slot, Turn, Talk], str | None]] = {
    "yes_no": _yes_no, "choice": _choice, "date": _date, "time": _time, "number": _number, "quantity": _number,
    "money": _money, "name": _name, "phone": _phone, "digits": _digits, "secret_digits": _secret, "text": _text,
    "email": _of_kind("email"), "postcode": _of_kind("postcode"),
}  # fmt: skip
VOLUNTEERED: dict[str, Callable[[Slot, Turn, Talk], str | None]] = {
    "choice": _named, "date": _date, "time": _time, "money": _said_money, "items": _items,
    "email": _of_kind("email"), "postcode": _of_kind("postcode"), "phone": _of_kind("phone"),
}  # fmt: skip
"""What is taken although something else was asked: only what cannot be anything else."""


# Saying --------------------------------------------------------------------------------------------------


def words_of(slot: Slot, value: str, talk: Talk) -> str:
    """As the voice is to say it; "" for what was left out."""
    if not value:
        return ""
    match slot.kind:
        case "date":
            return spoken.on(dt.date.fromisoformat(value), talk.today)
        case "time":
            return spoken.time(dt.time.fromisoformat(value), part=True)
        case "choice":
            return slot.options[value].label
        case "items":
            return said_items(slot, value)
        case "money":
            return money(Decimal(value), talk)
        case "phone":
            return spoken.phone(value)
        case "digits":
            return spoken.figures(value)
        case "secret_digits":
            return ""
    return value


def said_items(slot: Slot, value: str) -> str:
    """ "two mesh routers and one power cable"."""
    return spoken.either([_counted(n, slot.options[key].label) for key, n in basket(value).items()], "and")


def _counted(number: int, label: str) -> str:
    said = spoken.number(number) if number < 60 else str(number)
    return f"{said} {label if number == 1 else several(label)}"


def several(label: str) -> str:
    """The plural of most English nouns: boxes, batteries, cables; what is plural already stays."""
    if re.search(r"(x|ch|sh|ss)$", label):
        return f"{label}es"
    if label.endswith("s"):
        return label
    return f"{label[:-1]}ies" if re.search(r"[^aeiou]y$", label) else f"{label}s"


def total(slot: Slot, value: str) -> Decimal:
    """Zero where there are no prices."""
    return sum(((slot.options[key].price or Decimal(0)) * n for key, n in basket(value).items()), Decimal(0))


def money(amount: Decimal, talk: Talk) -> str:
    return f"{talk.business.facts.get('currency', '£')}{_pounds(amount)}"
