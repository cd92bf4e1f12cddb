"""A call taken over from the bot: its caller is expected for a moment, and not for ever."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.live import LiveCalls
from bot.report import CallReport
from bot.web.taking_over import TakingOver
from handoff.model import Ticket
from handoff.seats import Presence
from tests.unit.web.fake_centre import NOON, packet

MAYA = 7
TICKET = Ticket("T1", NOON, packet(call_id="c1"))


@pytest.fixture
def taking_over() -> TakingOver:
    desk: Any = SimpleNamespace(seats={MAYA: SimpleNamespace(name="Maya", presence=Presence.READY)})
    return TakingOver(desk)


async def asks(taking_over: TakingOver) -> None:
    """For a call that is over when this returns."""
    live, nobody = LiveCalls(), SimpleNamespace()
    with live.going_on(CallReport("c1", "browser", NOON), lambda: None) as reachable:
        reachable(lambda event: None)
        await taking_over.ask(live, MAYA, nobody, "c1")  # type: ignore[arg-type]
        assert taking_over.expects(TICKET)


async def test_a_caller_who_is_handed_over_is_still_expected_when_the_bot_is_out(taking_over: TakingOver) -> None:
    await asks(taking_over)
    assert taking_over.expects(TICKET)
    assert (taking_over.whose(TICKET), taking_over.whose(TICKET)) == (MAYA, None)


async def test_a_caller_who_hangs_up_before_that_is_forgotten(
    taking_over: TakingOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.taking_over.ON_THE_WAY_S", 0.0)
    await asks(taking_over)
    async with asyncio.timeout(5):
        while taking_over:  # noqa: ASYNC110 - it has no event for it
            await asyncio.sleep(0)
    assert not taking_over.expects(TICKET)
