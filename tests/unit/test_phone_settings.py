"""What is refused in the settings of phone lines, because the line would do nothing and not say so."""

import pytest

from bot.config import Settings, load_settings
from bot.errors import ConfigError
from bot.phone_settings import SipSettings


def test_a_codec_that_nobody_speaks_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ConfigError, match=r"sip\.codecs.*'foo' is no codec.*g722, pcmu, pcma"):
        load_settings(sip={"codecs": ["pcmu", "foo"]})


def test_codecs_are_known_by_their_short_and_their_full_names() -> None:
    codecs = SipSettings(codecs=("G722", "g722/16000/1", "PCMU", "pcma/8000/1")).codecs
    assert codecs == ("g722/16000/1", "g722/16000/1", "pcmu", "pcma")


def test_a_line_without_any_codec_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"sip\.codecs"):
        load_settings(sip={"codecs": []})


@pytest.mark.parametrize("desk", ["not a number!", "exhange", "mailto:desk@example.com", "sip:", "sip:a b@c", "+"])
def test_a_desk_that_nobody_could_be_sent_to_is_refused(desk: str) -> None:
    with pytest.raises(ConfigError, match=r"desks\.billing: a telephone number, a sip: address or the word exchange"):
        load_settings(desks={"billing": desk})


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+44 (1632) 960-100", "+441632960100"),
        ("200", "200"),
        ("*62", "*62"),
        ("sip:desk@pbx.example.com:5080;transport=tcp", "sip:desk@pbx.example.com:5080;transport=tcp"),
        ("exchange", "exchange"),
        ("", ""),
    ],
)
def test_numbers_addresses_and_the_exchange_are_desks(written: str, dialled: str) -> None:
    assert Settings(desks={"billing": written}).desks == {"billing": dialled}
