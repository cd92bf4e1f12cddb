"""How simulated callers reach a server: a line of the wanted transport for each call."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bot.bench.audiosocket_line import AudioSocketLine
from bot.bench.browser_line import BrowserLine
from bot.bench.line import Line, Transport
from bot.bench.prompter import Prompter
from bot.bench.server import TOKEN, Server
from bot.errors import ConfigError

Dial = Callable[[], Line]

NUMBERS = itertools.count(1632960000)
"""Fictitious British numbers; each call has its own, for the prompter tells calls apart by it."""


@asynccontextmanager
async def dialling(server: Server | str, transport: Transport, prompter: Prompter | None = None) -> AsyncIterator[Dial]:
    """`prompter`: an open one, where several kinds of callers ring at the same time.

    Raises ConfigError for SIP without its extra, and for another's server by anything but its browser door.
    """
    async with AsyncExitStack() as stack:
        if isinstance(server, str):
            if transport != "websocket":
                raise ConfigError("bench.door", "A server that runs already can only be called by websocket.")
            yield lambda: BrowserLine(server)
        elif transport == "websocket":
            yield lambda: BrowserLine(server.url)
        else:
            words: Prompter = prompter if prompter else await stack.enter_async_context(Prompter(server.prompter_port))
            if transport == "audiosocket":
                yield lambda: AudioSocketLine(server.http, server.audiosocket_port, TOKEN, _number(), words)
            else:
                yield await _by_sip(stack, server, words)


async def _by_sip(stack: AsyncExitStack, server: Server, prompter: Prompter) -> Dial:
    try:
        from bot.bench.sip_line import Telephones
    except ModuleNotFoundError as error:
        raise ConfigError("bench.sip", "Calling by SIP needs the extra `sip`: pip install frontdesk[sip].") from error
    telephones = await stack.enter_async_context(Telephones(server.sip_port, prompter))
    return lambda: telephones.line(_number())


def _number() -> str:
    return f"0{next(NUMBERS)}"
