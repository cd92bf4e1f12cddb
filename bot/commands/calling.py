"""`frontdesk call | talk | chat | calls`: calls from recordings, at the microphone, with the keyboard; and what was."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from bot.app import Centre
from bot.audio.wav import read_audio, write_wav
from bot.channels.channel import Channel
from bot.channels.keyboard import KEYPAD
from bot.channels.keyboard import chat as chat_with
from bot.channels.microphone import MicrophoneChannel
from bot.channels.wavfile import Saying, WavFileChannel
from bot.clock import utc_now
from bot.config import load_settings
from bot.dialogue.conversation import Clock
from bot.errors import ConfigError, FrontdeskError
from bot.events import Answered, Effect, Event, Observe, StartedSpeaking, Think, Utterance
from bot.report import CallReport, as_json
from bot.store.store import open_store

KEYS = "keys:"

OUTCOMES = {
    "completed": "completed",
    "escalated": "passed to a person",
    "abandoned": "ended early",
    "failed": "failed",
}
"""For people to read; `--json` keeps the words of the report."""

caller_option = click.option("--caller", default="", metavar="NUMBER", help="The caller's number.")
to_option = click.option("--to", "called", default="", metavar="NUMBER", help="The number or business called.")
now_option = click.option("--now", default="", metavar="ISO", help="Pretend it is this moment, e.g. 2026-11-23T09:00.")
json_option = click.option("--json", "as_document", is_flag=True, help="One JSON document on stdout.")
reminder_option = click.option("--reminder", default="", metavar="ID", help="We ring because of this reminder.")


@click.command()
@click.argument("answers", nargs=-1, required=True, metavar="A.wav [B.wav | keys:123# …]")
@caller_option
@to_option
@now_option
@reminder_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep what the bot said as a WAV file.")
@json_option
def call(
    answers: tuple[str, ...],
    caller: str,
    called: str,
    now: str,
    reminder: str,
    out: Path | None,
    as_document: bool,
) -> None:
    """A whole call from recordings: each is what the caller says (or keys) after the bot's next question."""
    channel = WavFileChannel([_saying(answer) for answer in answers], caller, called)
    report = asyncio.run(_take(channel, clock_from(now), reminder, channel.observe, called))
    if out:
        write_wav(out, bytes(channel.heard))
    _print_call(as_json(report), as_document)
    if report.outcome == "failed":
        raise SystemExit(1)


@click.command()
@caller_option
@to_option
@now_option
@reminder_option
def talk(caller: str, called: str, now: str, reminder: str) -> None:
    """A call with microphone and loudspeaker (wear headphones: the bot would hear itself)."""

    def show(item: Event | Effect) -> None:
        match item:
            case StartedSpeaking(say):
                click.echo(f"bot   {say.text}")
            case Think(_, Utterance() as heard):
                click.echo(f"you   {heard.text}")

    async def take() -> None:
        channel = MicrophoneChannel(caller or "microphone", called)
        await channel.open()
        await _take(channel, clock_from(now), reminder, show, called)

    asyncio.run(take())


@click.command()
@caller_option
@to_option
@now_option
@reminder_option
@json_option
def chat(caller: str, called: str, now: str, reminder: str, as_document: bool) -> None:
    """A call with the keyboard: type what you would say; digits only are the keypad, an empty line is silence."""
    clock = clock_from(now)
    centre = Centre(load_settings(), clock)
    centre.load_diary()
    centre.offices.refuse_unknown(called)
    reception, witness = centre.begin("keyboard", reminder)
    try:
        chat_with(Terminal(quiet=as_document), reception, clock, Answered(caller, called), witness.observe)
    finally:
        centre.finish(witness.report, reception, reminder)
    if as_document:
        _print_call(as_json(witness.report), as_document)


class Terminal:
    """A typist at a terminal, or lines on standard input. `quiet`: the conversation goes to stderr."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet

    def read(self) -> str | None:
        click.echo("you   ", nl=False, err=self._quiet)
        return line.rstrip("\n") if (line := sys.stdin.readline()) else None

    def show(self, text: str) -> None:
        click.echo(f"bot   {text}", err=self._quiet)


@click.group()
def calls() -> None:
    """What happened in calls."""


@calls.command("list")
@click.option("--business", help="Only this one.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
def list_calls(business: str | None, limit: int, as_document: bool) -> None:
    """Newest first."""
    kept = open_store(load_settings().database).calls.list(business, limit + 1)
    found = kept[:limit]
    if as_document:
        click.echo(json.dumps(list(found), indent=2))
    elif not found:
        click.echo("No calls.")
    else:
        for report in found:
            outcome = OUTCOMES.get(report["outcome"], report["outcome"])
            click.echo(f"{report['call_id']}  {report['started_at'][:19]}  {outcome:18}  {report['business']}")
    if len(kept) > limit:
        click.echo(f"There are older ones than these {limit}; --limit shows more.", err=True)


@calls.command("show")
@click.argument("call_id")
@json_option
def show_call(call_id: str, as_document: bool) -> None:
    """One call with its transcript."""
    report = open_store(load_settings().database).calls.get(call_id)
    if report is None:
        raise FrontdeskError("calls.unknown", "There is no such call; `frontdesk calls list` shows those there are.")
    _print_call(dict(report), as_document)


# Shared -----------------------------------------------------------------------------------


def clock_from(now: str) -> Clock:
    """Runs on from the given moment (local time of this computer when it names no zone); raises ConfigError."""
    if not now:
        return utc_now
    try:
        start = dt.datetime.fromisoformat(now).astimezone(dt.UTC)
    except ValueError as error:
        raise ConfigError("config.now", f"--now {now} is not a moment; write it like 2026-11-23T09:00.") from error
    began = time.monotonic()
    return lambda: start + dt.timedelta(seconds=time.monotonic() - began)


def _saying(answer: str) -> Saying:
    if not answer.startswith(KEYS):
        return read_audio(Path(answer))
    keys = answer.removeprefix(KEYS)
    if not keys or set(keys) - KEYPAD:
        raise click.BadParameter(f"{answer}: after {KEYS} come keys of a telephone, 0 to 9, * and #.")
    return keys


async def _take(channel: Channel, clock: Clock, reminder: str, observe: Observe, called: str) -> CallReport:
    centre = Centre(load_settings(), clock)
    await centre.load()
    try:
        centre.offices.refuse_unknown(called)
        return await centre.take_call(channel, reminder, observe)
    finally:
        await centre.close()


def _print_call(report: dict[str, Any], as_document: bool) -> None:
    if as_document:
        click.echo(json.dumps(report, indent=2))
        return
    for turn in report["turns"]:
        click.echo(f"{turn['speaker']:6} {turn['text']}")
    click.echo(f"— {OUTCOMES.get(report['outcome'], report['outcome'])}")
