"""The calls page in a real browser: a recorded call is found, plays, and its transcript moves along."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import RecordingSettings, Settings
from bot.recording.recorder import Recorder
from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.model import TicketStatus
from handoff.people import Person, Role
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.browser.test_handover import WINDOW, chatter, keep_picture
from tests.unit.web.api_centre import ApiCentre, api_centre
from tests.unit.web.fake_centre import EchoConversation, echo_centre, packet, tone

pytestmark = pytest.mark.browser

__all__ = ["chatter"]

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TALK = [
    ("bot", "Good morning, Brightwater Dental. Calls are recorded. How can I help you?", 0, 3_500),
    ("caller", "can i bring my ex rays on thursday", 4_200, 6_500),
    ("bot", "I'm putting you through to a colleague.", 7_000, 9_000),
    ("agent", "hello this is maya could you tell me your date of birth", 14_500, 14_500),
    ("caller", "the fourth of march nineteen eighty", 18_000, 18_000),
    ("agent", "thank you shall i move it to thursday at ten", 21_500, 21_500),
    ("caller", "yes please", 23_000, 23_000),
    ("agent", "i have moved your appointment", 25_500, 25_500),
]


class Seconds:
    """A watch that goes as fast as the sound is put in."""

    ms = 0

    def __call__(self) -> int:
        return self.ms


def recorded_call(home: Path) -> ApiCentre:
    """A call of half a minute with two stretches of sealed sound, a ticket and a talk."""
    settings = Settings(
        secret=SecretStr("a secret of the tests"), home=home, recording=RecordingSettings(key=SecretStr(KEY))
    )
    centre = ApiCentre(EchoConversation(), settings)
    began = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
    maya = centre.people.add(Person(0, "maya-agent", "Maya", Role.AGENT, "", "key"), began)
    ticket = centre.tickets.add(packet(business="clinic", call_id="c1"), began + dt.timedelta(seconds=9))
    for what, after in ((What.ANSWERED, 12), (What.HELD, 19), (What.RESUMED, 20), (What.ENDED, 26)):
        centre.history.add(Happening(ticket.id, what, began + dt.timedelta(seconds=after), maya.id))
    turns = [{"speaker": who, "text": text, "start_ms": start, "end_ms": end} for who, text, start, end in TALK]
    turns[1] |= {"confidence": 0.62, "doubtful": ["ex", "rays"], "intent": "faq/x_rays"}
    report = {"call_id": "c1", "started_at": began.isoformat(), "outcome": "escalated", "caller": "+447700900123"}
    more = {"recording": "on", "business": "clinic", "channel": "browser", "ticket": {"id": ticket.id}}
    centre.shelves.calls.save(report | more | {"turns": turns}, "clinic")
    record(centre, began)
    return centre


def record(centre: ApiCentre, began: dt.datetime) -> None:
    watch = Seconds()
    for at_ms, sides in ((0, ("bot", "caller")), (12_000, ("agent", "caller"))):
        moment = began + dt.timedelta(milliseconds=at_ms)
        recorder = Recorder(centre.recording.files, lambda moment=moment: moment, watch)
        for ms in range(0, 9_000 if at_ms == 0 else 14_000, 20):
            recorder.heard("c1", sides[(ms // 2_000) % 2], tone(20, 400))
            watch.ms += 20
        recorder.close()


async def test_a_recorded_call_is_found_and_plays_with_its_transcript_moving_along(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, tmp_path: Path
) -> None:
    centre = recorded_call(tmp_path)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as page:
        await sign_in(page, app, address, Role.SUPERVISOR)
        await page.goto(f"{address}/calls")
        await page.get_by_label("Words that were said").fill("THURSDAY")
        await page.locator("#calls button").click()
        await page.get_by_role("heading", name="Ann Example").wait_for()
        assert await page.locator("#call .doubt").all_inner_texts() == ["ex", "rays"]
        assert centre.shelves.call_log.listeners("c1") == []

        await page.get_by_role("button", name="Play").click()
        await page.get_by_role("button", name="Pause").wait_for()
        line = page.locator("#call li[aria-current='true']")
        await line.filter(has_text="Good morning").wait_for()
        await line.filter(has_text="ex rays").wait_for()  # four seconds later
        position = page.get_by_label("Position in the call")
        assert float(await position.input_value()) > 3_500

        await page.get_by_text("could you tell me your date of birth").click()
        await line.filter(has_text="date of birth").wait_for()
        assert float(await position.input_value()) > 10_000, "in the second stretch"
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="Play").wait_for()
        stands_at = float(await position.input_value())
        await page.keyboard.press("ArrowRight")
        await line.filter(has_text="nineteen eighty").or_(line.filter(has_text="thank you")).wait_for()
        assert math.isclose(float(await position.input_value()), stands_at + 5_000, abs_tol=300)
        await page.keyboard.press("ArrowUp")
        async with page.expect_download() as downloaded:
            await page.get_by_role("button", name="Download").click()
        saved = await (await downloaded.value).path()
        assert saved.read_bytes()[:4] == b"OggS"

        await page.get_by_label("Solved it").select_option("4")
        await page.get_by_label("Greeted with name").select_option("yes")
        await page.get_by_label("Comment").fill("clear and calm")
        await page.get_by_role("button", name="Save score").click()
        await page.get_by_text("clear and calm").first.wait_for()
        await page.get_by_role("heading", name="Ann Example").scroll_into_view_if_needed()
        await page.locator("#call .columns > :last-child").evaluate("one => one.scrollTo(0, 0)")
        await keep_picture(page, "calls")
        await page.emulate_media(color_scheme="dark")
        await keep_picture(page, "calls-dark")
        await page.goto(f"{address}/quality")
        row = page.locator("#agents tr")
        await row.filter(has_text="Maya").wait_for()
        await page.locator("#sample tr").filter(has_text="scored").wait_for()
        await page.locator("summary").click()
        await page.get_by_role("button", name="Save questions").click()
        await page.get_by_text("asked from now on").wait_for()
        await keep_picture(page, "quality-dark")
    assert len(centre.shelves.call_log.listeners("c1")) == 1
    assert [round(one.score, 1) for one in centre.shelves.quality.of_call("c1")] == [81.2]


async def test_an_agent_pauses_the_recording_of_the_call_at_hand(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, chatter: Path, tmp_path: Path
) -> None:
    centre, _ = echo_centre()
    recorded = {"recording": RecordingSettings(on=True), "home": tmp_path}
    centre.settings = centre.settings.model_copy(update=recorded)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(chatter) as caller, page_with_microphone(chatter, viewport=WINDOW) as agent:
        await sign_in(agent, app, address)
        await agent.goto(f"{address}/desk")
        await agent.get_by_role("button", name="Ready").click()
        await agent.locator("[data-presence='ready']").wait_for()
        await caller.goto(address)
        await caller.get_by_role("button", name="Call").click()
        await caller.get_by_text("Good afternoon").wait_for()
        await caller.keyboard.press("0")
        await agent.get_by_text("A caller for you").wait_for()
        await agent.keyboard.press("Enter")
        await agent.locator("#recording[data-state='recording']").wait_for()
        await agent.get_by_role("button", name="Pause recording").click()
        await agent.get_by_text("recording paused").wait_for()
        assert centre.recording.state("c1") == "paused"
        await keep_picture(agent, "desk-recording-paused")
        await agent.keyboard.press("v")
        await agent.locator("#recording[data-state='recording']").wait_for()
        await agent.keyboard.press("e")
        await agent.get_by_label("Outcome").wait_for()
        assert await agent.locator("#recording").is_hidden()
    centre.recording.close()


async def test_what_a_caller_waits_for_is_a_case_with_a_date_until_it_is_closed(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    centre = api_centre()
    now = dt.datetime.now(dt.UTC)
    for _ in range(2):
        ticket = centre.tickets.add(packet(business="clinic"), now)
        centre.tickets.set_status(ticket.id, TicketStatus.TAKEN, now)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as page:
        await sign_in(page, app, address)
        await page.goto(f"{address}/desk")
        await page.locator("#others button").first.click()
        await page.get_by_text("open case: move appointment, call 2 about it").click()
        await page.get_by_label("Follow-up").select_option("e-mail")
        await page.get_by_label("Note").fill("the form for <b>x-rays</b>")
        await page.get_by_role("button", name="Save follow-up").click()
        await page.locator("#cases").get_by_text("★ Ann Example").wait_for()
        await page.locator("#cases").get_by_text("move appointment · e-mail").wait_for()
        await page.locator("#case summary").get_by_text("with Maya").click()
        await page.get_by_text("e-mail · the form for <b>x-rays</b>").wait_for()
        await keep_picture(page, "desk-case")
        await page.get_by_role("button", name="Close the case").click()
        await page.get_by_text("closed case: move appointment").wait_for()
        await page.get_by_text("Nothing is open").wait_for()
