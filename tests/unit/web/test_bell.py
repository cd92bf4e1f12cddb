from __future__ import annotations

import asyncio

from bot.web.bell import Bell
from bot.web.links import RingPage

ANN = RingPage(customer="ann")


async def test_without_a_page_of_the_customer_nobody_is_reached() -> None:
    bell = Bell()
    with bell.listening(RingPage(customer="tom")):
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


async def test_a_page_that_is_reloaded_while_it_rings_goes_on_ringing() -> None:
    bell = Bell()
    with bell.listening(ANN) as page:
        assert page
        ringing = asyncio.create_task(bell.ring("r1", "ann"))
        assert await page.orders.get() == "r1"
    with bell.listening(ANN) as reloaded, bell.listening(RingPage(customer="tom")) as stranger:
        assert reloaded
        assert stranger
        assert reloaded.orders.get_nowait() == "r1"
        assert bell.answered("r1")
        assert await ringing == "answered"
        assert reloaded.orders.get_nowait() == ""
        assert stranger.orders.empty()


async def test_a_page_opened_when_the_ring_is_over_stays_silent() -> None:
    bell = Bell()
    with bell.listening(ANN) as page:
        assert page
        ringing = asyncio.create_task(bell.ring("r1", "ann"))
        await page.orders.get()
        bell.answered("r1")
        with bell.listening(ANN) as late:
            assert late
            assert late.orders.empty()
        await ringing
