"""The composition root: what goes on beside the calls, and what is left of a call when a part fails."""

import asyncio

from bot import app
from bot.config import Settings


class SurprisingOffices:
    def __init__(self):
        self.looks = 0

    def refresh(self):
        self.looks += 1
        raise KeyError("nobody thought of this")


async def test_a_surprise_in_the_content_does_not_end_looking_at_it(monkeypatch):
    monkeypatch.setattr(app, "CONTENT_LOOK_S", 0)
    centre = app.Centre(Settings())
    centre._offices = offices = SurprisingOffices()
    watching = asyncio.create_task(centre._watch_content())
    async with asyncio.timeout(10):
        while offices.looks < 2:
            assert not watching.done()
            await asyncio.sleep(0.001)
    watching.cancel()
