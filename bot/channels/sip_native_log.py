"""What the SIP stack says of itself: its errors are logged, its warnings hold addresses of callers and are not.

But for one, which no event tells: a call that it answers 500 before we hear of it, most often because the sound address
in it (`c=` of its SDP) cannot be reached from ours. That is noted, without the address.
"""

from __future__ import annotations

import logging
from typing import Final

import structlog

log = structlog.get_logger(__name__)

NATIVE_LEVEL: Final = "warning"
_NO_CALL: Final = "call_alloc"


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR and _NO_CALL in record.getMessage():
            log.warning("sip.answered_500", why="most often a sound address out of reach of sip.host")
        return record.levelno >= logging.ERROR


_DISCREET: Final = _Discreet()


def listen() -> None:
    """Once or often: it is the same."""
    logging.getLogger("baresip").setLevel(logging.WARNING)  # below it, addresses of callers are logged
    logging.getLogger("baresip.native").addFilter(_DISCREET)
