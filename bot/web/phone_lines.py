"""The phone lines of one server: what they share, and the doors that listen on ports of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.channels.ari import AriCalls
from bot.channels.audiosocket_server import AudioSocketServer
from bot.channels.door import CallTaker, Overflow, People, PhoneDoor, Tally
from bot.channels.exchange_calls import ExchangeCalls
from bot.channels.media_streams import CallControl
from bot.channels.outbound_calls import Dialler
from bot.channels.twilio import TwilioCalls
from bot.channels.twilio_dialler import TwilioDialler
from bot.config import Settings
from bot.errors import ChannelError, FrontdeskError

if TYPE_CHECKING:
    from bot.channels.sip import SipPhone

log = structlog.get_logger(__name__)


AUDIOSOCKET_GONE: Final = "The AudioSocket door has closed by itself; please start Frontdesk again."
SIP_GONE: Final = "The SIP line has stopped by itself; please start Frontdesk again."
SIP_AWAITED: Final = "The SIP line is not registered; please look at sip.domain, the account, and the other side."


class PhoneLines:
    """A door that cannot open, or dies, is told in `troubles`, and the others go on."""

    def __init__(
        self,
        centre: CallTaker,
        settings: Settings,
        tally: Tally | None = None,
        people: People | None = None,
        overflow: Overflow | None = None,
    ) -> None:
        self.settings = settings
        self.door = PhoneDoor(centre, tally, people, overflow)
        self.calls = ExchangeCalls()
        self.problems: list[str] = []
        """Sentences for a person: why a line that is set up could not be opened."""
        self._audiosocket: AudioSocketServer | None = None
        self._sip: SipPhone | None = None

    async def open(self) -> None:
        """Open what the settings ask for."""
        for is_wanted, open_line in (
            (self.settings.asterisk.audiosocket_port, self._open_audiosocket),
            (self.settings.sip.port, self._open_sip),
        ):
            try:
                if is_wanted:
                    await open_line()
            except FrontdeskError as error:
                self.problems.append(error.message)
                log.error("line.failed", code=error.code, why=error.message)

    def troubles(self) -> list[str]:
        """Sentences for a person: which lines that are set up do not work, from the start or since."""
        found = list(self.problems)
        if self._audiosocket and not self._audiosocket.is_open:
            found.append(AUDIOSOCKET_GONE)
        if self._sip and not self._sip.is_open:
            found.append(SIP_GONE)
        elif self._sip and self._sip.is_awaited:
            found.append(SIP_AWAITED)
        return found

    def told(self) -> list[str]:
        """For who starts the server: which lines are up and where, then what is wrong with those that are not."""
        lines = []
        if self._sip and self._sip.is_open:
            lines.append(f"  SIP        {self._sip.place}{_registration(self._sip, self.settings)}")
        if self._audiosocket and self._audiosocket.is_open:
            asterisk = self.settings.asterisk
            lines.append(f"  Asterisk   {asterisk.audiosocket_host}:{asterisk.audiosocket_port} (AudioSocket)")
        return lines + [f"  PROBLEM    {sentence}" for sentence in self.troubles() if sentence != SIP_AWAITED]

    async def close(self) -> None:
        """Every call is let go, then the ports are given back."""
        await self.door.close()
        if self._sip:
            await self._sip.close()
        if self._audiosocket:
            await self._audiosocket.close()

    def dialler(self) -> Dialler | None:
        """The line that places calls, SIP before Twilio; None when none is set up."""
        if self._sip and self._sip.is_open:
            return self._sip
        rest, number = self.twilio(), self.settings.twilio.number
        return TwilioDialler(rest, self.calls, number, self.settings.public_url) if rest and number else None

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

    def ari(self) -> AriCalls | None:
        """Asterisk's REST interface, where one is set."""
        asterisk = self.settings.asterisk
        if not asterisk.ari_url:
            return None
        password = asterisk.ari_password.get_secret_value()
        return AriCalls(asterisk.ari_url, asterisk.ari_user, password, asterisk.ari_context, self.settings.desks)

    async def _open_audiosocket(self) -> None:
        asterisk = self.settings.asterisk
        server = AudioSocketServer(self.door, self.calls, asterisk.announced_only, self.ari())
        await server.start(asterisk.audiosocket_host, asterisk.audiosocket_port)
        self._audiosocket = server

    async def _open_sip(self) -> None:
        try:
            from bot.channels.sip import SipPhone
        except ImportError as error:
            raise ChannelError(
                "channel.missing", "Calls by SIP need one more package; please run: pip install 'frontdesk[sip]'"
            ) from error
        phone = SipPhone(self.door, self.settings.sip, self.settings.desks)
        await phone.start()
        self._sip = phone


def _registration(phone: SipPhone, settings: Settings) -> str:
    if not settings.sip.domain:
        return ""
    return ", not registered yet" if phone.is_awaited else f", registered as {settings.sip.user}"
