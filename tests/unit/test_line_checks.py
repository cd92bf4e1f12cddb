"""The doctor and the phone lines: what is set up can be opened, and has all that it needs."""

from __future__ import annotations

import pytest

from bot import line_checks
from bot.config import Settings
from bot.line_checks import check_audiosocket, check_carriers, check_sip, check_twilio

SIP = {"port": 5060, "host": "192.0.2.10"}
ASTERISK = {"audiosocket_port": 9092, "token": "t"}
TAKEN = "Port 9092 for AudioSocket is taken by another program."


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_checks, "why_no_sip", lambda line: "")
    monkeypatch.setattr(line_checks, "why_no_audiosocket", lambda asterisk: "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())


@pytest.mark.parametrize("check", [check_sip, check_audiosocket, check_twilio, check_carriers])
def test_a_line_that_nobody_asked_for_is_well(check: object) -> None:
    assert callable(check)
    finding = check(Settings())
    assert (finding.state, finding.found) == ("ok", "not set up")


def test_lines_that_can_be_opened_are_told_with_their_place() -> None:
    settings = Settings(sip=SIP, asterisk=ASTERISK)
    assert check_sip(settings).found == "192.0.2.10:5060 can be opened"
    assert check_audiosocket(settings).found == "127.0.0.1:9092 can be opened"


def test_a_line_that_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_checks, "why_no_sip", lambda line: "192.0.2.10 is no address of this computer.")
    finding = check_sip(Settings(sip=SIP))
    assert (finding.state, finding.found) == ("limited", "192.0.2.10 is no address of this computer.")


@pytest.mark.parametrize(
    ("troubles", "state", "found"),
    [
        (None, "limited", TAKEN),
        ([], "ok", "127.0.0.1:9092 is open in the Frontdesk that is running"),
        (["It has closed by itself."], "limited", "It has closed by itself."),
    ],
)
def test_a_port_that_our_own_server_holds_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, troubles: list[str] | None, state: str, found: str
) -> None:
    monkeypatch.setattr(line_checks, "why_no_audiosocket", lambda asterisk: TAKEN)
    monkeypatch.setattr(line_checks, "running_troubles", lambda settings: troubles)
    finding = check_audiosocket(Settings(asterisk=ASTERISK))
    assert (finding.state, finding.found) == (state, found)


def test_without_the_package_there_is_no_sip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "frontdesk[sip]" in check_sip(Settings(sip=SIP)).mend


def test_passwords_that_are_not_set_are_named() -> None:
    assert "SIP__PASSWORD" in check_sip(Settings(sip={**SIP, "domain": "pbx.example.com"})).mend
    assert "ASTERISK__TOKEN" in check_audiosocket(Settings(asterisk={"audiosocket_port": 9092})).mend
    assert "AUTH_TOKEN" in check_twilio(Settings(twilio={"account_sid": "AC1"})).mend


@pytest.mark.parametrize(
    ("url", "state"), [("", "limited"), ("http://a.example", "limited"), ("https://a.example", "ok")]
)
def test_carriers_need_an_https_address_of_ours(url: str, state: str) -> None:
    settings = Settings(public_url=url, twilio={"auth_token": "t"}, carriers={"token": "t"})
    assert [check_twilio(settings).state, check_carriers(settings).state] == [state, state]
