"""How to reach people, as they say it: names, telephone numbers, e-mail addresses; and amounts of money."""

from __future__ import annotations

import re
from decimal import Decimal

import phonenumbers

from bot.nlu.found import Found
from bot.nlu.numbers import OH, REPEATS, Figures, digit_string
from bot.nlu.spelling import spelled

REGION = "GB"
"""Numbers without country code are of here."""

_NOT_NAMES = """
a an the about for to from of at on in with and or but not no yes please thanks thank sorry calling ringing phoning
here there looking just really very so it that this what when where how who why is was are am be been i i'm you he
she we they my your our his her their going trying hoping wondering wanting after before today tomorrow morning
afternoon evening monday tuesday wednesday thursday friday saturday sunday okay ok fine sure good great well new old
all any some one two three four five six seven eight nine ten interested running late unable able having got getting
booked regarding because urgent emergency an existing patient customer client human person doctor next last can
could would like want need speak time appointment number name date birth if as only also still now then do don't did
have has had wrong right correct happy unhappy angry afraid coming free available busy back out up down too again er
um uh hello hi hey me actually instead maybe perhaps anyway basically honestly wait hang hold let let's
"""
NOT_NAMES = frozenset(_NOT_NAMES.split())
NAME = r"(?P<name>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,3})"
NAMED = re.compile(
    rf"\b(?:my (?:full )?name(?:'s| is)|the name(?:'s| is)|name is|under the name(?: of)?|called) {NAME}"
)
INTRODUCED = re.compile(rf"\b(?:this is|it's|it is|i'm|i am|speaking is|that's|mr|mrs|miss|ms|for) {NAME}")
SPEAKING = re.compile(r"\b(?:this is|it's) (?P<name>[a-z'-]+(?: [a-z'-]+)?) (?:speaking|here|calling|on the phone)\b")
LEADING = re.compile(
    r"^(?:(?:um|uh|er|yes|yeah|sure|okay|hello|hi|so|well|oh|it's|it is|that's|this is|i'm|i am|the|my|full|first|last|"
    r"name|name's|is|under|of course|please|actually|anyway|honestly)\b ?)+"
)
EMAIL = re.compile(
    r"(?P<user>[\w+-]+(?:(?: ?\. ?| (?:dot|underscore|dash|hyphen|plus) | )[\w+-]+)*?) ?(?:@| at ) ?"
    r"(?P<host>[\w-]+(?:(?: ?\. ?| dot | )[\w-]+)*?(?: ?\. ?| dot )"
    r"(?:com|co ?(?:\.|dot) ?uk|org|net|uk|ie|eu|info|gov))\b"
)
SIGNS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"}
MONEY = re.compile(
    r"(?:£ ?(?P<sign>\d+(?:\.\d\d)?)|\b(?P<whole>\d+) (?:pounds?|quid)(?: (?:and )?(?P<pence>\d\d?)(?: pence)?)?)"
)


def find_names(text: str, asked: bool) -> list[Found[str]]:
    """A person's own name after "my name is"…; when it was `asked`, the whole answer without its polite words."""
    low = text.lower()
    for pattern in (NAMED, INTRODUCED) if asked else (NAMED, SPEAKING):
        for match in pattern.finditer(low):
            if words := _name_words(match["name"]):
                return [_named(text, match.start("name"), words)]
    polite = LEADING.match(low) if asked else None
    start = polite.end() if polite else 0
    words = _name_words(low[start:]) if asked else []
    return [_named(text, start, words)] if 1 <= len(words) <= 4 else []


def _named(text: str, start: int, words: list[str]) -> Found[str]:
    end = start + len(" ".join(words))
    letters = [run for run in spelled(text[end:]) if run.value.isalpha() and len(run.value) >= 3]
    if letters and len(words) <= 2:
        words = [*words[: len(words) - 1 or 0], letters[0].value] if len(words) > 1 else _with_spelling(words, letters)
    return Found(" ".join(words), start, end)


def _with_spelling(words: list[str], letters: list[Found[str]]) -> list[str]:
    """One word and its letters: "smith s m i t h" is spelled again, "anna s m i t h" goes on."""
    spelling = letters[0].value
    return [spelling] if words[0][0] == spelling[0] else [*words, spelling]


def _name_words(said: str) -> list[str]:
    words: list[str] = []
    for word in said.split():
        if word in NOT_NAMES or len(word) < 2 or not word.replace("'", "").replace("-", "").isalpha():
            break
        words.append(word)
    return words


def find_phones(said: Figures) -> list[Found[str]]:
    """Valid numbers as E.164 ("+447911123456"); offsets into `said.text`."""
    found = []
    for run in digit_runs(said, shortest=9):
        try:
            number = phonenumbers.parse(("+" if run.value.startswith("44") else "") + run.value, REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            found.append(Found(text, run.start, run.end))
    return found


def digit_runs(said: Figures, shortest: int) -> list[Found[str]]:
    """Figures said one after the other, of at least `shortest` digits."""
    word = rf"(?:\d+|{'|'.join([*OH, *REPEATS])}|plus|\+)"
    runs = (Found(digit_string(m[0]), *m.span()) for m in re.finditer(rf"\b{word}(?:[ -]+{word})*\b", said.text))
    return [run for run in runs if len(run.value) >= shortest]


def find_emails(text: str) -> list[Found[str]]:
    """ "anna dot smith at gmail dot com" → "anna.smith@gmail.com"."""
    found = []
    for m in EMAIL.finditer(text.lower()):
        user, host = m["user"].split(), m["host"]
        while user and user[0] in NOT_NAMES | {"email", "mail", "address", "is"}:
            user = user[1:]
        if user:
            start = m.end("user") - len(" ".join(user))
            name = "".join(SIGNS.get(word, word) for word in user)
            place = re.sub(r" ?\bdot\b ?", ".", host).replace(" ", "")
            found.append(Found(f"{name}@{place}", start, m.end()))
    return found


def find_money(said: Figures) -> list[Found[Decimal]]:
    """ "fifty pounds", "£3.50", "two pounds fifty"."""
    return [
        Found(Decimal(m["sign"] or m["whole"]) + Decimal(int(m["pence"] or 0)) / 100, *m.span())
        for m in MONEY.finditer(said.text)
    ]
