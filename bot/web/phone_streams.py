"""Calls that come over a carrier's WebSocket: what to do with this call, here is its sound, what next?

A carrier first asks by HTTP what to do and is given the address of a stream with a fresh call id in it, good for one
connection; the sound comes over that; when the stream has ended it asks again.
"""

from __future__ import annotations

import time
from typing import Final

import structlog
from fastapi import Request, WebSocket
from starlette.responses import Response

from bot.channels.asterisk import AsteriskChannel
from bot.channels.carrier_answers import ANSWERS
from bot.channels.exchange_calls import ExchangeCall
from bot.channels.media_streams import MediaStreamChannel
from bot.channels.media_streams_wire import DIALECTS
from bot.channels.plain import plain
from bot.errors import ChannelError
from bot.web.phone_lines import PhoneLines
from bot.web.phone_requests import Form, lines_of, offered, public_url, websocket_url

log = structlog.get_logger(__name__)

CALLER_FIELDS: Final = ("From", "from", "caller")
CALLED_FIELDS: Final = ("To", "to", "called")


def answer_voice(request: Request, carrier: str, form: Form, root: str) -> Response:
    """The carrier's first question: the stream with the bot, or busy."""
    lines, answers = lines_of(request), ANSWERS[carrier]
    if reason := lines.door.refusal():
        log.info("phone.refused", carrier=carrier, reason=reason)
        return Response(answers.busy(), media_type=answers.media_type)
    call_id, base = announce(request, form), public_url(request)
    stream_url = f"{websocket_url(base)}{root}/media/{call_id}"
    return Response(answers.stream(stream_url, f"{base}{root}/next/{call_id}"), media_type=answers.media_type)


def answer_next(request: Request, carrier: str, call_id: str) -> Response:
    lines, answers = lines_of(request), ANSWERS[carrier]
    call = lines.calls.find(call_id)
    queue = call.queue if call and call.was_passed_on else ""
    return Response(answers.next(queue, lines.settings.desks), media_type=answers.media_type)


async def serve_stream(socket: WebSocket, carrier: str, call: ExchangeCall | None) -> None:
    lines, dialect, is_placed = lines_of(socket), DIALECTS[carrier], bool(call and call.is_placed)
    await socket.accept(dialect.subprotocol if dialect.subprotocol in offered(socket) else None)
    channel = MediaStreamChannel(socket, dialect, lines.control(carrier))
    try:
        if call and call.talk:
            await channel.open()
            await call.talk(channel)
        elif await is_opened(lines, channel, is_placed):
            channel.call = call or channel.call
            await lines.door.run(channel, channel.call.reminder, is_placed)
    except ChannelError as error:
        log.info("phone.refused", code=error.code)
    finally:
        await channel.close()
        if call:
            call.over.set()


async def is_opened(lines: PhoneLines, channel: MediaStreamChannel | AsteriskChannel, is_placed: bool = False) -> bool:
    """Wait for the beginning of the call; a stranger, and a call too many, is closed with a word in the log.

    Closed, not hung up: whoever sent the call may have people for it yet.
    """
    try:
        await channel.open()
    except ChannelError as error:
        log.info("phone.refused", code=error.code)
        await channel.close()
        return False
    if reason := lines.door.refusal(is_placed):
        log.info("phone.refused", reason=reason)
        await channel.close()
        return False
    return True


def announce(request: Request, form: Form) -> str:
    fields = dict(form)
    caller, called = (
        next((fields[name] for name in names if name in fields), "") for names in (CALLER_FIELDS, CALLED_FIELDS)
    )
    channel, now = plain(fields.get("channel", ""), 200), time.monotonic()
    return lines_of(request).calls.announce(plain(caller, 100), plain(called, 100), now, channel=channel)
