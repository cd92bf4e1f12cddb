"""A phrase that was missed in a call becomes content that the next call understands, by the hands of an editor.

The centre is real (database, learning, voice, dialogue); the calls are typed, as with `frontdesk chat`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from bot.app import Centre
from bot.channels.keyboard import chat
from bot.clock import utc_now
from bot.config import Settings
from bot.editing.model import token
from bot.editing.pieces import piece_of
from bot.events import Answered
from bot.web.server import create_app
from handoff.people import Role
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.small_business import small_business

pytestmark = [pytest.mark.browser, pytest.mark.integration]

WINDOW = {"width": 1366, "height": 768}
PATIENCE_MS = 90_000
"""Learning takes seconds on a quiet computer, and others may keep its cores busy."""

MISSED = "can my ferret get a travel certificate for the ferry"
ANSWER = "Yes, we write travel certificates. Please allow us a week."
READY = "() => document.querySelector('#contents li')"


class Caller:
    """Types what they say, and keeps what they are told."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.told = list(lines), ""

    def read(self) -> str | None:
        return self.lines.pop(0) if self.lines else None

    def show(self, text: str) -> None:
        self.told += f"{text}\n"


def call(centre: Centre, *lines: str) -> str:
    caller = Caller(*lines)
    reception, witness = centre.begin("keyboard")
    chat(caller, reception, utc_now, Answered(""), witness.observe)
    centre.finish(witness.report, reception)
    return caller.told


@pytest.fixture
def centre(tmp_path: Path, request: pytest.FixtureRequest) -> Centre:
    home = tmp_path / "home"
    if request.config.cache:  # what is learnt from the sample is kept between test runs
        shutil.copytree(request.config.cache.mkdir("frontdesk-small"), home / "intents")
    built = Centre(Settings(home=home, content=small_business(tmp_path / "content")))
    built.load_diary()
    if request.config.cache:
        shutil.copytree(home / "intents", request.config.cache.mkdir("frontdesk-small"), dirs_exist_ok=True)
    return built


@pytest.fixture
async def watched(centre: Centre) -> AsyncIterator[Centre]:
    """Looks at its content as it does when it serves."""
    centre.load_voice()
    watching = asyncio.create_task(centre._watch_content())
    yield centre
    watching.cancel()


async def keep_picture(page: Page, name: str) -> None:
    """Where FRONTDESK_PICTURES names a folder."""
    if folder := os.environ.get("FRONTDESK_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_missed_phrase_of_a_call_is_labelled_checked_published_and_understood_in_the_next_call(
    watched: Centre, page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    told = await asyncio.to_thread(call, watched, f"{MISSED}", "goodbye")
    assert ANSWER not in told
    running, _ = watched.begin("keyboard")
    running.open(Answered(""), utc_now())

    app = create_app(watched)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as page:
        page.set_default_timeout(PATIENCE_MS)
        await sign_in(page, app, address, Role.EDITOR)
        await page.goto(f"{address}/content")
        await page.wait_for_function(READY)
        await keep_picture(page, "content-welcome")

        await page.get_by_role("button", name="Missed in calls").click()
        await page.get_by_role("checkbox", name=MISSED).wait_for()
        await page.get_by_label("They mean").fill("faq/travel_papers")
        await page.get_by_label("Answer of the new question").fill(ANSWER)
        await keep_picture(page, "content-misses")
        await page.get_by_role("button", name="Add to the draft").click()
        await page.get_by_text("In the draft under faq/travel_papers").wait_for()
        assert not await page.get_by_role("checkbox", name=MISSED).count()

        await page.get_by_label("What a caller says").fill(MISSED)
        await page.get_by_role("button", name="Try", exact=True).click()
        await page.get_by_role("heading", name="With your draft").wait_for()
        assert await page.locator(".verdict .what").all_inner_texts() == ["not understood", "faq: travel papers"]

        await page.get_by_role("button", name="Check").click()
        await page.get_by_text("The check has passed. You can publish.").wait_for()
        await keep_picture(page, "content-check")
        await page.get_by_role("button", name="Publish", exact=False).first.click()
        await page.get_by_label("Name of the version").fill("Travel papers")
        await page.keyboard.press("Enter")
        await page.get_by_text("“Travel papers” is published").wait_for()
        await page.get_by_role("cell", name="Travel papers", exact=True).wait_for()
        await keep_picture(page, "content-versions")

        await asyncio.to_thread(
            watched.offices.refresh
        )  # the centre looks every two seconds; now, or waits for its look
        assert ANSWER in await asyncio.to_thread(call, watched, MISSED, "goodbye")
        kept = running.dialogue
        assert kept
        assert "travel_papers" not in kept._faq, "a call that runs keeps what it began with"

        await page.get_by_role("button", name="Compare Before the first publishing").click()
        await page.get_by_text("-- intent: faq/travel_papers").wait_for()
        await page.get_by_role("button", name="Bring this version back").click()
        await page.get_by_text("serves again").wait_for()
        assert "travel_papers" not in (watched.settings.content / "vets" / "faq.yml").read_text()


async def test_an_editor_changes_an_answer_hears_it_is_told_of_a_mistake_and_of_a_colleague_who_was_quicker(
    watched: Centre, page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    app = create_app(watched)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW, color_scheme="dark") as page:
        page.set_default_timeout(PATIENCE_MS)
        await sign_in(page, app, address, Role.EDITOR)
        await page.goto(f"{address}/content")
        await page.wait_for_function(READY)
        await page.keyboard.press("/")
        await page.keyboard.type("prescription")
        await page.get_by_role("button", name="prescription", exact=True).click()
        answer = page.get_by_label("What is said, only this business")
        await page.get_by_role("button", name="Hear it").click()
        await page.wait_for_function("() => Number(document.body.dataset.said) > 1")
        await answer.fill("It costs {prescription_prize}.")
        await page.keyboard.press("Control+s")
        await page.locator(".problem", has_text="prescription_prize").wait_for()
        await keep_picture(page, "content-problem-dark")

        room = watched.editing
        part = {"path": "vets/faq.yml", "kind": "answer", "name": "utter_faq/prescription"}
        seen = piece_of(room.draft.text("vets/faq.yml"), "answer", "utter_faq/prescription").text
        room.draft.save_piece(*part.values(), "It is {prescription_price}.", token(seen), "Ben", utc_now())
        await answer.fill("It costs {prescription_price}.")
        await page.get_by_role("button", name="Keep in the draft").click()
        await page.get_by_text("Ben changed vets/faq.yml after you opened it").wait_for()
        assert await answer.input_value() == "It costs {prescription_price}."
        assert "It is {prescription_price}." in room.draft.text("vets/faq.yml")


async def test_the_page_is_for_editors(page_with_microphone: PageWithMicrophone, serve_app: ServeApp, centre) -> None:
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None) as page:
        await sign_in(page, app, address, Role.AGENT)
        await page.goto(f"{address}/content")
        await page.get_by_text("This is not for the role agent.").wait_for()
