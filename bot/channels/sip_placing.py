"""An INVITE of ours, with nothing of its course missed.

The stack tells the number of a new call in one message and what becomes of the call in others. On a busy event loop a
near telephone has answered, or declined, before we have read the first; the library then waits for an answer that was
told already, until it gives up. So what the agent is told while it dials is kept, and told to the call once it exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Told = Callable[[Any], None]
"""Is told each event of one call."""


async def place(agent: Any, target: str, told: Told | None = None) -> Any:
    """The call (`baresip.Call`), on its way to the SIP address `target`. Raises what `agent.dial` raises."""
    early: list[Any] = []
    note = early.append
    agent.on(note)
    try:
        call = await agent.dial(target)
        if told:
            call.on(told)
        for event in early:
            call._on_stack_event(event)  # its only way in; it leaves alone what is another call's
    finally:
        agent.off(note)
    return call
