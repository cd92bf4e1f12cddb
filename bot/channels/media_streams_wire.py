"""Carriers that send a call's sound over a WebSocket: Twilio, Telnyx, Plivo and jambonz, parsed without I/O.

Four dialects of one idea, so there is one reader, and a table that says where each carrier keeps what. Sources:
twilio.com/docs/voice/media-streams/websocket-messages · developers.telnyx.com, "Stream call media over WebSocket" ·
plivo.com/docs/voice/audio-streaming · docs.jambonz.org, verb `listen`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.channels.line_audio import LineFormat, line_format
from bot.channels.plain import plain
from bot.errors import ChannelError
from bot.events import DigitPressed

MAX_MESSAGE_CHARS: Final = 100_000
"""A second of sound in base64 is some 43,000 at most."""

Fields = Mapping[str, Any]
Message = str | bytes


@dataclass(frozen=True, slots=True)
class Started:
    """The first thing worth knowing: which call this is and how it sounds."""

    stream_id: str
    call_id: str
    caller: str
    called: str
    line: LineFormat


@dataclass(frozen=True, slots=True)
class Media:
    """A piece of the caller's sound; `number` counts them where the carrier may mix up their order."""

    payload: bytes
    number: int | None = None


@dataclass(frozen=True, slots=True)
class MarkReached:
    """What was sent before this mark has been played, or thrown away by a clear."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    pass


FromCarrier = Started | Media | DigitPressed | MarkReached | Stopped


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where a carrier keeps what (dotted paths, the first that is there counts), and how it wants to be spoken to."""

    name: str
    stream_id: tuple[str, ...] = ()
    call_id: tuple[str, ...] = ()
    caller: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    encoding: str = ""
    sample_rate: str = ""
    mark_events: tuple[str, ...] = ("mark",)
    mark_name: tuple[str, ...] = ("mark.name",)
    digit: tuple[str, ...] = ("dtmf.digit",)
    media: Callable[[str, LineFormat, bytes], Message] = field(default=lambda stream_id, line, payload: payload)
    clear: Callable[[str], Message] = field(default=lambda stream_id: "")
    mark: Callable[[str, str], Message] = field(default=lambda stream_id, name: "")
    subprotocol: str | None = None
    is_binary: bool = False
    """Sound comes and goes as binary messages, and the first text message starts the stream."""

    def read(self, message: Message) -> FromCarrier | None:
        """None for what is of no use to a call. Raises ChannelError: `channel.garbled`, or `channel.codec`."""
        if isinstance(message, bytes):
            if not self.is_binary:
                raise _garbled("a binary message")
            return Media(message)
        fields = _json(message)
        match event := _event(fields):
            case "start":
                return self._started(fields)
            case "" if self.is_binary and "callSid" in fields:
                return self._started(fields)
            case "media":
                return self._media(fields)
            case "dtmf":
                return _digit(_first(fields, self.digit))
            case "stop":
                return Stopped()
        return MarkReached(_first(fields, self.mark_name)) if event in self.mark_events else None

    def _started(self, fields: Fields) -> Started:
        rate = _number(_first(fields, (self.sample_rate,))) or 8_000
        line = line_format("l16" if self.is_binary else _first(fields, (self.encoding,)) or "audio/x-mulaw", rate)
        at = [_first(fields, paths) for paths in (self.stream_id, self.call_id, self.caller, self.called)]
        return Started(at[0], at[1], at[2], at[3], line)

    def _media(self, fields: Fields) -> Media | None:
        if _first(fields, ("media.track",)) in ("outbound", "outbound_track"):
            return None  # our own voice
        payload = _find(fields, "media.payload")
        try:
            sound = base64.b64decode(payload, validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise _garbled("sound that is not base64") from error
        return Media(sound, _number(_first(fields, ("media.chunk",))))


def _twilio_media(stream_id: str, line: LineFormat, payload: bytes) -> str:
    return _text(event="media", streamSid=stream_id, media={"payload": _base64(payload)})


def _telnyx_media(stream_id: str, line: LineFormat, payload: bytes) -> str:
    return _text(event="media", media={"payload": _base64(payload)})


def _plivo_media(stream_id: str, line: LineFormat, payload: bytes) -> str:
    kind = "audio/x-l16" if line.width == 2 else f"audio/x-{'a' if line.name == 'alaw' else 'mu'}law"
    media = {"contentType": kind, "sampleRate": str(line.sample_rate), "payload": _base64(payload)}
    return _text(event="playAudio", media=media)


TWILIO: Final = Dialect(
    "twilio",
    stream_id=("start.streamSid", "streamSid"),
    call_id=("start.callSid",),
    caller=("start.customParameters.caller",),
    called=("start.customParameters.called",),
    encoding="start.mediaFormat.encoding",
    sample_rate="start.mediaFormat.sampleRate",
    media=_twilio_media,
    clear=lambda stream_id: _text(event="clear", streamSid=stream_id),
    mark=lambda stream_id, name: _text(event="mark", streamSid=stream_id, mark={"name": name}),
)
TELNYX: Final = Dialect(
    "telnyx",
    stream_id=("stream_id", "start.stream_id"),
    call_id=("start.call_control_id",),
    caller=("start.from",),
    called=("start.to",),
    encoding="start.media_format.encoding",
    sample_rate="start.media_format.sample_rate",
    media=_telnyx_media,
    clear=lambda stream_id: _text(event="clear"),
    mark=lambda stream_id, name: _text(event="mark", mark={"name": name}),
)
PLIVO: Final = Dialect(
    "plivo",
    stream_id=("start.streamId", "streamId"),
    call_id=("start.callId",),
    encoding="start.mediaFormat.encoding",
    sample_rate="start.mediaFormat.sampleRate",
    mark_events=("playedStream",),
    mark_name=("name",),
    media=_plivo_media,
    clear=lambda stream_id: _text(event="clearAudio", streamId=stream_id),
    mark=lambda stream_id, name: _text(event="checkpoint", streamId=stream_id, name=name),
)
JAMBONZ: Final = Dialect(
    "jambonz",
    stream_id=("callSid",),
    call_id=("callSid",),
    caller=("from",),
    called=("to",),
    sample_rate="sampleRate",
    mark_name=("data.name",),
    digit=("dtmf",),
    clear=lambda stream_id: _text(type="killAudio"),
    mark=lambda stream_id, name: _text(type="mark", data={"name": name}),
    subprotocol="audio.jambonz.org",
    is_binary=True,
)
DIALECTS: Final[Mapping[str, Dialect]] = {dialect.name: dialect for dialect in (TWILIO, TELNYX, PLIVO, JAMBONZ)}


def _event(fields: Fields) -> str:
    """jambonz names the event in `event` or, for marks, in `type`."""
    name = fields.get("event") or fields.get("type") or ""
    return name if isinstance(name, str) else ""


def _json(message: str) -> Fields:
    if len(message) > MAX_MESSAGE_CHARS:
        raise _garbled("a message longer than any sound")
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise _garbled("text that is not JSON") from error
    if not isinstance(fields, dict):
        raise _garbled("JSON that is not an object")
    return fields


def _find(fields: Fields, path: str) -> Any:
    found: Any = fields
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _first(fields: Fields, paths: tuple[str, ...]) -> str:
    """The first of `paths` that is there, as text; "" when none is."""
    for path in paths:
        found = _find(fields, path)
        if isinstance(found, str | int) and not isinstance(found, bool):
            return plain(str(found), 500)
    return ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _digit(text: str) -> DigitPressed | None:
    return DigitPressed(text) if len(text) == 1 and text in "0123456789*#" else None


def _text(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))


def _base64(payload: bytes) -> str:
    return base64.b64encode(payload).decode("ascii")


def _garbled(what: str) -> ChannelError:
    return ChannelError("channel.garbled", f"The carrier sent {what}; is the address set for another service?")
