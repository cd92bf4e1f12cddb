"""What every answer carries, how much may be sent, and who may open a WebSocket or change something.

The pages load nothing from elsewhere and hold no inline script or style, so the policy can be strict
(Content Security Policy Level 3; OWASP HTTP Headers Cheat Sheet).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

CHANGE_HEADER: Final = "x-frontdesk"
"""A page of another site cannot send it without our leave (CORS), so its presence shows that ours asked."""


MAX_BODY_BYTES: Final = 2 * 1024 * 1024
"""More than any page or program sends; a file of the content has some 100 KB."""


class BodyLimit:
    """ASGI middleware. Bodies are read before anybody asks who sent them: without an end they would fill the memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        left = MAX_BODY_BYTES

        async def receive_some() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, "This is too much at once")
            return message

        await self.app(scope, receive_some, send)


class SecurityHeaders:
    """ASGI middleware. Nothing is kept by the browser but the files under `/static/`, asked for anew each time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        keep = "no-cache" if scope["path"].startswith("/static/") else "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", keep)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def is_same_origin(headers: Headers) -> bool:
    """False when a browser says that a page of another host asks. Programs send no Origin and may."""
    origin = headers.get("origin")
    if origin is None:
        return True
    host = headers.get("host", "")
    return host != "" and urlsplit(origin).netloc.lower() == host.lower()


def is_own_change(connection: HTTPConnection) -> bool:
    """May this request change something? Only from a page of ours."""
    return CHANGE_HEADER in connection.headers and is_same_origin(connection.headers)
