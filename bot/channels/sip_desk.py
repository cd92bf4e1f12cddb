"""A caller by SIP goes to people who answer elsewhere: the other side is asked to call them (REFER); where it will not,
we ring them ourselves and join the two lines.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import baresip
import structlog

from bot.channels.bridge import bridge
from bot.channels.desks import DeskUnreached
from bot.channels.sip_channel import SipChannel
from bot.channels.sip_placing import place

log = structlog.get_logger(__name__)

REFER_S: Final = 30.0
RING_DESK_S: Final = 30.0


async def bring(agent: Any, channel: SipChannel, target: str) -> None:
    """To the SIP address `target`; "" is nobody's. Raises DeskUnreached when nobody answers and the caller is still
    here.
    """
    if channel.is_over or (target and (await _refer(channel, target) or await _join(agent, channel, target))):
        return
    if not channel.is_over:
        raise DeskUnreached


async def _refer(channel: SipChannel, target: str) -> bool:
    try:
        await channel.call.transfer(target, timeout=REFER_S)
    except (baresip.BaresipError, ValueError) as error:
        log.info("sip.refer_refused", error=type(error).__name__)
        return False
    return True


async def _join(agent: Any, channel: SipChannel, target: str) -> bool:
    """Until one of them hangs up; false when they did not answer, or the caller did not wait."""
    if channel.is_over:
        return False
    try:
        desk = await place(agent, target)
    except (baresip.BaresipError, ValueError) as error:
        log.warning("sip.desk_unreached", error=type(error).__name__)
        return False
    if not await _answers(desk, channel.call):
        await _hang_up(desk)
        return False
    await bridge(channel, SipChannel(desk))
    return True


async def _answers(desk: Any, caller: Any) -> bool:
    """It rings no longer than the caller waits."""
    gone = asyncio.Event()

    def note(event: Any) -> None:
        if event.event is baresip.Event.CALL_CLOSED:
            gone.set()

    caller.on(note)
    if caller.state is baresip.CallState.CLOSED:
        gone.set()
    ringing = asyncio.create_task(desk.wait_established(RING_DESK_S))
    leaving = asyncio.create_task(gone.wait())
    try:
        await asyncio.wait({ringing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not ringing.done():
            return False
        ringing.result()
        return True
    except (baresip.BaresipError, ValueError) as error:
        log.warning("sip.desk_unreached", error=type(error).__name__)
        return False
    finally:
        caller.off(note)
        for task in (ringing, leaving):
            task.cancel()


async def _hang_up(desk: Any) -> None:
    if desk.state is baresip.CallState.CLOSED:
        return
    try:
        await desk.hangup()
    except baresip.BaresipError as error:  # gone in the same moment
        log.debug("sip.gone", error=type(error).__name__)
