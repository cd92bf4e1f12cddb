"""The whole product at once: `frontdesk serve` in a process of its own, called from a real browser.

The caller's sentence comes out of Chromium's fake microphone, the rest is keyed on the page. What is asserted is what
a person would see, hear and find in the diary afterwards. The caller's voice is SIMULATED (one of the bot's own).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Slot, Wish
from bot.audio.wav import write_wav
from bot.config import PROJECT, Settings
from bot.content.content import load_content
from bot.events import CHUNK_BYTES, CHUNK_MS
from bot.models.models import ears, find
from bot.store.store import Store, open_store
from tests.browser.conftest import PageWithMicrophone, playwright_api
from tests.spoken import BRIAN

pytestmark = [pytest.mark.browser, pytest.mark.integration]

NAME, MOBILE, BORN = "Brian Cole", "+447700900321", dt.date(1984, 3, 14)
BYTES_PER_MS = CHUNK_BYTES // CHUNK_MS

LEAD_MS = 7_000
"""Of silence before the caller speaks. By day the greeting is over by then, and it is too early to be asked again; at
night they interrupt a longer one."""

READY_S = 300
"""The first start learns the phrases, and other tests may keep the cores busy."""

APPEAR_MS = 30_000
"""Longest wait for words on the page; two seconds are usual, five of them the sentence before."""

AUDIBLE = 300
"""Root mean square of 16-bit samples: the voice has some 3000."""


@dataclass
class Wire:
    """What went over the call's WebSocket, as the browser saw it."""

    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def follow(self, line: playwright_api.WebSocket) -> None:
        line.on("framesent", lambda data: self.sent.append(data) if isinstance(data, bytes) else None)
        line.on("framereceived", lambda data: self.received.append(data) if isinstance(data, bytes) else None)


def audible_ms(chunks: list[bytes]) -> int:
    """Milliseconds of sound loud enough to be heard."""
    samples = (np.frombuffer(pcm, "<i2").astype(np.float64) for pcm in chunks)
    loud = [len(sound) for sound in samples if np.sqrt(np.mean(sound**2)) > AUDIBLE]
    return sum(loud) * 2 // BYTES_PER_MS


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A fresh database; what is learnt from the phrases is kept between test runs."""
    if not any(find(model.name) for model in ears()):
        pytest.skip("no speech model here: `frontdesk models fetch` first")
    folder = tmp_path / "home"
    folder.mkdir()
    if request.config.cache:
        learnt = request.config.cache.mkdir("frontdesk") / "intents"
        learnt.mkdir(exist_ok=True)
        (folder / "intents").symlink_to(learnt, target_is_directory=True)
    return folder


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    opened = open_store(Settings(home=home).database)
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> StoredDesk:
    business = load_content(PROJECT / "nlu_data" / "brightwater_dental").business
    return StoredDesk(business, store.diary(business))


@contextmanager
def served(home: Path) -> Iterator[str]:
    """`frontdesk serve` as a person would start it, ready for calls; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve", "--port", str(port)]
    with (home / "console.txt").open("wb") as console:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment(home), stdout=console, stderr=console)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(address, process, home / "console.txt")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "FRONTDESK_HOME": str(home)}


def wait_until_ready(address: str, process: subprocess.Popen[bytes], console: Path) -> None:
    for _ in range(READY_S * 4):
        assert process.poll() is None, console.read_text()
        try:
            with urllib.request.urlopen(f"{address}/health") as answer:
                assert answer.status == 200
                assert json.load(answer)["ready"] is True
                return
        except urllib.error.URLError:  # not listening yet, or 503 while the engines load
            time.sleep(0.25)
    pytest.fail(f"not ready after {READY_S} s: {console.read_text()}")


def an_open_time(desk: StoredDesk) -> Slot:
    """With Emma Hughes at the Harbour branch, at a half hour in the coming weeks."""
    now = dt.datetime.now(dt.UTC)
    wish = Wish("check_up", "hughes", "harbour", first_day=now.date() + dt.timedelta(days=2), near=dt.time(14, 30))
    return next(slot for slot in desk.free_slots(wish, now, 20) if slot.start.minute in (0, 30))


def wish_in_words(slot: Slot) -> str:
    hour = "half past " if slot.start.minute else ""
    clock = f"{hour}{slot.start.hour % 12 or 12}{'' if slot.start.minute else ' o’clock'}"
    part = "morning" if slot.start.hour < 12 else "afternoon"
    return (
        "I'd like to book a check-up with Emma Hughes at the Harbour branch "
        f"on {slot.start:%A} the {slot.start.day} of {slot.start:%B} at {clock} in the {part}"
    )


async def bot_says(page: playwright_api.Page, words: str) -> None:
    line = page.locator(".captions .bot:not(.partial)").filter(has_text=words)
    try:
        await line.first.wait_for(timeout=APPEAR_MS)
    except playwright_api.TimeoutError:
        pytest.fail(f"The bot never said {words!r}:\n{await page.locator('#captions').inner_text()}")


async def key_in(page: playwright_api.Page, digits: str) -> None:
    for digit in digits:
        await page.locator(f"[data-digit='{digit}']").click()


async def test_a_call_in_the_browser_is_heard_answered_and_ends_with_an_appointment_in_the_diary(
    page_with_microphone: PageWithMicrophone, home: Path, store: Store, desk: StoredDesk, tmp_path: Path
) -> None:
    desk.add_customer(NAME, MOBILE, birth_date=BORN)
    slot, wire = an_open_time(desk), Wire()
    microphone = tmp_path / "caller.wav"
    write_wav(microphone, bytes(LEAD_MS * BYTES_PER_MS) + BRIAN.says(wish_in_words(slot)))
    with served(home) as address:
        async with page_with_microphone(microphone) as page:
            page.on("websocket", wire.follow)
            await page.goto(address)
            await page.get_by_label("Your telephone number").fill(MOBILE)
            await page.get_by_role("button", name="Call").click()
            await bot_says(page, "Brightwater Dental")
            await page.locator("[data-speaks='yes']").wait_for()
            await bot_says(page, "date of birth")
            heard = (await page.locator(".captions .caller:not(.partial)").first.inner_text()).lower()
            await page.get_by_role("button", name="Keypad").click()
            await key_in(page, f"{BORN:%d%m%Y}#")
            await bot_says(page, "Thank you, Brian")
            await bot_says(page, "Shall I book")
            await key_in(page, "1")
            await bot_says(page, "reference")
            assert [each.slot.start for each in desk.between(slot.start.date(), slot.start.date())] == [slot.start]
            await page.get_by_role("button", name="Hang up").click()
            await page.get_by_role("button", name="Call again").wait_for()
        report = await stored_report(store)
    (booked,) = desk.between(slot.start.date(), slot.start.date())
    assert (booked.slot, booked.customer.name) == (slot, NAME)
    assert "emma hughes at the harb" in heard
    assert audible_ms(wire.sent) > 2_000, "speech in"
    assert audible_ms(wire.received) > 8_000, "speech out"
    assert report["appointment"]["reference"] == booked.reference  # type: ignore[index]
    for line in (home / "console.txt").read_text().splitlines():
        assert not any(word in line for word in ("Brian", "7700", "Harbour", "Traceback")), line


async def stored_report(store: Store) -> dict[str, object]:
    """Of the only call; it is stored a moment after the caller hung up."""
    for _ in range(100):
        if reports := store.calls.list(limit=1):
            return dict(reports[0])
        await asyncio.sleep(0.1)
    pytest.fail("the call's report was not stored")
