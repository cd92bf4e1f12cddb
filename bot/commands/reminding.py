"""`frontdesk remind …`: what is to be told to whom, and telling it."""

from __future__ import annotations

import asyncio
import datetime as dt

import click

from bot.commands.diary_options import Diaries, Row, json_option, moment, now_option, show, with_diaries
from bot.outbound.model import Reminder
from bot.outbound.placing import Line, Placing
from bot.outbound.rounds import FirstThatReaches


@click.group()
def remind() -> None:
    """Reminders.

    With --json a reminder is {"id", "kind", "business", "customer", "due", "reference", "start", "tries"}; kind is
    reminder, or offer (of a freed time to somebody on the waiting list), reference "" then.
    """


@remind.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what is not due yet.")
@now_option
@json_option
@with_diaries
def list_reminders(diaries: Diaries, everything: bool, now: dt.datetime | None, as_json: bool) -> None:
    """What is due now, soonest first."""
    if everything:
        found = list(diaries.store.reminders.planned(diaries.businesses))
    else:
        zone = diaries.business("").timezone
        found = Placing(diaries.store.reminders, diaries.businesses).due(moment(now, zone))
    rows = [reminder_row(reminder) for reminder in found]
    show(rows, ("id", "kind", "due", "customer", "reference", "start"), as_json, "Nothing is due.")


@remind.command()
@click.option("--way", type=click.Choice(["any", "page", "mail"]), default="any", show_default=True)
@now_option
@json_option
@with_diaries
def run(diaries: Diaries, way: str, now: dt.datetime | None, as_json: bool) -> None:
    """Place what is due: ring on the caller's page where the person is signed in to the running server, else by e-mail.

    Mail goes through the server of the settings, else into the folder `outbox`. With --json: the reminders placed, each
    with its "outcome" (confirmed, moved, cancelled, reached, sent, call_later, no_answer, busy, no_address, failed …).
    """
    from bot.outbound.mail import MailLine, post_for  # only this command needs to wait for these
    from bot.web.page_line import PageLineElsewhere

    zone, settings = diaries.business("").timezone, diaries.settings

    def clock() -> dt.datetime:
        return moment(now, zone)

    lines: dict[str, Line] = {
        "page": PageLineElsewhere(settings),
        "mail": MailLine(post_for(settings), lambda: diaries.businesses, settings.smtp.sender, clock),
    }
    line = FirstThatReaches([line for name, line in lines.items() if way in ("any", name)])
    placed = asyncio.run(Placing(diaries.store.reminders, diaries.businesses).place_due(line, clock))
    rows = [{**reminder_row(reminder), "outcome": outcome.value} for reminder, outcome in placed]
    show(rows, ("id", "kind", "customer", "start", "outcome"), as_json, "Nothing was due.")


def reminder_row(reminder: Reminder) -> Row:
    return {
        "id": reminder.id,
        "kind": reminder.kind,
        "business": reminder.business,
        "customer": reminder.customer.name,
        "due": reminder.due_at.isoformat(),
        "reference": reminder.appointment.reference if reminder.appointment else "",
        "start": reminder.start.isoformat(),
        "tries": reminder.tries,
    }
