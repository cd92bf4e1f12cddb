"""Running the application: addresses printed at start, loopback unless asked, a kind end for running calls at stop."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from bot.config import Settings
from bot.errors import ChannelError, FrontdeskError
from bot.web.house import House
from bot.web.phone_lines import PhoneLines
from bot.web.process import prepare, settle
from handoff.people import Role

MAX_MESSAGE_BYTES: Final = 65_536
"""WebSocket messages beyond are refused by the server itself, with close code 1009."""

GRACE_S: Final = 8
"""Time for open connections to end after they were told."""

Say = Callable[[str], None]


class CallCentreServer(uvicorn.Server):
    """uvicorn, which also says where it can be reached and takes leave of its callers before it closes their lines."""

    def __init__(self, config: uvicorn.Config, house: House, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._house, self._announce = house, announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if not self.force_exit:
            await self._house.calls.close()
        await super().shutdown(sockets)


def run(app: FastAPI, settings: Settings, say: Say) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises ChannelError when the port is taken or the engines cannot be loaded."""
    prepare()
    house: House = app.state.house
    listener = listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        app,
        access_log=False,  # paths hold signed links
        log_level="warning",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # audio does not shrink, and 50 times a second it costs
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
    )
    server = CallCentreServer(config, house, lambda: announce(settings.host, port, house, say))
    lines: PhoneLines = app.state.phone
    signal.signal(signal.SIGTERM, _leave)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(server, listener, house, lines, say))
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    if house.problem:
        raise ChannelError("web.engines", house.problem)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop where there is one (not on Windows), else None for asyncio's own.

    A call is 50 chunks a second each way, and asyncio's loop takes 0.1 ms to wake up for one, uvloop's 0.005 ms.
    """
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; raises ChannelError with a sentence when that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ChannelError(
            "web.port", f"Cannot listen on {host} port {port} ({error.strerror or error}); choose another with --port."
        ) from error
    return listener


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_of(host: str, port: int) -> str:
    """One that a browser on this computer can open."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else '[::1]' if host == '::' else name}:{port}"


def announce_account(address: str, house: House, say: Say) -> bool:
    """Who starts the call centre for the first time makes the first account, by a link nobody else can know.

    False while the database is not open yet.
    """
    try:
        is_first = house.accounts.is_empty()
    except FrontdeskError:
        return False
    if is_first:
        link = f"{address}/desk/enter/{house.links.invitation(Role.ADMIN)}"
        say(f"  Account    {link}   (works once: makes the first account for the desk)")
    return True


def announce(host: str, port: int, house: House, say: Say) -> None:
    address = address_of(host, port)
    say(f"  Call       {address}/")
    say(f"  Desk       {address}/desk")
    say(f"  Health     {address}/health")
    if not is_loopback(host):
        say(
            f"  WARNING    Listening on {host}: everyone on its network can call. Browsers lend\n"
            "             their microphone only to https pages: put a TLS proxy in front, or use --host 127.0.0.1."
        )


async def _serve(server: CallCentreServer, listener: socket.socket, house: House, lines: PhoneLines, say: Say) -> None:
    watching = asyncio.create_task(_watch_engines(server, house, lines, say, _address(listener)))
    await server.serve(sockets=[listener])
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def _watch_engines(server: CallCentreServer, house: House, lines: PhoneLines, say: Say, address: str) -> None:
    """Say when calls can come; stop when they never can."""
    clock = asyncio.get_running_loop().time
    started = clock()
    is_told = False
    while not (is_told and house.is_ready()):
        if house.problem:
            server.should_exit = True
            return
        is_told = is_told or await asyncio.to_thread(announce_account, address, house, say)
        await asyncio.sleep(0.05)
    settle()
    for line in lines.told():
        say(line)
    say(f"  Ready      after {clock() - started:.1f} s. Ctrl-C stops.")


def _address(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return address_of(host, port)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)  # before uvicorn listens to signals, and after it has ended gracefully
