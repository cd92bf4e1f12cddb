"""What is being written down as the server stops is written before it has stopped."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.testclient import TestClient

from bot.web.keeping import Keeping
from bot.web.server import create_app
from handoff.history import Happening, What
from tests.unit.web.fake_centre import NOON, echo_centre


async def test_whatever_was_begun_and_what_comes_of_it_is_done_in_the_end() -> None:
    centre, _ = echo_centre()
    keeping, done = Keeping(lambda: centre.history), list[str]()

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        keeping.later(second())
        done.append("first")

    keeping.later(first())
    await keeping.finish()
    assert done == ["first", "second"]


def test_the_server_stops_when_what_happened_last_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    centre, _ = echo_centre()
    app, is_stopping = create_app(centre), threading.Event()
    house, add = app.state.house, centre.history.add
    close = house.calls.close

    def stored_late(happening: Happening) -> None:
        assert is_stopping.wait(10)
        add(happening)

    async def closes() -> None:
        is_stopping.set()
        await close()

    monkeypatch.setattr(centre.history, "add", stored_late)
    monkeypatch.setattr(house.calls, "close", closes)
    with TestClient(app) as web:

        async def hang_up() -> None:
            left = Happening("T1", What.ABANDONED, NOON)
            house.floor.keeping.later(house.floor.keeping.happened([left]))

        web.portal.call(hang_up)  # type: ignore[union-attr]
    assert [one.what for one in centre.history.happened] == [What.ABANDONED]
