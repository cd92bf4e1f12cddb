import pytest

from bot.channels.carrier_answers import ANSWERS, twilio_next
from bot.channels.twilio import is_signed, signature

URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = [("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675310"), ("Digits", "1234"), ("From", "+14158675310"),
        ("To", "+18005551212")]  # fmt: skip


def test_the_signature_is_hmac_sha1_over_the_address_and_the_sorted_fields():
    # the value was computed with `openssl dgst -sha1 -hmac 12345 -binary | base64` over the string written out by hand
    assert signature("12345", URL, reversed(FORM)) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_a_request_signed_by_twilio_is_taken_and_any_change_is_not():
    given = signature("12345", URL, FORM)
    assert is_signed("12345", given, [URL], FORM)
    assert is_signed("12345", given, [URL + "/", URL], FORM)
    assert not is_signed("12345", given, [URL.replace("https", "http")], FORM)
    assert not is_signed("12345", given, [URL], [*FORM, ("Digits2", "1")])
    assert not is_signed("12346", given, [URL], FORM)
    assert not is_signed("12345", "ü", [URL], FORM)


def test_without_a_token_nothing_is_believed():
    assert not is_signed("", signature("", URL, FORM), [URL], FORM)
    assert not is_signed("12345", "", [URL], FORM)


@pytest.mark.parametrize(
    ("queue", "desks", "verb"),
    [
        ("", {}, "<Hangup/>"),
        ("billing", {}, "<Enqueue>billing</Enqueue>"),
        ("billing", {"billing": "+441632960009"}, "<Dial><Number>+441632960009</Number></Dial>"),
        ("billing", {"billing": "sip:b@pbx.example"}, "<Dial><Sip>sip:b@pbx.example</Sip></Dial>"),
        ("<x>&", {}, "<Enqueue>&lt;x&gt;&amp;</Enqueue>"),
    ],
)
def test_after_the_bot_comes_the_end_or_a_person(queue, desks, verb):
    assert verb in twilio_next(queue, desks)


@pytest.mark.parametrize("carrier", ANSWERS)
def test_every_carrier_is_told_the_stream_and_whom_to_ask_next(carrier):
    answer = ANSWERS[carrier].stream("wss://x.example/media/1", "https://x.example/next/1")
    assert "wss://x.example/media/1" in answer
    assert "https://x.example/next/1" in answer
    assert "x" not in ANSWERS[carrier].next("", {}).replace("xml", "")
