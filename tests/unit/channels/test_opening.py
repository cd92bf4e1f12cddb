"""Why a line cannot be opened here: which host, which port, which file, in a sentence."""

import errno
import socket
import ssl

import pytest

from bot.channels import opening
from bot.channels.opening import sip_ports, why_no_audiosocket, why_no_certificate, why_no_sip
from bot.phone_settings import AsteriskSettings, SipSettings


@pytest.fixture
def bound(monkeypatch):
    """What is tried; each port may have an error of its own."""
    tried, errors = [], {}

    def bind(host, port, kind):
        tried.append((host, port, kind))
        if error := errors.get((port, kind), errors.get(port)):
            raise OSError(error, "the system's words")

    monkeypatch.setattr(opening, "_bind", bind)
    bind.tried, bind.errors = tried, errors
    return bind


def test_a_free_port_of_this_computer_can_be_opened_by_udp_and_tcp(bound):
    assert why_no_sip(SipSettings(port=5060)) == ""
    assert {kind for _, _, kind in bound.tried} == {socket.SOCK_STREAM, socket.SOCK_DGRAM}


def test_an_address_of_another_computer_is_named(bound):
    bound.errors[5060] = errno.EADDRNOTAVAIL
    said = why_no_sip(SipSettings(port=5060, host="10.9.9.9"))
    assert "10.9.9.9 is no address of this computer" in said
    assert "sip.host" in said


@pytest.mark.parametrize("host", ["localhost", "eth0", "pbx.example.com", ""])
def test_the_sip_host_is_written_in_figures(bound, host):
    assert "in figures" in why_no_sip(SipSettings(port=5060, host=host))


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_busy_port_is_named_whether_by_udp_or_tcp(bound, kind):
    bound.errors[5060, kind] = errno.EADDRINUSE
    assert why_no_sip(SipSettings(port=5060)).startswith("Port 5060 for SIP is taken")


def test_a_port_that_only_the_administrator_may_open_is_told_apart_from_a_busy_one(bound):
    bound.errors[443] = errno.EACCES
    assert "not allowed" in why_no_sip(SipSettings(port=443))


def test_tls_has_the_port_above_and_only_where_it_is_asked_for(bound, monkeypatch):
    monkeypatch.setattr(opening, "why_no_certificate", lambda path: "")
    with_tls = SipSettings(port=5060, certificate="/etc/frontdesk.pem")
    assert sip_ports(with_tls) == (5060, 5061)
    assert sip_ports(SipSettings(port=5060)) == (5060,)
    bound.errors[5061] = errno.EADDRINUSE
    assert "Port 5061 for SIP is taken" in why_no_sip(with_tls)
    assert "no port" in why_no_sip(SipSettings(port=65_535, certificate="/etc/frontdesk.pem"))


def test_a_certificate_that_is_missing_or_none_is_named(tmp_path):
    path = tmp_path / "frontdesk.pem"
    assert why_no_certificate(str(path)) == f"sip.certificate: {path} cannot be read (no such file or directory)."
    path.write_text("no certificate at all")
    assert "does not hold a certificate and its key" in why_no_certificate(str(path))


def test_a_certificate_with_its_key_is_taken(monkeypatch):
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", lambda *about, **how: None)
    assert why_no_certificate("/etc/frontdesk.pem") == ""


def test_audiosocket_tells_a_wrong_host_from_a_busy_port(bound):
    settings = AsteriskSettings(audiosocket_port=9092)
    bound.errors[9092] = errno.EADDRINUSE
    assert why_no_audiosocket(settings).startswith("Port 9092 for AudioSocket is taken")
    bound.errors[9092] = errno.EADDRNOTAVAIL
    assert "asterisk.audiosocket_host" in why_no_audiosocket(settings)
