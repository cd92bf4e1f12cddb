"""Twilio's addresses: every request and every stream must carry its signature."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, WebSocket
from starlette.requests import HTTPConnection
from starlette.responses import Response

from bot.channels.twilio import is_signed
from bot.web.phone_requests import Form, forbidden, form_of, lines_of, public_url, websocket_url
from bot.web.phone_streams import answer_next, answer_voice, serve_stream

log = structlog.get_logger(__name__)

router = APIRouter(include_in_schema=False)


@router.post("/twilio/voice")
async def twilio_voice(request: Request) -> Response:
    form = await form_of(request)
    return answer_voice(request, "twilio", form, "/twilio") if _is_twilio(request, form) else forbidden()


@router.post("/twilio/next/{call_id}")
async def twilio_next(request: Request, call_id: str) -> Response:
    form = await form_of(request)
    return answer_next(request, "twilio", call_id) if _is_twilio(request, form) else forbidden()


@router.post("/twilio/status/{call_id}")
async def twilio_status(request: Request, call_id: str) -> Response:
    """What became of a call that we placed."""
    form = await form_of(request)
    if not _is_twilio(request, form):
        return forbidden()
    call = lines_of(request).calls.find(call_id)
    if call and call.tell:
        call.tell(dict(form).get("CallStatus", ""))
    return Response(status_code=204)


@router.websocket("/twilio/media")
@router.websocket("/twilio/media/{call_id}")
async def twilio_media(socket: WebSocket, call_id: str = "") -> None:
    """Without a call id for TwiML that is kept elsewhere; the signature is what lets a stream in."""
    is_twilio = _is_twilio(socket)
    call = lines_of(socket).calls.connect(call_id) if is_twilio and call_id else None
    if not is_twilio or (call_id and not call):
        await socket.close(1008)
        return
    await serve_stream(socket, "twilio", call)


def _is_twilio(connection: HTTPConnection, form: Form | None = None) -> bool:
    """Twilio signs the address as it knows it, which behind a proxy only the settings can tell."""
    token = lines_of(connection).settings.twilio.auth_token.get_secret_value()
    url = public_url(connection) + connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    if connection.scope["type"] == "websocket":
        url = websocket_url(url)
    given = connection.headers.get("x-twilio-signature", "")
    if is_signed(token, given, (url, f"{url}/"), form or []):
        return True
    log.warning("twilio.unsigned", is_token_set=bool(token))
    return False
