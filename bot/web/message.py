"""A message left by a caller who would not wait: recorded until they stop, on the disk before they are thanked."""

from __future__ import annotations

import datetime as dt
import io
import math
import secrets
import struct
import wave
from typing import Final

import structlog

from bot.audio.vad import SpeechDetector
from bot.errors import FrontdeskError
from bot.events import CHUNK_BYTES, SAMPLE_RATE, SAMPLE_WIDTH, AudioChunk, DigitPressed
from bot.web.centre import Centre
from bot.web.queue_line import QueueLine

log = structlog.get_logger(__name__)

LONGEST_MS: Final = 180_000
PAUSE_MS: Final = 5_000
"""Who says nothing for so long is done."""
SHORTEST_MS: Final = 400
"""Less speech than that is no message."""


async def record(line: QueueLine) -> bytes:
    """After a tone, until `#`, a long pause, three minutes, or the end of the line; b"" when nothing was said."""
    for chunk in _tone():
        await line.play(chunk)
    line.forget()  # lines send sound all the time: what came during the prompt is neither message nor pause
    is_speech, heard = SpeechDetector().is_speech, bytearray()
    spoken_ms = silent_ms = total_ms = 0
    async for event in line.events():
        if event == DigitPressed("#"):
            break
        if isinstance(event, AudioChunk):
            heard += event.pcm
            total_ms += event.ms
            silent_ms = 0 if is_speech(event) else silent_ms + event.ms
            spoken_ms += event.ms if silent_ms == 0 else 0
        if silent_ms >= PAUSE_MS or total_ms >= LONGEST_MS:
            break
    return bytes(heard) if spoken_ms >= SHORTEST_MS else b""


def stored(centre: Centre, ticket_id: str, pcm: bytes, now: dt.datetime) -> bool:
    """The file first, then the ticket that names it; False when either could not be kept. Blocks."""
    name = f"{ticket_id}-{secrets.token_hex(4)}.wav"
    messages = centre.recording.messages
    try:
        messages.keep(name, _wav(pcm))
        is_kept = centre.tickets.keep_message(ticket_id, name, now)
        if not is_kept:  # a person answered while they spoke
            messages.delete(name)
        return is_kept
    except (OSError, FrontdeskError) as error:
        log.error("message.not_stored", error=type(error).__name__)
        return False


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(SAMPLE_WIDTH)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(pcm)
    return file.getvalue()


def _tone(ms: int = 400, hertz: float = 880.0) -> list[bytes]:
    step = math.tau * hertz / SAMPLE_RATE
    samples = (round(6_000 * math.sin(step * i)) for i in range(SAMPLE_RATE * ms // 1000))
    pcm = struct.pack(f"<{SAMPLE_RATE * ms // 1000}h", *samples)
    return [pcm[at : at + CHUNK_BYTES] for at in range(0, len(pcm), CHUNK_BYTES)]
