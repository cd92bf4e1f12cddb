"""The caller's side: the page, the page that rings, and their WebSockets."""

from __future__ import annotations

import asyncio
import json
from html import escape
from string import Template
from typing import Final

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.websockets import WebSocketDisconnect

from bot.channels.browser_wire import DOOR
from bot.web.bell import OpenPage
from bot.web.guard import STATIC
from bot.web.house import house_of
from bot.web.links import RingPage
from bot.web.security import is_same_origin

HELLO_S: Final = 10.0
MAX_HELLO_CHARS: Final = 2_000

router = APIRouter(include_in_schema=False)


@router.get("/")
def caller_page(request: Request, to: str = "") -> Response:
    return _page(request, to, "call")


@router.get("/ring/{token}")
def ring_page(request: Request, token: str) -> Response:
    """The same page, signed in for reminders; its script takes the token from the address."""
    if house_of(request).links.read_ring_page(token) is None:
        return _page(request, "", "expired", status=403)
    return _page(request, "", "ring")


@router.websocket("/call/browser")
async def call_browser(socket: WebSocket) -> None:
    if not is_same_origin(socket.headers):
        await socket.close(1008)
        return
    await socket.accept()
    await house_of(socket).calls.serve(socket)


@router.websocket("/ring/events")
async def ring_events(socket: WebSocket) -> None:
    if not is_same_origin(socket.headers):
        await socket.close(1008)
        return
    await socket.accept()
    grant = await _grant(socket)
    if grant is None:
        await socket.close(1008)
        return
    with house_of(socket).bell.listening(grant) as page:
        if page is None:
            await socket.close(1013)
            return
        await _keep_ringing(socket, page)


@router.post("/ring/orders/{order}")
async def ring_order(request: Request, order: str) -> Response:
    """Another process of ours (`frontdesk remind run`) lets a page ring; the order is signed with our key."""
    read = house_of(request).links.read_ring_order(order)
    if read is None:
        return JSONResponse({"error": "The order is not signed by this call centre, or too old."}, status_code=403)
    bell = house_of(request).bell
    result = await bell.ring(*read)
    if result == "answered":
        await bell.talked(read[0])
    return JSONResponse({"result": result})


def _page(request: Request, to: str, mode: str, status: int = 200) -> Response:
    house = house_of(request)
    door = to if DOOR.fullmatch(to) else ""
    business = house.centre.business_name(door) if house.is_ready() else "Frontdesk"
    html = Template((STATIC / "caller.html").read_text("utf-8"))
    return HTMLResponse(
        html.substitute(business=escape(business), initial=escape(business[:1].upper()), to=escape(door), mode=mode),
        status_code=status,
    )


async def _grant(socket: WebSocket) -> RingPage | None:
    """The page's first message is `{"token": …}`: it is not in the address, so it is in no log."""
    try:
        async with asyncio.timeout(HELLO_S):
            hello = await socket.receive_json()
    except (TimeoutError, WebSocketDisconnect, ValueError, KeyError):
        return None
    token = hello.get("token") if isinstance(hello, dict) else None
    if not isinstance(token, str) or len(token) > MAX_HELLO_CHARS:
        return None
    return house_of(socket).links.read_ring_page(token)


async def _keep_ringing(socket: WebSocket, page: OpenPage) -> None:
    """Two directions until the page is gone: orders to ring go out, `decline` comes in."""
    house, ringing = house_of(socket), ""

    async def tell() -> None:
        nonlocal ringing
        await socket.send_text(json.dumps({"type": "listening"}))
        while True:
            ringing = await page.orders.get()
            stop_or_ring = {"type": "ring", "answer": house.links.answer(ringing)} if ringing else {"type": "stop"}
            await socket.send_text(json.dumps(stop_or_ring))

    telling = asyncio.create_task(tell())
    try:
        while (message := await socket.receive())["type"] == "websocket.receive":
            if ringing and (message.get("text") or "").strip() == '{"type":"decline"}':
                house.bell.declined(ringing)
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
