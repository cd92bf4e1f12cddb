"""The process pyttsx3 lives in: one request a line on stdin, one answer a line on stdout, never two at once.

espeak-ng keeps its state in globals and cannot be restarted within a process, and pyttsx3 prints: both are kept away
from the call centre here. Started by `bot.tts.pyttsx3`; requests are `{"text", "rate", "path"}`, answers `{"ok"}`.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from typing import Any


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


def speak(engine: Any, text: str, rate: int, path: str) -> None:
    engine.setProperty("rate", rate)
    engine.save_to_file(text, path)
    engine.runAndWait()


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if sys.platform == "linux":
        load_espeak()
    import pyttsx3

    engine = pyttsx3.init()
    print(json.dumps({"ok": True}), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        speak(engine, request["text"], request["rate"], request["path"])
        print(json.dumps({"ok": True}), file=answers)


if __name__ == "__main__":
    main()
