"""Supervisors at the board: queues set while callers wait in them, callers moved, call backs worked at the desk."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.async_api import Page

from bot.web.server import create_app
from handoff.history import What
from handoff.model import TicketStatus
from handoff.people import Role
from handoff.queues import Opening, Queue, Strategy
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.browser.test_handover import WINDOW, keep_picture, recording
from tests.unit.web.fake_centre import FakeCentre, echo_centre, packet, tone

pytestmark = pytest.mark.browser

NUMBER = "+15550100"


@pytest.fixture
def centre() -> FakeCentre:
    centre = echo_centre()[0]
    for name in ("reception", "billing"):
        centre.queues.put(Queue(name), centre.now())
    return centre


def wants_to_be_called(centre: FakeCentre, **changes: object) -> str:
    ticket = centre.tickets.add(packet(**changes), centre.now())
    centre.tickets.call_back(ticket.id, NUMBER, None, centre.now())
    return ticket.id


async def save(board: Page, name: str, **fields: str) -> None:
    form = board.locator("form.queue-form").filter(has=board.get_by_role("heading", name=name, exact=True))
    for label, value in fields.items():
        control = form.get_by_label(label.replace("_", " "))
        if await control.evaluate("one => one.tagName") == "SELECT":
            await control.select_option(value)
        else:
            await control.fill(value)
    await form.get_by_role("button", name="Save").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_supervisor_sets_a_queue_and_it_holds_for_the_next_caller(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, centre: FakeCentre, scheme: str
) -> None:
    app = create_app(centre)
    address = serve_app(app)
    later = centre.now() + dt.timedelta(days=2)
    day = f"{later:%a} 09:00-10:00"
    async with page_with_microphone(None, viewport=WINDOW, color_scheme=scheme) as board:
        await sign_in(board, app, address, Role.SUPERVISOR)
        await board.goto(f"{address}/board")
        await board.get_by_text("Queue settings").click()
        await save(board, "reception", Who_is_asked="ring_all", Who_helps="billing", **{"Help_after_(s)": "90"})
        await board.get_by_text("reception is set").wait_for()
        await board.locator("#queue-settings").scroll_into_view_if_needed()
        await keep_picture(board, f"board-queues-{scheme}")
        assert centre.queues.queues["reception"] == Queue(
            "reception", Strategy.RING_ALL, overflow_to="billing", overflow_after_s=90
        )
        await save(board, "reception", Opening_hours="every day")
        await board.get_by_text("Hours are written as").wait_for()
        await save(board, "reception", Opening_hours=day)
        await board.get_by_text("reception is set").wait_for()
        assert centre.queues.queues["reception"].opening == (Opening(later.weekday(), "09:00", "10:00"),)
    assert app.state.house.floor.admits("reception") == "closed", "for the next caller"


async def test_who_waits_is_moved_to_another_queue_at_the_board(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, centre: FakeCentre
) -> None:
    ticket = wants_to_be_called(centre)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as board:
        await sign_in(board, app, address)
        await board.goto(f"{address}/desk")
        await board.get_by_role("button", name="Ready").wait_for()
        await sign_in(board, app, address, Role.SUPERVISOR)
        await board.goto(f"{address}/board")
        await board.get_by_text("Nobody waits for a person").wait_for(state="hidden")
        async with board.context.expect_page() as opened:  # somebody at their desk: then call backs are looked up
            await board.evaluate("window.open('/desk')")
        await (await opened.value).get_by_role("button", name="Ready").wait_for()
        await board.get_by_label("Queue of Ann Example").select_option("billing")
        await board.get_by_text("Ann Example waits in billing now.").wait_for()
        await keep_picture(board, "board-who-waits")
    assert centre.tickets.tickets[ticket].packet.queue == "billing"


async def test_a_call_back_without_a_line_shows_the_number_and_is_put_aside_with_one_key(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, centre: FakeCentre
) -> None:
    ticket = wants_to_be_called(centre)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as agent:
        await sign_in(agent, app, address)
        await agent.goto(f"{address}/desk")
        await agent.get_by_role("button", name="Ready").click()
        await agent.get_by_text("A call back for you").wait_for()
        await agent.keyboard.press("Enter")
        await agent.get_by_text("their number is +1 555 0100. Please ring them on your telephone.").wait_for()
        card = agent.locator("#callcard")
        keys = [text.split() for text in await card.get_by_role("button").all_inner_texts()]
        assert keys == [["Not", "reached,", "try", "again", "later", "N"], ["Settled", "E"]]
        await keep_picture(agent, "desk-call-back")
        await agent.keyboard.press("n")
        await agent.get_by_label("Outcome").wait_for()
    assert centre.tickets.tickets[ticket].status is TicketStatus.WAITING
    assert centre.history.happened[-1].what is What.UNREACHED


async def test_a_message_is_played_at_the_desk(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp, centre: FakeCentre
) -> None:
    ticket = wants_to_be_called(centre)
    centre.tickets.keep_message(ticket, "T1.wav", centre.now())
    folder = centre.settings.home / "messages"
    folder.mkdir(parents=True, exist_ok=True)
    recording(folder / "T1.wav", tone(100, 500))
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as agent:
        await sign_in(agent, app, address)
        await agent.goto(f"{address}/desk")
        await agent.get_by_role("button", name="Ready").click()
        await agent.get_by_text("A message for you").wait_for()
        await agent.keyboard.press("Enter")
        await agent.get_by_label("The message they left").evaluate("one => one.play()")
        await agent.wait_for_function("() => document.querySelector('#callcard audio').currentTime > 0.3")
        await keep_picture(agent, "desk-message")
        await agent.keyboard.press("e")
        await agent.get_by_label("Outcome").wait_for()
    assert centre.tickets.tickets[ticket].status is TicketStatus.DONE
