"""Debian's baresip as the telephone at the other end, worked through its control port (netstrings of JSON over TCP);
and sipp, which plays a scenario.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import wave
from pathlib import Path

import pytest

BARESIP = shutil.which("baresip")
SIPP = shutil.which("sipp")
SCENARIOS = Path(__file__).parent / "integration" / "sipp"

needs_sipp = pytest.mark.skipif(not SIPP, reason="needs sipp (Debian's sip-tester)")

CONFIG = """
poll_method epoll
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
audio_player aubridge,earpiece
snd_path {folder}
audio_source aufile,{folder}/microphone.wav
audio_alert aubridge,bell
ring_aufile none
rtp_ports {rtp}-{rtp_end}
ctrl_tcp_listen 127.0.0.1:{control}
module_path /usr/lib/baresip/modules
module g711.so
module g722.so
module srtp.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""


def free_port():
    """Free for UDP and TCP, and so is the one above, for RTCP and TLS."""
    while True:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            port = 0
            for above, kind in ((0, socket.SOCK_DGRAM), (0, socket.SOCK_STREAM), (1, socket.SOCK_DGRAM)):
                probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
                probe.bind(("127.0.0.1", port + above))
                port = port or probe.getsockname()[1]
            return port


async def start_sipp(folder, *options, port):
    """It calls our telephone on `port`."""
    return await asyncio.create_subprocess_exec(
        SIPP, f"127.0.0.1:{port}", "-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()), "-s", "100",
        "-nostdin", *map(str, options), cwd=folder,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def sipp_that_is_called(folder, scenario, calls=1):
    """Its port; it is there until it has had so many calls."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        SIPP, "-sf", str(SCENARIOS / scenario), "-i", "127.0.0.1", "-p", str(port), "-mp", str(free_port()),
        "-m", str(calls), "-nostdin", cwd=folder,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(10):
            while not is_taken(port):  # noqa: ASYNC110 - the peer is another process
                await asyncio.sleep(0.02)
        yield port
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def is_taken(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return False
    return True


class Registrar:
    """A registrar over TCP while its block runs: takes everybody, for `expires_s`."""

    def __init__(self, port, expires_s=2):
        self._port, self._expires_s, self._open = port, expires_s, set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._open:
            writer.close()

    async def _serve(self, reader, writer):
        self._open.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                asked, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
                if asked.startswith("REGISTER"):
                    writer.write(self._accept(headers))

    def _accept(self, headers):
        told = [header for header in headers if header.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))]
        to, contact = (next(one for one in headers if one.startswith(name)) for name in ("To:", "Contact:"))
        told += [f"{to};tag=1", f"{contact.partition('>')[0]}>;expires={self._expires_s}", "Content-Length: 0"]
        return "\r\n".join(["SIP/2.0 200 OK", *told, "", ""]).encode()


class Telephone:
    def __init__(self, folder, account="audio_codecs=PCMU/8000/1", source=b"", rate=8_000, user="phone"):
        """`source`: what its microphone hears, PCM at `rate` Hz, which must be
        the codec's; a minute of a quiet tone of a sixteenth of it when empty."""
        self.sip, self.control, rtp = free_port(), free_port(), free_port() & ~1
        self.folder, self.events = folder, []
        self._rate, self._spoken = rate, 0
        self._write("microphone.wav", source or (b"\x00\x04" * 8 + b"\x00\xfc" * 8) * (rate * 60 // 16))
        (folder / "config").write_text(
            CONFIG.format(folder=folder, sip=self.sip, control=self.control, rtp=rtp, rtp_end=rtp + 40)
        )
        (folder / "accounts").write_text(f"<sip:{user}@127.0.0.1:{self.sip}>;regint=0;{account}\n")
        (folder / "contacts").write_text("")

    async def __aenter__(self):
        self._log = (self.folder / "baresip.log").open("wb")
        self.process = await asyncio.create_subprocess_exec(
            BARESIP, "-f", str(self.folder), stdin=asyncio.subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        try:
            await self._connect()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            raise
        self._listening = asyncio.create_task(self._listen())
        return self

    async def _connect(self):
        async with asyncio.timeout(10):
            while True:
                try:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.control)
                    return
                except OSError:
                    await asyncio.sleep(0.05)

    async def __aexit__(self, *_):
        self._listening.cancel()
        self.writer.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), 5)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        self._log.close()

    def say(self, command, params=""):
        text = json.dumps({"command": command, "params": params}).encode()
        self.writer.write(b"%d:%s," % (len(text), text))

    def types(self):
        return [event["type"] for event in self.events]

    async def until(self, kind):
        async with asyncio.timeout(10):
            while kind not in self.types():  # noqa: ASYNC110 - the peer is another process
                await asyncio.sleep(0.02)

    async def press(self, digits):
        for digit in digits:
            self.say("sndcode", digit)
            await asyncio.sleep(0.25)

    def speak(self, pcm):
        """From now on the microphone hears this, once."""
        self._spoken += 1
        name = f"spoken{self._spoken}.wav"
        self._write(name, pcm)
        self.say("ausrc", f"aufile,{self.folder}/{name}")

    def _write(self, name, pcm):
        with wave.open(str(self.folder / name), "wb") as file:
            file.setparams((1, 2, self._rate, 0, "NONE", ""))
            file.writeframes(pcm)

    def heard(self):
        """What came out of the earpiece: 16-bit PCM."""
        with wave.open(str(next(self.folder.glob("*dec.wav"))), "rb") as file:
            return file.readframes(file.getnframes())

    async def _listen(self):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int((await self.reader.readuntil(b":"))[:-1])
                message = json.loads((await self.reader.readexactly(size + 1))[:-1])
                if message.get("event"):
                    self.events.append(message)
