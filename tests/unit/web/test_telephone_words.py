"""What a telephone is told where a page shows it: sentences of the content, and silence for everything else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

import bot.web
from bot.channels.browser import Ending
from bot.dialogue.wording import Wording
from bot.events import Event
from bot.web.phone_people import PhoneCaller
from bot.web.telephone_words import BETWEEN, KEYS, words_for
from tests.unit.web.fake_centre import EchoConversation, FakeCentre

STATIC = Path(bot.web.__path__[0]) / "static"
CONTENT = FakeCentre(EchoConversation()).wording("")


class Phone:
    queue, ticket = "reception", "T1"

    def __init__(self) -> None:
        self.did: list[str] = []

    async def events(self) -> AsyncIterator[Event]:
        return
        yield

    async def play(self, pcm: bytes) -> None:
        self.did.append(pcm.rstrip(b"\0").decode())

    async def hang_up(self) -> None:
        self.did.append("hang up")


async def speak(sentence: str) -> bytes:
    return sentence.encode()


def caller(phone: Phone, wording: Wording = CONTENT) -> PhoneCaller:
    return PhoneCaller(phone, speak, wording)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", KEYS)
def test_every_state_that_is_said_has_its_sentence(state: str) -> None:
    assert words_for(state, CONTENT)
    assert state in BETWEEN or state in get_args(Ending)


@pytest.mark.parametrize("state", ["", "waiting", "person", "held", "done", "bot"])
def test_where_music_or_people_say_it_nothing_is_said(state: str) -> None:
    assert words_for(state, CONTENT) == ""


@pytest.mark.parametrize("reason", ["call-back", "noted", "closing", "unnoted"])
async def test_the_last_words_are_heard_before_the_line_is_let_go(reason: Ending) -> None:
    phone = Phone()
    await caller(phone).end(reason)
    assert phone.did == [words_for(reason, CONTENT), "hang up"]


@pytest.mark.parametrize("reason", [one for one in get_args(Ending) if one])
def test_every_end_has_its_words_on_the_page_as_well(reason: str) -> None:
    assert re.search(rf'^  "?{reason}"?: \[', (STATIC / "caller-words.js").read_text(), re.MULTILINE)


async def test_a_sentence_that_the_content_lacks_keeps_nobody_on_the_line() -> None:
    phone = Phone()
    await caller(phone, Wording({}, {})).end("closing")
    assert phone.did == ["hang up"]
