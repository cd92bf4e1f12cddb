"""How well callers are heard and understood through each door: `python -m tests.bench.door_hearing`.

What is said (`tests/bench/said.py`) goes through the coding of each door (`tests/bench/doors.py`), in quiet and noise,
too soft and too loud, with packets lost, to the real ears. Figures: word errors; sentences without any; turns
understood as what was said would have been (same intent, same values); turns understood wrong though the ears were
sure; those the detector of speech would have missed; processor seconds an utterance. `--against` compares with an
earlier run, utterance by utterance. Choose by one half (`--half chosen`), report the other.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jiwer

from bot.asr.ears import load_ears
from bot.asr.recognizer import Ear
from bot.asr.spoken import normalise as spoken
from bot.audio.pcm import chunks
from bot.audio.vad import SpeechDetector
from bot.bench.conditions import conditions
from bot.config import PROJECT, load_settings
from bot.content.content import load_content
from bot.dialogue.naming import spelled_in
from bot.dialogue.turn import spoken_turn
from bot.events import CHUNK_MS, SAMPLE_RATE, Expect, Hypothesis, Utterance
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.offices import intents_of
from bot.tts.hibari import HibariVoice
from tests.bench.doors import DOORS, LINES, Door, Line, Rooms, seed_of, through
from tests.bench.hearing import comparable
from tests.bench.said import Said, by_people, by_voices
from tests.telephone import RECORDINGS

NOW = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
LEARNT = Path(tempfile.gettempdir()) / "frontdesk-bench-intents"
SURE = 0.6
"""Confidence from which the dialogue does not read an answer back (`Turn.doubtful`)."""
FOUND_MS = 100
BEFORE_S = 0.4
CROWD = 20
"""Voices whose babble is heard."""


class Judge:
    """Understands as the sample practice does."""

    def __init__(self) -> None:
        content = load_content(PROJECT / "nlu_data" / "brightwater_dental")
        self._interpreter = EmbeddedInterpreter(intents_of(content, LEARNT), content.vocabulary)

    def means(self, heard: tuple[Hypothesis, ...], expect: Expect) -> object:
        """Intent and values; of a spelled name its letters alone."""
        utterance = Utterance(heard)
        understood = self._interpreter.understand(utterance, expect, NOW)
        if expect.kind == "name":
            return spelled_in(spoken_turn(utterance, understood))
        values = frozenset((entity.kind, str(entity.value)) for entity in understood.entities)
        return (understood.intent if understood.accepted else ""), values

    def is_right(self, said: Said, heard: tuple[Hypothesis, ...]) -> bool:
        truth = (Hypothesis(spoken(said.means or said.text)),)
        return bool(heard) and self.means(heard, said.expect) == self.means(truth, said.expect)


@dataclass(frozen=True, slots=True)
class Heard:
    hypotheses: tuple[Hypothesis, ...]
    cpu_s: float
    is_found: bool


@dataclass(frozen=True, slots=True)
class Row:
    group: str
    door: str
    line: str
    count: int
    word_errors: float
    exact: float
    understood: float
    sure_and_wrong: float
    not_found: float
    """Percent, all of them."""
    cpu_s: float
    right: tuple[str, ...]
    """Names of what was understood."""
    heard: dict[str, str]


class Bench:
    def __init__(self, ear: Ear, judge: Judge, rooms: Rooms) -> None:
        self._ear, self._judge, self._rooms = ear, judge, rooms
        self._known: dict[tuple[bytes, str], Heard] = {}

    def rows(self, door: Door, line: Line, said: Iterable[Said]) -> Iterator[Row]:
        groups: dict[str, list[Said]] = defaultdict(list)
        for one in said:
            groups[one.group].append(one)
        for group, members in groups.items():
            heard = [self._hear(door, line, one) for one in members]
            yield self._row((group, door.name, line.name), members, heard)

    def _hear(self, door: Door, line: Line, said: Said) -> Heard:
        """Two doors with the same sound are heard once."""
        seed = seed_of(said.name)
        pcm = through(door, line, self._rooms.at(line, said.samples, seed), seed)
        if (pcm, said.expect.kind) not in self._known:
            self._known[pcm, said.expect.kind] = hear(self._ear, pcm, said.expect)
        return self._known[pcm, said.expect.kind]

    def _row(self, key: tuple[str, str, str], members: Sequence[Said], heard: Sequence[Heard]) -> Row:
        wanted = [comparable(spoken(one.text)) for one in members]
        got = [comparable(one.hypotheses[0].text if one.hypotheses else "") for one in heard]
        right = [self._judge.is_right(one, of.hypotheses) for one, of in zip(members, heard, strict=True)]
        sure = [bool(one.hypotheses) and one.hypotheses[0].confidence >= SURE for one in heard]
        return Row(
            *key,
            len(members),
            round(100 * jiwer.wer(wanted, got), 1),
            _percent([a == b for a, b in zip(wanted, got, strict=True)]),
            _percent(right),
            _percent([is_sure and not is_right for is_sure, is_right in zip(sure, right, strict=True)]),
            _percent([not one.is_found for one in heard]),
            round(statistics.mean(one.cpu_s for one in heard), 3),
            tuple(one.name for one, is_right in zip(members, right, strict=True) if is_right),
            {one.name: text for one, text in zip(members, got, strict=True)},
        )


def hear(ear: Ear, pcm: bytes, expect: Expect) -> Heard:
    began = time.process_time()
    recognizer = ear.listen(expect)
    for chunk in chunks(pcm):
        recognizer.accept(chunk)
    hypotheses = recognizer.finish()
    spent = time.process_time() - began
    detector, quiet = SpeechDetector(), bytes(int(BEFORE_S * SAMPLE_RATE) * 2)
    voiced = sum(CHUNK_MS for chunk in chunks(quiet + pcm) if detector.is_speech(chunk))
    return Heard(hypotheses, spent, voiced >= FOUND_MS)


def _percent(values: Sequence[bool]) -> float:
    return round(100 * statistics.mean(values), 1)


def compared(before: Sequence[dict[str, Any]], after: Sequence[Row]) -> Iterator[str]:
    """Of the same utterances: how many are understood now and were not, and the other way round."""
    earlier = {(row["group"], row["door"], row["line"]): row for row in before}
    for row in after:
        if old := earlier.get((row.group, row.door, row.line)):
            won, lost = len({*row.right} - {*old["right"]}), len({*old["right"]} - {*row.right})
            errors = f"word errors {old['word_errors']} → {row.word_errors}"
            cpu = f"{row.cpu_s - old['cpu_s']:+.3f} s"
            yield f"{row.group} | {row.door} | {row.line} | n {row.count} | +{won} −{lost} | {errors} | {cpu}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("chosen", "held out", "both"), default="held out")
    parser.add_argument("--doors", default="", help="only doors with this in their names")
    parser.add_argument("--lines", default="", help="only lines with one of these in their names, by commas")
    parser.add_argument("--groups", default="", help="only what has one of these in its group, by commas")
    parser.add_argument("--json", type=Path, help="also everything, into this file")
    parser.add_argument("--against", type=Path, help="an earlier --json file")
    options = parser.parse_args()
    if not RECORDINGS.exists():
        print("The recordings of people (shared/speech beside the checkout) are absent: voices only.", file=sys.stderr)
    everything = [*by_people(), *by_voices(HibariVoice())]
    said = [one for one in everything if options.half in (one.half, "both") and _named(one.group, options.groups)]
    settings = load_settings()
    bench = Bench(load_ears("two", settings.models)[0], Judge(), Rooms([one.samples for one in everything[:CROWD]]))
    where = conditions(dt.datetime.now(dt.UTC))
    rows = []
    for door in (one for one in DOORS if options.doors in one.name):
        for line in (one for one in LINES if _named(one.name, options.lines)):
            for row in bench.rows(door, line, said):
                rows.append(row)
                print(*list(asdict(row).values())[:-2], sep=" | ", flush=True)
    if options.json:
        report = {"conditions": where, "half": options.half, "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    if options.against:
        print(*compared(json.loads(options.against.read_text(encoding="utf-8"))["rows"], rows), sep="\n")


def _named(name: str, wanted: str) -> bool:
    return any(part in name for part in wanted.split(","))


if __name__ == "__main__":
    main()
