"""`frontdesk serve`: the call centre with its pages, until Ctrl-C."""

from __future__ import annotations

import click


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 picks a free one. Default: 8080.")
@click.option("--host", help="Address to listen on. Default: 127.0.0.1, this computer only.")
@click.option("--workers", type=click.IntRange(1, 1), default=1, help="Processes; one for now.")
def serve(port: int | None, host: str | None, workers: int) -> None:
    """The call centre: caller's page, agents' list, health."""
    click.echo("Frontdesk is starting …", err=True)
    from bot.app import Centre  # after the first word: it brings in every engine
    from bot.config import load_settings
    from bot.web.server import create_app
    from bot.web.serving import run

    asked = {"port": port, "host": host}
    settings = load_settings(**{name: value for name, value in asked.items() if value is not None})
    centre = Centre(settings)
    run(create_app(centre, centre.load), settings, lambda line: click.echo(line, err=True))
