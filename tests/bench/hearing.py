"""Word errors, cost and memory of hearing, on recordings of real people: `python -m tests.bench.hearing [--json]`.

Figures and punctuation are spelt the same way on both sides (bot.asr.spoken) and spelling variants that sound alike are
made one; words are then compared by jiwer. Conditions: as recorded, telephone band (8 kHz µ-law and back), and the
telephone with white noise or babble 15 dB under the voice. CPU is of this process, all threads, per second of audio.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import jiwer
import psutil

from bot.asr.ears import VOSK_DIRS, WHISPER_DIRS, find_model
from bot.asr.recognizer import Ear
from bot.asr.spoken import normalise
from bot.asr.two_ears import TwoEars
from bot.asr.vosk import VoskEar
from bot.asr.whisper import WhisperEar
from bot.audio.pcm import Samples, chunks, to_pcm, to_samples
from bot.audio.wav import read_audio
from bot.config import load_settings
from bot.events import FREE, Expect
from tests.telephone import Recording, babble, over_the_phone, recordings, white, with_noise

DIGITS = Expect("digits", ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
PHRASES = ("asterisk_en", "speechbrain", "librivox", "cards")
SAME_SOUND = {
    "file name": "filename", "touch tone": "touchtone", "re record": "rerecord", "weasles": "weasels",
    "un indentified": "unidentified", "witheld": "withheld", "ill disposed": "illdisposed", "nevermind": "never mind",
}  # fmt: skip
"""Compound or not, and slips of the pen in the transcripts: no ear can tell them apart."""

Condition = Callable[[Samples], Samples]
EarType = TypeVar("EarType", VoskEar, WhisperEar)


@dataclass(frozen=True, slots=True)
class Row:
    ear: str
    clips: str
    condition: str
    count: int
    word_errors_percent: float
    exact_percent: float
    cpu_s_per_audio_s: float
    finish_ms_p50: float
    finish_ms_p95: float


def comparable(text: str) -> str:
    spoken = normalise(text)
    for written, same in SAME_SOUND.items():
        spoken = spoken.replace(written, same)
    return spoken


def conditions(voices: Sequence[Samples]) -> dict[str, Condition]:
    crowd, hiss = babble(voices, 20), white(20)
    return {
        "clean": lambda voice: voice,
        "telephone": over_the_phone,
        "telephone, white 15 dB": lambda voice: over_the_phone(with_noise(voice, hiss, 15)),
        "telephone, babble 15 dB": lambda voice: over_the_phone(with_noise(voice, crowd, 15)),
    }


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def hear(ear: Ear, voice: Samples, expect: Expect) -> tuple[str, float]:
    """The text and the milliseconds between the last chunk and the answer."""
    recognizer = ear.listen(expect)
    for chunk in chunks(to_pcm(voice)):
        recognizer.accept(chunk)
    start = time.perf_counter()
    hypotheses = recognizer.finish()
    return (hypotheses[0].text if hypotheses else ""), 1000 * (time.perf_counter() - start)


def measure(
    name: str, ear: Ear, clips: str, chosen: Sequence[Recording], condition: tuple[str, Condition], expect: Expect
) -> Row:
    voices = [condition[1](to_samples(read_audio(recording.path))) for recording in chosen]
    start = time.process_time()
    answers = [hear(ear, voice, expect) for voice in voices]
    spent = time.process_time() - start
    wanted = [comparable(recording.text) for recording in chosen]
    got = [comparable(text) for text, _ in answers]
    waits = [ms for _, ms in answers]
    return Row(
        name,
        clips,
        condition[0],
        len(chosen),
        round(100 * jiwer.wer(wanted, got), 2),
        round(100 * statistics.mean(a == b for a, b in zip(wanted, got, strict=True)), 1),
        round(spent / (sum(len(voice) for voice in voices) / 16_000), 3),
        round(statistics.median(waits)),
        round(percentile(waits, 0.95)),
    )


def resident_mb() -> float:
    return round(psutil.Process().memory_info().rss / 2**20)


def load(models: Path) -> tuple[VoskEar, WhisperEar, list[dict[str, object]]]:
    """Both engines and what each took; the interpreter and the libraries are imported before."""
    vosk_dir, whisper_dir = (
        find_model(models, VOSK_DIRS, "am/final.mdl"),
        find_model(models, WHISPER_DIRS, "model.bin"),
    )
    if not (vosk_dir and whisper_dir):
        sys.exit("Both models are needed; run `frontdesk models fetch`.")
    report: list[dict[str, object]] = [{"engine": "imports", "load_s": 0.0, "resident_mb": resident_mb()}]

    def timed(name: str, build: Callable[[], EarType]) -> EarType:
        start = time.perf_counter()
        ear = build()
        report.append({"engine": name, "load_s": round(time.perf_counter() - start, 2), "resident_mb": resident_mb()})
        return ear

    return timed("vosk", lambda: VoskEar(vosk_dir)), timed("whisper", lambda: WhisperEar(whisper_dir)), report


def rows(vosk: VoskEar, whisper: WhisperEar, limit: int) -> Iterator[Row]:
    everything = recordings()
    phrases = [r for r in everything if r.kind in PHRASES][:limit]
    short = [r for r in phrases if r.seconds < 9]
    commands = [r for r in everything if r.kind == "stp"][:limit]
    digits = [r for r in everything if r.kind == "fsdd"][:limit]
    heard_as = conditions([to_samples(read_audio(r.path)) for r in short[:20]])
    both = TwoEars(vosk, whisper)
    for condition in heard_as.items():
        yield measure("two ears", both, "phrases and prompts", phrases, condition, FREE)
    telephone = ("telephone", heard_as["telephone"])
    yield measure("two ears", both, "phrases under 9 s", short, telephone, FREE)
    yield measure("vosk free", vosk, "phrases and prompts", phrases, telephone, FREE)
    yield measure("two ears", both, "distant commands", commands, telephone, FREE)
    for name, ear in (("two ears", both), ("vosk grammar", vosk), ("whisper", whisper)):
        yield measure(name, ear, "one digit", digits, telephone, DIGITS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--limit", type=int, default=1_000, help="clips of each kind")
    options = parser.parse_args()
    vosk, whisper, engines = load(load_settings().models)
    measured = []
    for row in rows(vosk, whisper, options.limit):
        measured.append(row)
        print(*asdict(row).values(), sep=" | ", file=sys.stderr if options.json else sys.stdout, flush=True)
    engines.append({"engine": "after all calls", "load_s": 0.0, "resident_mb": resident_mb()})
    report = {
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "engines": engines,
        "rows": [asdict(row) for row in measured],
    }
    print(json.dumps(report) if options.json else engines)


if __name__ == "__main__":
    main()
