"""The phone lines before the doctor: can each that is set up be opened here, and is all set that it needs.

A line that does not work is `limited`: callers on other lines, and in the browser, are served.
"""

from __future__ import annotations

import importlib.util
import json
import urllib.request
from http.client import HTTPException

from bot.channels.opening import why_no_audiosocket, why_no_sip
from bot.config import Settings
from bot.finding import Finding

OFF = "not set up"
_WHERE = "docs/phone-lines.md"


def check_sip(settings: Settings) -> Finding:
    line = settings.sip
    if not line.port:
        return Finding("sip", "ok", OFF)
    if importlib.util.find_spec("baresip") is None:
        return Finding("sip", "limited", "calls by SIP need one more package", "pip install 'frontdesk[sip]'")
    if line.domain and not line.password.get_secret_value():
        mend = "FRONTDESK_SIP__PASSWORD, unless the registrar wants none"
        return _listener("sip", f"{line.host}:{line.port}", why_no_sip(line), settings, mend)
    return _listener("sip", f"{line.host}:{line.port}", why_no_sip(line), settings)


def check_audiosocket(settings: Settings) -> Finding:
    asterisk = settings.asterisk
    if not asterisk.audiosocket_port:
        return Finding("audiosocket", "ok", OFF)
    mend = "" if asterisk.token.get_secret_value() else "FRONTDESK_ASTERISK__TOKEN: without it nobody knows who calls"
    where = f"{asterisk.audiosocket_host}:{asterisk.audiosocket_port}"
    return _listener("audiosocket", where, why_no_audiosocket(asterisk), settings, mend)


def check_twilio(settings: Settings) -> Finding:
    twilio = settings.twilio
    if not (twilio.auth_token.get_secret_value() or twilio.account_sid or twilio.number):
        return Finding("twilio", "ok", OFF)
    if not twilio.auth_token.get_secret_value():
        return Finding("twilio", "limited", "/twilio/… is closed: no auth token", "FRONTDESK_TWILIO__AUTH_TOKEN")
    return _reachable("twilio", settings)


def check_carriers(settings: Settings) -> Finding:
    if not settings.carriers.token.get_secret_value():
        return Finding("carriers", "ok", OFF)
    return _reachable("carriers", settings)


def _listener(part: str, where: str, reason: str, settings: Settings, lacks: str = "") -> Finding:
    """`lacks`: a setting that is not there. A port may be taken by the very Frontdesk that runs."""
    if not reason:
        found = f"{where} can be opened" + (", but something is not set" if lacks else "")
        return Finding(part, "limited" if lacks else "ok", found, lacks)
    troubles = running_troubles(settings) if "taken" in reason else None
    if troubles is None:
        return Finding(part, "limited", reason, _WHERE)
    if troubles:
        return Finding(part, "limited", " ".join(troubles), "these are its line_problems in /health")
    return Finding(part, "ok", f"{where} is open in the Frontdesk that is running")


def _reachable(part: str, settings: Settings) -> Finding:
    """Carriers come by the internet, and only to https."""
    if settings.public_url.startswith("https://"):
        return Finding(part, "ok", f"set up for {settings.public_url}")
    found = "public_url is not set" if not settings.public_url else "public_url does not begin with https://"
    return Finding(part, "limited", found, 'public_url = "https://…", the address that the carrier has')


def running_troubles(settings: Settings) -> list[str] | None:
    """What the Frontdesk that runs here says of its lines; None when none runs."""
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/health", timeout=2) as answer:
            return list(json.load(answer).get("line_problems", []))
    except (OSError, ValueError, AttributeError, HTTPException):
        return None
