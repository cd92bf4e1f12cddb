"""One agent's page: commands and sound in, what is on their screen and the caller's sound out.

The same rules as at the caller's door: a page that sends nonsense, floods, or does not read ends its own line. Sound
that a page does not take in time is dropped, for late words are worse than missing ones; nobody else waits for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Literal

import structlog
from pydantic import BaseModel, Field, ValidationError

from bot.channels.browser_wire import MAX_TEXT_CHARS, garbled, parse_audio
from bot.channels.web_socket import SEND_TIMEOUT_S, WebSocketLike
from bot.errors import ChannelError
from bot.events import AudioChunk

log = structlog.get_logger(__name__)

MAX_BEHIND: Final = 15
"""Chunks (20 ms) under way to one side; older ones are dropped."""


class Command(BaseModel, extra="forbid"):
    """What an agent's page may ask."""

    type: Literal[
        "ready", "pause", "sign-off",
        "answer", "decline", "take-over",
        "hold", "transfer", "back", "say", "end", "again", "ring", "wrap",
        "consult", "join", "hand-over", "cancel", "keys",
        "listen", "whisper", "barge", "phone",
    ]  # fmt: skip
    """The last three come from pages that oversee."""
    ticket: str = Field(default="", max_length=32)
    reason: str = Field(default="", max_length=80)
    on: bool | None = None
    """Hold; None: the other way round, whatever the page shows by now."""
    queue: str = Field(default="", max_length=64)
    agent: int = 0
    """Transfer goes to that person, else to that queue."""
    goal: Literal["finish", "survey", "anything"] = "anything"
    """What the bot is to do with a caller who is given back."""
    call: str = Field(default="", max_length=64)
    """The bot's call to take over."""
    text: str = Field(default="", max_length=1_000)
    """What the bot's voice is to say."""
    disposition: str = Field(default="", max_length=80)
    notes: str = Field(default="", max_length=1_500)
    number: str = Field(default="", max_length=100)
    """Of `phone`: where their phone is rung with offers, "" for the page alone. Else whom to ring outside."""
    digits: str = Field(default="", max_length=32)


def parse_command(text: str) -> Command:
    """Raises ChannelError `channel.garbled`."""
    if len(text) > 2 * MAX_TEXT_CHARS:
        raise garbled("a message that is too long")
    try:
        return Command.model_validate_json(text)
    except ValidationError as error:
        raise garbled("a message we do not know") from error


class Pump:
    """Sends chunks in order, one at a time, without ever letting the giver wait."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        self._send = send
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue(MAX_BEHIND)
        self._task = asyncio.create_task(self._run())

    def put(self, pcm: bytes) -> None:
        if self._chunks.full():
            self._chunks.get_nowait()
        self._chunks.put_nowait(pcm)

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._send(await self._chunks.get())


class AgentLine:
    def __init__(self, socket: WebSocketLike) -> None:
        self.is_open = True
        self._socket = socket
        self._sending = asyncio.Lock()
        self._shown: dict[str, Any] = {}
        self.phone = ""
        """The number or address on which this person answers; "" for the page alone."""
        self.pump = self._page_pump = Pump(self._send)

    async def receive(self) -> Command | AudioChunk | None:
        """None when the page is gone or sent nonsense."""
        try:
            while self._is_by_phone(message := self._read(await self._socket.receive())):
                pass
            return message
        except RuntimeError:  # Starlette: receiving on a socket that is closed already
            return None
        except ChannelError as error:
            log.info("desk.ended", code=error.code)
            return None

    def shows(self, view: dict[str, Any]) -> bool:
        """It is on the page already."""
        return view == self._shown

    async def show(self, view: dict[str, Any], now: str) -> None:
        """The page gets it when it changed; `now` lets it tell ages by our clock."""
        if not self.shows(view):
            self._shown = view
            await self._send(json.dumps({"type": "state", "now": now, **view}))

    async def list_changed(self, change: str) -> None:
        """The same for every page."""
        await self._send(change)

    async def tell(self, sentence: str) -> None:
        await self._send(json.dumps({"type": "note", "text": sentence}))

    def speak_by_phone(self, pump: Pump | None) -> None:
        """What they hear goes to their telephone, and the page's microphone to nobody; None: the page again."""
        self.pump = pump or self._page_pump

    def _is_by_phone(self, message: Command | AudioChunk | None) -> bool:
        """Nothing for the floor: sound of the page while they talk by telephone, or where they answer from now on."""
        if isinstance(message, Command) and message.type == "phone":
            self.phone = message.number.strip()
            return True
        return isinstance(message, AudioChunk) and self.pump is not self._page_pump

    async def close(self, code: int = 1000) -> None:
        self.is_open = False
        self._page_pump.stop()
        with suppress(Exception):  # gone already, from the other side
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._socket.close(code)

    def _read(self, raw: Any) -> Command | AudioChunk | None:
        if raw["type"] != "websocket.receive":
            return None
        if (text := raw.get("text")) is not None:
            return parse_command(text)
        return parse_audio(raw.get("bytes") or b"")

    async def _send(self, data: bytes | str) -> None:
        """A page that is gone is told by `receive`, not here: nothing is raised."""
        if not self.is_open:
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S), self._sending:
                await (self._socket.send_bytes(data) if isinstance(data, bytes) else self._socket.send_text(data))
        except Exception as error:  # whatever the server's WebSocket raises once the other side is gone
            log.debug("desk.lost", error=type(error).__name__)
            self.is_open = False
