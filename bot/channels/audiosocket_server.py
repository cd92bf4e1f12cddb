"""The TCP door that Asterisk's AudioSocket connects to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog

from bot.channels import audiosocket_wire as wire
from bot.channels.audiosocket import AudioSocketChannel
from bot.channels.door import PhoneDoor
from bot.channels.exchange_calls import ExchangeCalls, ExchangeControl
from bot.channels.opening import why_no_port
from bot.errors import ChannelError
from bot.logs import place_of

log = structlog.get_logger(__name__)

MAX_STRANGERS: Final = 20
"""Connections that have not told their call yet; more are closed unread."""
KEEPALIVE: Final[Mapping[str, int]] = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
"""A connection whose other side is gone without a word is over after half a minute. Seconds, but for the count, by
their names in `socket`; not every system has all of them.
"""


class AudioSocketServer:
    """Listens until `close`; a connection that is not a call costs nothing but its five seconds."""

    def __init__(
        self,
        door: PhoneDoor,
        calls: ExchangeCalls,
        announced_only: bool = False,
        control: ExchangeControl | None = None,
    ) -> None:
        """`announced_only`: refuse a UUID that the dialplan has not announced."""
        self._door, self._calls, self._announced_only, self._control = door, calls, announced_only, control
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._strangers = 0

    async def start(self, host: str = "127.0.0.1", port: int = 9092) -> None:
        """Raises ChannelError `channel.port` when the port cannot be had."""
        try:
            self._server = await asyncio.start_server(self._connected, host, port)
        except OSError as error:
            reason = await asyncio.to_thread(why_no_port, "AudioSocket", "asterisk.audiosocket_host", host, port)
            raise ChannelError("channel.port", reason or f"Port {port} for AudioSocket cannot be opened.") from error

    @property
    def port(self) -> int:
        """Where it listens; useful when port 0 was asked for."""
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def is_open(self) -> bool:
        return self._server is not None and self._server.is_serving()

    async def close(self) -> None:
        """No new calls; the door sees off those that run."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A task of our own, not asyncio's: that one complains of being cancelled when the server closes."""
        task = asyncio.create_task(self._answer(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except ChannelError as error:
            log.info("audiosocket.refused", code=error.code)
        except Exception as error:  # else nobody would learn of it before the task is thrown away
            log.error("audiosocket.failed", error=type(error).__name__, where=place_of(error))
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._strangers >= MAX_STRANGERS:
            return
        keep_alive(writer.get_extra_info("socket"))
        channel = AudioSocketChannel(reader, writer, control=self._control)
        uuid = await self._introduced(channel)
        call = self._calls.connect(str(uuid))
        if reason := self._door.refusal() or ("" if call or not self._announced_only else "unknown"):
            log.info("audiosocket.refused", reason=reason)
            writer.write(wire.hang_up())
            return
        channel.call = call or channel.call
        await self._door.run(channel)

    async def _introduced(self, channel: AudioSocketChannel) -> UUID:
        self._strangers += 1
        try:
            return await channel.open()
        finally:
            self._strangers -= 1


def keep_alive(line: socket.socket) -> None:
    with suppress(OSError):  # gone already
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):
                line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
