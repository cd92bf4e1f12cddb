"""What a carrier is told when it asks what to do with a call: first the bot, then a person, or the end.

Twilio and Telnyx read TwiML, Plivo its own XML, jambonz JSON. After the stream has ended each asks again, and the
answer depends on where the bot sent the caller: a number, or the carrier's own queue where none is set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from bot.channels.desks import DeskNumbers, desk_number

_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True)
class CarrierAnswers:
    """`stream(stream_url, next_url)`, `next(queue, desks)` ("" ends the call) and `busy()`, in a carrier's words."""

    media_type: str
    stream: Callable[[str, str], str]
    next: Callable[[str, DeskNumbers], str]
    busy: Callable[[], str]


def _response(inside: str) -> str:
    return f"{_XML}<Response>{inside}</Response>"


def _twilio_stream(stream_url: str, next_url: str) -> str:
    return _response(
        f'<Connect><Stream url={quoteattr(stream_url)}/></Connect><Redirect method="POST">{escape(next_url)}</Redirect>'
    )


def twilio_next(queue: str, desks: DeskNumbers) -> str:
    """Also what a running call is changed to by REST."""
    if not queue:
        return _response("<Hangup/>")
    if not (desk := desk_number(desks, queue)):
        return _response(f"<Enqueue>{escape(queue)}</Enqueue>")
    noun = "Sip" if desk.startswith("sip:") else "Number"
    return _response(f"<Dial><{noun}>{escape(desk)}</{noun}></Dial>")


def _telnyx_stream(stream_url: str, next_url: str) -> str:
    return _response(
        f'<Connect><Stream url={quoteattr(stream_url)} bidirectionalMode="rtp"/></Connect>'
        f'<Redirect method="POST">{escape(next_url)}</Redirect>'
    )


def _plivo_stream(stream_url: str, next_url: str) -> str:
    return _response(
        f'<Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000">'
        f"{escape(stream_url)}</Stream><Redirect>{escape(next_url)}</Redirect>"
    )


def _plivo_next(queue: str, desks: DeskNumbers) -> str:
    if not (desk := desk_number(desks, queue) if queue else ""):
        return _response("<Hangup/>")
    noun = "User" if desk.startswith("sip:") else "Number"
    return _response(f"<Dial><{noun}>{escape(desk)}</{noun}></Dial>")


def _jambonz_stream(stream_url: str, next_url: str) -> str:
    listen = {
        "verb": "listen",
        "url": stream_url,
        "mixType": "mono",
        "sampleRate": 16_000,
        "passDtmf": True,
        "bidirectionalAudio": {"enabled": True, "streaming": True, "sampleRate": 16_000},
        "actionHook": next_url,
    }
    return json.dumps([{"verb": "answer"}, listen])


def _jambonz_next(queue: str, desks: DeskNumbers) -> str:
    if not queue:
        return json.dumps([{"verb": "hangup"}])
    if not (desk := desk_number(desks, queue)):
        return json.dumps([{"verb": "enqueue", "name": queue}])
    target = {"type": "sip", "sipUri": desk} if desk.startswith("sip:") else {"type": "phone", "number": desk}
    return json.dumps([{"verb": "dial", "target": [target]}])


ANSWERS: Final[Mapping[str, CarrierAnswers]] = {
    "twilio": CarrierAnswers("text/xml", _twilio_stream, twilio_next, lambda: _response('<Reject reason="busy"/>')),
    "telnyx": CarrierAnswers("text/xml", _telnyx_stream, twilio_next, lambda: _response('<Reject reason="busy"/>')),
    "plivo": CarrierAnswers("text/xml", _plivo_stream, _plivo_next, lambda: _response('<Hangup reason="busy"/>')),
    "jambonz": CarrierAnswers(
        "application/json",
        _jambonz_stream,
        _jambonz_next,
        lambda: json.dumps([{"verb": "sip:decline", "status": 486, "reason": "Busy Here"}]),
    ),
}
