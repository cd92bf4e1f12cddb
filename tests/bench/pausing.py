"""Sentences with a thinking pause and sentences that end: what a silence should be taken for, by words alone.

`pauses/dev.tsv` is there to choose by, `pauses/test.tsv` never is; `pauses/later.tsv` was written when all was chosen.
Each line holds what was asked, the business, why the caller pauses ("end": not at all), and the sentence, `…` for the
pause. Labels hold by construction: at `…` the caller goes on, at the end of a line without one they do not, though the
words may be the same. No ear and no audio here: "um" is dropped, as recognisers do.

`python -m tests.bench.pausing` prints the costs, with `curve` those of other thresholds on `dev.tsv`;
`tests.bench.turns` plays the sentences.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import patch

from bot.asr.spoken import normalise
from bot.bench.figures import percentile
from bot.bench.speech import PAUSE
from bot.config import PROJECT
from bot.dialogue.question import PATIENCE_MS
from bot.events import AnswerKind, Expect
from bot.nlu import completeness
from bot.nlu.completeness import GOES_ON_MS, is_complete, patience_after
from bot.nlu.grammars import birth_date_phrases, phrases_for

FOLDER = Path(__file__).with_name("pauses")
SETS = ("dev", "test", "later")
CALLERS = PROJECT / "tests" / "integration" / "data" / "brightwater_utterances.tsv"
Patience = Callable[[str, Expect], int]

UNWRITTEN = frozenset(("um", "uh", "er", "erm"))
PAUSES_MS = range(300, 601, 20)
"""How long callers think, each as likely as the next."""
UNHEARD_MS = 120
"""Silence the detector takes for the end of a word."""
FIRST_LOOK_MS = 120
HEARING_MS = {"free": 160, "name": 160}
HEARING_WITH_GRAMMAR_MS = 20
REPLY_MS = 70
"""From the end of the turn to the reply's first sound."""
GIVES_WAY_MS = 140
"""Speech after which a reply that has not begun is withdrawn. With these figures the table agrees with what
`tests.bench.turns` hears: 44 to 68 % cut off without patience.
"""

CHOICES = (
    "the first one|the second one|the third one|the earlier one|the later one|the later one please|"
    "the harbour branch|the park branch|the station branch|harbour|park|station|camden|richmond|greenwich|i don't mind|"
    "a check up|a clean and polish|a clean|it's slow|slow|a bill|my bill|the light is green|green|red|it's red|"
    "in the morning|in the afternoon|for my home|my home|at home|home|business"
)
"""What the sample businesses offer where they ask for one of a few."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`said` is what was heard until each pause in turn, and to the end."""

    asked: str
    """A kind of answer, or `birth_date`."""
    business: str
    pause: str
    text: str

    @property
    def is_paused(self) -> bool:
        return PAUSE in self.text

    @property
    def expect(self) -> Expect:
        kind = cast(AnswerKind, "date" if self.asked == "birth_date" else self.asked)
        phrases = birth_date_phrases() if self.asked == "birth_date" else phrases_for(kind)
        if kind == "choice":
            phrases = (*phrases, *CHOICES.split("|"))
        return Expect(kind, phrases, PATIENCE_MS[kind])

    @property
    def said(self) -> list[str]:
        parts = self.text.split(PAUSE)
        return [_heard(" ".join(parts[: count + 1])) for count in range(len(parts))]


def _heard(text: str) -> str:
    return " ".join(word for word in normalise(text).split() if word not in UNWRITTEN)


def sentences(half: str) -> list[Sentence]:
    with (FOLDER / f"{half}.tsv").open(encoding="utf-8", newline="") as file:
        return [Sentence(*row) for row in list(csv.reader(file, delimiter="\t"))[1:]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way of being patient costs callers."""

    paused: int
    cut_off: float
    """Share of sentences into which the bot would speak, the pauses as in `PAUSES_MS`."""
    whole: int
    at_once: float
    """Share of the whole sentences that are answered as soon as they are heard."""
    reply_ms: Sequence[float]
    """p50, p95, mean: from the last sample of a whole sentence to the reply."""

    def row(self) -> str:
        p50, p95, mean = self.reply_ms
        return (
            f"cut off {100 * self.cut_off:5.1f} % (n {self.paused}) | at once {100 * self.at_once:3.0f} % | "
            f"reply p50 {p50:4.0f} p95 {p95:4.0f} mean {mean:4.0f} (n {self.whole})"
        )


def cost(found: Iterable[Sentence], patience: Patience) -> Cost:
    found = list(found)
    paused = [one for one in found if one.is_paused]
    whole = [one for one in found if not one.is_paused]
    cuts = [_cut_off(one, patience) for one in paused]
    ends = [_silence_ms(one, one.said[-1], patience) for one in whole]
    soonest = [_silence_ms(one, one.said[-1], lambda *_: 0) for one in whole]
    replies = [UNHEARD_MS + silence + REPLY_MS for silence in ends]
    return Cost(
        len(paused),
        sum(cuts) / max(1, len(cuts)),
        len(whole),
        sum(a == b for a, b in zip(ends, soonest, strict=True)) / max(1, len(ends)),
        (percentile(replies, 0.5), percentile(replies, 0.95), sum(replies) / max(1, len(replies))),
    )


def _silence_ms(one: Sentence, text: str, patience: Patience) -> int:
    """The detector's silence at which the turn is over."""
    look = FIRST_LOOK_MS + HEARING_MS.get(one.asked, HEARING_WITH_GRAMMAR_MS)
    return max(look, patience(text, one.expect) if text else one.expect.patience_ms)


def _cut_off(one: Sentence, patience: Patience) -> float:
    """How likely the bot is to be heard in one of the pauses."""
    kept = 1.0
    for text in one.said[:-1]:
        covered = UNHEARD_MS + _silence_ms(one, text, patience) + REPLY_MS - GIVES_WAY_MS
        kept *= sum(pause <= covered for pause in PAUSES_MS) / len(PAUSES_MS)
    return 1 - kept


def at_once(text: str, expect: Expect) -> int:
    """How it would be without patience for what may go on."""
    return 0 if is_complete(text, expect) else expect.patience_ms


def curve(half: str) -> None:
    """What it costs to take more sentences for done, and to wait less for the others: free speech."""
    mine = [one for one in sentences(half) if one.asked == "free"]
    for goes_on_ms in (GOES_ON_MS, 430, 340):
        for ends_from in (-9.0, *(step / 4 for step in range(-4, 9)), 9.0):
            with patch.multiple(completeness, ENDS_FROM=ends_from, GOES_ON_MS=goes_on_ms):
                print(f"  {goes_on_ms} ms below {ends_from:5.2f}  {cost(mine, patience_after).row()}")


def callers() -> list[Sentence]:
    """What callers of the sample business said in tests: whole sentences that nobody wrote with pauses in mind."""
    lines = CALLERS.read_text(encoding="utf-8").splitlines()
    return [Sentence("free", "dental", "end", line.split("\t")[0]) for line in lines if not line.startswith("#")]


def main() -> None:
    if "curve" in sys.argv:
        return curve("dev")
    for half in SETS:
        print(half)
        for name in ("free", "closed"):
            mine = [one for one in sentences(half) if (one.asked == "free") == (name == "free")]
            for way, patience in (("at once", at_once), ("now", patience_after)) if mine else ():
                print(f"  {name:6} {way:8} {cost(mine, patience).row()}")
    print(f"callers of the sample business\n  {cost(callers(), patience_after).row()}")


if __name__ == "__main__":
    main()
