"""`frontdesk webhooks …`: who is told what happens, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.clock import utc_now
from bot.config import load_settings
from bot.errors import ConfigError
from bot.store.store import Store, open_store
from handoff.webhooks import Delivery, DeliveryStatus, Event, Webhook, WrongWebhook, check_url, new_secret

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


@click.group()
def webhooks() -> None:
    """Who is told what happens (docs/api.md).

    With --json a webhook is {"id", "url", "events", "business", "is_active"}, `add` adds "secret", shown this once; a
    delivery is {"id", "webhook_id", "message_id", "event", "status", "tries", "created_at", "due_at", "answered",
    "problem"}.
    """


@webhooks.command()
@click.argument("url")
@click.option(
    "--event", "events", multiple=True, type=click.Choice([event.value for event in Event]), help="All of them."
)
@click.option("--business", default="", metavar="ID", help="All of them when left out.")
@json_option
def add(url: str, events: tuple[str, ...], business: str, as_json: bool) -> None:
    """From now on URL is told. Prints the secret that its messages are signed with, this once."""
    try:
        check_url(url, load_settings().webhooks.allow_private)
    except WrongWebhook as error:
        raise ConfigError("webhooks.url", str(error)) from error
    wanted = frozenset(Event(name) for name in events) or frozenset(Event)
    with opened() as store:
        made = store.webhooks.add(Webhook(0, url, new_secret(), wanted, business), utc_now())
    if as_json:
        click.echo(json.dumps(_hook(made) | {"secret": made.secret}, indent=2))
    else:
        click.echo(made.secret)
        click.echo(f"Webhook {made.id}. Keep the secret well: it is not shown again.", err=True)


@webhooks.command("list")
@json_option
def list_webhooks(as_json: bool) -> None:
    with opened() as store:
        found = store.webhooks.everything()
    if as_json:
        click.echo(json.dumps([_hook(one) for one in found], indent=2))
        return
    for one in found:
        click.echo(f"{one.id:4}  {'' if one.is_active else '(off) '}{one.url}  {', '.join(sorted(one.events))}")
    if not found:
        click.echo("No webhooks.")


@webhooks.command()
@click.argument("webhook_id", type=click.IntRange(min=1))
def remove(webhook_id: int) -> None:
    """With everything that it has yet to be told."""
    with opened() as store:
        store.webhooks.remove(webhook_id)
    click.echo(f"Webhook {webhook_id} is told nothing any more.")


@webhooks.command()
@click.argument("webhook_id", type=click.IntRange(min=1))
def ping(webhook_id: int) -> None:
    """Send a message that says nothing; `deliveries` tells what became of it."""
    with opened() as store:
        if store.webhooks.get(webhook_id) is None:
            raise ConfigError("webhooks.none", "There is no such webhook; see frontdesk webhooks list.")
        delivery = store.outbox.ping(webhook_id, utc_now())
    click.echo(f"Delivery {delivery} is sent by the running call centre.")


@webhooks.command()
@click.option("--status", type=click.Choice([status.value for status in DeliveryStatus]))
@click.option("--webhook", "webhook_id", type=click.IntRange(min=1))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
def deliveries(status: str | None, webhook_id: int | None, limit: int, as_json: bool) -> None:
    """What was sent, newest first; --status dead: what was given up."""
    with opened() as store:
        found = store.outbox.newest(DeliveryStatus(status) if status else None, webhook_id, None, limit)
    if as_json:
        click.echo(json.dumps([_delivery(one) for one in found], indent=2))
        return
    for one in found:
        last = one.problem or one.answered or "not yet tried"
        click.echo(
            f"{one.id:6}  {one.created_at:%Y-%m-%d %H:%M}  {one.event:22}  {one.status:9}  tries {one.tries}  {last}"
        )
    if not found:
        click.echo("No deliveries.")


@webhooks.command()
@click.argument("delivery_id", type=click.IntRange(min=1))
def again(delivery_id: int) -> None:
    """Send a delivery anew, with all its tries."""
    with opened() as store:
        store.outbox.again(delivery_id, utc_now())
    click.echo(f"Delivery {delivery_id} is sent again by the running call centre.")


@contextmanager
def opened() -> Iterator[Store]:
    store = open_store(load_settings().database)
    try:
        yield store
    finally:
        store.close()


def _hook(webhook: Webhook) -> dict[str, object]:
    names = ("id", "url", "business", "is_active")
    return {name: getattr(webhook, name) for name in names} | {"events": sorted(webhook.events)}


def _delivery(delivery: Delivery) -> dict[str, object]:
    names = ("id", "webhook_id", "message_id", "event", "status", "tries", "answered", "problem")
    moments = {name: getattr(delivery, name).isoformat() for name in ("created_at", "due_at")}
    return {name: getattr(delivery, name) for name in names} | moments
