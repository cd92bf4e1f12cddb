"""A server process to be measured: started with a home of its own, watched from outside, stopped at the end.

All its doors are open, on free ports of this computer, and it tells the bench what it says (`prompter.py`).
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.bench.prompter import VARIABLE
from bot.errors import ChannelError, ConfigError

try:
    import psutil  # type: ignore[import-untyped]
except ModuleNotFoundError as error:
    raise ConfigError("bench.missing", "Measuring needs psutil; `make test` sets it up.") from error

READY_WITHIN_S = 240.0
IDLE_SHARE = 0.08
"""Of one core: less, and whatever is done ahead after the start is done."""


TOKEN = "a token for measuring"


class Server:
    """The call centre in a process of its own, on free ports of this computer. Use as a context manager."""

    def __init__(self, home: Path, environment: dict[str, str] | None = None) -> None:
        self._home = home
        self._environment = environment or {}
        self.port, self.audiosocket_port, self.sip_port = free_port(), free_port(), free_port()
        self.prompter_port = free_port()
        self.ready_s = 0.0
        """From starting the process until `/health` answered 200."""

    def __enter__(self) -> Server:
        """Raises ChannelError when the server does not get ready."""
        began = time.perf_counter()
        log = (self._home / "server.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bot.commands.measured_server import main; main()"],
            env={**os.environ, **self._doors(), **self._environment, "FRONTDESK_HOME": str(self._home)},
            stdout=log,
            stderr=log,
        )
        self.process = psutil.Process(self._process.pid)
        while not is_ready(self.port):
            if self._process.poll() is not None or time.perf_counter() - began > READY_WITHIN_S:
                self.__exit__(None, None, None)
                raise ChannelError("bench.server", f"The server did not start; see {self._home / 'server.log'}.")
            time.sleep(0.05)
        self.ready_s = time.perf_counter() - began
        return self

    def _doors(self) -> dict[str, str]:
        return {
            "FRONTDESK_PORT": str(self.port),
            "FRONTDESK_ASTERISK__AUDIOSOCKET_PORT": str(self.audiosocket_port),
            "FRONTDESK_ASTERISK__TOKEN": TOKEN,
            "FRONTDESK_SIP__PORT": str(self.sip_port),
            VARIABLE: str(self.prompter_port),
        }

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/call/browser"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.http + "/health", timeout=10) as response:
            return dict(json.load(response))

    def wait_until_idle(self, limit_s: float = 120.0) -> None:
        """Phrases are rendered ahead after the start; the figures are those of a server that is through with it."""
        until = time.perf_counter() + limit_s
        while time.perf_counter() < until and self.process.cpu_percent(2.0) > 100 * IDLE_SHARE:
            pass

    def cpu_s(self) -> float:
        """Processor seconds of the server and its helpers so far."""
        total = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            times = process.cpu_times()
            total += times.user + times.system
        return total

    def resident_mb(self) -> float:
        processes = (self.process, *self.process.children(recursive=True))
        return float(sum(process.memory_info().rss for process in processes)) / 1e6


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as response:
            return bool(json.load(response)["ready"])
    except (OSError, urllib.error.URLError, ValueError):
        return False


async def watch_memory(server: Server, samples: list[float], every_s: float = 1.0) -> None:
    """Adds the resident memory (MB) to `samples` until cancelled."""
    while True:
        samples.append(await asyncio.to_thread(server.resident_mb))
        await asyncio.sleep(every_s)
