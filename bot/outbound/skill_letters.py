"""The letters of finished skills: by the same post as reminders, tried again more and more seldom when it fails."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Protocol

import aiosmtplib
import structlog

from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.outbound.mail import Post
from bot.skills.results import Mail

log = structlog.get_logger()

LOOK_S: Final = 15.0
MAX_TRIES: Final = 8
FIRST_PAUSE: Final = dt.timedelta(minutes=1)
"""Doubled after each try: the last one two hours after the first."""


class Letter(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def mail(self) -> Mail: ...
    @property
    def business(self) -> str: ...
    @property
    def tries(self) -> int: ...


class Letters(Protocol):
    """Where they lie until they are sent."""

    def due_letters(self, now: dt.datetime) -> Sequence[Letter]: ...
    def letter_sent(self, result_id: int) -> None: ...
    def letter_failed(self, result_id: int, again_at: dt.datetime | None) -> None: ...


async def keep_sending(
    letters: Letters, post: Post, sender: str, clock: Callable[[], dt.datetime], every_s: float = LOOK_S
) -> None:
    """Until cancelled: whatever fails is said once a round and tried again."""
    while True:
        try:
            await send_due(letters, post, sender, clock())
        except FrontdeskError as error:
            log.warning("skill_letters.waiting", code=error.code)
        except Exception as error:  # without these rounds nothing would be sent any more, and nobody would notice
            log.error("skill_letters.waiting", error=type(error).__name__, where=place_of(error))
        await asyncio.sleep(every_s)


async def send_due(letters: Letters, post: Post, sender: str, now: dt.datetime) -> int:
    """How many were sent. Raises StoreError."""
    sent = 0
    for letter in await asyncio.to_thread(letters.due_letters, now):
        try:
            await post.deliver(message(letter, sender, now), f"{letter.business}-skill-{letter.id}")
        except (OSError, aiosmtplib.SMTPException, ValueError) as error:  # ValueError: an address that is none
            log.warning("skill_letters.failed", result=letter.id, error=type(error).__name__)
            await asyncio.to_thread(letters.letter_failed, letter.id, again_at(letter.tries, now))
        else:
            await asyncio.to_thread(letters.letter_sent, letter.id)
            sent += 1
    return sent


def again_at(tries: int, now: dt.datetime) -> dt.datetime | None:
    """None: given up."""
    return now + FIRST_PAUSE * 2 ** (tries - 1) if tries < MAX_TRIES else None


def message(letter: Letter, sender: str, now: dt.datetime) -> EmailMessage:
    """Its id names the result: a mail sent twice is shown once. Raises ValueError for an address that is none."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = letter.mail.to
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<skill-{letter.business}-{letter.id}@frontdesk>"
    mail["Subject"] = letter.mail.subject
    mail.set_content(letter.mail.text)
    return mail
