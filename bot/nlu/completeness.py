"""Does what was heard sound like a finished answer? Asked at the first pause, it decides between answering and waiting.

A wrong "yes" cuts the caller off, a wrong "no" costs the patience of the question. Word patterns tell what cannot be
all ("on the", half a number). Between the two are sentences that are whole and that people like to go on with: "I'd
like to book a check-up … next Wednesday", "how much would it cost … to have my teeth whitened". How likely that is was
learnt (`ending`), and those that are not likely enough to be all get a little patience.
"""

from __future__ import annotations

import re

from bot.events import Expect
from bot.nlu.contact import LEADING
from bot.nlu.ending import ends_here
from bot.nlu.grammars import MONTHS, PARTS, UNIVERSAL, WEEKDAYS, YES_NO
from bot.nlu.hanging import hangs, thinks
from bot.nlu.numbers import OH, ORDINALS, REPEATS, TEENS, TENS, UNITS, digit_string

PHONE_DIGITS = 10
"""A British number has ten or eleven digits; a shorter run of spoken digits is still going on. Nobody pauses before the
eleventh, and an ear may have missed one."""
A_YEAR = "nineteen eighty"
"""Among the phrases of a question only where a date of birth is asked for."""


GOES_ON_MS = 550
"""Patience with a whole sentence that people like to go on with: most pauses inside a sentence are shorter, and the
reply still comes within 750 ms."""
ENDS_FROM = 0.5
"""Sentences that tend to end (`ends_here`) by so much are answered at once: of what callers of the sample business say
four in five. Higher, fewer with a pause inside are cut off, and the median reply waits in vain (docs/benchmarks.md)."""
DONE = re.compile(
    r"\b(?:please|thanks|thank you|bye|goodbye)$"
    r"|^(?:(?:yes|no|yeah|nope|okay|great|perfect) )?"
    r"(?:that's|that is|that was|that will be|that would be|nothing|i think that's) "
    r"(?:all|everything|it|fine|right|great|lovely|perfect|good|okay|else)(?: for (?:now|today))?$"
    r"|^(?:yes|no|yeah|nope) (?:\w+ )?(?:i|we|it|he|she|they|you|that) [\w']+$"
)
"""Who ends so, or answers so, is done."""
OPENERS = frozenset(("yes", "yeah", "okay", "sure", "all right"))
"""Answers to yes or no that begin a wish, where nothing of the kind was asked."""
ANSWERS = frozenset(YES_NO) - OPENERS
DAY_GOES_ON_MS = 340
"""The same for a day where a time may follow; the grammar's answer takes no time to come after it."""
WHEN = frozenset([*WEEKDAYS, *MONTHS, *PARTS, "today", "tomorrow", "week", "month", "noon"])

DIGIT_WORDS = frozenset([*UNITS, *OH, *REPEATS])
NUMBER_WORDS = DIGIT_WORDS | frozenset([*TEENS, *TENS])


def patience_after(text: str, expect: Expect) -> int:
    """Milliseconds of silence after which `text` is the whole answer to that question; 0: it is now."""
    words = text.lower().split()
    if not is_complete(text, expect):
        half = expect.kind == "date_time" and words and words[-1] in WHEN and not hangs(words)
        return min(DAY_GOES_ON_MS, expect.patience_ms) if half else expect.patience_ms
    if expect.kind not in ("free", "choice") or _is_done(text.lower(), expect):
        return 0
    return min(GOES_ON_MS, expect.patience_ms)


def _is_done(text: str, expect: Expect) -> bool:
    if text in UNIVERSAL or text in expect.phrases or text in ANSWERS or DONE.search(text):
        return True
    return _is_chosen(text, expect) or ends_here(text) >= ENDS_FROM


def _is_chosen(text: str, expect: Expect) -> bool:
    """ "I'd rather have the Harbour branch", where that was offered."""
    return expect.kind == "choice" and any(text.endswith(f" {phrase}") for phrase in expect.phrases)


