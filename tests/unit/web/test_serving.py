from __future__ import annotations

import platform
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from bot.config import Settings
from bot.errors import ChannelError, FrontdeskError
from bot.web.house import House
from bot.web.phone_lines import PhoneLines
from bot.web.process import limit_arenas
from bot.web.server import create_app
from bot.web.serving import announce, announce_account, is_loopback, listen
from handoff.people import Person, Role
from tests.unit.web.fake_centre import NOON, echo_centre


def house() -> House:
    kept: House = create_app(echo_centre()[0]).state.house
    return kept


def test_the_addresses_are_told() -> None:
    lines: list[str] = []
    announce("127.0.0.1", 8123, house(), lines.append)
    assert "http://127.0.0.1:8123/" in lines[0]
    assert "http://127.0.0.1:8123/desk" in lines[1]
    assert not any("WARNING" in line for line in lines)


def test_the_first_start_tells_a_link_for_the_first_account_and_no_later_one_does() -> None:
    lines: list[str] = []
    kept = house()
    announce_account("http://here", kept, lines.append)
    invitation = lines[0].split("/desk/enter/")[1].split()[0]
    assert kept.links.invited_as(invitation) == "admin"
    kept.centre.people.add(Person(0, "maya", "Maya", Role.ADMIN, "", "key"), NOON)
    assert announce_account("http://here", kept, lines.append)
    assert len(lines) == 1


def test_the_link_waits_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def loading(self: object) -> None:
        raise FrontdeskError("centre.loading", "The call centre is still getting ready.")

    monkeypatch.setattr("tests.unit.web.fake_centre.PeopleInMemory.everybody", loading)
    assert not announce_account("http://here", house(), lambda line: pytest.fail(line))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_listening_to_the_network_is_warned_of(host: str) -> None:
    lines: list[str] = []
    announce(host, 8080, house(), lines.append)
    assert "WARNING" in lines[-1]
    assert "0.0.0.0:" not in lines[0], "an address that a browser can open"


def test_loopback_is_known_by_name_and_number() -> None:
    assert is_loopback("localhost")
    assert is_loopback("127.0.0.2")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("frontdesk.test")


@pytest.mark.integration
def test_a_taken_port_is_refused_with_a_sentence() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ChannelError, match="choose another with --port"),
    ):
        listen("127.0.0.1", taken.getsockname()[1])


def test_the_lines_that_are_up_are_told_and_the_others_with_their_reason() -> None:
    lines = PhoneLines(
        echo_centre()[0],
        Settings(sip={"port": 5060, "user": "200", "domain": "pbx.example.com"}, asterisk={"audiosocket_port": 9092}),
    )
    phone: Any = SimpleNamespace(is_open=True, is_awaited=True, place="127.0.0.1:5060")
    door: Any = SimpleNamespace(is_open=True)
    lines._sip, lines._audiosocket = phone, door
    asterisk = "  Asterisk   127.0.0.1:9092 (AudioSocket)"
    assert lines.told() == ["  SIP        127.0.0.1:5060, not registered yet", asterisk]
    phone.is_awaited = False
    assert lines.told()[0] == "  SIP        127.0.0.1:5060, registered as 200"
    lines._sip, lines.problems = None, ["10.9.9.9 is no address of this computer."]
    assert lines.told() == [asterisk, "  PROBLEM    10.9.9.9 is no address of this computer."]


def test_arenas_are_limited_where_the_c_library_has_them() -> None:
    assert limit_arenas() is (platform.libc_ver()[0] == "glibc")
