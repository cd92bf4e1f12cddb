"""Signing, pauses and addresses of webhooks, by the published example and by random input."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.webhooks import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MAX_TRIES,
    TOLERANCE,
    WrongWebhook,
    check_url,
    headers,
    is_genuine,
    may_reach,
    new_secret,
    pause_s,
    sign,
)

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
SECRETS = st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode())
BODIES = st.binary(max_size=200)


def test_the_example_of_the_specifications_own_libraries() -> None:
    """github.com/standard-webhooks/standard-webhooks, libraries/python/tests."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(SECRETS, BODIES)
def test_what_we_sign_is_genuine_by_the_definition_of_hmac(secret: str, body: bytes) -> None:
    sent = headers(secret, "msg_1", NOW, body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b"msg_1." + sent["webhook-timestamp"].encode() + b"." + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{expected}"
    assert is_genuine(secret, sent, body, NOW)


@given(SECRETS, SECRETS, BODIES, BODIES)
def test_another_body_secret_or_id_is_not_genuine(secret: str, other: str, body: bytes, changed: bytes) -> None:
    sent = headers(secret, "msg_1", NOW, body)
    assert is_genuine(secret, sent, changed, NOW) == (changed == body)
    assert is_genuine(other, sent, body, NOW) == (other == secret)
    assert not is_genuine(secret, sent | {"webhook-id": "msg_2"}, body, NOW)


@given(st.integers(-2_000, 2_000))
def test_a_message_played_again_later_is_not_genuine(after_s: int) -> None:
    secret = new_secret()
    sent = headers(secret, "msg_1", NOW, b"{}")
    then = NOW + dt.timedelta(seconds=after_s)
    assert is_genuine(secret, sent, b"{}", then) == (abs(after_s) <= TOLERANCE.total_seconds())


@given(st.dictionaries(st.sampled_from(("webhook-id", "webhook-timestamp", "webhook-signature")), st.text()))
def test_any_headers_at_all_are_refused_without_a_surprise(given_headers: dict[str, str]) -> None:
    assert not is_genuine(new_secret(), given_headers, b"{}", NOW)


@given(st.integers(1, MAX_TRIES - 1), st.floats(0, 1))
def test_pauses_grow_and_stay_within_half_and_whole(tries: int, roll: float) -> None:
    pause = pause_s(tries, roll)
    whole = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (tries - 1))
    assert pause is not None
    assert whole / 2 <= pause <= whole


def test_after_the_last_try_it_is_given_up() -> None:
    assert pause_s(MAX_TRIES, 0.5) is None
    longest = sum(pause_s(tries, 1) or 0 for tries in range(1, MAX_TRIES))
    assert longest > 4 * 3600, "a receiver may be down for an afternoon"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://crm.example.com/",
            "crm.example.com",
            "",
            "https://",
            "https://[::1",
            "https://a:99999/",
            "https:///x",
        ),
        *(
            "https://user:pass@crm.example.com/",
            "https://crm.example.com/a b",
            "https://crm.example.com/\x00",
            "https://ü/",
        ),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(WrongWebhook, match=r"\.$"):
        check_url(url, allow_plain=True)


def test_plain_http_is_for_the_own_house_only() -> None:
    check_url("http://crm.local/hook", allow_plain=True)
    with pytest.raises(WrongWebhook):
        check_url("http://crm.local/hook", allow_plain=False)


@pytest.mark.parametrize(
    ("address", "always", "allowed"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("192.168.1.20", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
    ],
)
def test_the_own_network_is_reached_by_leave_only(address: str, always: bool, allowed: bool) -> None:
    one = ipaddress.ip_address(address)
    assert (may_reach(one, False), may_reach(one, True)) == (always, allowed)
