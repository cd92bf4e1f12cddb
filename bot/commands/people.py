"""`frontdesk tickets …`: the queue for people from the command line."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bot.config import load_settings
from bot.store.store import open_store
from handoff.model import Ticket


@click.group()
def tickets() -> None:
    """The queue for people.

    With --json a ticket is {"id", "business", "created_at", "status", "queue", "priority", "reasons", "summary",
    "caller", "customer", "identity", "wants", "slots", "transcript", "call_id", "business_name", "written",
    "caller_name"}:
    `written` has the slots as people read them; priority is emergency, high, normal or low, status waiting, offered,
    taken, done or abandoned.
    """


@tickets.command("list")
@click.option("--business", default=None, metavar="ID")
@click.option("--waiting", is_flag=True, help="Only those waiting, in the order in which they are served.")
@click.option("--limit", default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def list_tickets(business: str | None, waiting: bool, limit: int, as_json: bool) -> None:
    """Newest first."""
    store = open_store(load_settings().database)
    try:
        shelf = store.tickets
        found = list(shelf.waiting(business))[:limit] if waiting else list(shelf.newest(business, limit))
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps([ticket_row(ticket) for ticket in found], indent=2, ensure_ascii=False))
    elif not found:
        click.echo("No tickets.")
    else:
        for ticket in found:
            click.echo(line(ticket))


def ticket_row(ticket: Ticket) -> dict[str, object]:
    packet = asdict(ticket.packet) | {"priority": ticket.packet.priority.name.lower()}
    head = {"id": ticket.id, "created_at": ticket.created_at.isoformat(), "status": ticket.status.value}
    return head | packet


def line(ticket: Ticket) -> str:
    packet = ticket.packet
    who = packet.customer or packet.caller_name or packet.caller or "unknown caller"
    return (
        f"{ticket.id}  {ticket.created_at.astimezone():%Y-%m-%d %H:%M}  {packet.priority.name.lower():9}  "
        f"{ticket.status.value:9}  {who}: {packet.summary}  ({'; '.join(packet.reasons)})"
    )
