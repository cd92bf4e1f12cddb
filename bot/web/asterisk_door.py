"""Addresses for Asterisk's dialplan (`CURL`) and its WebSocket channel."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, WebSocket
from starlette.responses import PlainTextResponse, Response

from bot.channels import asterisk_wire
from bot.channels.asterisk import AsteriskChannel
from bot.channels.desks import dialled
from bot.web.phone_requests import Form, forbidden, form_of, is_secret, lines_of, offered
from bot.web.phone_streams import announce, is_opened

log = structlog.get_logger(__name__)

router = APIRouter(include_in_schema=False)


@router.post("/asterisk/calls")
async def asterisk_announce(request: Request) -> Response:
    """Answers the UUID to connect with, or `busy`. `channel`: the caller's, for who uses ARI."""
    form = await form_of(request)
    if not _is_asterisk(request, form):
        return forbidden()
    if reason := lines_of(request).door.refusal():
        log.info("phone.refused", reason=reason)
        return PlainTextResponse("busy", 503)
    return PlainTextResponse(announce(request, form))


@router.post("/asterisk/calls/{call_id}/next")
async def asterisk_next(request: Request, call_id: str) -> Response:
    """Answers `queue,ticket,number`, or `over`; nothing for a call that broke, or is not known (any more)."""
    if not _is_asterisk(request, await form_of(request)):
        return forbidden()
    lines = lines_of(request)
    call = lines.calls.find(call_id)
    if call and call.was_passed_on:
        return PlainTextResponse(f"{call.queue},{call.ticket},{dialled(lines.settings.desks, call.queue)}")
    return PlainTextResponse("over" if call and call.was_let_go else "")


@router.websocket("/asterisk/media")
async def asterisk_media(socket: WebSocket, call: str = "") -> None:
    """Let in by an announced call id (`v(call=…)` in the dial string)."""
    lines = lines_of(socket)
    known = lines.calls.connect(call) if call else None
    if known is None:
        await socket.close(1008)
        return
    await socket.accept(asterisk_wire.SUBPROTOCOL if asterisk_wire.SUBPROTOCOL in offered(socket) else None)
    channel = AsteriskChannel(socket, known, control=lines.ari())
    if await is_opened(lines, channel):
        await lines.door.run(channel)


def _is_asterisk(request: Request, form: Form) -> bool:
    return is_secret(dict(form).get("token", ""), lines_of(request).settings.asterisk.token.get_secret_value())
