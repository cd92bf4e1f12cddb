"""What is personal stays out of the logs, and logs out of standard output."""

import structlog

from bot.logs import configure_logs, place_of, without_personal_data


def test_personal_keys_are_dropped_unless_a_developer_asks(monkeypatch):
    event = {"event": "call.ended", "pii_name": "Anna", "code": "x"}
    assert without_personal_data(None, "info", event) == {"event": "call.ended", "code": "x"}
    monkeypatch.setenv("FRONTDESK_LOG_PERSONAL", "1")
    assert without_personal_data(None, "info", event) == event


def test_logs_go_to_standard_error(capsys):
    configure_logs()
    structlog.get_logger("t").info("call.ended", pii_name="Anna")
    captured = capsys.readouterr()
    structlog.reset_defaults()
    assert captured.out == ""
    assert "call.ended" in captured.err
    assert "Anna" not in captured.err


def test_of_a_surprise_only_the_place_is_told():
    try:
        {}["what the caller said"]
    except KeyError as error:
        place = place_of(error)
    assert place.startswith("test_logs.py:")
    assert "caller" not in place
