"""Addresses for Telnyx, Plivo and jambonz: a token lets in the first request, the call id those that follow."""

from __future__ import annotations

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response

from bot.channels.media_streams_wire import DIALECTS
from bot.web.phone_requests import forbidden, form_of, is_secret, lines_of
from bot.web.phone_streams import answer_next, answer_voice, serve_stream

router = APIRouter(include_in_schema=False)


@router.post("/streams/{carrier}/voice/{token}")
async def carrier_voice(request: Request, carrier: str, token: str) -> Response:
    secret = lines_of(request).settings.carriers.token.get_secret_value()
    if carrier not in DIALECTS or carrier == "twilio" or not is_secret(token, secret):
        return forbidden()
    return answer_voice(request, carrier, await form_of(request), f"/streams/{carrier}")


@router.post("/streams/{carrier}/next/{call_id}")
async def carrier_next(request: Request, carrier: str, call_id: str) -> Response:
    return answer_next(request, carrier, call_id) if carrier in DIALECTS else forbidden()


@router.websocket("/streams/{carrier}/media/{call_id}")
async def carrier_media(socket: WebSocket, carrier: str, call_id: str) -> None:
    is_carrier = carrier in DIALECTS and carrier != "twilio"
    call = lines_of(socket).calls.connect(call_id) if is_carrier else None
    if call is None:
        await socket.close(1008)
        return
    await serve_stream(socket, carrier, call)
