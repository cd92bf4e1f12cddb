"""Names, letters and phone numbers as callers give them."""

from __future__ import annotations

import re

from bot.dialogue.turn import Turn

LEAD = re.compile(
    r"^(um |uh |er |oh |yes |yeah |sure |okay |hi |hello |well |no |sorry )*(it's|it is|my name is|my name's|"
    r"the name is|the name's|"
    r"name is|this is|i'm|i am|i'm called|that's|that would be|put it under|under|it would be|full name is)?\s*"
)
TAIL = re.compile(r"\s*\b(please|thanks|thank you|speaking|here|is my name)$")
NOT_NAMES = re.compile(
    r"\b(book|appointment|what|why|when|where|how|who|don't|can't|want|need|would|could|please|cancel|tuesday|"
    r"monday|wednesday|"
    r"thursday|friday|saturday|sunday|number|name|yes|no|help|repeat|sorry|you|your|the|not|have|is|are|wrong|"
    r"right|that|this|isn't|it|it's|spelled)\b"
)
ASKS = r"what's|what|why|when|where|how|who|which|price|appointment|don't understand"
FLAG = re.compile(r"^(its|it's|that's|yes|okay)\s+")


def name_in(turn: Turn) -> str:
    """A full name, capitalised; "" when there is none."""
    if turn.says(ASKS):
        return ""
    entity = turn.first("name")
    if entity and isinstance(entity.value, str) and entity.value.strip():
        return capitalised(entity.value)
    plain = TAIL.sub("", LEAD.sub("", turn.text.lower(), count=1)).strip()
    words = plain.split()
    if not 1 <= len(words) <= 4 or NOT_NAMES.search(plain) or not re.fullmatch(r"[a-z' \-]+", plain):
        return ""
    return capitalised(plain)


def letters_in(turn: Turn) -> str:
    """What was spelled: "s m i t h" → "Smith"; "" when nothing was."""
    entity = turn.first("letters")
    if entity and isinstance(entity.value, str):
        return capitalised(entity.value)
    letters = [word for word in FLAG.sub("", turn.text.lower()).split() if len(word) == 1 and word.isalpha()]
    return capitalised("".join(letters)) if len(letters) >= 2 else ""


def full_name_in(turn: Turn) -> str:
    """At least two words: more than a stray "right"."""
    name = name_in(turn)
    return name if " " in name else ""


def capitalised(name: str) -> str:
    """ "anna o'brien-smith" → "Anna O'Brien-Smith"."""
    plain = re.sub(r"\b([a-z])'([a-z])", lambda found: f"{found[1]}'{found[2].upper()}", name.strip().lower())
    return re.sub(r"(^|[\s\-])([a-z])", lambda found: found[1] + found[2].upper(), plain)


def digits_in(turn: Turn) -> str:
    """All figures of a turn together, "+" kept; "" when there are none."""
    phone = turn.first("phone")
    if phone and isinstance(phone.value, str):
        return phone.value
    return "".join(str(entity.value) for entity in turn.all("digits"))
