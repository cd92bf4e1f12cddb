"""Refusing a call for now: 486 with `Retry-After` (RFC 3261 section 20.33): the exchange knows when to try again.

The library refuses without headers. The stack inside it can send some, and its functions are in the library's own file:
they are called here under the stack's lock (`re_thread_enter`), in the one version that this was tried with. With any
other one the refusal goes out bare.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any, Final

import baresip
from baresip import _native

STACK: Final = b"4.10.0"
INCOMING: Final = 1
"""`CALL_STATE_INCOMING` of the stack's `enum call_state`."""
BUSY: Final = 486


async def refuse(call: Any, retry_after_s: int) -> None:
    """Raises BaresipError when the call is gone already. 0: without the header."""
    if retry_after_s and call.state is baresip.CallState.INCOMING and call.call_id and (stack := _stack()):
        _answer_busy(stack, call.call_id.encode(), retry_after_s)
    await call.reject()  # ends the call for the library, and says 486 where nothing was said


def _answer_busy(stack: Any, call_id: bytes, retry_after_s: int) -> None:
    stack.re_thread_enter()
    try:
        found = stack.uag_call_find(call_id)
        if found and stack.call_state(found) == INCOMING:  # another call may have the same id
            headers = b"Retry-After: %d\r\nContent-Length: 0\r\n\r\n" % retry_after_s  # and all that follows them
            stack.call_hangupf(found, BUSY, b"Busy Here", headers)
    finally:
        stack.re_thread_leave()


@cache
def _stack() -> Any:
    """Its functions; None when it is another version, or does not show them."""
    if _native.ffi.string(_native.lib.bp_version()) != STACK:
        return None
    try:
        stack = ctypes.CDLL(_native.__file__)
        for name, result, *arguments in (
            ("re_thread_enter", None),
            ("re_thread_leave", None),
            ("uag_call_find", ctypes.c_void_p, ctypes.c_char_p),
            ("call_state", ctypes.c_int, ctypes.c_void_p),
            # the last one is a format: what is put into it has no directive
            ("call_hangupf", None, ctypes.c_void_p, ctypes.c_uint16, ctypes.c_char_p, ctypes.c_char_p),
        ):
            function = getattr(stack, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return stack
