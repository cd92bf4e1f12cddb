"""`frontdesk tokens …`: who may ask over REST."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bot.clock import utc_now
from bot.config import load_settings
from bot.store.store import open_store
from handoff.tokens import Token, TokenRole

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


@click.group()
def tokens() -> None:
    """Who may ask over REST (docs/api.md).

    With --json a token is {"id", "name", "role", "start", "created_at", "used_at", "revoked_at"}; `create` adds
    "token", which is shown this once.
    """


@tokens.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in TokenRole]), default="service", show_default=True)
@json_option
def create(name: str, role: str, as_json: bool) -> None:
    """A new token for NAME: what it is for. It is shown once and kept nowhere."""
    store = open_store(load_settings().database)
    try:
        made, plain = store.tokens.create(name[:80], TokenRole(role), utc_now())
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps(_row(made) | {"token": plain}, indent=2))
    else:
        click.echo(plain)
        click.echo(f"Token {made.id} for {made.name}, role {role}. Keep it well: it is not shown again.", err=True)


@tokens.command("list")
@json_option
def list_tokens(as_json: bool) -> None:
    """All of them, oldest first."""
    store = open_store(load_settings().database)
    try:
        found = store.tokens.everything()
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps([_row(one) for one in found], indent=2))
    elif not found:
        click.echo("No tokens.")
    else:
        for one in found:
            used = f"used {one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never used"
            click.echo(
                f"{one.id:4}  {one.start}…  {one.role.value:10}  {'revoked' if one.revoked_at else used}  {one.name}"
            )


@tokens.command()
@click.argument("token_id", type=click.IntRange(min=1))
@json_option
def revoke(token_id: int, as_json: bool) -> None:
    """From now on it opens nothing."""
    store = open_store(load_settings().database)
    try:
        revoked = store.tokens.revoke(token_id, utc_now())
    finally:
        store.close()
    click.echo(json.dumps(_row(revoked), indent=2) if as_json else f"Token {token_id} opens nothing any more.")


def _row(token: Token) -> dict[str, object]:
    plain = asdict(token)
    del plain["digest"]
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in plain.items()}
