"""While a version is being written into the content folder nobody reads it: half of the files would be new."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bot.errors import ContentError

LOCK = ".publishing"


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """One publisher at a time, across processes; the lock goes with its holder. Raises ContentError."""
    try:
        handle = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ContentError(
            "content.unwritable",
            f"The content folder cannot be written ({error.strerror}); give the service write access to it.",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def is_being_published(root: Path) -> bool:
    """Half of the files may be new: look again in a moment."""
    try:
        handle = os.open(root / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
