"""Our own SIP telephone: it takes calls from an exchange, a trunk or a phone, and places them.

The SIP stack is baresip, with a thread of its own; one telephone a process. It is used here and in `sip_channel` only.
Calls above the centre's capacity are refused with 486 before anything is spent on them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, Final

import baresip
import structlog

from bot.channels import sip_native_log
from bot.channels.desks import DeskNumbers, desk_number
from bot.channels.door import PhoneDoor
from bot.channels.opening import why_no_sip
from bot.channels.outbound_calls import Progress, Talk
from bot.channels.sip_address import address_of, called_of, host_of, user_of
from bot.channels.sip_caller import HEADERS, Caller, caller_of
from bot.channels.sip_channel import SipChannel
from bot.channels.sip_desk import bring
from bot.channels.sip_dialling import dial
from bot.channels.sip_floods import Floods, hosts_at, source_of
from bot.channels.sip_refusing import refuse
from bot.errors import ChannelError
from bot.phone_settings import SipSettings, Transport

log = structlog.get_logger(__name__)

ANSWER_S: Final = 10.0
"""From our 200 OK to the other side's ACK."""
RETRY_S: Final = (5.0, 15.0, 60.0)
"""Pauses before registering again; the last one from then on."""
RTP_TIMEOUT_S: Final = 240
"""Nothing but the missing packets tells that a telephone is gone which did not say so; but one that suppresses silence
sends none for as long as its owner listens to music in the queue.
"""


