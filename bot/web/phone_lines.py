"""The phone lines of one server: what they share, and the doors that listen on ports of their own."""

from __future__ import annotations

import structlog

from bot.channels.audiosocket_server import AudioSocketServer
from bot.channels.door import CallTaker, PhoneDoor, Tally
from bot.channels.exchange_calls import ExchangeCalls
from bot.channels.media_streams import CallControl
from bot.channels.twilio import TwilioCalls
from bot.config import Settings
from bot.errors import FrontdeskError

log = structlog.get_logger(__name__)


class PhoneLines:
    """A door that cannot open is told in `problems`, and the others go on."""

    def __init__(self, centre: CallTaker, settings: Settings, tally: Tally | None = None) -> None:
        self.settings = settings
        self.door = PhoneDoor(centre, tally)
        self.calls = ExchangeCalls()
        self.problems: list[str] = []
        """Sentences for a person: why a line that is set up does not work."""
        self._audiosocket: AudioSocketServer | None = None

    async def open(self) -> None:
        """Open what the settings ask for."""
        asterisk = self.settings.asterisk
        if asterisk.audiosocket_port:
            server = AudioSocketServer(self.door, self.calls, asterisk.announced_only)
            try:
                await server.start(asterisk.audiosocket_host, asterisk.audiosocket_port)
                self._audiosocket = server
            except FrontdeskError as error:
                self._note(error)

    async def close(self) -> None:
        """Every call is let go, then the ports are given back."""
        await self.door.close()
        if self._audiosocket:
            await self._audiosocket.close()

    def twilio(self) -> TwilioCalls | None:
        """Twilio's REST interface, where an account is set."""
        twilio = self.settings.twilio
        if not (twilio.account_sid and twilio.auth_token.get_secret_value()):
            return None
        return TwilioCalls(
            twilio.account_sid, twilio.auth_token.get_secret_value(), self.settings.desks, twilio.api_url
        )

    def control(self, carrier: str) -> CallControl | None:
        return self.twilio() if carrier == "twilio" else None

    def _note(self, error: FrontdeskError) -> None:
        self.problems.append(error.message)
        log.error("line.failed", code=error.code)
