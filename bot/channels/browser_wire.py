"""What a browser and we may say to each other on a call's WebSocket; parsing only, no I/O.

From the page: binary messages are 16-bit mono PCM at 16 kHz, some 20 ms each; text messages are JSON, one of
`{"type":"start","to":…,"caller":…,"answer":…}` (at most once, before anything else), `{"type":"digit","digit":"5"}`,
`{"type":"mute","on":true}` and `{"type":"hangup"}`. To the page: binary PCM and the JSON made below.
Anything else is `ChannelError("channel.garbled")`: a page of ours never sends it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, SAMPLE_WIDTH, AudioChunk, CallerHungUp, DigitPressed

MAX_AUDIO_BYTES: Final = 10 * CHUNK_BYTES
"""A binary message of more than 200 ms does not come from our page."""

MAX_TEXT_CHARS: Final = 2_000

NUMBER: Final = re.compile(r"\+?[0-9]{3,15}")
"""A telephone number without spaces, at most the fifteen digits of E.164."""

DOOR: Final = re.compile(r"[A-Za-z0-9_.+-]{0,64}")


@dataclass(frozen=True, slots=True)
class Start:
    """Who calls whom: `to` picks the business, `caller` is a number ("" withheld), `answer` a signed ring token."""

    to: str = ""
    caller: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Muted:
    on: bool


FromPage = Start | Muted | AudioChunk | DigitPressed | CallerHungUp


def garbled(why: str) -> ChannelError:
    return ChannelError("channel.garbled", f"The page sent {why}; reload it and call again.")


def parse_audio(pcm: bytes) -> AudioChunk:
    if not pcm or len(pcm) % SAMPLE_WIDTH:
        raise garbled("half a sample")
    if len(pcm) > MAX_AUDIO_BYTES:
        raise garbled("too much audio in one piece")
    return AudioChunk(pcm)


def parse_text(text: str) -> FromPage:
    """Raises ChannelError (`channel.garbled`) for what is not one of the messages above."""
    if len(text) > MAX_TEXT_CHARS:
        raise garbled("a message that is too long")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise garbled("something that is not JSON") from error
    if not isinstance(message, dict):
        raise garbled("JSON that is not an object")
    return _from_fields(message)


def _from_fields(message: dict[str, Any]) -> FromPage:
    match message:
        case {"type": "digit", "digit": str(digit)} if len(digit) == 1 and digit in "0123456789*#":
            return DigitPressed(digit)
        case {"type": "mute", "on": bool(on)}:
            return Muted(on)
        case {"type": "hangup"}:
            return CallerHungUp()
        case {"type": "start"}:
            return _start(message)
        case _:
            raise garbled("a message we do not know")


def _start(message: dict[str, Any]) -> Start:
    to, caller, answer = (message.get(key, "") for key in ("to", "caller", "answer"))
    if not all(isinstance(value, str) for value in (to, caller, answer)):
        raise garbled("a start that is not text")
    caller = re.sub(r"[\s()./-]", "", caller)
    if caller and not NUMBER.fullmatch(caller):
        caller = ""  # as a withheld number: no reason to refuse the call
    if not DOOR.fullmatch(to):
        to = ""
    return Start(to, caller, answer)


def state(name: str, **details: object) -> str:
    return json.dumps({"type": "state", "state": name, **details})


def caption(speaker: str, text: str, final: bool) -> str:
    return json.dumps({"type": "caption", "speaker": speaker, "text": text, "final": final})


def clear() -> str:
    return '{"type": "clear"}'


def ended(reason: str) -> str:
    """`reason`: bot, caller, busy, starting, closing, failed, garbled, lost, unnoted, call-back, noted, done."""
    return json.dumps({"type": "ended", "reason": reason})