class SipPhone:
    """`start`, then calls come to the door until `close`."""

    def __init__(self, door: PhoneDoor, settings: SipSettings, desks: DeskNumbers | None = None) -> None:
        self.is_open = self.is_registered = False
        self._door, self._settings, self._desks = door, settings, dict(desks or {})
        self._runtime = baresip.Runtime()
        self._runtime.on_dead = self._note_death
        self._agent: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._floods = Floods()
        self._answered = 0
        """Calls that wait for the other side's ACK: they have a line, and the centre does not know of them yet."""

    async def start(self) -> None:
        """Raises ChannelError `channel.sip` with what is wrong: host, port, certificate or account."""
        if reason := await asyncio.to_thread(why_no_sip, self._settings):
            raise ChannelError("channel.sip", reason)
        sip_native_log.listen()
        try:
            await self._runtime.start(self._config())
            self._agent = await self._open_agent(self._settings.transport)
            if self._settings.certificate and self._settings.transport != "tls":
                await self._open_agent("tls", is_local=True)
        except (baresip.BaresipError, ValueError, TypeError) as error:
            await self._give_back()
            raise ChannelError(
                "channel.sip", "The SIP line cannot be opened; please check user, domain and password in the settings."
            ) from error
        if not await asyncio.to_thread(why_no_sip, self._settings):  # still free: the stack fails without a word
            await self._give_back()
            raise ChannelError("channel.sip", f"The SIP stack does not listen at {self.place}; please choose another.")
        self._agent.on(self._note_registration)
        self.is_open = True
        if self._settings.domain:
            self._spawn(self._stay_registered())

    async def _open_agent(self, transport: Transport, is_local: bool = False) -> Any:
        """An agent takes calls of its own transport only; a local one registers nowhere."""
        account = self._account(transport, is_local)
        agent = await baresip.UserAgent.create(self._runtime, account, transfer_policy="reject")
        agent.on_incoming(self._ring)
        return agent

    async def close(self) -> None:
        self.is_open = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            if self.is_registered:
                await self._agent.unregister(timeout=2)
        except baresip.BaresipError as error:
            log.info("sip.unregister", error=type(error).__name__)
        await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._runtime.close()
        except baresip.BaresipError as error:
            log.warning("sip.close", error=type(error).__name__)

    # Calls that come ---------------------------------------------------------------------

    def _ring(self, call: Any) -> None:
        self._spawn(self._answer(call))

    async def _answer(self, call: Any) -> None:
        try:
            if reason := ("flood" if self._is_flood(call) else self._refusal()):
                log.info("sip.refused", reason=reason)
                await refuse(call, 0 if reason == "flood" else self._settings.retry_after_s)
                return
            await self._establish(call)
            if reason := self._door.refusal():  # of a burst of calls, others had the last lines meanwhile
                log.info("sip.let_go", reason=reason)
                await call.hangup()
                return
        except baresip.BaresipError as error:  # hung up while it rang
            log.info("sip.not_answered", error=type(error).__name__)
            return
        await self._door.run(self._channel(call, self._caller(call), called_of(call.headers)))

    def _refusal(self) -> str:
        return self._door.refusal() or ("" if self._door.has_room_beside(self._answered) else "busy")

    async def _establish(self, call: Any) -> None:
        self._answered += 1
        try:
            await call.answer()
            await call.wait_established(ANSWER_S)
        finally:
            self._answered -= 1

    def _caller(self, call: Any) -> Caller:
        return caller_of(call.headers, call.peer, self._settings.trusts_identity)

    def _channel(self, call: Any, caller: Caller, called: str = "") -> SipChannel:
        return SipChannel(call, caller, called, self._settings.inband_digits, self._pass_on)

    async def _pass_on(self, channel: SipChannel) -> None:
        await bring(self._agent, channel, address_of(desk_number(self._desks, channel.queue), self._domain))

    # Calls that we place -------------------------------------------------------------------

    async def place_call(
        self, number: str, reminder: str = "", ring_s: float = 30.0, talk: Talk | None = None
    ) -> AsyncGenerator[Progress, None]:
        """See `outbound_calls.Dialler`."""
        if not (target := address_of(number, self._domain)):
            raise ChannelError(
                "channel.number", "This number cannot be called; please set sip.domain, or give a SIP address."
            )

        async def run(call: Any) -> None:
            channel = self._channel(call, Caller(user_of(target)))
            await (talk(channel) if talk else self._door.run(channel, reminder, is_placed=True))

        async with aclosing(dial(self._agent, target, ring_s, run)) as dialling:
            async for progress in dialling:
                yield progress

    # Registration, settings ------------------------------------------------------------------

    async def _stay_registered(self) -> None:
        """Until we are. From then on the stack refreshes it by itself, and tells when that was in vain; its own pauses
        before the next attempt grow to half an hour, so it is asked here.
        """
        attempt = 0
        while not self.is_registered:
            try:
                await self._agent.register()
                self.is_registered = True
                log.info("sip.registered")
                self._floods.spared = await hosts_at(host_of(f"sip:{self._domain}"))
            except baresip.BaresipError as error:
                pause = RETRY_S[min(attempt, len(RETRY_S) - 1)]
                log.warning("sip.not_registered", status=getattr(error, "status", None), retry_s=pause)
                attempt += 1
                await asyncio.sleep(pause)

    @property
    def place(self) -> str:
        """Host and port as in an address: IPv6 stands in brackets."""
        return _place(self._settings)

    @property
    def is_awaited(self) -> bool:
        """There is a trunk or an exchange, and it does not know us (yet, or any more)."""
        return bool(self._settings.domain) and not self.is_registered

    def _note_death(self) -> None:
        """The stack's thread has ended by itself; a process has no second one."""
        self.is_open = False
        log.error("sip.dead")

    def _note_registration(self, event: Any) -> None:
        if event.event is baresip.Event.REGISTER_OK:
            self.is_registered = True
        elif event.event is baresip.Event.REGISTER_FAIL and self.is_registered:
            self.is_registered = False
            log.warning("sip.registration_lost")
            self._spawn(self._stay_registered())

    @property
    def _domain(self) -> str:
        """Where numbers are dialled: the registrar, without its parameters."""
        return self._settings.domain.partition(";")[0]

    def _config(self) -> Any:
        line = self._settings
        return baresip.Config(
            net_interface=None if line.host in ("", "0.0.0.0") else line.host,
            native_log_level=sip_native_log.NATIVE_LEVEL,
            expose_headers=("To", "Via", *HEADERS),
            max_concurrent_calls=None,
            rtp_timeout=RTP_TIMEOUT_S,
            extra_config_text=_directives(line),
        )

    def _account(self, transport: Transport, is_local: bool) -> Any:
        line = self._settings
        domain = "" if is_local else line.domain
        encryption = (f"mediaenc={line.srtp}",) if line.srtp else ()
        return baresip.Account(
            user=line.user,
            domain=domain or _place(line),
            password=line.password.get_secret_value(),
            reg_interval=line.refresh_s if domain else 0,
            transport=transport,
            audio_codecs=line.codecs,
            auth_user=line.auth_user or None,
            extra_params=("catchall=yes", *encryption),
        )

    # Inside ------------------------------------------------------------------------------------

    def _is_flood(self, call: Any) -> bool:
        return self._floods.is_flood(source_of(call.headers), asyncio.get_running_loop().time())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


JITTER = ("audio_jitter_buffer_type fixed", "audio_jitter_buffer_ms 40-200")


def _place(line: SipSettings) -> str:
    host = f"[{line.host}]" if ":" in line.host else line.host
    return f"{host}:{line.port}"


def _directives(line: SipSettings) -> str:
    """What the stack's typed settings have no field for; it reads one directive a line."""
    certificate = [f"sip_certificate {line.certificate}"] if line.certificate else []
    transports = "udp,tcp,tls" if certificate or line.transport == "tls" else "udp,tcp"
    listen = (f"sip_listen {_place(line)}", f"sip_transports {transports}")
    return "\n".join([*listen, *JITTER, *certificate, ""])
