"""The caller's end of the browser's door: PCM and JSON over one WebSocket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import websockets
from websockets.typing import Origin

from bot.bench.line import Caption, Ended, FromBot, LineLost, Sound, Stopped
from bot.events import SAMPLE_RATE


class BrowserLine:
    """What the page does, without the page. `url`: `ws://HOST:PORT/call/browser`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> BrowserLine:
        origin = self._url.replace("ws", "http", 1).removesuffix("/call/browser")
        try:
            self._socket = await websockets.connect(
                self._url, origin=Origin(origin), max_size=None, compression=None, open_timeout=30
            )
            await self._socket.send(json.dumps({"type": "start"}))
        except (TimeoutError, OSError, websockets.WebSocketException) as error:
            raise LineLost(type(error).__name__) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def heard(self) -> AsyncIterator[FromBot]:
        async for message in self._socket:
            if isinstance(message, bytes):
                yield Sound(message, SAMPLE_RATE)
                continue
            event = json.loads(message)
            match event["type"]:
                case "clear":
                    yield Stopped(at_once=True)
                case "caption" if event["final"]:
                    yield Caption(event["speaker"], event["text"])
                case "state" if event["state"] == "waiting":
                    yield Ended("handed over")
                    return
                case "ended":
                    yield Ended(event["reason"])
                    return
        yield Ended("closed without a word")

    async def send(self, pcm: bytes) -> None:
        await self._send(pcm)

    async def hang_up(self) -> None:
        await self._send(json.dumps({"type": "hangup"}))

    async def _send(self, data: bytes | str) -> None:
        try:
            await self._socket.send(data)
        except (OSError, websockets.WebSocketException) as error:
            raise LineLost(type(error).__name__) from error
