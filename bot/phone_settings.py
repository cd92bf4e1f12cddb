"""Settings of the phone lines. Nothing here is on until it is set, and lines listen on loopback unless told otherwise.

Secrets come by environment: `FRONTDESK_TWILIO__AUTH_TOKEN`, `FRONTDESK_SIP__PASSWORD` …
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr

Transport = Literal["udp", "tcp", "tls"]

CODECS: Final[Mapping[str, str]] = MappingProxyType({"g722": "g722/16000/1", "pcmu": "pcmu", "pcma": "pcma"})
"""Name → what the SIP stack calls it; a name it does not know it would leave out and not say so."""

_SEPARATORS: Final = re.compile(r"[\s()/.-]")
_NUMBER: Final = re.compile(r"\+?[0-9*#]{1,30}")
_ADDRESS: Final = re.compile(r"sips?:[^\s<>\"]+", re.IGNORECASE)


def known_codec(name: str) -> str:
    """As the stack wants it. Raises ValueError for a codec that we do not speak."""
    by_any_name = {**CODECS, "g722/16000/1": CODECS["g722"], "pcmu/8000/1": "pcmu", "pcma/8000/1": "pcma"}
    if found := by_any_name.get(name.strip().lower()):
        return found
    raise ValueError(f"{name!r} is no codec that is known here; there are {', '.join(CODECS)}")


def desk_address(value: str) -> str:
    """Where people answer: a number without separators, a `sip:` address, `exchange`, or "" for our own desk.

    Raises ValueError for anything else: callers would be sent there and find nobody.
    """
    value = value.strip()
    if value in ("", "exchange") or _ADDRESS.fullmatch(value):
        return value
    number = _SEPARATORS.sub("", value)
    if _NUMBER.fullmatch(number):
        return number
    raise ValueError("a telephone number, a sip: address or the word exchange is expected")


Codec = Annotated[str, AfterValidator(known_codec)]
Desk = Annotated[str, AfterValidator(desk_address)]


class AsteriskSettings(BaseModel, frozen=True, extra="forbid"):
    audiosocket_port: int = Field(default=0, ge=0, le=65_535)
    """TCP port for AudioSocket, usually 9092; 0: off."""
    audiosocket_host: str = "127.0.0.1"
    announced_only: bool = False
    """Take only calls that the dialplan announced at `/asterisk/calls`; wise when Asterisk is on another machine."""
    token: SecretStr = SecretStr("")
    """The dialplan's password at `/asterisk/…`; empty: these addresses are closed."""
    ari_url: str = ""
    """Asterisk's REST interface (`http://127.0.0.1:8088/ari`), for callers who are in an ARI application of yours."""
    ari_user: str = "frontdesk"
    ari_password: SecretStr = SecretStr("")
    ari_context: str = "frontdesk-people"
    """Where in the dialplan such callers go on, at extension `s`, when they want a person."""


class TwilioSettings(BaseModel, frozen=True, extra="forbid"):
    """Without an auth token `/twilio/…` is closed."""

    account_sid: str = ""
    """With it, calls are ended and passed on by REST and placed; without, the next TwiML verb does what it can."""
    auth_token: SecretStr = SecretStr("")
    number: str = ""
    """Our number, shown to people we call."""
    api_url: str = "https://api.twilio.com"


class CarrierSettings(BaseModel, frozen=True, extra="forbid"):
    """Telnyx, Plivo and jambonz."""

    token: SecretStr = SecretStr("")
    """Part of the address given to the carrier: `/streams/telnyx/voice/<token>`; empty: closed."""


class SipSettings(BaseModel, frozen=True, extra="forbid"):
    port: int = Field(default=0, ge=0, le=65_535)
    """UDP and TCP port to listen on, usually 5060; 0: off."""
    host: str = "127.0.0.1"
    """The address of this machine that the exchange or carrier reaches."""
    user: str = "frontdesk"
    domain: str = ""
    """Registrar (an exchange or a trunk), with a port if it is not 5060; empty: no registration, calls just come."""
    password: SecretStr = SecretStr("")
    auth_user: str = ""
    """The name for the password where it is not the extension."""
    refresh_s: int = Field(default=300, ge=30, le=86_400)
    """A registration is renewed after so long at most, or sooner if the registrar wants; so long a registrar that
    forgot us sends no calls."""
    transport: Transport = "udp"
    codecs: tuple[Codec, ...] = Field(default=("g722/16000/1", "pcmu", "pcma"), min_length=1)
    """In the order of preference: g722, pcmu, pcma."""
    srtp: Literal["", "srtp", "srtp-mand"] = ""
    """Encrypt the sound (SDES): when offered, or always; use it with tls."""
    trusts_identity: bool = False
    """The exchange or carrier is trusted to say who calls (`P-Asserted-Identity`), and to have removed what others say
    there."""
    retry_after_s: int = Field(default=30, ge=0, le=3_600)
    """When all lines are taken, the other side is told to try again after so long; 0: nothing is told."""
    inband_digits: bool = False
    """For trunks that send keypad digits only as tones in the sound."""
    certificate: str = ""
    """Path of a PEM file with certificate and key, for calls that come by TLS (on `port` + 1)."""
