"""A telephone line is let go whatever befalls the last words, and nobody speaks to who has hung up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.events import Event
from bot.web.phone_people import PhoneCaller, PhonePeople
from bot.web.telephone_words import words_for
from tests.unit.web.fake_centre import NOON, EchoConversation, FakeCentre, packet

CENTRE = FakeCentre(EchoConversation())
WORDS = CENTRE.wording("")


class Phone:
    """Notes what it plays. `stays`: the caller is on the line until it is let go."""

    queue = "reception"

    def __init__(self, ticket: str = "T1", *, stays: bool = True, is_stuck: bool = False) -> None:
        self.ticket, self.stays, self.is_stuck = ticket, stays, is_stuck
        self.did: list[str] = []
        self.is_playing, self._over = asyncio.Event(), asyncio.Event()

    async def events(self) -> AsyncIterator[Event]:
        if self.stays:
            await self._over.wait()
        return
        yield

    async def play(self, pcm: bytes) -> None:
        self.did.append(pcm.rstrip(b"\0").decode())
        self.is_playing.set()
        if self.is_stuck:
            await asyncio.Event().wait()

    async def hang_up(self) -> None:
        self.did.append("hang up")
        self._over.set()


async def speak(sentence: str) -> bytes:
    return sentence.encode()


async def no_voice(sentence: str) -> bytes:
    raise RuntimeError("broken on purpose")


def caller(phone: Phone, voice: object = speak) -> PhoneCaller:
    return PhoneCaller(phone, voice, WORDS)  # type: ignore[arg-type]


@pytest.fixture
def centre() -> FakeCentre:
    return FakeCentre(EchoConversation())


def people(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> PhonePeople:
    made = PhonePeople(centre, None, {})  # type: ignore[arg-type]
    monkeypatch.setattr(made, "_speak", speak)
    return made


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


async def test_a_surprise_in_the_last_words_keeps_nobody_on_the_line() -> None:
    phone = Phone()
    line = caller(phone, no_voice)
    with pytest.raises(RuntimeError):
        await line.end("closing")
    assert (phone.did, line.ended) == (["hang up"], "closing")


async def test_who_is_cut_off_in_the_last_words_is_let_go_all_the_same() -> None:
    phone = Phone(is_stuck=True)
    line = caller(phone)
    ending = asyncio.create_task(line.end("closing"))
    await phone.is_playing.wait()
    await cancelled(ending)
    assert (phone.did[-1], line.ended) == ("hang up", "closing")


async def test_so_is_who_waits_for_another_sentence_to_end() -> None:
    phone = Phone(is_stuck=True)
    line = caller(phone)
    speaking = asyncio.create_task(line.show("person-lost"))
    await phone.is_playing.wait()
    ending = asyncio.create_task(line.end("done"))
    await asyncio.sleep(0)
    await cancelled(ending)
    assert (phone.did[-1], line.ended) == ("hang up", "done")
    await cancelled(speaking)


async def test_the_line_is_let_go_once() -> None:
    phone = Phone()
    line = caller(phone)
    await line.end("done")
    await line.end("closing")
    assert phone.did == ["hang up"]


async def test_a_goodbye_that_takes_too_long_keeps_nothing_from_closing(
    centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.phone_people.GOODBYE_S", 0.0)
    ours, phones = people(centre, monkeypatch), [Phone(is_stuck=True), Phone(is_stuck=True)]
    ours._callers = {caller(phones[0]), caller(phones[1], no_voice)}
    async with asyncio.timeout(5):
        await ours.close()
        while not all(phone.did and phone.did[-1] == "hang up" for phone in phones):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0)


@pytest.mark.parametrize("number", ["+15550100", ""])
async def test_who_was_not_reached_elsewhere_is_told_so_and_what_becomes_of_it(
    centre: FakeCentre, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    phone = Phone(centre.tickets.add(packet(caller=number), NOON).id)
    await people(centre, monkeypatch).not_reached(phone)  # type: ignore[arg-type]
    told = ("unreached", "call-back") if number else ("noted",)
    assert phone.did == [*(words_for(state, WORDS) for state in told), "hang up"]


async def test_who_has_hung_up_is_told_nothing_and_rung_back_all_the_same(
    centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(centre.tickets.add(packet(), NOON).id, stays=False)
    await people(centre, monkeypatch).not_reached(phone)  # type: ignore[arg-type]
    assert phone.did == ["hang up"]
    assert centre.tickets.tickets["T1"].number == "+15550100"
