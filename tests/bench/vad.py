"""How well speech is told from noise, on real recordings: `python -m tests.bench.vad [--json]`.

Hit and false alarm: share of 20 ms chunks with speech, and without, that were called speech. Truth is the level of the
clean clip. Onset: chunks of speech before the first was noticed; end: chunks after the last one still called speech.
False starts: times a minute that 80 ms of noise alone were taken for speech.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence

import numpy as np

from bot.audio.pcm import Samples, chunks, level_dbfs, to_pcm, to_samples
from bot.audio.vad import Sensitivity, SpeechDetector
from bot.audio.wav import read_audio
from bot.events import CHUNK_MS, SAMPLE_RATE
from tests.telephone import babble, hum, keyboard, over_the_phone, recordings, white, with_noise

CHUNK = SAMPLE_RATE * CHUNK_MS // 1000
SPEECH_UNDER_PEAK_DB = 30.0
PAUSE_S = 0.6
STARTS_AFTER = 4


def truth(clean: Samples) -> list[bool]:
    levels = [level_dbfs(clean[i : i + CHUNK]) for i in range(0, len(clean), CHUNK)]
    loud = [level > max(levels) - SPEECH_UNDER_PEAK_DB for level in levels]
    return [any(loud[max(0, i - 1) : i + 2]) for i in range(len(loud))]


def judge(clip: Samples, sensitivity: Sensitivity) -> tuple[list[bool], float]:
    detector = SpeechDetector(sensitivity)
    start = time.process_time()
    called = [detector.is_speech(chunk) for chunk in chunks(to_pcm(clip))]
    return called, time.process_time() - start


def clips(limit: int) -> list[Samples]:
    pause = np.zeros(int(PAUSE_S * SAMPLE_RATE), np.float32)
    chosen = [r for r in recordings() if r.kind in ("asterisk_en", "speechbrain", "cards") and r.seconds < 6][:limit]
    return [np.concatenate([pause, to_samples(read_audio(r.path)), pause]) for r in chosen]


def conditions(voices: Sequence[Samples]) -> dict[str, tuple[Samples | None, float]]:
    return {
        "clean": (None, 0.0),
        "white 10 dB": (white(20), 10),
        "hum 10 dB": (hum(20), 10),
        "babble 10 dB": (babble(voices, 20), 10),
        "babble 5 dB": (babble(voices, 20), 5),
        "keyboard 10 dB": (keyboard(20), 10),
    }


def false_starts(called: Sequence[bool]) -> int:
    runs = "".join("x" if speech else " " for speech in called).split()
    return sum(len(run) >= STARTS_AFTER for run in runs)


def measure(sensitivity: Sensitivity, limit: int = 40) -> Iterator[dict[str, object]]:
    voices = clips(limit)
    for name, (noise, snr_db) in conditions(voices).items():
        hit: list[bool] = []
        alarm: list[bool] = []
        onset: list[int] = []
        end: list[int] = []
        spent = audio = 0.0
        for voice in voices:
            is_voice = truth(voice)
            noisy = voice if noise is None else with_noise(voice, noise, snr_db)
            called, seconds = judge(over_the_phone(noisy)[: len(voice)], sensitivity)
            spent, audio = spent + seconds, audio + len(voice) / SAMPLE_RATE
            pairs = list(zip(called, is_voice, strict=False))
            hit += [c for c, v in pairs if v]
            alarm += [c for c, v in pairs if not v]
            first, last = is_voice.index(True), len(is_voice) - 1 - is_voice[::-1].index(True)
            onset.append(next((i for i, c in enumerate(called[first:]) if c), 99))
            end.append(max((i for i, c in enumerate(called) if c), default=0) - last)
        alone = 0 if noise is None else false_starts(judge(over_the_phone(noise * 0.3), sensitivity)[0]) * 3
        yield {
            "condition": name,
            "hit_percent": round(100 * statistics.mean(hit), 1),
            "false_alarm_percent": round(100 * statistics.mean(alarm), 1),
            "onset_ms_p50": CHUNK_MS * statistics.median(onset),
            "onset_ms_p95": CHUNK_MS * sorted(onset)[int(0.95 * len(onset))],
            "end_ms_p50": CHUNK_MS * statistics.median(end),
            "end_ms_p95": CHUNK_MS * sorted(end)[int(0.95 * len(end))],
            "never_heard": sum(o == 99 for o in onset),
            "false_starts_a_minute": alone,
            "cpu_s_per_audio_s": round(spent / audio, 4),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    rows = list(measure(Sensitivity()))
    if parser.parse_args().json:
        print(json.dumps({"telephone_band": True, "conditions": rows}))
        return
    print(*rows[0], sep=" | ")
    for row in rows:
        print(*row.values(), sep=" | ")


if __name__ == "__main__":
    main()
