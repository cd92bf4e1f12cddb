"""A real Rasa server for tests and benchmarks: installed, taught and started by the same script as `make rasa`."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import PROJECT
from bot.nlu.rasa import RasaServer

SCRIPT = PROJECT / ".ci" / "rasa"
READY_WITHIN_S = 180.0


def is_wanted() -> bool:
    """Installed already, or on a computer that is there for tests: 1.5 GB are not put on anybody else's unasked."""
    return (PROJECT / ".venv-rasa").exists() or bool(os.environ.get("CI"))


def install() -> None:
    subprocess.run([SCRIPT, "install"], cwd=PROJECT, check=True)


def train(business: str, config: Path, model: Path) -> None:
    subprocess.run([SCRIPT, "train", business, config, model], cwd=PROJECT, check=True)


@contextmanager
def serving(model: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address and process once it answers; stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([SCRIPT, "serve", model, str(port)], cwd=PROJECT, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url, process
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while not RasaServer(url, 2.0).is_up():
        assert process.poll() is None, "the Rasa server ended"
        assert time.monotonic() < until, "the Rasa server did not answer"
        time.sleep(0.5)
