"""What the commands refuse before any engine is loaded, and how they list calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.store.store import open_store

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["call"], "Missing argument"),
        (["call", "keys:abc"], "keys:abc: after keys: come keys of a telephone"),
        (["call", "keys:"], "0 to 9, * and #"),
        (["say", "", "--out", "x.wav"], "nothing to say"),
        (["say", " … ", "--out", "x.wav"], "nothing to say"),
        (["calls", "list", "--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    words: list[str], answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(cli, words)
    assert refused.exit_code == 2
    assert answer in " ".join(refused.stderr.split())
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def three_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path))
    monkeypatch.delenv("FRONTDESK_DATABASE_URL", raising=False)
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.sqlite3'}")
    for number in range(3):
        started = f"2026-11-23T09:0{number}:00+00:00"
        call = {"call_id": f"call-{number}", "started_at": started, "outcome": "completed", "business": "shop"}
        store.calls.save(call, "shop")
    store.close()


def listed(*words: str) -> Result:
    return CliRunner().invoke(cli, ["calls", "list", *words])


@pytest.mark.usefixtures("three_calls")
def test_a_list_of_calls_that_stops_at_the_limit_says_so() -> None:
    some = listed("--limit", "2")
    assert [line.split()[0] for line in some.stdout.splitlines()] == ["call-2", "call-1"]
    assert some.stderr == "There are older ones than these 2; --limit shows more.\n"
    document = listed("--limit", "2", "--json")
    assert len(json.loads(document.stdout)) == 2
    assert "older ones" in document.stderr


@pytest.mark.usefixtures("three_calls")
def test_a_list_of_all_calls_says_nothing_more() -> None:
    every = listed("--limit", "3")
    assert len(every.stdout.splitlines()) == 3
    assert every.stderr == ""
    assert listed("--business", "other").stdout == "No calls.\n"


@pytest.mark.usefixtures("three_calls")
def test_how_a_call_ended_is_said_in_words_and_kept_as_it_is_for_programs(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'frontdesk.sqlite3'}")
    call = {"call_id": "call-9", "started_at": "2026-11-23T10:00:00+00:00", "outcome": "escalated", "business": "shop"}
    store.calls.save(call, "shop")
    store.close()
    assert "passed to a person" in listed("--limit", "1").stdout
    assert '"escalated"' in listed("--limit", "1", "--json").stdout
