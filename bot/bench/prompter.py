"""Words for callers whose line carries only sound: the measured server tells what it says and understood.

A simulated caller must know what was asked. The browser's line shows captions; a telephone does not, and a recogniser
at the caller's end would compete with the server for the processor. So the server under measurement
(`bot/commands/measured_server.py`) sends each sentence as a datagram to the bench, addressed by the caller's number.
"""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

from bot.bench.line import Caption, FromBot, Stopped
from bot.events import Answered, Effect, Event, StartedSpeaking, StopSpeaking, Think, Utterance

VARIABLE = "FRONTDESK_BENCH_PROMPTER"
"""Environment of the measured server: the UDP port on loopback that wants to know."""


class Told:
    """The server's side: one for each call, an `observe` of the call."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._caller = ""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def observe(self, item: Event | Effect) -> None:
        match item:
            case Answered(caller):
                self._caller = caller
            case StartedSpeaking(say):
                self._tell(speaker="bot", text=say.text)
            case Think(_, Utterance() as heard) if heard.text:
                self._tell(speaker="caller", text=heard.text)
            case StopSpeaking():
                self._tell(stopped=True)

    def close(self) -> None:
        self._socket.close()

    def _tell(self, **facts: Any) -> None:
        try:
            self._socket.sendto(json.dumps({"caller": self._caller, **facts}).encode(), self._to)
        except OSError:
            return  # the bench has gone: the call goes on


class Prompter(asyncio.DatagramProtocol):
    """The bench's side: sorts what comes by the number of the caller. Opened by `async with`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._closed = asyncio.Event()
        self._listeners: dict[str, asyncio.Queue[FromBot]] = {}

    async def __aenter__(self) -> Prompter:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", self._port))
        self._transport = transport
        return self

    async def __aexit__(self, *_: object) -> None:
        """Returns when the port is free again."""
        self._transport.close()
        await self._closed.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def prompt(self, caller: str, into: asyncio.Queue[FromBot]) -> None:
        """From now on what concerns that caller goes into the queue."""
        self._listeners[caller] = into

    def forget(self, caller: str) -> None:
        self._listeners.pop(caller, None)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        told = json.loads(data)
        if into := self._listeners.get(told["caller"]):
            into.put_nowait(Stopped(at_once=False) if "stopped" in told else Caption(told["speaker"], told["text"]))
