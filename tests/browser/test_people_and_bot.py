"""The whole way in real browsers: bot, person, bot, survey, wall board; a supervisor takes a call from the bot."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Page

from bot.channels.channel import Channel
from bot.clock import utc_now
from bot.events import TakenOver
from bot.report import CallReport, Turn
from bot.web.server import create_app
from handoff.history import What
from handoff.people import Role
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.browser.test_handover import HEARS_THE_CALLER, WINDOW, keep_picture, recording
from tests.unit.web.api_centre import api_centre
from tests.unit.web.fake_centre import EchoConversation, FakeCentre, LoudnessDetector, echo_centre, packet, tone

pytestmark = pytest.mark.browser


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    return recording(tmp_path / "sentences.wav", tone(400, 500) + bytes(6_400) + tone(300, 700) + bytes(32_000))


class LiveEcho(EchoConversation):
    """A call of the bot that the wall board shows: hands over when somebody takes it over."""

    async def __call__(self, channel: Channel, reminder: str) -> None:
        assert self.centre
        report = CallReport("c1", "browser", utc_now(), caller="+15550107")
        report.turns += [
            Turn("bot", "Good afternoon, how can I help?", 0, 1_400),
            Turn(
                "caller",
                "it is about the thing from last week",
                2_000,
                4_000,
                0.41,
                intent="move",
                intent_confidence=0.38,
            ),
            Turn("bot", "Sorry, would you like to move an appointment?", 4_600, 6_500),
        ]
        with self.centre.live.going_on(report, lambda: 0.38) as reachable:
            taken_over = []
            reachable(taken_over.append)
            await self._greet(channel, reminder)  # type: ignore[arg-type]
            async for _ in channel.events():
                if taken_over:
                    assert isinstance(taken_over[0], TakenOver)
                    await self._hand_over(channel)  # type: ignore[arg-type]
                    return


async def called(caller: Page, address: str) -> None:
    await caller.goto(address)
    await caller.get_by_role("button", name="Call").click()
    await caller.get_by_text("Good afternoon").wait_for()


async def test_from_the_bot_to_a_person_and_back_to_the_bot_for_the_survey(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, sentences: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.talk_sound.SpeechDetector", LoudnessDetector)
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with (
        page_with_microphone(sentences, viewport=WINDOW) as caller,
        page_with_microphone(sentences, viewport=WINDOW) as agent,
    ):
        await sign_in(agent, app, address)
        await agent.goto(f"{address}/desk")
        await agent.get_by_role("button", name="Ready").click()
        await agent.locator("[data-presence='ready']").wait_for()
        await called(caller, address)
        await caller.keyboard.press("0")

        await agent.get_by_text("A caller for you").wait_for()
        await agent.get_by_text("not understood twice").wait_for()
        await agent.keyboard.press("Enter")
        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()
        await agent.wait_for_function(HEARS_THE_CALLER)
        await caller.locator("[data-speaks='yes']").wait_for()
        await agent.locator(".now .caller", has_text="an ex ray").first.wait_for()
        await agent.locator(".now .agent", has_text="an ex ray").first.wait_for()

        await agent.get_by_text("X-rays can be sent to us by e-mail.").wait_for()
        await keep_picture(agent, "desk-suggestion")
        await agent.keyboard.press("1")
        await agent.locator(".now .bot", has_text="X-rays can be sent").wait_for()
        await caller.locator("#captions", has_text="X-rays can be sent").wait_for()

        await agent.get_by_label("Back to the bot (B)").select_option("to take the survey")
        await caller.get_by_role("heading", name="You are back with the receptionist").wait_for()
        await caller.get_by_text("Maya would be glad to hear how it was").wait_for()
        await keep_picture(caller, "caller-survey")
        await agent.get_by_label("Outcome").select_option("solved")
        await agent.get_by_label("Notes").fill("will send the X-rays")
        await agent.keyboard.press("Control+Enter")
        await agent.locator("[data-presence='ready']").wait_for()
        await caller.keyboard.press("5")
        await caller.locator("[data-state='over']").wait_for()

        await sign_in(caller, app, address, Role.SUPERVISOR)
        await caller.goto(f"{address}/board")
        await caller.get_by_role("row", name="Maya").get_by_text("ready").wait_for()
        assert await caller.locator("#service-level").inner_text() == "100\u00a0%"
    [surveyed] = [one for one in centre.history.happened if one.what is What.SURVEYED]
    assert surveyed.details == {"rating": 5}
    assert centre.errands[0].said[0].text == "an ex ray"


async def test_an_agent_books_in_the_diary_while_they_talk(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, sentences: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = api_centre()
    assert isinstance(centre.conversation, EchoConversation)
    centre.conversation.centre = centre
    asked = partial(packet, business="clinic", caller="+447700900123")
    monkeypatch.setattr("tests.unit.web.fake_centre.packet", asked)
    app = create_app(centre)  # type: ignore[arg-type]
    address = serve_app(app)
    async with (
        page_with_microphone(sentences, viewport=WINDOW) as caller,
        page_with_microphone(sentences, viewport=WINDOW, color_scheme="dark") as agent,
    ):
        await sign_in(agent, app, address)
        await agent.goto(f"{address}/desk")
        await agent.get_by_role("button", name="Ready").click()
        await agent.locator("[data-presence='ready']").wait_for()
        await called(caller, address)
        await caller.keyboard.press("0")
        await agent.get_by_text("A caller for you").wait_for()
        await agent.keyboard.press("Enter")
        await agent.get_by_text("No appointment to come on this number.").wait_for()
        await agent.get_by_role("button", name="Look for free times").click()
        first = agent.get_by_role("list", name="Free times").get_by_role("button").first
        await first.wait_for()
        await keep_picture(agent, "desk-diary-dark")
        await first.click()
        await agent.get_by_role("button", name="Cancel", exact=False).first.wait_for()
        await agent.locator(".booked", has_text="Ann Example").wait_for()


async def test_a_supervisor_hears_a_call_of_the_bot_and_takes_it_over(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, sentences: Path
) -> None:
    conversation = LiveEcho()
    centre = conversation.centre = FakeCentre(conversation)
    app = create_app(centre)
    address = serve_app(app)
    async with (
        page_with_microphone(sentences, viewport=WINDOW) as caller,
        page_with_microphone(sentences, viewport=WINDOW) as supervisor,
    ):
        await sign_in(supervisor, app, address, Role.SUPERVISOR)
        await called(caller, address)
        await supervisor.goto(f"{address}/board")
        row = supervisor.get_by_role("row", name="+15550107")
        await row.get_by_text("38 %").wait_for()
        await row.get_by_role("button", name="Listen").click()
        await supervisor.get_by_text("it is about the thing from last week").wait_for()
        await keep_picture(supervisor, "board-bot-call")
        await supervisor.get_by_role("button", name="Take over").click()

        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()
        await supervisor.get_by_role("heading", name="Ann Example").wait_for()
        await supervisor.wait_for_function(HEARS_THE_CALLER)
        await caller.locator("[data-speaks='yes']").wait_for()
        await keep_picture(supervisor, "desk-taken-over")
        await supervisor.keyboard.press("e")
        await caller.get_by_text("Your request has been taken care of").wait_for()
