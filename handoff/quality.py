"""What can be told of a call's quality by reckoning: the turns that are stored, judged by rules. Pure.

The rules know common wordings and no meaning: they point a listener to what is worth hearing, they do not judge people.
None stands for "there was no occasion": nothing personal was told, nothing was booked, nobody spoke.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

CALLER: Final = "caller"

GREETING_MS: Final = 10_000
"""Within this of one's first word a greeting is one."""
OVERLAP_MS: Final = 300
"""Less is no interruption: people begin a little early when a sentence ends (Heldner and Edlund, "Pauses, gaps and
overlaps in conversations", Journal of Phonetics 38, 2010: most overlaps between turns are below this)."""
LOOK_BACK: Final = 4
"""Lines before "you're booked" in which it was read back and agreed to."""

GREETING: Final = re.compile(
    r"\b(hello|hi|good (morning|afternoon|evening)|welcome|speaking|my name is|this is)\b", re.I
)
ASKS_WHO: Final = re.compile(
    r"\b(date of birth|birth date|birthday|when were you born|post ?code|your (full |first |last )?name|"
    r"who am i speaking|security question|are you [A-Z])",
    re.I,
)
PERSONAL: Final = re.compile(
    r"\b(your (next |last )?appointment (is|was|with)|you (are|'re) (due|booked)|(we|i) have you down|"
    r"your (address|balance|order|result)s? (is|are|was|were))\b",
    re.I,
)
READ_BACK: Final = re.compile(
    r"(shall i|should i|is that (right|correct|okay|all right)|do you want me to|"
    r"(right|correct|okay with you|all right)\s*\?)",
    re.I,
)
DONE: Final = re.compile(
    r"\b(you('re| are) (now )?booked|i('ve| have) (now )?(booked|moved|cancelled|changed)|"
    r"(it|that|your appointment)('s| is| has been) (now )?(booked|moved|cancelled))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line; times in milliseconds of the call."""

    speaker: str
    """caller, bot or agent."""
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Checks:
    greeted: bool | None
    """The first thing said by our side is a greeting."""
    identified: bool | None
    """Who is calling was asked, and answered, before anything personal was told."""
    read_back: bool | None
    """Whatever was booked, moved or cancelled had been read back as a question before."""
    longest_silence_ms: int
    silence: float | None
    """Share (0–1) of the call in which nobody spoke."""
    interrupted_caller: int
    """How often our side began while the caller was speaking."""
    interrupted_by_caller: int
    caller_share: float | None
    """Of all that was said, by time: the caller's part (0–1)."""

    @property
    def failed(self) -> int:
        """How many of the three manners were not kept."""
        return sum(one is False for one in (self.greeted, self.identified, self.read_back))


def spoken_of(turns: Sequence[Mapping[str, Any]]) -> list[Spoken]:
    """The turns of a stored report, in order of time; keys that were pressed are not spoken."""
    lines = (Spoken(turn["speaker"], turn["text"], turn["start_ms"], turn["end_ms"]) for turn in turns)
    return sorted((line for line in lines if not line.text.startswith("[")), key=lambda line: line.start_ms)


def check(lines: Sequence[Spoken]) -> Checks:
    """`lines` in order of time."""
    ours = [line for line in lines if line.speaker != CALLER]
    caller_ms = _ms(line for line in lines if line.speaker == CALLER)
    all_ms = _ms(lines)
    gaps = list(_gaps(lines))
    length = max((line.end_ms for line in lines), default=0) - min((line.start_ms for line in lines), default=0)
    return Checks(
        greeted=_is_greeted(ours),
        identified=_is_identified(lines),
        read_back=_is_read_back(lines),
        longest_silence_ms=max(gaps, default=0),
        silence=min(1.0, sum(gaps) / length) if length > 0 else None,
        interrupted_caller=sum(1 for by, of in _overlaps(lines) if by != CALLER and of == CALLER),
        interrupted_by_caller=sum(1 for by, of in _overlaps(lines) if by == CALLER and of != CALLER),
        caller_share=caller_ms / all_ms if all_ms else None,
    )


def _is_greeted(ours: Sequence[Spoken]) -> bool | None:
    if not ours:
        return None
    begins = [line for line in ours if line.start_ms <= ours[0].start_ms + GREETING_MS]
    return any(GREETING.search(line.text) for line in begins)


def _is_identified(lines: Sequence[Spoken]) -> bool | None:
    told = next((i for i, line in enumerate(lines) if line.speaker != CALLER and PERSONAL.search(line.text)), None)
    if told is None:
        return None
    asked = [i for i, line in enumerate(lines[:told]) if line.speaker != CALLER and ASKS_WHO.search(line.text)]
    return bool(asked) and any(line.speaker == CALLER for line in lines[asked[0] : told])


def _is_read_back(lines: Sequence[Spoken]) -> bool | None:
    done = [i for i, line in enumerate(lines) if line.speaker != CALLER and DONE.search(line.text)]
    if not done:
        return None
    return all(_was_agreed(lines[max(0, i - LOOK_BACK) : i]) for i in done)


def _was_agreed(before: Sequence[Spoken]) -> bool:
    """A question of ours, and something from the caller after it."""
    asked = [i for i, line in enumerate(before) if line.speaker != CALLER and READ_BACK.search(line.text)]
    return bool(asked) and any(line.speaker == CALLER for line in before[asked[-1] :])


def _gaps(lines: Sequence[Spoken]) -> list[int]:
    """Milliseconds between the end of all that was said and the next word."""
    found, end = [], lines[0].end_ms if lines else 0
    for line in lines[1:]:
        found.append(max(0, line.start_ms - end))
        end = max(end, line.end_ms)
    return found


def _overlaps(lines: Sequence[Spoken]) -> list[tuple[str, str]]:
    """Who began while who else was speaking."""
    return [
        (later.speaker, earlier.speaker)
        for earlier, later in pairwise(lines)
        if earlier.speaker != later.speaker and earlier.end_ms - later.start_ms >= OVERLAP_MS
    ]


def _ms(lines: Any) -> int:
    return sum(max(0, line.end_ms - line.start_ms) for line in lines)
