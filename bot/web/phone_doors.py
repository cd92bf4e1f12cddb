"""Addresses that phone carriers and exchanges call: what to do with this call, here is its sound, what next?

A carrier first asks by HTTP what to do (`voice`) and is given the address of a stream with a fresh call id in it, good
for one connection; the sound comes over that WebSocket; when the stream has ended it asks again (`next`). Twilio signs
every request; the others show a token in the first and the call id afterwards. Asterisk's dialplan does the same with
`CURL`.
"""

from __future__ import annotations

import hmac
import json
import time
from typing import Final
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, WebSocket
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from bot.channels import asterisk_wire
from bot.channels.asterisk import AsteriskChannel
from bot.channels.carrier_answers import ANSWERS
from bot.channels.exchange_calls import ExchangeCall
from bot.channels.media_streams import MediaStreamChannel
from bot.channels.media_streams_wire import DIALECTS, Started
from bot.channels.twilio import is_signed
from bot.errors import ChannelError
from bot.web.phone_lines import PhoneLines

log = structlog.get_logger(__name__)

MAX_FORM_BYTES: Final = 32_000
CALLER_FIELDS: Final = ("From", "from", "caller")
CALLED_FIELDS: Final = ("To", "to", "called")

router = APIRouter(include_in_schema=False)

Form = list[tuple[str, str]]


# Twilio -----------------------------------------------------------------------------


@router.post("/twilio/voice")
async def twilio_voice(request: Request) -> Response:
    form = await _form(request)
    return _voice(request, "twilio", form, "/twilio") if _is_twilio(request, form) else _forbidden()


@router.post("/twilio/next/{call_id}")
async def twilio_next(request: Request, call_id: str) -> Response:
    form = await _form(request)
    return _next(request, "twilio", call_id) if _is_twilio(request, form) else _forbidden()


@router.post("/twilio/status/{call_id}")
async def twilio_status(request: Request, call_id: str) -> Response:
    """What became of a call that we placed."""
    form = await _form(request)
    if not _is_twilio(request, form):
        return _forbidden()
    call = _lines(request).calls.find(call_id)
    if call and call.tell:
        call.tell(dict(form).get("CallStatus", ""))
    return Response(status_code=204)


@router.websocket("/twilio/media")
@router.websocket("/twilio/media/{call_id}")
async def twilio_media(socket: WebSocket, call_id: str = "") -> None:
    """Without a call id for TwiML that is kept elsewhere; the signature is what lets a stream in."""
    call = _lines(socket).calls.connect(call_id) if call_id else None
    if not _is_twilio(socket) or (call_id and not call):
        await socket.close(1008)
        return
    await _stream(socket, "twilio", call)


# Telnyx, Plivo, jambonz -------------------------------------------------------------


@router.post("/streams/{carrier}/voice/{token}")
async def carrier_voice(request: Request, carrier: str, token: str) -> Response:
    secret = _lines(request).settings.carriers.token.get_secret_value()
    if carrier not in DIALECTS or carrier == "twilio" or not _is_secret(token, secret):
        return _forbidden()
    return _voice(request, carrier, await _form(request), f"/streams/{carrier}")


@router.post("/streams/{carrier}/next/{call_id}")
async def carrier_next(request: Request, carrier: str, call_id: str) -> Response:
    return _next(request, carrier, call_id) if carrier in DIALECTS else _forbidden()


@router.websocket("/streams/{carrier}/media/{call_id}")
async def carrier_media(socket: WebSocket, carrier: str, call_id: str) -> None:
    call = _lines(socket).calls.connect(call_id)
    if carrier not in DIALECTS or carrier == "twilio" or not call:
        await socket.close(1008)
        return
    await _stream(socket, carrier, call)


# Asterisk -----------------------------------------------------------------------------


@router.post("/asterisk/calls")
async def asterisk_announce(request: Request) -> Response:
    """Answers the UUID to connect with, or `busy`."""
    form = await _form(request)
    if not _is_asterisk(request, form):
        return _forbidden()
    if reason := _lines(request).door.refusal():
        log.info("phone.refused", reason=reason)
        return PlainTextResponse("busy", 503)
    return PlainTextResponse(_announce(request, form))


@router.post("/asterisk/calls/{call_id}/next")
async def asterisk_next(request: Request, call_id: str) -> Response:
    """Answers `queue,ticket`; empty when the call is over."""
    if not _is_asterisk(request, await _form(request)):
        return _forbidden()
    call = _lines(request).calls.find(call_id)
    return PlainTextResponse(f"{call.queue},{call.ticket}" if call and call.queue else "")


