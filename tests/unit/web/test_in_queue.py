"""The bot breaks with a caller who waits: they are not left in silence, and nothing is kept for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.channels.browser import Ending
from bot.channels.channel import Channel
from bot.dialogue.queueing import Queueing, Standing
from bot.errors import StoreError
from bot.events import AudioChunk, Digits
from bot.report import CallReport
from bot.web.in_queue import InQueue
from tests.unit.web.fake_centre import NOON, EchoConversation, FakeCentre, packet

SILENCE = AudioChunk(bytes(640))


class Line:
    """A `CallerLine`; nothing paces it but who else wants to run."""

    def __init__(self, ticket: str) -> None:
        self.queue, self.ticket = "reception", ticket
        self.ended: Ending = ""
        self.captions = list[str]()
        self.played = 0

    async def play(self, pcm: bytes) -> None:
        self.played += 1
        await asyncio.sleep(0)

    async def clear(self) -> None: ...

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        self.captions.append(text)

    async def end(self, reason: Ending) -> None:
        self.ended = reason


class Centre(FakeCentre):
    """Breaks as often as it is told: with an apology, as calls do, or with a surprise."""

    faults, attended = 0, 0
    surprise: Exception | None = None

    async def attend(self, channel: Channel, conversation: Queueing) -> CallReport:
        self.attended += 1
        if self.attended > self.faults:
            return await super().attend(channel, conversation)
        if self.surprise:
            raise self.surprise
        assert conversation.fail("dialogue.broken", NOON) == ()
        return CallReport("", "", NOON)


@pytest.fixture
def centre(monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setattr("bot.web.in_queue.AGAIN_S", 0.0)
    monkeypatch.setattr("bot.web.queue_line.QUIET_S", 0.0)
    return Centre(EchoConversation())


def waiting(centre: FakeCentre) -> tuple[Line, InQueue]:
    line = Line(centre.tickets.add(packet(), NOON).id)
    return line, InQueue(centre, line, lambda: Standing(2, 3), lambda: NOON)  # type: ignore[arg-type]


async def until(company: InQueue, condition: Callable[[], object]) -> None:
    """The line sends sound all the time."""
    async with asyncio.timeout(5):
        while not condition():
            company.hear(SILENCE)
            await asyncio.sleep(0)


@pytest.mark.parametrize("surprise", [None, StoreError("store.busy", "busy"), RuntimeError("broken on purpose")])
async def test_after_a_fault_the_bot_tries_again(centre: Centre, surprise: Exception | None) -> None:
    centre.faults, centre.surprise = 1, surprise
    line, company = waiting(centre)
    await until(company, lambda: any("number two" in caption for caption in line.captions))
    company.leave()


@pytest.mark.parametrize("surprise", [None, RuntimeError("broken on purpose")])
async def test_after_a_second_fault_there_is_music_alone_until_a_person_answers(
    centre: Centre, surprise: Exception | None
) -> None:
    centre.faults, centre.surprise = 100, surprise
    line, company = waiting(centre)
    await until(company, lambda: centre.attended == 2)
    played = line.played
    await until(company, lambda: line.played > played + 1_000)
    assert centre.attended == 2
    keeping, stretch = company._company, company._stretch
    assert keeping
    assert stretch
    assert stretch._inbox.empty(), "what comes from the caller is not kept for anybody"
    company.leave()
    await keeping
    played = line.played
    await asyncio.sleep(0)
    assert line.played == played, "the music is over"


async def test_a_database_that_does_not_answer_costs_them_no_company(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, company = waiting(centre)
    get, asked = centre.tickets.get, list[str]()

    def fails_at_first(ticket_id: str) -> object:
        asked.append(ticket_id)
        if len(asked) == 1:
            raise StoreError("store.busy", "The database does not answer.")
        return get(ticket_id)

    monkeypatch.setattr(centre.tickets, "get", fails_at_first)
    await until(company, lambda: any("number two" in caption for caption in line.captions))
    company.leave()


async def test_a_choice_for_which_a_person_was_too_quick_is_not_carried_out(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, company = waiting(centre)

    async def attend(channel: Channel, conversation: Queueing) -> CallReport:
        conversation.hear(Digits("4"), NOON)
        company.leave()
        return CallReport("", "", NOON)

    monkeypatch.setattr(centre, "attend", attend)
    company.hear(SILENCE)
    keeping = company._company
    assert keeping
    await keeping
    assert (centre.errands, line.ended) == ([], "")
