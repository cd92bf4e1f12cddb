"""Asterisk's REST interface (ARI): a caller who is in an ARI application of yours is led on into the dialplan.

Who comes from the dialplan is in no application; there Asterisk refuses (409), and the dialplan goes on by itself.
Source: docs.asterisk.org, "Asterisk REST Interface", Channels: `variable` and `continue`.
"""

from __future__ import annotations

import asyncio
import base64
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import quote, urlencode

from bot.channels.desks import DeskNumbers, dialled
from bot.errors import ChannelError

REST_TIMEOUT_S: Final = 5.0
EXTENSION: Final = "s"


class AriCalls:
    """An `ExchangeControl`. Each request raises ChannelError `channel.exchange`."""

    def __init__(self, url: str, user: str, password: str, context: str, desks: DeskNumbers) -> None:
        """`url`: http://127.0.0.1:8088/ari; `context`: where callers go on, at extension `s`."""
        self._base, self._context, self._desks = url.rstrip("/"), context, desks
        login = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {login}"}

    async def transfer(self, channel: str, queue: str, ticket: str) -> None:
        """The dialplan finds FRONTDESK_QUEUE, FRONTDESK_TICKET and FRONTDESK_DESK."""
        at = f"/channels/{quote(channel, safe='')}"
        told = {"QUEUE": queue, "TICKET": ticket, "DESK": dialled(self._desks, queue)}
        for name, value in told.items():
            await self._post(f"{at}/variable", variable=f"FRONTDESK_{name}", value=value)
        await self._post(f"{at}/continue", context=self._context, extension=EXTENSION, priority="1")

    async def _post(self, path: str, **query: str) -> None:
        await asyncio.to_thread(self._post_in_thread, f"{self._base}{path}?{urlencode(query)}")

    def _post_in_thread(self, url: str) -> None:
        request = urllib.request.Request(url, b"", self._headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=REST_TIMEOUT_S):
                pass
        except urllib.error.HTTPError as error:
            raise ChannelError(
                "channel.exchange", f"Asterisk refused with status {error.code}; is the caller in an ARI application?"
            ) from error
        except (OSError, ValueError) as error:
            raise ChannelError("channel.exchange", "ARI cannot be reached; is asterisk.ari_url right?") from error
