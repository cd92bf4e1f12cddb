"""A whole call through the centre: to a person, back to the bot, the survey; all of it in one stored report."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from bot import app
from bot.config import Settings
from bot.dialogue.counter import TicketLine
from bot.dialogue.errand import Errand
from bot.store.store import open_store
from tests.fakes import NOW, EchoVoice, ScriptedChannel, ScriptedEar
from tests.unit.dialogue.fakes import FakeDesk, FakeInterpreter, responses


def centre_with_fakes(tmp_path: Any, **settings: Any) -> app.Centre:
    desk: Any = FakeDesk()
    content = SimpleNamespace(
        business=desk.business, responses=responses(), responses_on=lambda channel: responses(), faq={}, skills={}
    )
    office = SimpleNamespace(content=content, desk=desk, interpreter=FakeInterpreter())
    moments = iter(NOW + dt.timedelta(seconds=i) for i in range(10_000))
    centre = app.Centre(Settings(home=tmp_path, **settings), lambda: next(moments))
    centre.store = open_store("sqlite://")
    parts: Any = centre
    parts._offices = SimpleNamespace(at=lambda called: office, all=lambda: {desk.business.id: office})
    parts._ear, parts._voice = ScriptedEar(), EchoVoice()
    return centre


async def test_a_caller_comes_back_for_the_survey_and_the_report_tells_it_all(tmp_path: Any) -> None:
    centre = centre_with_fakes(tmp_path)
    channel: Any = ScriptedChannel("0")
    report = await centre.take_call(channel, observe=channel.observe)
    assert report.outcome == "escalated"
    assert report.ticket

    back: Any = ScriptedChannel("4", "1", "2")
    errand = Errand("survey", "Maya", (TicketLine("agent", "that is settled then", 60_000),))
    live: list[object] = []
    centre.taps.open(report.call_id, SimpleNamespace(heard=lambda who, pcm: live.append(who)))  # type: ignore[arg-type]
    later = await centre.resume_call(back, report.call_id, errand, back.observe)
    assert later
    assert later.survey == {"rating": 4, "resolved": True, "comment": ""}
    assert back.log[-1] == "hang up"
    assert {"caller", "bot"} <= set(live)

    assert centre.store
    stored = centre.store.calls.get(report.call_id)
    assert stored
    assert stored["outcome"] == "escalated"
    assert stored["survey"] == later.survey
    texts = [turn["text"] for turn in stored["turns"]]
    assert any("From one to five" in text for text in texts)
    starts = [turn["start_ms"] for turn in stored["turns"]]
    assert starts == sorted(starts)
    assert centre.live.describe() == []


async def test_a_call_nobody_knows_any_more_does_not_come_back(tmp_path: Any) -> None:
    centre = centre_with_fakes(tmp_path)
    assert await centre.resume_call(ScriptedChannel(), "gone", Errand("survey", "Maya")) is None
