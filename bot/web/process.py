"""What the process is told so that fifty calls share two cores well: its memory, its threads, its garbage.

One thread carries the sound of all calls, 50 chunks a second and call each way; everything else waits for it, never the
other way round.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

M_ARENA_MAX: Final = -8
"""Of glibc's malloc.h."""
SWITCH_S: Final = 0.0005
"""The calls' thread gives the interpreter up for each look at a voice, and gets it back after so long at most. Python's
own 5 ms, with three threads that understand and synthesise, made 0.2 ms of work take 2 to 5."""


def prepare() -> None:
    """Before threads are started."""
    limit_arenas()
    sys.setswitchinterval(SWITCH_S)


def settle() -> None:
    """After models and content are loaded: what is there now stays, so the collector need not walk through it again.

    A full collection over it stops all calls for a quarter of a second (gc.freeze, Python's documentation).
    """
    gc.collect()
    gc.freeze()


def limit_arenas() -> bool:
    """Have glibc's malloc share two arenas among all threads; False where there is no such malloc.

    By default each thread fills one of its own, up to eight for each core (mallopt(3), M_ARENA_MAX): with twenty calls
    at once the process took 1,160 MB instead of 955.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2))
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return False
