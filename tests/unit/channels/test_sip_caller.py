"""Who calls, as the exchange tells it: a name is shown to people, so nothing may hide in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sip_caller import MAX_CHARS, Caller, caller_of, legible

ANN = {"From": '"Ann Example" <sip:+441632960001@pbx>;tag=1'}
ASSERTED = {"P-Asserted-Identity": '"Ann E. Example" <sip:+441632960002@carrier>'}


@pytest.mark.parametrize(
    ("header", "number", "name"),
    [
        ('"Ann Example" <sip:+441632960001@pbx>;tag=1', "+441632960001", "Ann Example"),
        ("Ann Example <sip:201@pbx>;tag=1", "201", "Ann Example"),
        ("<sip:201@pbx>;tag=1", "201", ""),
        ("sip:201@pbx;tag=1", "201", ""),
        ('"201" <sip:201@pbx>', "201", ""),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', "", ""),
        (r'"Ann \"the one\" Example, \\ Ltd <x>" <sip:201@pbx>', "201", 'Ann "the one" Example, \\ Ltd <x>'),
        ('"Ann" <tel:+441632960001>', "+441632960001", "Ann"),
        ('"Zo\u00c3\u00ab B\u00c3\u00a9rard" <sip:201@pbx>', "201", "Zoë Bérard"),
        ('"Zo\u00eb" <sip:201@pbx>', "201", "Zoë"),
        ('"Zoe%CC%88%20Berard" <sip:201@pbx>', "201", "Zoë Berard"),
        ('"100% Ann" <sip:201@pbx>', "201", "100% Ann"),
        ('"unclosed <sip:201@pbx>', "201", '"unclosed'),
        ("", "", ""),
    ],
)
def test_number_and_name_are_read_out_of_the_header(header, number, name):
    assert caller_of({"From": header}, None, is_trusted=False) == Caller(number, name)


def test_what_the_exchange_asserts_counts_where_it_is_trusted():
    assert caller_of(ANN | ASSERTED, None, is_trusted=False) == Caller("+441632960001", "Ann Example")
    assert caller_of(ANN | ASSERTED, None, is_trusted=True) == Caller("+441632960002", "Ann E. Example")
    bare = {"p-asserted-identity": "<tel:+441632960002>, <sip:x@y>"}
    assert caller_of(ANN | bare, None, is_trusted=True) == Caller("+441632960002", "Ann Example")
    assert caller_of(ANN, None, is_trusted=True) == Caller("+441632960001", "Ann Example")


@pytest.mark.parametrize("wish", ["id", "user;id", "header; critical"])
def test_who_withholds_their_number_has_none_though_the_exchange_knows_it(wish):
    headers = {"From": "<sip:anonymous@anonymous.invalid>", "Privacy": wish} | ASSERTED
    assert caller_of(headers, None, is_trusted=True) == Caller("", "")
    assert caller_of(headers | {"Privacy": "none"}, None, is_trusted=True).number == "+441632960002"


def test_without_a_header_the_address_tells_the_number():
    assert caller_of({}, "sip:201@pbx", is_trusted=True) == Caller("201", "")


def test_nothing_hides_in_a_name():
    assert legible("Ann\r\nX-Evil: 1\x00\x1b[31m\u202egnp.exe\u200b") == "Ann X-Evil: 1[31mgnp.exe"
    assert legible("%0d%0aAnn%00") == "Ann"
    assert legible("  ") == ""


@given(st.text(max_size=400), st.text(max_size=100), st.booleans())
def test_whatever_stands_in_the_headers_a_name_is_short_and_can_be_seen(name, other, is_trusted):
    headers = {"From": f'"{name}" <sip:201@pbx>', "P-Asserted-Identity": other, "Privacy": other[:5]}
    caller = caller_of(headers, other, is_trusted)
    for text in (caller.name, legible(name), legible(other)):
        assert len(text) <= MAX_CHARS
        assert text == text.strip()
        assert not any(unicodedata.category(char)[0] == "C" for char in text)
    assert len(caller.number) <= 100


@given(st.binary(max_size=100))
def test_a_name_in_any_bytes_is_a_name_or_none(raw):
    assert len(legible(raw.decode("latin-1"))) <= MAX_CHARS
