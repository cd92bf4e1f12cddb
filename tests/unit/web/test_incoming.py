"""A line that is read in turns: nothing is lost between two readers, and a sign wakes who waits for a silent caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.browser_wire import FromPage
from bot.dialogue.errand import Errand
from bot.events import AudioChunk, DigitPressed, Event
from bot.web.incoming import Incoming
from bot.web.returns import GivenBack, Returns

BACK = GivenBack("c1", 1, Errand("survey", "Maya"))


class TelephoneLine:
    """Its messages come out of a generator, which a cancelled reader would end."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[FromPage | None] = asyncio.Queue()
        self._read = self._reading()

    async def _reading(self) -> AsyncIterator[FromPage]:
        while (message := await self.messages.get()) is not None:
            yield message

    async def receive(self) -> FromPage | None:
        return await anext(self._read, None)


@pytest.fixture
async def line() -> TelephoneLine:
    return TelephoneLine()


def incoming(line: Any) -> Incoming:
    return Incoming(line)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_reader_who_is_cancelled_breaks_no_line_and_loses_nothing(line: TelephoneLine) -> None:
    reading = incoming(line)
    first = asyncio.create_task(reading.receive())
    await settle()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    line.messages.put_nowait(DigitPressed("5"))
    assert await reading.receive() == DigitPressed("5")
    line.messages.put_nowait(None)
    assert await reading.receive() is None


async def test_a_sign_wakes_who_reads_a_line_that_brings_nothing(line: TelephoneLine) -> None:
    reading, returns = incoming(line), Returns()
    waiting = asyncio.create_task(reading.receive_unless(returns.expect("T1")))
    await settle()
    assert not waiting.done()
    returns.put("T1", BACK)
    assert await waiting is None
    assert returns.take("T1") == BACK
    line.messages.put_nowait(AudioChunk(bytes(640)))
    heard: Event | FromPage | None = await reading.receive()
    assert heard == AudioChunk(bytes(640)), "for the next reader"
    reading.close()


async def test_messages_come_while_no_sign_is_given(line: TelephoneLine) -> None:
    reading, sign = incoming(line), Returns().expect("T1")
    for digit in "12":
        line.messages.put_nowait(DigitPressed(digit))
        assert await reading.receive_unless(sign) == DigitPressed(digit)


async def test_who_was_given_back_before_anybody_looked_is_known_at_once() -> None:
    returns = Returns()
    returns.put("T1", BACK)
    assert returns.expect("T1").done()
    assert "T1" in returns
    assert (returns.take("T1"), returns.take("T1")) == (BACK, None)


def test_what_was_done_for_a_caller_is_told_once() -> None:
    returns = Returns()
    returns.note("T1", "booked")
    returns.note("T1", "moved")
    assert (returns.deeds("T1"), returns.deeds("T1")) == (("booked", "moved"), ())
