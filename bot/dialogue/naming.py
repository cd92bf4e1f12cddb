"""Names, letters and phone numbers as callers give them."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz

from bot.appointments.model import Business
from bot.appointments.phones import e164
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
    r"right|that|this|email|e-mail|bye|goodbye|hello|quick|quickly|okay|ok|thanks|isn't|it|it's|spelled|actually|can|see|doctor|dentist|branch|first|second|third|last|next|nah|nope|whoever|whatever|whenever|anyone|anybody|"
    r"early|late|earlier|later|today|tomorrow|morning|afternoon|evening|"
    r"zero|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundred|thousand|double|triple|half|quarter|o'clock|"
    r"january|february|july|september|october|november|december)\b"
)
VALUES = ("date", "time", "number", "service", "branch", "phone", "digits")
"""What is one of these is no name."""
SPELLED_WITH = re.compile(r" with an? .*$")
VOLUNTEERED = re.compile(
    r"\b(?:my name is|my name's|the name's|this is|i'm called) ((?:doctor |mr |mrs |miss |ms )?[a-z'\-]+ [a-z'\-]+)"
    r"(?= (?:here|speaking|calling|and|i|i'd|i'm|i've|from|can|could)\b|$)"
)
ASKS = r"what's|what|why|when|where|how|who|which|price|appointment|don't understand"
FLAG = re.compile(r"^(its|it's|that's|yes|okay)\s+")


def name_in(turn: Turn) -> str:
    """A full name, capitalised; "" when there is none."""
    if turn.says(ASKS):
        return ""
    entity = turn.first("name")
    if entity and isinstance(entity.value, str) and entity.value.strip() and not NOT_NAMES.search(entity.value):
        return capitalised(entity.value)
    if any(turn.first(kind) for kind in VALUES):
        return ""
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


def spelled_in(turn: Turn) -> str:
    """An answer to "how is your last name spelled?"; letters are also heard as the one word that they make."""
    heard = name_in(turn)
    return letters_in(turn) or (heard if " " not in heard else "")


def corrected(name: str, turn: Turn) -> str:
    """ "No, it's Smythe" to "John Smith" → "John Smythe"; "" when nothing was corrected."""
    turn = replace(turn, text=SPELLED_WITH.sub("", turn.text))
    letters = letters_in(turn)
    if letters:
        return with_last_name(name, letters)
    plain = LEAD.sub("", turn.text.lower(), count=1)
    if (turn.yes and not turn.no) or not plain.strip() or plain == turn.text.lower():
        return ""
    said = name_in(turn)
    if " " in said or not said or " " not in name:
        return said
    first, last = name.split()[0], name.split(" ", 1)[1]
    nearer_first = fuzz.ratio(said.lower(), first.lower()) > fuzz.ratio(said.lower(), last.lower())
    return f"{said} {last}" if nearer_first else f"{first} {said}"


def with_last_name(name: str, letters: str) -> str:
    """The spelled last name; written as it was heard when only the apostrophe or the hyphen is missing."""
    first, _, last = name.partition(" ")
    if not last:
        return f"{first} {letters}" if first and first != letters else letters
    same = re.sub(r"[^a-z]", "", last.lower()) == letters.lower()
    return f"{first} {last if same else letters}"


def volunteered(text: str) -> str:
    """ "Hello, this is Anna Smith, I …" → "Anna Smith"; "" when no full name was said."""
    found = VOLUNTEERED.search(text.lower())
    return capitalised(found[1]) if found and not NOT_NAMES.search(found[1]) else ""


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


def full_number(digits: str, business: Business) -> str:
    """E.164, "" for what cannot be a whole number (ITU-T E.164: at most 15 digits)."""
    number = e164(business, digits) if digits else ""
    return number if number.startswith("+") and 9 <= len(number) <= 16 else ""
