"""`frontdesk transcribe`: what the recogniser hears in recordings."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, cast

import click

from bot.asr.ears import load_ears
from bot.asr.recognizer import Ear
from bot.audio.pcm import chunks
from bot.audio.wav import read_audio
from bot.config import load_settings
from bot.errors import AudioError
from bot.events import FREE, AnswerKind, Expect, Hypothesis

EXPECTED = ("free", "yes_no", "date", "time", "digits")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--expect", type=click.Choice(EXPECTED), default="free", show_default=True, help="What is being said.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document: a list with an object per file.")
def transcribe(files: tuple[Path, ...], expect: str, as_json: bool) -> None:
    """What the recogniser hears in FILES (WAV, FLAC, OGG, MP3; any rate, mono or stereo)."""
    ear, said = load_ears(load_settings().ears, load_settings().models)
    click.echo(said, err=True)
    question = expectation(cast(AnswerKind, expect))
    heard, failed = [], False
    for path in files:
        try:
            result = hear(ear, path, question)
        except AudioError as error:
            click.echo(f"{path}: {error.message}", err=True)
            result, failed = failure(path, error), True
        heard.append(result)
        if not as_json and "error" not in result:
            click.echo(f"{path}: {result['text'] or '(no words)'} ({result['confidence']:.2f})")
    if as_json:
        click.echo(json.dumps(heard, ensure_ascii=False))
    if failed:
        raise SystemExit(1)


def expectation(kind: AnswerKind) -> Expect:
    if kind == "free":
        return FREE
    from bot.nlu.grammars import phrases_for

    return Expect(kind, tuple(phrases_for(kind)))


def hear(ear: Ear, path: Path, expect: Expect) -> dict[str, Any]:
    """One file as an utterance; `ms` is the time it took. Raises AudioError."""
    pcm = read_audio(path)
    start = time.perf_counter()
    recognizer = ear.listen(expect)
    for chunk in chunks(pcm):
        recognizer.accept(chunk)
    hypotheses = recognizer.finish()
    took_ms = round(1000 * (time.perf_counter() - start))
    return {"path": str(path), **as_result(hypotheses), "ms": took_ms}


def as_result(hypotheses: tuple[Hypothesis, ...]) -> dict[str, Any]:
    best = hypotheses[0] if hypotheses else Hypothesis("", 0.0)
    words = [
        {"word": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms, "confidence": word.confidence}
        for word in best.words
    ]
    return {"text": best.text, "confidence": best.confidence, "words": words}


def failure(path: Path, error: AudioError) -> dict[str, Any]:
    """A file that cannot be heard: the shape of the others, and why."""
    problem = {"code": error.code, "message": error.message}
    return {"path": str(path), "text": "", "confidence": 0.0, "words": [], "ms": 0, "error": problem}
