"""The voice that always works: pyttsx3 with espeak-ng, in a process of its own, without a sound card.

In threads it hangs or crashes; so one process, one sentence at a time, and a new process when it dies or says nothing
for too long.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import soundfile
import soxr

from bot.errors import VoiceError
from bot.events import SAMPLE_RATE
from bot.tts.loudness import finished

WORDS_A_MINUTE = 160
"""At speed 1; its own 200 is too fast over a telephone."""

START_TIMEOUT_S = 20.0
TIMEOUT_S = 10.0
"""It takes 10–30 ms; after this it hangs."""

COMMAND = (sys.executable, "-m", "bot.tts.espeak_process")


class Pyttsx3Voice:
    """Thread-safe: callers wait for each other."""

    def __init__(self, command: tuple[str, ...] = COMMAND, timeout_s: float = TIMEOUT_S) -> None:
        """Raises VoiceError (`voice.missing`) when the process does not come up."""
        self.name = f"pyttsx3-{version('pyttsx3')}"
        self._command = command
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        with self._lock:
            self._start()

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        """One piece. A process that died or hangs is replaced once. Raises VoiceError (`voice.failed`)."""
        if not any(letter.isalnum() for letter in text):
            return
        with self._lock:
            try:
                pcm = self._speak(text, speed)
            except VoiceError:
                self._start()
                pcm = self._speak(text, speed)
        yield pcm

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _speak(self, text: str, speed: float) -> bytes:
        with tempfile.TemporaryDirectory(prefix="frontdesk-voice-") as folder:
            path = Path(folder) / "speech.wav"
            self._ask({"text": text, "rate": round(WORDS_A_MINUTE * speed), "path": str(path)})
            try:
                samples, rate = soundfile.read(path, dtype="float32")
            except (OSError, soundfile.SoundFileError) as error:
                raise VoiceError("voice.failed", "The voice pyttsx3 made no sound.") from error
        return finished(np.asarray(soxr.resample(samples, rate, SAMPLE_RATE), np.float32))

    def _ask(self, request: dict[str, object]) -> None:
        if self._process is None or self._process.stdin is None:
            raise VoiceError("voice.failed", "The voice pyttsx3 is not running.")
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise VoiceError("voice.failed", "The voice pyttsx3 died.") from error
        self._await_answer(self._timeout_s)

    def _await_answer(self, timeout_s: float) -> None:
        """Past the time the process is killed, which ends the waiting read."""
        assert self._process is not None
        assert self._process.stdout is not None
        alarm = threading.Timer(timeout_s, self._process.kill)
        alarm.start()
        try:
            answer = self._process.stdout.readline()
        finally:
            alarm.cancel()
        if not answer:
            raise VoiceError("voice.failed", "The voice pyttsx3 died or hung.")
        if not json.loads(answer)["ok"]:
            raise VoiceError("voice.failed", "The voice pyttsx3 made no sound.")

    def _start(self) -> None:
        self._stop()
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            self._await_answer(START_TIMEOUT_S)
        except (OSError, VoiceError) as error:
            self._stop()
            raise VoiceError("voice.missing", "The voice pyttsx3 cannot be started: is espeak-ng there?") from error

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # the process is gone, and with it what was not yet written
                    stream.close()
        process.kill()
        process.wait()
