"""The caller's page in a real browser, against a conversation without engines."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.web.server import create_app
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.unit.web.fake_centre import NOON, echo_centre, packet, tone

pytestmark = pytest.mark.browser


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """A second of quiet, then two of a loud tone."""
    return recording(tmp_path, bytes(32_000) + tone(2_000, 500) + bytes(32_000))


def recording(folder: Path, pcm: bytes) -> Path:
    path = folder / "spoken.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(pcm)
    return path


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the page and the server run by themselves
            await asyncio.sleep(0.01)


async def test_a_call_carries_sound_both_ways_and_shows_what_is_said(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, conversation = echo_centre()
    address = serve_app(create_app(centre))
    async with page_with_microphone(spoken) as page:
        await page.goto(address)
        await page.get_by_role("button", name="Call").click()
        await page.get_by_text("Good afternoon, how can I help?").wait_for()
        await page.get_by_text("i hear something").wait_for()
        assert await page.locator("#status-text").inner_text() == "Connected"
        await page.keyboard.press("5")
        await page.get_by_text("pressed 5").wait_for()
        await page.keyboard.press("9")
        await page.get_by_role("button", name="Call again").wait_for()
        assert "Thank you for calling" in await page.locator("#lead").inner_text()
    assert conversation.digits == "59"
    assert conversation.loud_ms >= 400


async def test_the_loudspeaker_plays_what_the_bot_says(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    address = serve_app(create_app(centre))
    async with page_with_microphone(spoken) as page:
        await page.goto(address)
        await page.get_by_role("button", name="Call").click()
        await page.locator("[data-speaks='yes']").wait_for()
        await page.locator("[data-speaks='no']").wait_for()


async def test_without_a_microphone_the_keypad_carries_the_call(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    centre, conversation = echo_centre()
    address = serve_app(create_app(centre))
    async with page_with_microphone(None) as page:
        await page.goto(address)
        await page.get_by_role("button", name="Call").click()
        await page.get_by_text("microphone was not allowed for this page").wait_for()
        await page.get_by_role("button", name="7").click()
        await page.get_by_text("pressed 7").wait_for()
        await page.get_by_role("button", name="Hang up").click()
        await page.get_by_role("button", name="Call again").wait_for()
    assert conversation.digits == "7"
    assert conversation.heard_ms > 0, "silence is sent, for the call counts time in audio"


async def test_mute_sends_silence(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, tmp_path: Path
) -> None:
    centre, conversation = echo_centre()
    address = serve_app(create_app(centre))
    async with page_with_microphone(recording(tmp_path, tone(60_000, 500))) as page:
        await page.goto(address)
        await page.get_by_role("button", name="Call").click()
        await page.get_by_text("i hear something").wait_for()
        await page.keyboard.press("m")
        await page.get_by_role("button", name="Unmute").wait_for()
        muted_at = conversation.heard_ms
        await until(lambda: conversation.heard_ms > muted_at + 500)  # what was on its way has come
        loud_ms = conversation.loud_ms
        await until(lambda: conversation.heard_ms > muted_at + 2_000)
        assert conversation.loud_ms == loud_ms
        await page.keyboard.press("m")
        await until(lambda: conversation.loud_ms > loud_ms)


async def test_who_waits_for_nobody_is_told_that_somebody_will_ring_back_and_on_which_number(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    centre.settings = centre.settings.model_copy(update={"unstaffed_wait_s": 0.5})
    async with page_with_microphone(spoken) as page:
        await page.goto(serve_app(create_app(centre)))
        await page.get_by_role("button", name="Call").click()
        await page.get_by_text("Good afternoon").wait_for()
        await page.keyboard.press("0")
        await page.get_by_role("heading", name="Our team is not in at the moment").wait_for()
        await page.get_by_text("somebody will ring you back on +1 555 0100").wait_for()
        assert await page.get_by_role("button", name="Call again").is_visible()


async def test_a_caller_who_is_handed_over_sees_that_they_wait_and_when_a_person_takes_them(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(spoken) as page:
        await page.goto(address)
        await page.get_by_role("button", name="Call").click()
        await page.get_by_text("Good afternoon").wait_for()
        await page.keyboard.press("0")
        await page.get_by_text("You are next.").wait_for()
        desk = await page.context.new_page()
        await sign_in(desk, app, address)
        await desk.goto(f"{address}/desk")
        await desk.get_by_text("caller is on the line").wait_for()
        await desk.get_by_role("button", name="Take").click()
        await page.get_by_role("heading", name="A person has your request").wait_for()
        await desk.get_by_role("button", name="Done").click()
        await page.get_by_text("Your request has been taken care of").wait_for()


async def test_a_lost_connection_is_told_and_the_next_call_is_one_click_away(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(spoken) as page:
        sockets: list[object] = []

        async def cut_after_start(socket) -> None:  # type: ignore[no-untyped-def]
            sockets.append(socket)
            server = socket.connect_to_server()
            if len(sockets) == 1:
                asyncio.get_running_loop().call_later(1.0, lambda: asyncio.ensure_future(socket.close(code=1011)))
            assert server

        await page.route_web_socket("**/call/browser", cut_after_start)
        await page.goto(address)
        await page.get_by_role("button", name="Call").click()
        await page.get_by_role("alert").get_by_text("The connection was lost").wait_for()
        await page.get_by_role("alert").get_by_role("button", name="Call again").click()
        await page.get_by_text("You are connected").wait_for()


async def test_a_page_opened_too_early_says_so_and_goes_on_by_itself(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    centre.ready = False
    address = serve_app(create_app(centre))
    async with page_with_microphone(spoken) as page:
        await page.goto(address)
        await page.get_by_role("heading", name="We are just opening").wait_for()
        assert await page.get_by_role("button", name="Call").is_disabled()
        centre.ready = True
        await page.get_by_role("heading", name="How can we help you today?").wait_for()
        await page.get_by_role("button", name="Call").click()
        await page.get_by_text("You are connected").wait_for()


async def test_a_signed_in_page_rings_and_answering_starts_the_reminder(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    app = create_app(centre)
    address = serve_app(app)
    links = app.state.house.links
    async with page_with_microphone(spoken) as page:
        await page.goto(f"{address}/ring/{links.ring_page('customer-1')}")
        await page.get_by_text("We will ring here").wait_for()
        await page.locator("[data-bell='listening']").wait_for()
        order = f"{address}/ring/orders/{links.ring_order('reminder-7', 'customer-1')}"
        ringing = asyncio.create_task(page.context.request.post(order))
        await page.get_by_role("alertdialog").wait_for()
        await page.get_by_role("button", name="Answer").click()
        await page.get_by_text("A reminder: reminder-7").wait_for()
        assert not ringing.done(), "who ordered the ring hears when its call is over"
        await page.keyboard.press("h")
        assert await (await ringing).json() == {"result": "answered"}
    assert centre.reminders == ["reminder-7"]


async def test_what_a_caller_says_is_text_on_the_desk_and_never_markup(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, spoken: Path
) -> None:
    centre, _ = echo_centre()
    script = "<script>document.title='broken into'</script><img src=x onerror=\"document.title='broken into'\">"
    centre.tickets.add(packet(customer=script, summary=script, reasons=(script,), slots={script: script}), NOON)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(spoken) as page:
        await sign_in(page, app, address)
        await page.goto(f"{address}/desk")
        await page.get_by_role("heading", name=script).wait_for()
        assert await page.title() == "Desk · Frontdesk"
        assert await page.locator("main script, main img").count() == 0
        assert await page.locator(".doubt").all_inner_texts() == ["ex", "rays"]
