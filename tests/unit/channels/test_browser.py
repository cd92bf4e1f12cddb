"""The browser's line: what is understood on the wire, and how the channel lives and ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import browser_wire as wire
from bot.channels.browser import MAX_EARLY_MS, PRESS_MS, BrowserChannel
from bot.channels.pacing import Pacer
from bot.errors import ChannelError
from bot.events import CHUNK_BYTES, Answered, AudioChunk, CallerHungUp, DigitPressed, Event

LOUD = b"\x10\x20" * (CHUNK_BYTES // 2)
GONE = {"type": "websocket.disconnect", "code": 1001}


def text(**fields: object) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": json.dumps(fields)}


def audio(pcm: bytes = LOUD) -> dict[str, Any]:
    return {"type": "websocket.receive", "bytes": pcm}


class Page:
    """The other side of the WebSocket: says its script, then `GONE`; keeps what it was sent."""

    def __init__(self, *script: dict[str, Any]) -> None:
        self.script = list(script)
        self.sent: list[bytes | dict[str, Any]] = []
        self.closed: int | None = None
        self.is_stuck = False
        self.is_broken = False

    async def receive(self) -> dict[str, Any]:
        return self.script.pop(0) if self.script else GONE

    async def send_bytes(self, data: bytes) -> None:
        await self._reach()
        self.sent.append(data)

    async def send_text(self, data: str) -> None:
        await self._reach()
        self.sent.append(json.loads(data))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.closed = code

    async def _reach(self) -> None:
        if self.is_broken:
            raise OSError("gone")
        if self.is_stuck:
            await asyncio.Event().wait()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def channel_of(page: Page) -> BrowserChannel:
    clock = Clock()
    return BrowserChannel(page, pacer=Pacer(clock=clock, sleep=clock.sleep), clock=lambda: 0.0)


async def whole_call(page: Page) -> tuple[BrowserChannel, list[Event]]:
    channel = channel_of(page)
    await channel.open()
    return channel, [event async for event in channel.events()]


async def test_a_call_is_answered_heard_and_over_when_the_page_is_gone() -> None:
    page = Page(text(type="start", to="brightwater", caller="+1 (555) 0100"), audio(), text(type="digit", digit="#"))
    channel, events = await whole_call(page)
    assert events == [Answered("+15550100", "brightwater"), AudioChunk(LOUD), DigitPressed("#")]
    assert channel.ended == "lost"


async def test_a_page_that_speaks_at_once_needs_no_start() -> None:
    _, events = await whole_call(Page(audio(), audio()))
    assert events == [Answered(""), AudioChunk(LOUD), AudioChunk(LOUD)]


async def test_hanging_up_ends_the_call_with_a_word() -> None:
    page = Page(text(type="start"), text(type="hangup"), audio())
    channel, events = await whole_call(page)
    assert events == [Answered("")]
    assert channel.ended == "caller"
    assert page.sent[-1] == {"type": "ended", "reason": "caller"}
    assert page.closed == 1000


async def test_a_muted_page_is_silent_whatever_it_sends() -> None:
    page = Page(text(type="start"), text(type="mute", on=True), audio(), text(type="mute", on=False), audio())
    _, events = await whole_call(page)
    assert events[1:] == [AudioChunk(bytes(CHUNK_BYTES)), AudioChunk(LOUD)]


@pytest.mark.parametrize(
    "nonsense",
    [
        audio(b"\x01"),
        audio(b""),
        audio(bytes(wire.MAX_AUDIO_BYTES + 2)),
        text(type="digit", digit="12"),
        text(type="digit", digit=5),
        text(type="mute", on="yes"),
        text(type="start"),  # a second one
        text(type="transfer"),
        {"type": "websocket.receive", "text": "not json"},
        {"type": "websocket.receive", "text": "[" * 1_900},
        {"type": "websocket.receive", "text": '"' + "x" * 3_000 + '"'},
    ],
)
async def test_nonsense_ends_the_call_politely(nonsense: dict[str, Any]) -> None:
    page = Page(text(type="start"), nonsense, audio())
    channel, events = await whole_call(page)
    assert channel.ended == "garbled"
    assert page.sent[-1] == {"type": "ended", "reason": "garbled"}
    assert page.closed == 1008
    assert events == [Answered("")]


async def test_keys_pressed_faster_than_by_anyone_are_refused() -> None:
    most = MAX_EARLY_MS // PRESS_MS
    channel, events = await whole_call(Page(text(type="start"), *[text(type="digit", digit="1")] * (most + 1)))
    assert channel.ended == "garbled"
    assert len(events) == 1 + most


async def test_audio_much_faster_than_real_time_is_refused() -> None:
    page = Page(text(type="start"), *[audio()] * (MAX_EARLY_MS // 20 + 1))
    channel, events = await whole_call(page)
    assert channel.ended == "garbled"
    assert len(events) == 1 + MAX_EARLY_MS // 20


async def test_what_is_played_goes_out_in_chunks_of_twenty_milliseconds() -> None:
    page = Page()
    await channel_of(page).play(LOUD * 2 + LOUD[:100])
    assert page.sent == [LOUD, LOUD, LOUD[:100]]


async def test_a_barge_in_tells_the_page_to_fall_silent() -> None:
    page = Page()
    await channel_of(page).clear()
    assert page.sent == [{"type": "clear"}]


async def test_captions_and_waiting_are_shown() -> None:
    page = Page()
    channel = channel_of(page)
    await channel.caption("caller", "next tuesd", False)
    await channel.transfer("billing", "T7")
    assert page.sent == [
        {"type": "caption", "speaker": "caller", "text": "next tuesd", "final": False},
        {"type": "state", "state": "waiting", "queue": "billing", "ticket": "T7"},
    ]
    assert channel.is_waiting


async def test_the_end_is_told_once() -> None:
    page = Page()
    channel = channel_of(page)
    await channel.hang_up()
    await channel.end("failed")
    await channel.caption("bot", "too late", True)
    assert page.sent == [{"type": "ended", "reason": "bot"}]
    assert channel.ended == "bot"


async def test_a_page_that_breaks_while_we_speak_is_lost_and_nothing_is_raised() -> None:
    page = Page()
    page.is_broken = True
    channel = channel_of(page)
    await channel.play(LOUD)
    assert channel.ended == "lost"
    assert [event async for event in channel.events()] == [Answered("")]


async def test_a_page_that_hangs_up_and_is_gone_at_once_has_hung_up() -> None:
    page = Page(text(type="start"), text(type="hangup"))
    page.is_broken = True
    channel, _ = await whole_call(page)
    assert channel.ended == "caller"


async def test_a_page_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.browser.SEND_TIMEOUT_S", 0.01)
    page = Page()
    page.is_stuck = True
    channel = channel_of(page)
    await channel.play(LOUD)
    assert channel.ended == "lost"
    assert page.closed == 1001


async def test_a_page_that_connects_and_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.browser.START_TIMEOUT_S", 0.01)

    class Quiet(Page):
        async def receive(self) -> dict[str, Any]:
            await asyncio.Event().wait()
            return GONE

    page = Quiet()
    channel = channel_of(page)
    await channel.open()
    assert channel.ended == "garbled"


async def test_a_page_that_falls_asleep_in_mid_call_loses_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.browser.SILENT_LINE_S", 0.01)

    class Asleep(Page):
        async def receive(self) -> dict[str, Any]:
            return self.script.pop(0) if self.script else await asyncio.Future()

    page = Asleep(text(type="start"), audio())
    channel, events = await whole_call(page)
    assert events == [Answered(""), AudioChunk(LOUD)]
    assert channel.ended == "lost"
    assert page.sent[-1] == {"type": "ended", "reason": "lost"}


def test_a_number_that_is_none_counts_as_withheld() -> None:
    assert wire.parse_text('{"type": "start", "caller": "<script>", "to": "../etc"}') == wire.Start()


def parsed_or_refused(words: str) -> wire.FromPage | None:
    """None when refused; any other surprise fails the test."""
    with contextlib.suppress(ChannelError):
        return wire.parse_text(words)
    return None


@given(st.text(max_size=300))
def test_any_text_is_a_message_or_refused(words: str) -> None:
    message = parsed_or_refused(words)
    assert isinstance(message, wire.Start | wire.Muted | DigitPressed | CallerHungUp | None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"type": st.sampled_from(["digit", "mute", "start", "hangup", "x"])}), json_values)
def test_any_fields_are_a_message_or_refused(message: dict[str, Any], value: Any) -> None:
    message |= {"digit": value, "on": value, "to": value, "caller": value, "answer": value}
    parsed = parsed_or_refused(json.dumps(message))
    if isinstance(parsed, wire.Start):
        assert wire.DOOR.fullmatch(parsed.to)
        assert parsed.caller == "" or wire.NUMBER.fullmatch(parsed.caller)


@given(st.binary(max_size=2 * wire.MAX_AUDIO_BYTES))
def test_any_bytes_are_audio_or_refused(pcm: bytes) -> None:
    if pcm and len(pcm) % 2 == 0 and len(pcm) <= wire.MAX_AUDIO_BYTES:
        assert wire.parse_audio(pcm) == AudioChunk(pcm)
    else:
        with pytest.raises(ChannelError):
            wire.parse_audio(pcm)
