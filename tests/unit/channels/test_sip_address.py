import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sip_address import address_of, called_of, user_of


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("sip:+441632960001@carrier.example", "+441632960001"),
        ("<sip:201@10.0.0.1:5060;transport=udp>;tag=1", "201"),
        ("sips:anna%20b@host", "anna b"),
        ("sip:+15550100;phone-context=x@host", "+15550100"),
        ("tel:+15550100;phone-context=example.com", "+15550100"),
        ("sip:anonymous@anonymous.invalid", ""),
        ("sip:10.0.0.1", ""),
        ("", ""),
        (None, ""),
        ("http://x", ""),
    ],
)
def test_the_caller_is_read_out_of_the_address(address, user):
    assert user_of(address) == user


def test_the_number_called_is_read_out_of_the_header_to_with_or_without_a_name():
    assert called_of({"To": '"Front <desk>" <sip:100@host>'}) == "100"
    assert called_of({"to": "sip:100@host;x=1"}) == "100"
    assert called_of({}) == ""


@pytest.mark.parametrize(
    ("target", "domain", "address"),
    [
        ("+44 (1632) 960 001", "trunk.example", "sip:+441632960001@trunk.example"),
        ("201", "pbx:5070", "sip:201@pbx:5070"),
        ("sip:desk@pbx", "", "sip:desk@pbx"),
        ("201", "", ""),
        ("sip:a b@x", "x", ""),
        ("201@evil\r\nX: y", "pbx", ""),
        ("", "pbx", ""),
    ],
)
def test_a_number_becomes_an_address_and_what_is_neither_becomes_none(target, domain, address):
    assert address_of(target, domain) == address


@given(st.text())
def test_whatever_stands_there_no_line_break_goes_out(text):
    assert not set(address_of(text, "pbx")) & set("\r\n <>")
    assert len(user_of(text)) <= 100
