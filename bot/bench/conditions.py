"""On what and beside what was measured: without it a figure says nothing."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("vosk", "faster-whisper", "ctranslate2", "hibari-tts", "onnxruntime", "numpy", "uvicorn", "websockets")


def load_average() -> float:
    """Of the last minute: runnable processes; above the number of cores, others take our time."""
    return round(os.getloadavg()[0], 2)


def conditions(now: dt.datetime) -> dict[str, Any]:
    return {
        "when": now.isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average": load_average(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
