"""A waiting caller and the real voice, ears, understanding and database: told how they stand, and what they choose."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.channels.browser import Ending
from bot.dialogue.queueing import Standing
from bot.events import AudioChunk, DigitPressed
from bot.web.in_queue import InQueue
from handoff.model import Medium, Packet, Priority

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class QuietLine:
    """A `CallerLine` whose caller hears and presses keys; time does not matter to it."""

    def __init__(self, ticket: str) -> None:
        self.queue, self.ticket = "reception", ticket
        self.ended: Ending = ""
        self.heard_bytes, self.captions = 0, list[str]()

    async def show(self, name: str, **details: object) -> None: ...

    async def play(self, pcm: bytes) -> None:
        self.heard_bytes += len(pcm)
        await asyncio.sleep(0)

    async def clear(self) -> None: ...

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        if speaker == "bot" and final:
            self.captions.append(text)

    async def end(self, reason: Ending) -> None:
        self.ended = reason


async def until(line: QuietLine, company: InQueue, words: str) -> None:
    async with asyncio.timeout(60):
        while not any(words in caption for caption in line.captions):
            company.hear(AudioChunk(bytes(640)))
            await asyncio.sleep(0.02)


async def test_a_waiting_caller_hears_their_place_and_has_a_call_back_by_keypad(house):
    packet = Packet("brightwater_dental", "reception", Priority.NORMAL, (), "", caller="+442079460123", call_id="c1")
    ticket = house.centre.tickets.add(packet, NOW)
    line = QuietLine(ticket.id)
    company = InQueue(house.centre, line, lambda: Standing(2, 3), lambda: NOW)
    await until(line, company, "number two in the queue")
    await until(line, company, "keypad")
    for key, words in (("2", "Shall we call you on"), ("1", "as soon as it's your turn"), ("1", "keep your place")):
        company.hear(DigitPressed(key))
        await until(line, company, words)
    async with asyncio.timeout(60):
        while not line.ended:  # noqa: ASYNC110 - the line has no event for it
            await asyncio.sleep(0.02)
    company.leave()
    kept = house.centre.tickets.get(ticket.id)
    assert (line.ended, kept.medium, kept.number) == ("bot", Medium.CALLBACK, "+442079460123")
    assert line.heard_bytes > 200_000, "spoken, not only shown"
    assert kept.packet.transcript[0].text.startswith("You are number two")
