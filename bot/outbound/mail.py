"""Reaching people by e-mail: through an SMTP server, or into a folder of `.eml` files when there is none."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import aiosmtplib
import structlog

from bot.appointments.model import Business
from bot.config import Settings, SmtpSettings
from bot.outbound.letter import letter
from bot.outbound.model import Outcome, Reminder

log = structlog.get_logger()

SMTP_SECONDS = 30.0


class Post(Protocol):
    """Takes a mail. Raises OSError or SMTPException when it cannot."""

    async def deliver(self, mail: EmailMessage, name: str) -> None: ...


class Outbox:
    """A folder of `<business>-<reminder>-<try>.eml`, whole files only; the same mail again replaces itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, mail: EmailMessage, name: str) -> None:
        await asyncio.to_thread(self._write, mail, name)

    def _write(self, mail: EmailMessage, name: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # names and addresses are in it
        part = self._folder / f".{name}.part"
        part.write_bytes(mail.as_bytes())
        os.replace(part, self._folder / f"{name}.eml")


class Smtp:
    """A mail server, with STARTTLS unless it is switched off."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    async def deliver(self, mail: EmailMessage, name: str) -> None:
        settings = self._settings
        await aiosmtplib.send(
            mail,
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=settings.password.get_secret_value() or None,
            start_tls=settings.starttls,
            timeout=SMTP_SECONDS,
        )


class MailLine:
    """A `placing.Line` by e-mail."""

    def __init__(
        self,
        post: Post,
        businesses: Callable[[], Mapping[str, Business]],
        sender: str,
        clock: Callable[[], dt.datetime],
    ) -> None:
        """`businesses` is asked at each mail, for content changes while we run."""
        self._post = post
        self._businesses = businesses
        self._sender = sender
        self._clock = clock

    async def ring(self, reminder: Reminder) -> Outcome:
        business = self._businesses().get(reminder.business)
        if business is None or not reminder.customer.email:
            return Outcome.NO_ADDRESS
        try:
            mail = letter(business, reminder, self._sender, self._clock())
            await self._post.deliver(mail, f"{reminder.business}-{reminder.id}-{reminder.tries}")
        except (OSError, aiosmtplib.SMTPException, ValueError) as error:  # ValueError: an address that is none
            log.warning("mail.failed", reminder=reminder.id, error=type(error).__name__)
            return Outcome.FAILED
        return Outcome.SENT


def post_for(settings: Settings) -> Post:
    """The server of the settings, else the folder `outbox` in `home`."""
    return Smtp(settings.smtp) if settings.smtp.host else Outbox(settings.home / "outbox")
