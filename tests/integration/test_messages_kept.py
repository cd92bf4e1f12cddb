"""Messages that callers left, on a real disk: sealed where there is a key, and gone in time."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import RecordingSettings
from bot.errors import RecordingError
from bot.recording.recording import Recording
from bot.taps import Taps

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
NONE, KEY, OTHER = SecretStr(""), SecretStr("A" * 43 + "="), SecretStr("B" * 42 + "A=")
SPOKEN = b"RIFF" + bytes(range(256)) * 200


def recording(home: Path, key: SecretStr = NONE, keep_days: int = 30) -> Recording:
    return Recording(RecordingSettings(key=key, keep_days=keep_days), home, Taps(), lambda: NOW)


def test_with_a_key_no_message_lies_on_the_disk_in_clear(tmp_path: Path) -> None:
    messages = recording(tmp_path, KEY).messages
    messages.keep("T1-a.wav", SPOKEN)
    stored = tmp_path / "messages" / "T1-a.wav"
    assert SPOKEN[:64] not in stored.read_bytes()
    assert stored.stat().st_mode & 0o077 == 0
    assert messages.sound("T1-a.wav") == SPOKEN
    with pytest.raises(RecordingError, match="another key"):
        recording(tmp_path, OTHER).messages.sound("T1-a.wav")
    with pytest.raises(RecordingError, match="sealed"):
        recording(tmp_path).messages.sound("T1-a.wav")


def test_messages_from_before_there_was_a_key_are_still_heard(tmp_path: Path) -> None:
    recording(tmp_path).messages.keep("T1-a.wav", SPOKEN)
    assert (tmp_path / "messages" / "T1-a.wav").read_bytes() == SPOKEN
    assert recording(tmp_path, KEY).messages.sound("T1-a.wav") == SPOKEN


def test_messages_are_deleted_with_recordings_of_the_same_age(tmp_path: Path) -> None:
    kept = recording(tmp_path, keep_days=30)
    for name, days in (("old.wav", 31), ("new.wav", 29)):
        kept.messages.keep(name, SPOKEN)
        left_at = (NOW - dt.timedelta(days=days)).timestamp()
        os.utime(tmp_path / "messages" / name, (left_at, left_at))
    kept.delete_old()
    assert [path.name for path in (tmp_path / "messages").iterdir()] == ["new.wav"]
    with pytest.raises(RecordingError, match="no such message"):
        kept.messages.sound("old.wav")


def test_before_there_was_any_message_nothing_is_deleted(tmp_path: Path) -> None:
    assert recording(tmp_path).messages.delete_before(NOW) == 0
