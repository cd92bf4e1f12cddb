"""The command `frontdesk` ends with one sentence, whatever went wrong, and never shows a traceback."""

from __future__ import annotations

import sys

import pytest

from bot import cli
from bot.errors import StoreError


def ending(error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    def broken() -> None:
        raise error

    monkeypatch.setattr(cli, "cli", broken)
    monkeypatch.setattr(cli, "configure_logs", lambda: None)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_errors_of_ours_are_their_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said = ending(StoreError("store.gone", "The database is gone."), monkeypatch, capsys)
    assert said == "frontdesk: The database is gone.\n"


def test_a_file_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ending(FileNotFoundError(2, "No such file or directory", "/nowhere"), monkeypatch, capsys)
    assert said.startswith("frontdesk: /nowhere: no such file or directory.")


def test_of_a_surprise_the_place_is_told_and_not_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ending(KeyError("what the caller said"), monkeypatch, capsys)
    assert "KeyError at test_cli.py:" in said
    assert "what the caller said" not in said


def test_an_unknown_command_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["frontdesk", "appointment"])
    with pytest.raises(SystemExit) as left:
        cli.cli()
    assert left.value.code == 2
    assert "No such command" in capsys.readouterr().err
