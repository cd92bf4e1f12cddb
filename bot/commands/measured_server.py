"""The server that is measured: the call centre as it is, which also tells a bench what it says and understands.

Started as a process of its own by `bot/bench/server.py`; all settings come by environment.
"""

from __future__ import annotations

import os

from bot.app import Centre
from bot.bench.prompter import VARIABLE, Told
from bot.channels.channel import Channel
from bot.config import load_settings
from bot.events import Observe
from bot.report import CallReport
from bot.web.server import create_app
from bot.web.serving import run


class PromptingCentre(Centre):
    """`port`: where to tell it."""

    port = 0

    async def take_call(self, channel: Channel, reminder: str = "", observe: Observe = lambda item: None) -> CallReport:
        told = Told(self.port)
        try:
            return await super().take_call(channel, reminder, told.observe)
        finally:
            told.close()


def main() -> None:
    centre = PromptingCentre(load_settings())
    centre.port = int(os.environ[VARIABLE])
    run(create_app(centre, centre.load), centre.settings, print)


if __name__ == "__main__":
    main()
