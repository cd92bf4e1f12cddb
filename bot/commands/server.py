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
    from bot.web.bell import Bell
    from bot.web.page_line import PageLine
    from bot.web.phone_line import PhoneLine
    from bot.web.server import create_app
    from bot.web.serving import run

    asked = {"port": port, "host": host}
    settings = load_settings(**{name: value for name, value in asked.items() if value is not None})
    if not (settings.home / "intents").exists():
        click.echo("  The first start learns how callers speak, for some seconds; later ones need not.", err=True)
    centre, bell = Centre(settings), Bell()

    async def get_ready() -> None:
        await centre.load()
        centre.keep_reminding([PageLine(bell), PhoneLine(lambda: app.state.phone.dialler())])

    app = create_app(centre, get_ready, bell=bell)
    run(app, settings, lambda line: click.echo(line, err=True))
