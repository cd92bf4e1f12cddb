"""Tokens, webhooks and reports as commands, over a database in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.clock import utc_now
from bot.config import load_settings
from bot.store.store import open_store

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path))
    monkeypatch.delenv("FRONTDESK_DATABASE_URL", raising=False)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def plain(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_token_is_made_listed_and_revoked() -> None:
    assert run("tokens", "list").stdout == "No tokens.\n"
    made = run("tokens", "create", "Our CRM")
    token = made.stdout.strip()
    assert token.startswith("fd_")
    assert "not shown again" in made.stderr
    [listed] = plain("tokens", "list")
    assert (listed["name"], listed["role"], listed["revoked_at"]) == ("Our CRM", "service", None)
    assert token not in json.dumps(listed)
    assert plain("tokens", "revoke", str(listed["id"]))["revoked_at"]
    assert "revoked" in run("tokens", "list").stdout
    assert run("tokens", "revoke", "99").exit_code != 0
    assert run("tokens", "create", "x", "--role", "king").exit_code == 2


def test_a_webhook_is_added_listed_tried_and_removed() -> None:
    refused = run("webhooks", "add", "http://127.0.0.1/hook")
    assert refused.exit_code != 0
    assert refused.stdout == ""
    made = plain("webhooks", "add", "https://crm.example.com/hook", "--event", "call.ended")
    assert made["secret"].startswith("whsec_")
    [listed] = plain("webhooks", "list")
    assert listed["events"] == ["call.ended"]
    assert "secret" not in listed
    store = open_store(load_settings().database)
    number = store.outbox.ping(made["id"], utc_now())
    store.outbox.failed(number, 500, "answered 500", None)
    store.close()
    [dead] = plain("webhooks", "deliveries", "--status", "dead")
    assert (dead["id"], dead["answered"]) == (number, 500)
    assert run("webhooks", "again", str(number)).exit_code == 0
    [pending] = plain("webhooks", "deliveries", "--status", "pending")
    assert (pending["id"], pending["tries"]) == (number, 0)
    assert run("webhooks", "remove", str(made["id"])).exit_code == 0
    assert plain("webhooks", "list") == []


def test_a_report_as_table_csv_picture_and_json(home: Path) -> None:
    store = open_store(load_settings().database)
    for number in range(3):
        started = f"2026-11-2{number}T09:00:00+00:00"
        call = {"call_id": f"c{number}", "started_at": started, "outcome": "completed", "turns": [{"intent": "book"}]}
        store.calls.save(call, "brightwater_dental")
    store.close()
    days = ("--from", "2026-11-20", "--to", "2026-11-30")
    found = plain("report", "--by", "intent", *days)
    assert [(row["key"], row["calls"]) for row in found["rows"]] == [("book", 3)]
    assert (found["total"]["containment"], found["pending"]) == (1.0, 0)
    assert run("report", "--csv", *days).stdout.splitlines()[0].startswith("day,calls,containment")
    assert run("report", "--png", str(home / "report.png"), *days).exit_code == 0
    assert (home / "report.png").read_bytes().startswith(b"\x89PNG")
    assert "2026-11-21" in run("report", *days).stdout
    wrong = run("report", "--from", "2026-11-30", "--to", "2026-11-20")
    assert wrong.exit_code != 0
