"""The command `frontdesk`. Each group of commands is a file in `bot/commands`, found here by name.

Groups are imported only when called, so that `frontdesk --help` answers at once.
"""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

from bot.errors import FrontdeskError
from bot.logs import configure_logs, place_of

COMMANDS = {
    "serve": ("server", "The call centre: caller's page, agents' list, health."),
    "doctor": ("setup", "What is installed, what is missing, how to mend it."),
    "models": ("setup", "Speech models: list, fetch, verify."),
    "call": ("calling", "A whole call from recordings."),
    "talk": ("calling", "A call with microphone and loudspeaker."),
    "chat": ("calling", "A call with the keyboard."),
    "calls": ("calling", "What happened in calls."),
    "transcribe": ("hearing", "What the recogniser hears."),
    "say": ("speaking", "What the voice says."),
    "appointments": ("diary", "The diary: list, slots, book, move, cancel, import, export."),
    "remind": ("diary", "Reminders: list what is due, place it."),
    "tickets": ("people", "The queue for people."),
    "staffing": ("staffing", "How many people it takes: Erlang C."),
    "nlu": ("language", "Learn, predict, extract, validate, evaluate."),
    "content": ("content", "What the bot knows and says: draft, check, publish, roll back."),
    "test": ("testing", "Conversations from nlu_data, played without sound."),
    "skills": ("skills", "What a business asks and does: list, draw, results."),
    "report": ("report", "Figures over any days: a table, JSON, CSV, a picture."),
    "tokens": ("tokens", "Who may ask over REST: create, list, revoke."),
    "webhooks": ("webhooks", "Who is told what happens: add, list, ping, deliveries."),
    "bench": ("bench", "Measure: simulated callers with real speech."),
}
"""Command → (module in bot/commands that has a click command of that name, one line for --help)."""


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"bot.commands.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Frontdesk: an automated call centre on one ordinary computer."""


def main() -> None:
    configure_logs()
    try:
        cli()
    except FrontdeskError as error:
        _leave(error.message)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        _leave(f"{what}{(error.strerror or type(error).__name__).lower()}. Please look at the rights and the folder.")
    except Exception as error:  # its text may hold what a caller said
        _leave(
            f"This should not have happened ({type(error).__name__} at {place_of(error)}). Please report it; "
            "`frontdesk doctor` may know what is wrong on this computer."
        )


def _leave(sentence: str) -> NoReturn:
    click.echo(f"frontdesk: {sentence}", err=True)
    sys.exit(1)
