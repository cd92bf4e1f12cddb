"""Twilio beside its sound: is a request really Twilio's, and what we ask of Twilio by REST.

Sources: twilio.com/docs/usage/security ("Validating requests"), twilio.com/docs/voice/api/call-resource.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlencode

from bot.channels.carrier_answers import twilio_next
from bot.channels.desks import DeskNumbers
from bot.errors import ChannelError

REST_TIMEOUT_S: Final = 8.0


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """What Twilio sends as `X-Twilio-Signature`: base64 of HMAC-SHA1 over the address and the sorted form fields."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


def is_signed(auth_token: str, given: str, urls: Iterable[str], form: Iterable[tuple[str, str]] = ()) -> bool:
    """Compared in constant time with the signature of each way to write the address; false without a token."""
    fields = list(form)
    if not auth_token or not given:
        return False
    wanted = [signature(auth_token, url, fields) for url in urls]
    return any(hmac.compare_digest(one.encode(), given.encode("utf-8", "replace")) for one in wanted)


class TwilioCalls:
    """Running calls of one account, by REST; a `CallControl`. Each request raises ChannelError `channel.carrier`."""

    def __init__(self, account_sid: str, auth_token: str, desks: DeskNumbers, api_url: str) -> None:
        self._account, self._desks = account_sid, desks
        self._base = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{quote(account_sid)}/Calls"
        login = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/x-www-form-urlencoded"}

    async def hang_up(self, call_id: str) -> None:
        await self._post(f"/{quote(call_id, safe='')}.json", Status="completed")

    async def transfer(self, call_id: str, queue: str) -> None:
        await self._post(f"/{quote(call_id, safe='')}.json", Twiml=twilio_next(queue, self._desks))

    async def dial(self, to: str, from_number: str, twiml: str, status_url: str, ring_s: int = 30) -> str:
        """Ring `to`; returns the call's id. `status_url` gets busy, no-answer, completed … as they happen."""
        answer = await self._post(
            ".json",
            To=to,
            From=from_number,
            Twiml=twiml,
            Timeout=str(ring_s),
            StatusCallback=status_url,
            StatusCallbackEvent=("ringing", "answered", "completed"),
        )
        call_id = answer.get("sid")
        if not isinstance(call_id, str):
            raise ChannelError("channel.carrier", "Twilio took the call but gave it no id.")
        return call_id

    async def _post(self, path: str, **form: str | tuple[str, ...]) -> dict[str, object]:
        return await asyncio.to_thread(self._post_in_thread, path, form)

    def _post_in_thread(self, path: str, form: dict[str, str | tuple[str, ...]]) -> dict[str, object]:
        request = urllib.request.Request(
            self._base + path, urlencode(form, doseq=True).encode(), self._headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=REST_TIMEOUT_S) as answer:
                read = json.loads(answer.read(100_000))
        except urllib.error.HTTPError as error:
            raise ChannelError(
                "channel.carrier", f"Twilio refused with status {error.code}; please check account and number."
            ) from error
        except (OSError, ValueError) as error:
            raise ChannelError("channel.carrier", "Twilio cannot be reached; please check the network.") from error
        return read if isinstance(read, dict) else {}
