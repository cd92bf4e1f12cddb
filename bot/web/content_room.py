"""What the routes of the content page share: the editing room, its refusals as answers, and sound as WAV."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.responses import Response

from bot.editing.editing import Editing as Room
from bot.errors import ContentError, RecordingError
from bot.events import SAMPLE_RATE
from bot.web.guard import Denied
from bot.web.house import house_of


def room_of(request: Request) -> Room:
    return house_of(request).centre.editing


@contextmanager
def refusals_said() -> Iterator[None]:
    """What is wrong with the content is for the editor to mend, not a fault of the server."""
    try:
        yield
    except ContentError as error:
        raise Denied(409, error.message) from error
    except RecordingError as error:
        raise Denied(404, error.message) from error


def as_wav(pcm: bytes, rate: int = SAMPLE_RATE) -> Response:
    """16-bit mono."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return Response(out.getvalue(), media_type="audio/wav")