def is_complete(text: str, expect: Expect) -> bool:
    """True when the caller seems to have said all; pure, some microseconds. Nothing heard is not complete."""
    words = text.lower().split()
    if not words or thinks(words):
        return False
    if text in UNIVERSAL:
        return True
    if hangs(words):
        return False
    if expect.kind == "digits":
        return _digits_complete(text, words, expect.digits)
    if expect.kind == "name":
        return _name_complete(text.lower())
    if expect.kind == "date" and A_YEAR in expect.phrases:
        return not _lacks_year(words)
    if text in expect.phrases and expect.kind != "date_time":
        return True
    return _kind_complete(text, words, expect)


def _kind_complete(text: str, words: list[str], expect: Expect) -> bool:
    if expect.kind == "date":
        return not _partial_day(words)
    if expect.kind == "time":
        return not _partial_time(words)
    if expect.kind == "date_time":
        return not _partial_day(words) and _has_time(words) and not _only_a_time(words)
    return not _partial_phone(text, words) and not _partial_day(words, lone=False)


def _name_complete(text: str) -> bool:
    """A first and a last name; "it's David" is one of them."""
    polite = LEADING.match(text)
    names = text[polite.end() if polite else 0 :].split()
    return len(names) >= 2 and len(names[-1]) > 1


def _digits_complete(text: str, words: list[str], wanted: int) -> bool:
    said = len(digit_string(text))
    if said == 0:
        return True
    if words[-1] in REPEATS:
        return False
    return said >= (wanted or PHONE_DIGITS)


def _partial_phone(text: str, words: list[str]) -> bool:
    """A run of digit words at the end, long for a time and short for a telephone number."""
    run = 0
    while run < len(words) and (words[-1 - run] in NUMBER_WORDS or words[-1 - run].isdigit()):
        run += 1
    tail = words[len(words) - run :]
    said = len(digit_string(" ".join(tail)))
    return run >= 3 and 3 < said < PHONE_DIGITS and sum(word in DIGIT_WORDS for word in tail) >= 3


def _partial_day(words: list[str], lone: bool = True) -> bool:
    """ "the twenty" (first?), "the fourteenth march" is whole; a lone "march" may go on when a date is asked for."""
    last = words[-1]
    if len(words) >= 2 and words[-2] == "the" and (last in TENS or last in UNITS or last in TEENS):
        return last in ("twenty", "thirty")
    return lone and ((last in ("twenty", "thirty", "week") and len(words) == 1) or words in ([m] for m in MONTHS))


def _lacks_year(words: list[str]) -> bool:
    """A day without its year, or the first half of that; not where no day was said at all."""
    if not any(word in MONTHS or word in ORDINALS for word in words):
        return _partial_day(words)
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last in ("nineteen", "twenty"):
        return before not in ("nineteen", "twenty", "and")
    return not (last in TENS or last in TEENS or last in UNITS or last in ("thousand", "hundred"))


def _only_a_time(words: list[str]) -> bool:
    """ "in the morning", where the day was asked for too."""
    return words[-1] in PARTS and len(words) <= 3 and not set(words) & (WHEN - frozenset(PARTS))


def _partial_time(words: list[str]) -> bool:
    if "between" in words:
        return "and" not in words
    return (len(words) == 1 and words[0] in TENS) or (words[-2:] == ["twenty", "five"] and len(words) == 2)


def _has_time(words: list[str]) -> bool:
    """A time of day is in it, or words that make one needless."""
    if {"any", "morning", "afternoon", "evening", "noon", "midday", "lunchtime", "possible", "mind"} & set(words):
        return True
    hours = NUMBER_WORDS - set(ORDINALS) - {"oh", "o"}
    return any(word in hours or word.isdigit() for word in words) and not _only_a_day(words)


def _only_a_day(words: list[str]) -> bool:
    """ "the twenty first of march", "in two weeks" hold number words and no time."""
    numbers = [index for index, word in enumerate(words) if word in NUMBER_WORDS]
    after = [words[index + 1] if index + 1 < len(words) else "" for index in numbers]
    return all(word in ORDINALS or word in ("days", "weeks", "months", "day", "week") for word in after)
