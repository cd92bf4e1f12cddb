"""An editor tries the draft before anybody hears it: by speaking, as a whole call, with its tests; and hears a miss."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from bot.app import Centre
from bot.audio.wav import write_wav
from bot.clock import utc_now
from bot.editing.model import Miss, token
from bot.events import SAMPLE_RATE
from bot.recording.opus import OpusTrack
from bot.web.server import create_app
from handoff.people import Role
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.browser.test_content import PATIENCE_MS, READY, WINDOW, centre, keep_picture, watched

pytestmark = [pytest.mark.browser, pytest.mark.integration]
assert centre, watched  # fixtures

TESTS = """- title: a price is told
  talk:
  - caller: how much is a repeat prescription
  - bot: prescription
- title: nobody sells boats
  talk:
  - caller: how much is a repeat prescription
  - bot: we sell boats
"""


def recorded_miss(centre: Centre) -> None:
    """Two seconds of a call, and where in it a sentence was missed."""
    now = utc_now() - dt.timedelta(minutes=5)
    track = OpusTrack(centre.recording.files.create("c1", now))
    track.write((3_000 * np.random.default_rng(1).standard_normal((2 * SAMPLE_RATE, 2))).astype(np.int16))
    track.close()
    found = Miss("vets", "c1", now, "sell me a boat", "below the gate", "move", 0.4, "", "", 500, 1_200)
    centre.shelves.content.add_misses([found])


async def test_an_editor_speaks_takes_a_whole_call_plays_tests_and_hears_what_was_missed(
    watched: Centre, page_with_microphone: PageWithMicrophone, serve_app: ServeApp, tmp_path: Path
) -> None:
    watched.load_ears()
    said = b"".join(watched.voice.synthesize("How much is a prescription?"))
    write_wav(tmp_path / "said.wav", bytes(SAMPLE_RATE) + said + bytes(2 * SAMPLE_RATE))
    watched.editing.draft.save("vets/tests/prices.yml", TESTS, token(None), "Eva", utc_now())
    recorded_miss(watched)
    app = create_app(watched)
    address = serve_app(app)
    async with page_with_microphone(tmp_path / "said.wav", viewport=WINDOW) as page:
        page.set_default_timeout(PATIENCE_MS)
        await sign_in(page, app, address, Role.ADMIN)
        await page.goto(f"{address}/board")
        await page.get_by_role("link", name="Content").click()
        await page.wait_for_function(READY)

        await page.get_by_role("button", name="Speak it").click()
        await page.wait_for_function("() => document.getElementById('level').value > 20")
        await page.wait_for_timeout(len(said) / (2 * SAMPLE_RATE) * 1000)  # the microphone speaks in its own time
        await page.get_by_role("button", name="Done speaking").click()
        await page.get_by_role("heading", name="Heard").wait_for()
        assert "prescription" in await page.locator(".verdict .what").first.inner_text()
        assert await page.locator(".verdict .what").last.inner_text() == "faq: prescription"
        await keep_picture(page, "content-spoken")

        await page.get_by_label("A whole call").check()
        await page.get_by_label("What a caller says").fill("i want to book a check up")
        await page.get_by_role("button", name="Try", exact=True).click()
        await page.locator(".story .bot").last.wait_for()
        await page.get_by_label("What a caller says").fill("goodbye")
        await page.get_by_role("button", name="Try", exact=True).click()
        await page.locator(".story .caller", has_text="goodbye").wait_for()
        assert await page.locator(".story .caller").count() == 2
        await keep_picture(page, "content-call")

        await page.get_by_label("Find something to edit").fill("boats")
        await page.get_by_role("button", name="prices").click()
        await page.get_by_role("button", name="Play “a price is told”").click()
        await page.get_by_text("It went as it should.").wait_for()
        await page.get_by_role("button", name="Play all").click()
        await page.get_by_text("1 of 2 went wrong.").wait_for()
        assert "we sell boats" in await page.locator(".played .problem").inner_text()
        await keep_picture(page, "content-played")

        await page.get_by_role("button", name="Missed in calls").click()
        await page.get_by_role("button", name="Hear “sell me a boat”").click()
        await page.wait_for_function("() => Number(document.body.dataset.said) > 1")
        await keep_picture(page, "content-misses-sound")


async def test_an_editor_who_signs_in_comes_to_the_content_page(
    centre: Centre, page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    app = create_app(centre)
    address = serve_app(app)
    link = app.state.house.links.invitation("editor")
    async with page_with_microphone(None, viewport=WINDOW, color_scheme="dark") as page:
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{address}/desk/enter/{link}")
        await page.get_by_label("Your name").fill("Eva")
        await page.locator("#login").fill("eva")
        await page.locator("#password").fill("correct horse battery")
        await page.locator("#send").click()
        await page.wait_for_url(f"{address}/content")
        await page.wait_for_function(READY)
        await keep_picture(page, "content-welcome-dark")
        await page.get_by_role("button", name="Sign out").click()
        await page.locator("#login").wait_for()
