import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sip_floods import CALLS, MAX_SOURCES, SHUT_OUT_S, Floods, source_of


def test_who_floods_is_shut_out_and_nobody_else() -> None:
    floods = Floods()
    told = [floods.is_flood("203.0.113.9", call / 100) for call in range(CALLS + 5)]
    assert told == [False] * CALLS + [True] * 5
    assert not floods.is_flood("192.0.2.1", 0.3)


def test_it_lasts_until_they_have_been_silent_for_a_while() -> None:
    floods = Floods()
    for call in range(CALLS + 1):
        floods.is_flood("203.0.113.9", call / 100)
    assert floods.is_flood("203.0.113.9", 30.0)
    assert floods.is_flood("203.0.113.9", 80.0), "they went on at 30 s"
    assert not floods.is_flood("203.0.113.9", 80.0 + SHUT_OUT_S)


def test_calls_as_people_make_them_are_no_flood() -> None:
    floods = Floods()
    assert not any(floods.is_flood("192.0.2.1", call * 0.06) for call in range(1_000))


def test_nobody_can_have_our_trunk_shut_out_by_writing_its_name() -> None:
    floods = Floods()
    floods.spared = frozenset({"192.0.2.1"})
    assert not any(floods.is_flood("192.0.2.1", call / 100) for call in range(5 * CALLS))
    assert any(floods.is_flood("203.0.113.9", call / 100) for call in range(5 * CALLS))


def test_a_million_forged_sources_do_not_fill_memory() -> None:
    floods = Floods()
    for source in range(3 * MAX_SOURCES):
        floods.is_flood(str(source), 0.0)
    assert len(floods._recent) == MAX_SOURCES


@pytest.mark.parametrize(
    ("via", "source"),
    [
        ("SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1;rport", "192.0.2.7"),
        ("SIP/2.0/TLS pbx.example.com;branch=z9", "pbx.example.com"),
        ("SIP/2.0/UDP 10.0.0.1:5060;received=203.0.113.9;branch=z9", "10.0.0.1"),
        ("SIP/2.0/UDP [2001:db8::1]:5060;branch=z9", "[2001:db8::1]:5060"),
        ("SIP/2.0/UDP 192.0.2.7, SIP/2.0/UDP 192.0.2.8", "192.0.2.7"),
        ("", ""),
    ],
)
def test_the_source_is_the_topmost_via_and_not_what_its_sender_added(via: str, source: str) -> None:
    assert source_of({"Via": via}) == source


@given(st.text())
def test_any_via_has_some_source(via: str) -> None:
    assert len(source_of({"Via": via})) <= 100
