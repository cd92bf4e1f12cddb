"""Two of our calls that run over one exchange are joined there, and we are out of the way: REFER with Replaces.

The caller's side is asked to call who talks with them, in the place of our own call to that person (RFC 3891, RFC 5589
section 7). Only where both calls have the same host at the other end: an exchange knows its own calls alone. The two go
on hearing each other through us until it is done, or if it is refused.
"""

from __future__ import annotations

from typing import Any, Final

import baresip
import structlog
from baresip._native import lib  # type: ignore[import-not-found]

from bot.channels.sip_address import host_of
from bot.channels.sip_floods import hosts_at, source_of

log = structlog.get_logger(__name__)

JOIN_S: Final = 15.0
"""For the other side to say what became of it."""


async def join(caller: Any, person: Any) -> bool:
    """`caller` called us, `person` was called by us. When true the caller's call is over for us, and `person`'s is not
    needed any more; else both go on.
    """
    if source_of(caller.headers) not in await hosts_at(host_of(person.peer)):
        return False
    if not caller.state is person.state is baresip.CallState.ESTABLISHED:
        return False
    try:
        # what `Call.attended_transfer` does once it has put both on hold, which would be a silence for nothing
        calls = f"{caller.handle} {person.handle}"
        await caller._execute_transfer(calls, cmd=lib.BP_CMD_CALL_REPLACE_TRANSFER, timeout=JOIN_S)
    except baresip.BaresipError as error:  # or the other side knows nothing of Replaces, and was not asked
        log.info("sip.join_refused", error=type(error).__name__, status=getattr(error, "status", None))
        return False
    return True
