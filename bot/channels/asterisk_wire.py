"""Asterisk's chan_websocket without a socket: control messages to events and back, as plain text or as JSON.

Sound goes as binary messages, control as text. Asterisk speaks one of two notations for a whole call, and is answered
in the one it began with. Source: docs.asterisk.org, "WebSocket" (channel driver), and `channels/chan_websocket.c`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.channels.line_audio import LineFormat, line_format
from bot.channels.plain import plain
from bot.errors import ChannelError
from bot.events import DigitPressed

SUBPROTOCOL: Final = "media"
MAX_TEXT_CHARS: Final = 20_000
_RATES: Final[Mapping[str, int]] = {"ulaw": 8_000, "alaw": 8_000, "slin": 8_000, "slin16": 16_000}


@dataclass(frozen=True, slots=True)
class MediaStart:
    """The channel is up. `variables` are the dialplan's, in JSON only."""

    channel_id: str
    line: LineFormat
    variables: Mapping[str, str]
    is_json: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """Asterisk's queue is nearly full (`may_send` false), or has room again."""

    may_send: bool


FromAsterisk = MediaStart | Flow | DigitPressed


def read(text: str) -> FromAsterisk | None:
    """None for what a call has no use for. Raises ChannelError `channel.garbled` or `channel.codec`."""
    if len(text) > MAX_TEXT_CHARS:
        raise _garbled("a control message longer than any")
    is_json = text.lstrip().startswith("{")
    event, fields = _read_json(text) if is_json else _read_plain(text)
    match event:
        case "MEDIA_START":
            return _media_start(fields, is_json)
        case "MEDIA_XOFF" | "MEDIA_XON":
            return Flow(event == "MEDIA_XON")
        case "DTMF_END":
            return _digit(_text(fields.get("digit")))
    return None


def command(name: str, is_json: bool) -> str:
    """HANGUP or FLUSH_MEDIA in the notation of the call."""
    return json.dumps({"command": name}) if is_json else name


def _media_start(fields: Mapping[str, Any], is_json: bool) -> MediaStart:
    name = _text(fields.get("format"))
    variables = fields.get("channel_variables")
    texts = {key: _text(value) for key, value in variables.items()} if isinstance(variables, dict) else {}
    return MediaStart(_text(fields.get("channel_id")), line_format(name, _RATES.get(name, 0)), texts, is_json)


def _read_json(text: str) -> tuple[str, Mapping[str, Any]]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _garbled("text that is not JSON") from error
    return (_text(fields.get("event")), fields) if isinstance(fields, dict) else ("", {})


def _read_plain(text: str) -> tuple[str, Mapping[str, Any]]:
    """`EVENT name:value name:value`."""
    event, *parts = text.split(" ")
    fields = {name: value for name, found, value in (part.partition(":") for part in parts) if found}
    return event.strip(), fields


def _text(value: object) -> str:
    return plain(str(value), 500) if isinstance(value, str | int) else ""


def _digit(text: str) -> DigitPressed | None:
    return DigitPressed(text) if len(text) == 1 and text in "0123456789*#" else None


def _garbled(what: str) -> ChannelError:
    return ChannelError("channel.garbled", f"The exchange sent {what}; is something else than Asterisk connecting?")
