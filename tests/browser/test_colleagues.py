"""Three real browsers: a colleague is asked into a talk, all three talk, and the colleague has the caller."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.web.server import create_app
from handoff.history import What
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.browser.test_handover import HEARS_THE_CALLER, WINDOW, chatter, keep_picture
from tests.unit.web.fake_centre import echo_centre, session_cookie

pytestmark = pytest.mark.browser

__all__ = ["chatter"]


async def test_a_colleague_is_asked_in_joins_and_keeps_the_caller(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, chatter: Path
) -> None:
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with (
        page_with_microphone(chatter, viewport=WINDOW) as caller,
        page_with_microphone(chatter, viewport=WINDOW) as maya,
        page_with_microphone(chatter, viewport=WINDOW, color_scheme="dark") as ben,
    ):
        await sign_in(maya, app, address)
        await ben.context.add_cookies(
            [{"name": n, "value": v, "url": address} for n, v in session_cookie(app, name="Ben").items()]
        )
        await ben.goto(f"{address}/desk")
        await ben.locator("[data-presence='paused']").wait_for()
        await maya.goto(f"{address}/desk")
        await maya.get_by_role("button", name="Ready").click()
        await maya.locator("[data-presence='ready']").wait_for()
        await caller.goto(address)
        await caller.get_by_role("button", name="Call").click()
        await caller.get_by_text("Good afternoon").wait_for()
        await caller.keyboard.press("0")
        await maya.get_by_text("A caller for you").wait_for()
        await maya.keyboard.press("Enter")
        await caller.get_by_role("heading", name="You are talking to Maya").wait_for()
        await maya.get_by_label("Ask somebody first, with the caller on hold (Q)").wait_for()
        await keep_picture(maya, "desk-talk-controls")

        await maya.get_by_label("Ask somebody first, with the caller on hold (Q)").select_option("Ben")
        await maya.get_by_text("Asking Ben").wait_for()
        await caller.get_by_role("heading", name="Maya put you on hold").wait_for()
        await ben.get_by_text("Maya asks you in").wait_for()
        await ben.get_by_role("heading", name="Ann Example").wait_for()
        await keep_picture(ben, "desk-asked-in-dark")
        await ben.keyboard.press("Enter")
        await ben.get_by_text("You talk with Maya by yourselves").wait_for()
        await maya.get_by_text("You talk with Ben by yourselves").wait_for()
        await maya.wait_for_function(HEARS_THE_CALLER)  # the colleague, in fact: the caller is not heard
        await keep_picture(maya, "desk-consulting")

        await maya.keyboard.press("g")
        await caller.get_by_role("heading", name="You are talking to Maya and Ben").wait_for()
        await ben.get_by_text("All three of you talk").wait_for()
        await ben.wait_for_function(HEARS_THE_CALLER)
        await caller.locator("[data-speaks='yes']").wait_for()
        await keep_picture(ben, "desk-three-dark")

        await maya.keyboard.press("#")
        await maya.get_by_role("group", name="Keypad").wait_for()
        await maya.keyboard.press("4")
        await maya.locator(".pressed", has_text="4").wait_for()

        await maya.keyboard.press("o")
        await caller.get_by_role("heading", name="You are talking to Ben").wait_for()
        await maya.get_by_label("Outcome").wait_for()
        await ben.locator("[data-kind='talk']").wait_for()
        await ben.wait_for_function(HEARS_THE_CALLER)
        await ben.keyboard.press("e")
        await caller.get_by_text("Your request has been taken care of").wait_for()
    whats = [one.what for one in centre.history.happened]
    assert whats.count(What.ANSWERED) == 2
    assert What.CONSULTED in whats
