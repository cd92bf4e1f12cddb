"""The process pyttsx3 lives in: one request a line on stdin, one answer a line on stdout, never two at once.

espeak-ng keeps its state in globals and cannot be restarted within a process, and pyttsx3 prints: both are kept away
from the call centre here. Started by `bot.tts.pyttsx3`; requests are `{"text", "rate", "path"}`, answers `{"ok"}`.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from typing import Any

WAV_HEADER_BYTES = 44
ATTEMPTS = 4


def load_espeak() -> None:
    """Load espeak-ng out of the Python package `espeakng-loader`, where pyttsx3 then finds it.

    Without that package pyttsx3 looks for the system's own.
    """
    try:
        import espeakng_loader
    except ImportError:
        return
    os.environ.setdefault("ESPEAK_DATA_PATH", espeakng_loader.get_data_path())
    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)


def wait_for_espeak() -> None:
    """Until its thread has nothing more to say: pyttsx3 returns when it has told it to speak, not when it did."""
    from pyttsx3.drivers import _espeak

    _espeak.Synchronize()


class Speaker:
    """pyttsx3, made to keep its word.

    On a busy computer it races with espeak's thread, cancels a sentence it has only begun and leaves a file that is
    short or empty. So we wait for the thread, look whether the sentence was completed, and say it again if not.
    """

    def __init__(self, engine: Any, wait: Callable[[], None]) -> None:
        self._engine = engine
        self._wait = wait
        self._completed: list[bool] = []
        engine.connect("finished-utterance", lambda name, completed: self._completed.append(completed))

    def speak(self, text: str, rate: int, path: str) -> bool:
        """True when the whole sentence is in the file."""
        return any(self._try(text, rate, path) for _ in range(ATTEMPTS))

    def _try(self, text: str, rate: int, path: str) -> bool:
        self._completed.clear()
        self._engine.setProperty("rate", rate)
        self._wait()  # else the sentence may overtake it, and be spoken at espeak's own speed
        self._engine.save_to_file(text, path)
        self._engine.runAndWait()
        self._wait()
        return self._completed == [True] and os.path.exists(path) and os.path.getsize(path) > WAV_HEADER_BYTES


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    espeak = sys.platform == "linux"
    if espeak:
        load_espeak()
    import pyttsx3

    speaker = Speaker(pyttsx3.init(), wait_for_espeak if espeak else lambda: None)
    print(json.dumps({"ok": True}), file=answers)
    for line in sys.stdin:
        print(json.dumps({"ok": speaker.speak(**json.loads(line))}), file=answers)


if __name__ == "__main__":
    main()
