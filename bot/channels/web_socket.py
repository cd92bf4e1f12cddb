"""One accepted WebSocket of an exchange or a carrier: read with patience, written with a time limit, closed once."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol

import structlog

log = structlog.get_logger(__name__)

SILENT_LINE_S: Final = 600.0
"""A line may send nothing while nobody speaks. One that is dead is told by the server, whose pings (20 s) are not
answered any more, or by a message of ours that is not taken; this is for one that is neither dead nor of any use.
"""
SEND_TIMEOUT_S: Final = 5.0
"""Who takes nothing for this long is gone."""


class WebSocketLike(Protocol):
    """What we use of Starlette's WebSocket, accepted already; a page's, a carrier's or an exchange's."""

    async def receive(self) -> Any: ...
    async def send_bytes(self, data: bytes) -> None: ...
    async def send_text(self, data: str) -> None: ...
    async def close(self, code: int = 1000, reason: str | None = None) -> None: ...


class WebSocketLine:
    """Nothing is raised here for a line that is gone: it is told by `receive`."""

    def __init__(self, socket: WebSocketLike, door: str) -> None:
        """`door` is what it is called in the log."""
        self._socket, self._door = socket, door
        self._is_closed = False

    async def receive(self) -> str | bytes | None:
        """The next message; None when the other side is gone, or silent for too long."""
        try:
            async with asyncio.timeout(SILENT_LINE_S):
                raw = await self._socket.receive()
        except (TimeoutError, RuntimeError):  # RuntimeError: Starlette's, receiving on a socket that is closed already
            return None
        if raw["type"] != "websocket.receive":
            return None
        text: str | None = raw.get("text")
        return text if text is not None else bytes(raw.get("bytes") or b"")

    async def send(self, data: str | bytes) -> bool:
        """False when it was not taken: the line is lost."""
        if self._is_closed:
            return False
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await (self._socket.send_bytes(data) if isinstance(data, bytes) else self._socket.send_text(data))
            return True
        except Exception as error:  # whatever the server's WebSocket raises once the other side is gone
            log.info("line.ended", door=self._door, code="channel.lost", error=type(error).__name__)
            return False

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._socket.close()
        except Exception as error:  # closed already, from the other side
            log.debug("line.closed", door=self._door, error=type(error).__name__)
