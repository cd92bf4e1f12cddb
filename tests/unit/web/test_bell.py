from __future__ import annotations

import asyncio

from bot.web.bell import Bell
from bot.web.links import RingPage

ANN = RingPage(customer="ann")


async def test_without_a_page_of_the_customer_nobody_is_reached() -> None:
    bell = Bell()
    with bell.listening(RingPage(customer="tom")):
        assert not bell.is_reachable("r1", "ann")
        assert await bell.ring("r1", "ann") == "nobody"


async def test_every_page_rings_until_one_answers_and_then_all_fall_silent() -> None:
    bell = Bell()
    with bell.listening(ANN) as one, bell.listening(ANN) as two:
        assert one
        assert two
        ringing = asyncio.create_task(bell.ring("r1", "ann"))
        assert await one.orders.get() == await two.orders.get() == "r1"
        assert bell.answered("r1")
        assert not bell.answered("r1"), "the second tab comes too late"
        assert await ringing == "answered"
        assert await one.orders.get() == await two.orders.get() == ""


async def test_declined_and_unanswered_are_told_apart() -> None:
    bell = Bell()
    with bell.listening(ANN) as page:
        assert page
        ringing = asyncio.create_task(bell.ring("r1", "ann"))
        await page.orders.get()
        bell.declined("r1")
        assert await ringing == "declined"
        assert await bell.ring("r2", "ann", seconds=0.01) == "unanswered"


async def test_a_second_ring_joins_the_first() -> None:
    bell = Bell()
    with bell.listening(ANN) as page:
        assert page
        first = asyncio.create_task(bell.ring("r1", "ann"))
        await page.orders.get()
        second = asyncio.create_task(bell.ring("r1", "ann"))
        await asyncio.sleep(0)
        bell.answered("r1")
        assert await first == await second == "answered"
        assert page.orders.qsize() == 1, "it rang once"


async def test_a_cancelled_ring_leaves_nothing_behind() -> None:
    bell = Bell()
    with bell.listening(ANN) as page:
        assert page
        ringing = asyncio.create_task(bell.ring("r1", "ann"))
        await page.orders.get()
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)
        assert not bell.answered("r1")
        assert page.orders.get_nowait() == ""
