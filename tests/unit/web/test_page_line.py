from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from pydantic import SecretStr

from bot.appointments.model import Customer
from bot.config import Settings
from bot.outbound.model import Outcome, Reminder
from bot.web.bell import Bell
from bot.web.links import RingPage
from bot.web.page_line import PageLine, PageLineElsewhere
from tests.unit.web.fake_centre import NOON


@pytest.fixture
def reminder() -> Reminder:
    return Reminder(7, "brightwater", Customer(3, "Ann Example", "+15550100"), NOON + dt.timedelta(days=2))


async def test_an_answered_ring_is_over_with_its_call_which_alone_knows_whether_it_told_anybody(
    reminder: Reminder,
) -> None:
    bell = Bell()
    with bell.listening(RingPage(customer="3")) as page:
        assert page
        ringing = asyncio.create_task(PageLine(bell).ring(reminder))
        assert await page.orders.get() == "7"
        with bell.talking("7"):
            bell.answered("7")
            await asyncio.sleep(0.01)
            assert not ringing.done(), "the call goes on"
        assert await ringing is Outcome.NO_ANSWER


async def test_nobody_signed_in_is_no_address_and_declined_is_busy(reminder: Reminder) -> None:
    bell = Bell()
    assert await PageLine(bell).ring(reminder) is Outcome.NO_ADDRESS
    with bell.listening(RingPage(customer="3")) as page:
        assert page
        ringing = asyncio.create_task(PageLine(bell).ring(reminder))
        await page.orders.get()
        bell.declined("7")
        assert await ringing is Outcome.BUSY


@pytest.mark.integration
async def test_without_a_server_nobody_is_reached(reminder: Reminder) -> None:
    settings = Settings(secret=SecretStr("key"), port=9)
    assert await PageLineElsewhere(settings).ring(reminder) is Outcome.NO_ADDRESS
