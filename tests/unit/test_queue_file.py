"""Queues of a business as its file names them: what a first start sets, and how mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import PROJECT
from bot.content.content import load_all
from bot.content.queue_file import default_queues, read_queues
from bot.content.yaml_form import Form, read_yaml
from bot.errors import ContentError
from handoff.queues import Opening, Queue, Strategy


def queues_of(text: str, folder: Path) -> dict[str, Queue]:
    path = folder / "business.yml"
    path.write_text(f"queues:\n{text}")
    return dict(read_queues(Form(read_yaml(path), "queues"), "Europe/London"))


def test_hours_strategy_limits_and_who_helps_are_read_in_the_time_of_the_business(tmp_path: Path) -> None:
    text = """\
  reception:
    hours: {monday to tuesday: 09:00-12:00, sunday: 20:00-23:59}
    strategy: least talk time
    max_length: 12
    max_wait: 10 minutes
    helped_by: emergency
    help_after: 2 minutes
    help_above: 4
    priority: -2
    vips: ["+441632960001"]
  emergency: {}
"""
    opening = (Opening(0, "09:00", "12:00"), Opening(1, "09:00", "12:00"), Opening(6, "20:00", "24:00"))
    assert queues_of(text, tmp_path) == {
        "reception": Queue(
            "reception",
            Strategy.LEAST_TALK_TIME,
            opening,
            "Europe/London",
            max_length=12,
            max_wait_s=600,
            overflow_to="emergency",
            overflow_after_s=120,
            overflow_above=4,
            priority=-2,
            vips=frozenset({"+441632960001"}),
        ),
        "emergency": Queue("emergency", timezone="Europe/London"),
    }


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("  a: {strategy: at random}", "is no strategy"),
        ("  a: {helped_by: b}", "is no queue of this file"),
        ("  a: {helped_by: a}", "overflow into itself"),
        ("  a: {priority: 9}", "is no priority"),
        ("  a: {offer_seconds: 1}", "An offer lasts"),
        ("  a: {hours: {someday: 09:00-10:00}}", "is no weekday"),
        ("  a: {length: 3}", "is not known here"),
    ],
)
def test_a_mistake_is_named_with_its_line(wrong: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"business.yml, line 2") as error:
        queues_of(wrong, tmp_path)
    assert told in error.value.message


def test_a_newcomers_board_has_every_queue_that_the_shipped_content_sends_callers_to() -> None:
    contents = load_all(PROJECT / "nlu_data").values()
    sent_to = [queue for content in contents for queue in content.queues_sent_to()]
    queues = default_queues([content.queues for content in contents], sent_to, "Europe/London")
    assert {"reception", "emergency", *sent_to} <= queues.keys()
    assert queues["reception"].overflow_to == "emergency"
    assert all(not queue.opening for queue in queues.values()), "who tries it at night is not turned away"
