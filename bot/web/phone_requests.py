"""What exchanges and carriers say over HTTP: which fields, which address, whether they may."""

from __future__ import annotations

import hmac
import json
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request, WebSocket
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from bot.web.phone_lines import PhoneLines

MAX_FORM_BYTES: Final = 32_000

Form = list[tuple[str, str]]


async def form_of(request: Request) -> Form:
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


def is_secret(given: str, secret: str) -> bool:
    return bool(secret) and hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def offered(socket: WebSocket) -> list[str]:
    return [str(name) for name in socket.scope.get("subprotocols", [])]


def public_url(connection: HTTPConnection) -> str:
    base = lines_of(connection).settings.public_url.rstrip("/")
    return base or f"http://{connection.url.netloc}"


def websocket_url(url: str) -> str:
    return "ws" + url.removeprefix("http")


def forbidden() -> Response:
    return PlainTextResponse("", 403)


def lines_of(connection: HTTPConnection) -> PhoneLines:
    lines: PhoneLines = connection.app.state.phone
    return lines
