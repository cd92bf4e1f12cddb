"""Logs go to standard error, one line an event with keys; what is personal stays out.

Keys that begin with `pii_` are dropped unless FRONTDESK_LOG_PERSONAL=1, which is for a developer's own machine.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog


def configure_logs() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_personal_data,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def without_personal_data(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if os.environ.get("FRONTDESK_LOG_PERSONAL") == "1":
        return event
    return {key: value for key, value in event.items() if not key.startswith("pii_")}


def place_of(error: BaseException) -> str:
    """Where it was raised, as `file:line`: all that may be said of a surprise whose text may hold somebody's words."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
