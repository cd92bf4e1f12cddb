"""`frontdesk say`: what the voice says, as a WAV file."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import click

from bot.config import load_settings
from bot.errors import AudioError
from bot.events import SAMPLE_RATE, SAMPLE_WIDTH


@click.command()
@click.argument("text")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="WAV file to write.")
@click.option("--speed", type=click.FloatRange(0.5, 2.0), default=1.0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def say(text: str, out: Path, speed: float, as_json: bool) -> None:
    """Speak TEXT into a WAV file (16-bit mono, 16 kHz)."""
    from bot.tts.spoken import speakable
    from bot.tts.voices import load_voice

    if not any(character.isalnum() for character in speakable(text)):
        raise click.UsageError("There is nothing to say: please give TEXT with words in it.")
    voice, about = load_voice(load_settings())
    pcm = b"".join(voice.synthesize(text, speed))
    _write(out, pcm)
    ms = len(pcm) * 1000 // (SAMPLE_RATE * SAMPLE_WIDTH)
    report = {"path": str(out), "voice": voice.name, "spoken": speakable(text), "ms": ms}
    click.echo(about, err=True)
    click.echo(json.dumps(report) if as_json else f"{out}: {ms / 1000:.1f} s, {report['spoken']}")


def _write(out: Path, pcm: bytes) -> None:
    try:
        with out.open("wb") as stream, wave.open(stream, "wb") as file:
            file.setparams((1, SAMPLE_WIDTH, SAMPLE_RATE, 0, "NONE", "not compressed"))
            file.writeframes(pcm)
    except OSError as error:
        raise AudioError("audio.not_written", f"Cannot write {out}: {error.strerror}.") from error
