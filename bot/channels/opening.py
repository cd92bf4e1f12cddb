"""Why a line cannot be opened on this computer, in a sentence for a person; "" when it can be.

Tried, not guessed: a socket is bound and given back at once. A line's own start asks here before it trusts a stack that
fails silently, and `frontdesk doctor` asks the same.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
from typing import Final

from bot.phone_settings import AsteriskSettings, SipSettings

_MAX_PORT: Final = 65_535


def why_no_sip(line: SipSettings) -> str:
    try:
        ipaddress.ip_address(line.host)
    except ValueError:  # the stack reads no names there, and says nothing of it
        return f"sip.host is to be an address in figures, such as 192.0.2.10; {line.host or 'empty'} is none."
    if line.certificate and (reason := why_no_certificate(line.certificate)):
        return reason
    if line.port == _MAX_PORT and _takes_tls(line):
        return "Calls by TLS come on sip.port + 1, which is no port; please choose a smaller one."
    for port in sip_ports(line):
        if reason := why_no_port("SIP", "sip.host", line.host, port, is_udp=port == line.port):
            return reason
    return ""


def why_no_audiosocket(asterisk: AsteriskSettings) -> str:
    host = asterisk.audiosocket_host
    return why_no_port("AudioSocket", "asterisk.audiosocket_host", host, asterisk.audiosocket_port)


def sip_ports(line: SipSettings) -> tuple[int, ...]:
    """UDP and TCP, then TLS where calls may come by it."""
    return (line.port, line.port + 1) if _takes_tls(line) else (line.port,)


def _takes_tls(line: SipSettings) -> bool:
    return bool(line.certificate) or line.transport == "tls"


def why_no_port(line: str, setting: str, host: str, port: int, is_udp: bool = False) -> str:
    """`setting` is where the host is written. TCP is always tried."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM) if is_udp else (socket.SOCK_STREAM,):
        try:
            _bind(host, port, kind)
        except socket.gaierror:
            return f"{host} is no address that is known here; please correct {setting}."
        except OSError as error:
            return _in_words(error, line, setting, host, port)
    return ""


def _bind(host: str, port: int, kind: socket.SocketKind) -> None:
    family, _, _, _, address = socket.getaddrinfo(host or None, port, type=kind, flags=socket.AI_PASSIVE)[0]
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:  # calls that ended a moment ago do not hold the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _in_words(error: OSError, line: str, setting: str, host: str, port: int) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this computer; please correct {setting}."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} for {line} is taken by another program; please stop that one or choose another port."
    if error.errno == errno.EACCES:
        return f"Port {port} for {line} is not allowed to this user; please choose another, from 1024 on."
    return f"Port {port} for {line} cannot be opened at {host} ({error.strerror or type(error).__name__})."


def why_no_certificate(path: str) -> str:
    """A PEM file with certificate and key, the key without a password."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, password=lambda: "")
    except ssl.SSLError:
        return f"sip.certificate: {path} does not hold a certificate and its key (PEM, without a password)."
    except OSError as error:
        return f"sip.certificate: {path} cannot be read ({(error.strerror or type(error).__name__).lower()})."
    return ""
