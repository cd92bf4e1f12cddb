"""From the bot to a person in two real browsers: the packet first, then talk both ways, hold, wrap-up."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest
from playwright.async_api import Page

from bot.web.server import create_app
from handoff.history import What
from handoff.model import TicketStatus
from handoff.people import Role
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.unit.web.fake_centre import LoudnessDetector, echo_centre, tone

pytestmark = pytest.mark.browser

HEARS_THE_CALLER = """() => Number(document.querySelector('.meter[data-of="caller"]')
    ?.style.getPropertyValue('--level')) > 0.4"""
WINDOW = {"width": 1366, "height": 768}


def recording(path: Path, burst: bytes) -> Path:
    """A minute or more of bursts, for a steady tone is noise to a browser's noise suppression."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(burst * 60)
    return path


@pytest.fixture
def chatter(tmp_path: Path) -> Path:
    return recording(tmp_path / "chatter.wav", tone(300, 500) + bytes(6_400) + tone(200, 700) + bytes(9_600))


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    return recording(tmp_path / "sentences.wav", tone(400, 500) + bytes(6_400) + tone(300, 700) + bytes(32_000))


async def keep_picture(page: Page, name: str) -> None:
    """Where FRONTDESK_PICTURES names a folder."""
    if folder := os.environ.get("FRONTDESK_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_caller_who_asks_for_a_person_talks_to_one_who_knows_everything(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, chatter: Path
) -> None:
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with (
        page_with_microphone(chatter, viewport=WINDOW) as caller,
        page_with_microphone(chatter, viewport=WINDOW, color_scheme="dark") as agent,
    ):
        await sign_in(agent, app, address)
        await agent.goto(f"{address}/desk")
        await agent.get_by_role("button", name="Ready").click()
        await agent.locator("[data-presence='ready']").wait_for()
        await caller.goto(address)
        await caller.get_by_role("button", name="Call").click()
        await caller.get_by_text("Good afternoon").wait_for()
        await caller.keyboard.press("0")

        await agent.get_by_text("A caller for you").wait_for()
        await agent.get_by_role("heading", name="Ann Example").wait_for()
        await agent.get_by_text("not understood twice").wait_for()
        assert await agent.locator(".doubt").all_inner_texts() == ["ex", "rays"]
        await keep_picture(agent, "desk-offer-dark")
        await agent.keyboard.press("Enter")

        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()
        await agent.wait_for_function(HEARS_THE_CALLER)
        await caller.locator("[data-speaks='yes']").wait_for()
        await keep_picture(agent, "desk-talk-dark")
        await keep_picture(caller, "caller-with-person")

        await agent.keyboard.press("m")
        await agent.get_by_text("you are muted").wait_for()
        await caller.locator("[data-speaks='no']").wait_for()
        await agent.keyboard.press("m")
        await caller.locator("[data-speaks='yes']").wait_for()

        await agent.keyboard.press("h")
        await caller.get_by_role("heading", name="Maya put you on hold").wait_for()
        await agent.keyboard.press("h")
        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()

        await agent.keyboard.press("e")
        await caller.get_by_text("Your request has been taken care of").wait_for()
        await agent.get_by_label("Outcome").select_option("solved")
        await agent.get_by_label("Notes").fill("moved to Thursday")
        await keep_picture(agent, "desk-wrap-up-dark")
        await agent.keyboard.press("Control+Enter")
        await agent.locator("[data-presence='ready']").wait_for()

        await sign_in(caller, app, address, Role.SUPERVISOR)
        await caller.goto(f"{address}/board")
        row = caller.get_by_role("row", name="Maya")
        await row.get_by_text("ready").wait_for()
        assert await row.get_by_role("cell").nth(3).inner_text() == "1"
        assert await caller.locator("#service-level").inner_text() == "100\u00a0%"
        await keep_picture(caller, "board")
    assert centre.tickets.tickets["T1"].status is TicketStatus.DONE
    [wrapped] = [one for one in centre.history.happened if one.what is What.WRAPPED]
    assert wrapped.details == {"disposition": "solved", "notes": "moved to Thursday"}


async def test_an_agent_who_reloads_in_mid_call_is_one_click_from_going_on(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, sentences: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", LoudnessDetector)
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(sentences) as caller, page_with_microphone(sentences, viewport=WINDOW) as agent:
        await sign_in(agent, app, address)
        agent.on("dialog", lambda dialog: dialog.accept())
        await agent.goto(f"{address}/desk")
        await caller.goto(address)
        await caller.get_by_role("button", name="Call").click()
        await caller.get_by_text("Good afternoon").wait_for()
        await caller.keyboard.press("0")
        await agent.get_by_role("heading", name="Ann Example").wait_for()
        await agent.get_by_role("button", name="Answer", exact=True).click()
        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()
        await agent.reload()
        await agent.get_by_role("button", name="Back to the sound of the call").click()
        await agent.wait_for_function(HEARS_THE_CALLER)
        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()
        await caller.locator("[data-speaks='yes']").wait_for()
        await agent.locator(".now .caller", has_text="an ex ray").first.wait_for()
        await agent.locator(".now .agent", has_text="an ex ray").first.wait_for()
        await caller.locator("#captions", has_text="Colleague").wait_for()
        await keep_picture(agent, "desk-talk-light")

        board = await caller.context.new_page()
        await sign_in(board, app, address, Role.SUPERVISOR)
        await board.goto(f"{address}/board")
        await board.get_by_role("button", name="Listen to Maya").click()
        await board.locator("[data-hears='yes']").wait_for()
        await keep_picture(board, "board-listening")
        await board.get_by_role("button", name="Stop listening to Maya").click()


async def test_the_first_person_makes_their_account_with_the_link_and_signs_in_later(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, chatter: Path
) -> None:
    app = create_app(echo_centre()[0])
    address = serve_app(app)
    async with page_with_microphone(chatter, viewport=WINDOW) as page:
        await page.goto(f"{address}/desk/enter/{app.state.house.links.invitation('admin')}")
        await page.get_by_label("Your name").fill("Ada Byron")
        await page.get_by_label("Sign-in name").fill("ada")
        await page.get_by_label("Password").fill("short")
        await page.get_by_role("button", name="Make account").click()
        await page.get_by_text("A password has 10").wait_for()
        await keep_picture(page, "account")
        await page.get_by_label("Password").fill("quiet green window")
        await page.get_by_role("button", name="Make account").click()
        await page.get_by_text("Nobody is waiting").wait_for()
        await page.get_by_role("link", name="People").click()
        await page.get_by_role("button", name="Make link").click()
        await page.get_by_text("works once, within a day").wait_for()
        await keep_picture(page, "people")
        await page.goto(f"{address}/desk")
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_label("Sign-in name").fill("ada")
        await page.get_by_label("Password").fill("quiet green window")
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_text("Ada Byron").wait_for()
