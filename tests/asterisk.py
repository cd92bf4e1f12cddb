"""A real Asterisk on loopback, for tests: its configuration in a folder of its own, driven by its manager interface.

Wanted is a program `asterisk` on the path; its modules lie where its package has them, or in ASTERISK_MODULES.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.sip_peer import free_port

ASTERISK = shutil.which("asterisk")
FOLDERS = (os.environ.get("ASTERISK_MODULES", ""), "/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules")

IsIt = Callable[[dict[str, str]], object]

CALLER = "Local/{number}@from-trunk/n"


def modules() -> str:
    """ "" where none are found."""
    found = [*filter(None, FOLDERS), *map(str, Path("/usr/lib").glob("*/asterisk/modules"))]
    return next((folder for folder in found if Path(folder).is_dir()), "")


class RealAsterisk:
    """`extensions`: the dialplan. Events of its manager are kept in `events`, as they come."""

    def __init__(self, home: Path, extensions: str, websocket_client: str = "") -> None:
        self.events: list[dict[str, str]] = []
        self.http, self._manager_port = free_port(), free_port()
        self._home = home
        self._reading: asyncio.Task[None] | None = None
        queue = "strategy = ringall\njoinempty = yes\n"
        files = {
            "asterisk.conf": self._folders(),
            "modules.conf": "[modules]\nautoload = yes\n",
            "logger.conf": "[logfiles]\nmessages.log => notice,warning,error\n",
            "manager.conf": f"[general]\nenabled = yes\nport = {self._manager_port}\nbindaddr = 127.0.0.1\n"
            "[test]\nsecret = test\nread = all\nwrite = all\n",
            "http.conf": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {self.http}\n",
            "ari.conf": "[general]\nenabled = yes\n[frontdesk]\ntype = user\npassword = secret\n",
            "queues.conf": f"[general]\n[reception]\n{queue}[billing]\n{queue}",
            "extensions.conf": extensions,
            "websocket_client.conf": websocket_client,
        }
        for folder in ("run", "log", "lib", "spool"):
            (home / folder).mkdir(parents=True)
        for name, text in files.items():
            (home / name).write_text(text)

    def _folders(self) -> str:
        at = self._home
        named = {"etc": at, "mod": modules(), "varlib": at / "lib", "db": at / "lib", "key": at, "data": at / "lib",
                 "agi": at, "spool": at / "spool", "run": at / "run", "log": at / "log", "sbin": at}  # fmt: skip
        return "[directories]\n" + "".join(f"ast{name}dir = {folder}\n" for name, folder in named.items())

    async def __aenter__(self) -> RealAsterisk:
        assert ASTERISK
        command = [ASTERISK, "-C", str(self._home / "asterisk.conf"), "-f", "-q"]
        with (self._home / "out.txt").open("w") as out:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        self._reader, self._writer = await self._connected()
        await self._reader.readline()
        self._reading = asyncio.create_task(self._read())
        self.send(Action="Login", Username="test", Secret="test")
        await self.happens("FullyBooted")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading:
            self._reading.cancel()
        self._writer.close()
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def call(self, number: str, caller: str, application: str = "Echo") -> None:
        """Somebody calls the trunk, and says what they hear until the dialplan is through with them."""
        place = {"Channel": CALLER.format(number=number), "Application": application, "Data": "60"}
        self.send(Action="Originate", CallerID=caller, Async="true", **place)

    async def press(self, digit: str) -> None:
        """The caller's key."""
        came = await self.happens("Newchannel", lambda event: event["Channel"].endswith(";1"))
        self.send(Action="PlayDTMF", Channel=came["Channel"], Digit=digit)

    async def happens(self, name: str, is_it: IsIt = lambda event: True) -> dict[str, str]:
        """The first event of that name, old or new, that is it."""
        return await self.until(lambda event: event.get("Event") == name and is_it(event))

    def variable(self, name: str) -> str:
        """As it was set last, on any channel; "" when it was not."""
        values = [one["Value"] for one in self.events if one.get("Event") == "VarSet" and one["Variable"] == name]
        return values[-1] if values else ""

    def applications(self) -> list[str]:
        """What the dialplan did: `Queue(reception)` …"""
        steps = [event for event in self.events if event.get("Event") == "Newexten"]
        return [f"{step['Application']}({step.get('AppData', '')})" for step in steps]

    def send(self, **message: str) -> None:
        self._writer.write("".join(f"{name}: {value}\r\n" for name, value in message.items()).encode() + b"\r\n")

    async def until(self, is_it: IsIt, timeout_s: float = 20.0) -> dict[str, str]:
        """The first event, old or new, that is it."""
        async with asyncio.timeout(timeout_s):
            while (found := next(filter(is_it, self.events), None)) is None:  # noqa: ASYNC110 - a list that grows
                await asyncio.sleep(0.02)
        return found

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(30):
            while self._process.poll() is None:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", self._manager_port)
                await asyncio.sleep(0.05)
        raise AssertionError((self._home / "log" / "messages.log").read_text())

    async def _read(self) -> None:
        event: dict[str, str] = {}
        while line := (await self._reader.readline()).decode("utf-8", "replace"):
            if not line.strip():
                self.events.append(event)
                event = {}
            else:
                name, _, value = line.strip().partition(": ")
                event[name] = value