@router.websocket("/asterisk/media")
async def asterisk_media(socket: WebSocket, call: str = "") -> None:
    """Let in by an announced call id (`v(call=…)` in the dial string)."""
    lines = _lines(socket)
    known = lines.calls.connect(call) if call else None
    if known is None:
        await socket.close(1008)
        return
    await socket.accept(asterisk_wire.SUBPROTOCOL if asterisk_wire.SUBPROTOCOL in _offered(socket) else None)
    channel = AsteriskChannel(socket, known)
    if await _is_opened(lines, channel):
        await lines.door.run(channel)


# What they share ------------------------------------------------------------------------


def _voice(request: Request, carrier: str, form: Form, root: str) -> Response:
    """The carrier's first question: the stream with the bot, or busy."""
    lines, answers = _lines(request), ANSWERS[carrier]
    if reason := lines.door.refusal():
        log.info("phone.refused", carrier=carrier, reason=reason)
        return Response(answers.busy(), media_type=answers.media_type)
    call_id, base = _announce(request, form), _public(request)
    stream_url = f"{_websocket(base)}{root}/media/{call_id}"
    return Response(answers.stream(stream_url, f"{base}{root}/next/{call_id}"), media_type=answers.media_type)


def _next(request: Request, carrier: str, call_id: str) -> Response:
    lines, answers = _lines(request), ANSWERS[carrier]
    call = lines.calls.find(call_id)
    return Response(answers.next(call.queue if call else "", lines.settings.desks), media_type=answers.media_type)


async def _stream(socket: WebSocket, carrier: str, call: ExchangeCall | None) -> None:
    lines, dialect = _lines(socket), DIALECTS[carrier]
    await socket.accept(dialect.subprotocol if dialect.subprotocol in _offered(socket) else None)
    channel = MediaStreamChannel(socket, dialect, lines.control(carrier))
    try:
        if call and call.talk:
            await channel.open()
            await call.talk(channel)
        elif await _is_opened(lines, channel):
            channel.call = call or channel.call
            await lines.door.run(channel, channel.call.reminder)
    except ChannelError as error:
        log.info("phone.refused", code=error.code)
    finally:
        await channel.close()
        if call:
            call.over.set()


async def _is_opened(lines: PhoneLines, channel: MediaStreamChannel | AsteriskChannel) -> bool:
    """Wait for the beginning of the call; a stranger, and a call too many, is closed with a word in the log."""
    try:
        started: Started | None = await channel.open()
    except ChannelError as error:
        log.info("phone.refused", code=error.code)
        await channel.close()
        return False
    if reason := lines.door.refusal():
        log.info("phone.refused", reason=reason, started=started is not None)
        await channel.hang_up()
        return False
    return True


def _announce(request: Request, form: Form) -> str:
    fields = dict(form)
    caller, called = (
        next((fields[name] for name in names if name in fields), "") for names in (CALLER_FIELDS, CALLED_FIELDS)
    )
    return _lines(request).calls.announce(caller[:100], called[:100], time.monotonic())


def _is_twilio(connection: HTTPConnection, form: Form | None = None) -> bool:
    """Twilio signs the address as it knows it, which behind a proxy only the settings can tell."""
    token = _lines(connection).settings.twilio.auth_token.get_secret_value()
    url = _public(connection) + connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    if connection.scope["type"] == "websocket":
        url = _websocket(url)
    given = connection.headers.get("x-twilio-signature", "")
    if is_signed(token, given, (url, f"{url}/"), form or []):
        return True
    log.warning("twilio.unsigned", is_token_set=bool(token))
    return False


def _is_asterisk(request: Request, form: Form) -> bool:
    return _is_secret(dict(form).get("token", ""), _lines(request).settings.asterisk.token.get_secret_value())


def _is_secret(given: str, secret: str) -> bool:
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


async def _form(request: Request) -> Form:
    """URL-encoded fields (jambonz: a flat JSON object); nothing of a body that is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            return []
    if request.headers.get("content-type", "").startswith("application/json"):
        return _json_fields(body)
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []


def _json_fields(body: bytes) -> Form:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return (
        [(name, value) for name, value in fields.items() if isinstance(value, str)] if isinstance(fields, dict) else []
    )


def _offered(socket: WebSocket) -> list[str]:
    return [str(name) for name in socket.scope.get("subprotocols", [])]


def _public(connection: HTTPConnection) -> str:
    base = _lines(connection).settings.public_url.rstrip("/")
    return base or f"http://{connection.url.netloc}"


def _websocket(url: str) -> str:
    return "ws" + url.removeprefix("http")


def _forbidden() -> Response:
    return PlainTextResponse("", 403)


def _lines(connection: HTTPConnection) -> PhoneLines:
    lines: PhoneLines = connection.app.state.phone
    return lines
