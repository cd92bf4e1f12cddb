"""The report page and the page of programs in Chromium, over a real database."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random

import pytest

from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.people import Person, Role
from tests.browser.conftest import PageWithMicrophone, ServeApp, sign_in
from tests.browser.test_handover import WINDOW, keep_picture
from tests.unit.web.api_centre import ApiCentre, api_centre
from tests.unit.web.fake_centre import NOON, packet

pytestmark = pytest.mark.browser

SEEN = "() => document.querySelector('#plot').complete && document.querySelector('#plot').naturalWidth > 500"


def busy_centre(days: int = 14) -> ApiCentre:
    """The last days of a clinic, with a script in a colleague's name."""
    centre, chance = api_centre(), random.Random(3)
    people = [Person(0, name.lower(), name, Role.AGENT, "", "key") for name in ("Maya Lee", "<b>Bob</b>", "Ines Roth")]
    agents = [centre.people.add(person, NOON).id for person in people]
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(12 * days):
        began = today - dt.timedelta(days=number % days + 1) + dt.timedelta(minutes=chance.randrange(480, 1080))
        make_call(centre, number, began, chance, agents)
    return centre


def make_call(centre: ApiCentre, number: int, began: dt.datetime, chance: random.Random, agents: list[int]) -> None:
    caller, store = f"+44207946{number % 90:04}", centre.shelves
    report = {"call_id": f"c{number}", "started_at": began.isoformat(), "caller": caller, "outcome": "completed"}
    report["turns"] = [{"speaker": "caller", "intent": chance.choice(("book", "cancel", "faq/parking"))}]  # type: ignore[assignment]
    if chance.random() < 0.6:
        store.calls.save(report | {"survey": {"rating": chance.randrange(3, 6)}}, "clinic")
        return
    queue = chance.choice(("reception", "billing"))
    ticket = store.tickets.add(packet(business="clinic", queue=queue, caller=caller, call_id=f"c{number}"), began)
    store.calls.save(report | {"outcome": "escalated", "ticket": {"id": ticket.id}}, "clinic")
    waited = dt.timedelta(seconds=chance.randrange(3, 45))
    if chance.random() < 0.1:
        store.happenings.add(Happening(ticket.id, What.ABANDONED, began + waited))
        return
    talk, agent = dt.timedelta(seconds=chance.randrange(60, 400)), chance.choice(agents)
    store.happenings.add(Happening(ticket.id, What.ANSWERED, began + waited, agent))
    store.happenings.add(Happening(ticket.id, What.ENDED, began + waited + talk, agent))


async def test_a_supervisor_chooses_what_a_report_is_by_sees_it_and_takes_it_along(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    centre = busy_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW, accept_downloads=True) as page:
        await sign_in(page, app, address, Role.SUPERVISOR)
        await page.goto(f"{address}/board/reports")
        await page.wait_for_function(SEEN)
        await keep_picture(page, "reports")
        table = page.get_by_role("table", name="Figures")
        assert await table.locator("tbody tr").count() == 14
        assert await table.locator("tfoot td").nth(1).inner_text() == "168"
        await page.get_by_label("By", exact=True).select_option("agent")
        await table.get_by_text("<b>Bob</b>").wait_for()
        assert await table.locator("tbody tr").count() == 3
        await page.wait_for_function(SEEN)
        async with page.expect_download() as began:
            await page.get_by_role("link", name="CSV").click()
        download = await began.value
        assert download.suggested_filename.endswith(".csv")
        rows = list(csv.DictReader(io.StringIO((await download.path()).read_text("utf-8"))))
        assert [row["agent"] for row in rows] == ["Maya Lee", "<b>Bob</b>", "Ines Roth", "total"]
        assert rows[-1]["calls"] == "168"
        await page.get_by_label("From", exact=True).fill("2020-01-01")
        await page.get_by_label("To", exact=True).fill("2019-01-01")
        await page.get_by_text("must not be before its first").wait_for()
        await page.get_by_label("To", exact=True).fill("2020-01-31")
        await page.get_by_text("No calls in these days").wait_for()


async def test_the_report_page_in_the_dark(page_with_microphone: PageWithMicrophone, serve_app: ServeApp) -> None:
    app = create_app(busy_centre())
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW, color_scheme="dark") as page:
        await sign_in(page, app, address, Role.ADMIN)
        await page.goto(f"{address}/board/reports")
        await page.get_by_label("By", exact=True).select_option("queue")
        await page.get_by_role("cell", name="billing", exact=True).wait_for()
        await page.wait_for_function(SEEN)
        await keep_picture(page, "reports-dark")


async def test_an_admin_makes_a_token_sees_it_once_and_revokes_it(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    centre = api_centre()
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await sign_in(page, app, address, Role.ADMIN)
        await page.goto(f"{address}/people")
        await page.get_by_role("link", name="Programs").click()
        await page.get_by_text("No program may ask yet.").wait_for()
        await page.get_by_label("What it is for").fill("Our <i>CRM</i>")
        await page.get_by_role("button", name="Make token").click()
        await page.get_by_text("It is shown this once.").wait_for()
        token = await page.locator("#secret-text").inner_text()
        assert centre.shelves.tokens.of(token, NOON) is not None
        await page.get_by_role("button", name="I have kept it").click()
        await page.reload()
        row = page.get_by_role("row", name="Our <i>CRM</i>")
        await row.wait_for()
        assert token not in await page.content()
        await row.get_by_role("button", name="Revoke").click()
        await row.get_by_text("revoked").wait_for()
        assert centre.shelves.tokens.of(token, NOON) is None


async def test_a_delivery_that_was_given_up_is_sent_again_by_hand(
    page_with_microphone: PageWithMicrophone, serve_app: ServeApp
) -> None:
    centre = api_centre(allow_private=True)
    app = create_app(centre)
    address = serve_app(app)
    async with page_with_microphone(None, viewport=WINDOW) as page:
        await sign_in(page, app, address, Role.ADMIN)
        await page.goto(f"{address}/people/programs")
        await page.get_by_label("Address").fill("ftp://crm.example.com")
        await page.get_by_role("button", name="Add webhook").click()
        await page.get_by_text("This is not an address").wait_for()
        await page.get_by_label("Address").fill("http://127.0.0.1:9/nobody-listens")
        await page.get_by_role("button", name="Add webhook").click()
        await page.get_by_text("messages to http://127.0.0.1:9/nobody-listens are signed").wait_for()
        [hook] = centre.shelves.webhooks.everything()
        assert await page.locator("#secret-text").inner_text() == hook.secret
        await page.get_by_role("button", name="Switch off").click()
        await page.get_by_text("(off)").wait_for()
        number = centre.shelves.outbox.ping(hook.id, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        centre.shelves.outbox.failed(number, 500, "answered 500", None)
        await page.get_by_role("button", name="Look again").click()
        await page.get_by_text("✕ given up").wait_for()
        await keep_picture(page, "programs")
        await page.get_by_role("button", name="Send ping of").click()
        await page.get_by_text("It is sent again.").wait_for()
        await page.get_by_text("to be sent", exact=True).last.wait_for()
        delivery = centre.shelves.outbox.get(number)
        assert delivery is not None
        assert delivery.status == "pending"
