"""What is said in the measurement of hearing, by people and by voices, in two halves: one to choose by, one to report.

People: the recordings beside the checkout (prompts of one speaker, read sentences, distant commands, single digits).
They are no callers of a dentist, so the bot's own voices say what callers say: wishes that were never learnt from,
answers to closed questions, names spelled in letters, by the spelling alphabet and by "m for mother". Voices are easier
to hear than people; they tell which of two ways is better, not how good it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.audio.pcm import Samples, resample, to_samples
from bot.audio.wav import read_audio
from bot.bench.speech import SPEAKERS
from bot.config import PROJECT
from bot.events import FREE, SAMPLE_RATE, AnswerKind, Expect
from bot.nlu.grammars import phrases_for
from bot.tts.voice import Voice
from tests.bench.doors import seed_of
from tests.telephone import RECORDINGS, recordings

CALLERS = PROJECT / "tests" / "integration" / "data" / "brightwater_utterances.tsv"
EVERY = 5
"""One in so many of the wishes."""
LONGEST_S = 9.0
"""Longer prompts are not what callers say."""

CLOSED: dict[AnswerKind, tuple[str, ...]] = {
    "yes_no": (
        "Yes.", "Yes please.", "No.", "No thank you.", "That's right.", "No, that's wrong.", "I don't think so.",
        "Okay.", "Yeah, go ahead.", "Nope.",
    ),
    "date": (
        "Tomorrow.", "Next Tuesday.", "Friday please.", "The fourteenth of March.", "On the third.", "Next week.",
        "The twenty first of June.", "Thursday the ninth.", "The day after tomorrow.", "December the second.",
        "Monday.", "The thirtieth of May.",
    ),
    "time": (
        "Half past two.", "Nine thirty.", "At four o'clock.", "In the morning.", "Quarter to eleven.", "After three.",
        "Ten fifteen.", "Any time.", "Between two and four.", "At noon.", "Five to nine.", "In the afternoon please.",
    ),
    "digits": (
        "Oh seven seven, double oh, nine hundred.", "Four two one nine.", "Oh two oh, seven nine four six.",
        "Eight eight three one five.", "One one oh two.", "Six five four, three two one.",
    ),
}  # fmt: skip
LETTERS = {
    "M, I, L, L, E, R.": "m i l l e r",
    "S, M, Y, T, H, E.": "s m y t h e",
    "B, A, R, T, O, N.": "b a r t o n",
    "P, A, T, E, L.": "p a t e l",
    "K, O, W, A, L, S, K, I.": "k o w a l s k i",
    "N, G, U, Y, E, N.": "n g u y e n",
    "H, U, G, H, E, S.": "h u g h e s",
    "F, I, S, H, E, R.": "f i s h e r",
    "V, A, U, G, H, A, N.": "v a u g h a n",
    "D, E, N, T.": "d e n t",
    "W, O, O, D.": "w o o d",
    "C, L, A, R, K, E.": "c l a r k e",
    "B, E, N, N, E, T, T.": "b e n n e t t",
    "J, A, C, O, B, S.": "j a c o b s",
    "S, I, N, G, H.": "s i n g h",
    "P, R, I, C, E.": "p r i c e",
    "H, A, R, V, E, Y.": "h a r v e y",
    "L, E, E.": "l e e",
    "D, O, Y, L, E.": "d o y l e",
    "Q, U, I, N, N.": "q u i n n",
    "M, A, R, T, I, N, E, Z.": "m a r t i n e z",
    "T, A, Y, L, O, R.": "t a y l o r",
    "F, O, X.": "f o x",
    "S, T, E, V, E, N, S.": "s t e v e n s",
    "Mike, India, Lima, Lima, Echo, Romeo.": "m i l l e r",
    "Sierra, Mike, Yankee, Tango, Hotel, Echo.": "s m y t h e",
    "Bravo, Alpha, Romeo, Tango, Oscar, November.": "b a r t o n",
    "Papa, Alpha, Tango, Echo, Lima.": "p a t e l",
    "November, Golf, Uniform, Yankee, Echo, November.": "n g u y e n",
    "Victor, Alpha, Uniform, Golf, Hotel, Alpha, November.": "v a u g h a n",
    "Delta, Echo, November, Tango.": "d e n t",
    "Foxtrot, India, Sierra, Hotel, Echo, Romeo.": "f i s h e r",
    "Juliet, Oscar, X-ray, Zulu, Whiskey, Quebec.": "j o x z w q",
    "Kilo, Charlie, Victor, Papa.": "k c v p",
    "M for mother, I for India, L for Lima, L for Lima, E for Edward, R for Robert.": "m i l l e r",
    "P for Peter, A for apple, T for Tommy, E for Edward, L for lemon.": "p a t e l",
    "B as in Bravo, A as in apple, R as in river, K as in kilo, E as in easy, R as in river.": "b a r k e r",
    "D for David, E for Edward, N for Norman, T for Tommy.": "d e n t",
    "S for sugar, M for mother, Y for yellow, T for Tommy, H for Harry, E for Edward.": "s m y t h e",
    "Whiskey, Oscar, Oscar, Delta.": "w o o d",
    "Charlie, Lima, Alpha, Romeo, Kilo, Echo.": "c l a r k e",
    "Juliet, Alpha, Charlie, Oscar, Bravo, Sierra.": "j a c o b s",
    "Hotel, Alpha, Romeo, Victor, Echo, Yankee.": "h a r v e y",
    "Quebec, Uniform, India, November, November.": "q u i n n",
    "Sierra, Tango, Echo, Victor, Echo, November, Sierra.": "s t e v e n s",
    "C for Charlie, L for Lucy, A for Andrew, R for Roger, K for king, E for Edward.": "c l a r k e",
    "F for Freddie, O for orange, X as in fox.": "f o x",
    "B for Bertie, E for Edward, N for Nelly, N for Nelly, E for Edward, T for Tommy, T for Tommy.": "b e n n e t t",
    "H for Harry, A for apple, R for Robert, V for violet, E for Edward, Y for yellow.": "h a r v e y",
    "V for Victor, A for Andrew, N for Nelly, C for Charlie, E for Edward.": "v a n c e",
}
"""What is said, and the letters that it means."""

Half = Literal["chosen", "held out"]


@dataclass(frozen=True, slots=True)
class Said:
    name: str
    group: str
    text: str
    expect: Expect
    samples: Samples
    means: str = ""
    """Said in the plainest way, where `text` is another."""

    @property
    def half(self) -> Half:
        return "held out" if seed_of(self.name) % 2 else "chosen"


def by_people() -> Iterator[Said]:
    """Nothing where there are no recordings."""
    digits = Expect("digits", phrases_for("digits"))
    groups = {"stp": "people: distant commands", "fsdd": "people: one digit"}
    for one in recordings() if RECORDINGS.exists() else ():
        if one.seconds < LONGEST_S:
            expect = digits if one.kind == "fsdd" else FREE
            group = groups.get(one.kind, "people: sentences")
            yield Said(one.name, group, one.text, expect, to_samples(read_audio(one.path)))


def by_voices(voice: Voice) -> Iterator[Said]:
    for text in _wishes():
        yield _spoken(voice, "voices: wishes", text, FREE)
    for kind, texts in CLOSED.items():
        for text in texts:
            yield _spoken(voice, f"voices: {kind}", text, Expect(kind, phrases_for(kind)))
    for text, letters in LETTERS.items():
        way = "comparisons" if " for " in text or " as " in text else "letters" if text[1] == "," else "alphabet"
        yield _spoken(voice, f"voices: {way}", text, Expect("name"), letters)


def _wishes() -> list[str]:
    with CALLERS.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [text for text, intent in rows if intent != "-"][::EVERY]


def _spoken(voice: Voice, group: str, text: str, expect: Expect, means: str = "") -> Said:
    """By one of the speakers, always the same for the same text."""
    speaker = SPEAKERS[seed_of(text) // 2 % len(SPEAKERS)]
    spoken = to_samples(b"".join(voice.synthesize(text, speaker.speed)))
    samples = resample(spoken, round(SAMPLE_RATE * speaker.pitch), SAMPLE_RATE)
    return Said(f"{group}/{text}", group, text, expect, samples, means)
