"""Skills from files: the conversations of the sample businesses, the command that plays them, one through real ears."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.content.content import Content, business_folders, load_content
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.rehearsal.conversation import Conversation, conversations_of
from bot.rehearsal.run import failures_in, run_conversations
from bot.skills.results import Mail, SkillResult
from bot.store import open_store
from handoff.webhooks import Webhook, new_secret
from tests.integration.databases import database_url, postgres
from tests.integration.house import House
from tests.spoken import ALICE, Person

pytestmark = pytest.mark.integration
__all__ = ["database_url", "postgres"]

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)

NLU_DATA = Path(__file__).parents[2] / "nlu_data"
LANTERN = "01632 960777"
PLAYED = [(folder.name, each) for folder in business_folders(NLU_DATA) for each in conversations_of(folder)]


@cache
def content(business: str) -> Content:
    return load_content(NLU_DATA / business)


@pytest.mark.parametrize(("business", "conversation"), PLAYED, ids=[f"{one}-{each.title}" for one, each in PLAYED])
def test_a_conversation_of_a_sample_business(
    business: str, conversation: Conversation, understand: Callable[[Content], EmbeddedInterpreter]
):
    [result] = run_conversations(content(business), understand(content(business)), [conversation])
    assert result.passed, result.differences()


@pytest.fixture
def one_wrong(tmp_path: Path) -> Path:
    """A content folder with the small sample business and one conversation that cannot go well."""
    for path in NLU_DATA.rglob("*.yml"):
        if path.parent == NLU_DATA or ("lantern_broadband" in path.parts and "tests" not in path.parts):
            copy = tmp_path / path.relative_to(NLU_DATA)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text("utf-8"), "utf-8")
    tests = tmp_path / "lantern_broadband" / "tests"
    tests.mkdir()
    (tests / "mine.yml").write_text(
        "- title: too dear\n  talk:\n  - caller: i'd like to order a router\n"
        "  - bot: anything else\n  - bot: a million\n"
        "- title: fine\n  talk:\n  - bot: Lantern\n"
    )
    return tmp_path


def test_the_gate_says_which_line_of_which_conversation_failed(
    one_wrong: Path, understand: Callable[[Content], EmbeddedInterpreter]
):
    [sentence] = failures_in(one_wrong, understand)
    assert sentence.startswith("lantern_broadband: mine.yml, line 1 “too dear”: “bot: a million” failed; the bot said:")


def test_the_command_plays_them_and_shows_what_differs(
    one_wrong: Path, learnt_intents: Path, understand: Callable[[Content], EmbeddedInterpreter], monkeypatch
):
    understand(load_content(one_wrong / "lantern_broadband"))
    monkeypatch.setenv("FRONTDESK_HOME", str(learnt_intents.parent))
    run = CliRunner().invoke(cli, ["test", str(one_wrong)])
    assert run.exit_code == 1
    assert "FAILED  lantern_broadband/mine.yml: too dear" in run.stdout
    assert "    caller: i'd like to order a router" in run.stdout
    assert "  - bot: a million" in run.stdout
    assert "passed  lantern_broadband/mine.yml: fine" in run.stdout
    told = json.loads(CliRunner().invoke(cli, ["test", str(one_wrong), "--json"]).stdout)
    assert [each["passed"] for each in told["conversations"]] == [False, True]
    assert CliRunner().invoke(cli, ["test", str(one_wrong), "--only", "fine"]).exit_code == 0


def test_results_letters_and_messages_to_programs_are_stored_together(database_url: str):
    """On SQLite and PostgreSQL."""
    store = open_store(database_url)
    store.webhooks.add(Webhook(0, "https://crm.example.com/hooks", new_secret()), NOW)
    letter = Mail("orders@lantern.example", "Order", "2 × mesh box")
    result = SkillResult(
        "lantern", "call-1", "order", "to_send", "", None, {"items": "mesh=2"}, {}, letter, "order.placed"
    )
    reference = store.skill_results.keep(result, NOW)
    assert [each["reference"] for each in store.skill_results.newest("lantern")] == [reference]
    assert [each.mail for each in store.skill_results.due_letters(NOW)] == [letter]
    assert store.skill_results.due_letters(NOW) == [], "somebody sends it already"
    [delivery] = store.outbox.newest()
    told = json.loads(delivery.body)
    assert (told["type"], told["data"]["name"], told["data"]["reference"]) == ("skill.done", "order.placed", reference)
    store.close()


def test_an_order_is_taken_by_ear_stored_with_its_letter_and_read_back(house: House):
    person = Person(
        [
            ("how can I help|what can I do", "I'd like to order two network cables, please"),
            ("anything else\\?", "and a router, please"),
            ("one router", "no, that's all"),
            ("deliver it|delivered", "I'll pick it up"),
            ("which day", "on Friday"),
            ("shall I order", "yes, please"),
            ("anything else I can", "no, thank you"),
        ],
        ALICE,
    )
    line = house.call(person, "+447700900123", LANTERN)
    assert house.centre.store
    [result] = house.centre.store.skill_results.newest("lantern_broadband")
    assert result["values"] == {"items": "cable=2,router=1", "delivery": "pick_up", "day": "2026-11-27"}, line.story
    assert "£95" in line.bot, line.story
    assert house.stored(line)["outcome"] == "completed", line.story
    assert [ticket.packet.queue for ticket in house.tickets()] == ["orders"]
