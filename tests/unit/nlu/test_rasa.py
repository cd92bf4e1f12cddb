"""A Rasa server beside the embedded model: what of its answers is used, and what happens when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnderstandingError
from bot.nlu.classifier import NOTHING, Prediction
from bot.nlu.rasa import MOST_BYTES, RESTS_S, RasaIntents, RasaServer, parse_answer

BOOK = {
    "text": "can i come in on friday",
    "intent": {"name": "book", "confidence": 0.9},
    "intent_ranking": [{"name": "book", "confidence": 0.9}, {"name": "move", "confidence": 0.1}],
    "entities": [],
}
FAQ = {
    "intent": {"name": "faq", "confidence": 0.8},
    "intent_ranking": [{"name": "faq", "confidence": 0.8}, {"name": "book", "confidence": 0.15}],
    "response_selector": {
        "all_retrieval_intents": [],
        "faq": {
            "response": {"intent_response_key": "faq/parking", "confidence": 0.75},
            "ranking": [
                {"confidence": 0.75, "intent_response_key": "faq/parking"},
                {"confidence": 0.25, "intent_response_key": "faq/address"},
            ],
        },
    },
}


class Own:
    """An embedded model that is sure of moving, and knows four intents."""

    intents = ("book", "move", "faq/parking", "faq/address")

    def predict_heard(self, hypotheses: Sequence[tuple[str, float]]) -> Prediction:
        if not hypotheses[0][0].strip():
            return NOTHING
        return Prediction("move", 0.6, True, (("move", 0.6), ("book", 0.3)), 4.0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def intents(answer: Callable[[httpx.Request], httpx.Response], clock: Clock | None = None) -> RasaIntents:
    server = RasaServer("http://rasa/", 0.2, clock or Clock(), httpx.MockTransport(answer))
    return RasaIntents(server, Own())  # type: ignore[arg-type]


def says(plain: object) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, json=plain)


def test_rasa_names_the_intent_and_both_share_in_the_confidence() -> None:
    heard = intents(says(BOOK)).predict_heard([("can i come in on friday", 1.0)])
    assert (heard.intent, heard.accepted, heard.energy) == ("book", True, 4.0)
    assert heard.ranking == (("book", pytest.approx(0.6)), ("move", pytest.approx(0.35)))


def test_it_is_asked_with_the_best_reading_only() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=BOOK)

    intents(answer).predict_heard([(" book me in ", 0.9), ("look me in", 0.1)])
    assert [(one.url.path, json.loads(one.content)) for one in asked] == [("/model/parse", {"text": "book me in"})]


def test_a_question_is_the_one_that_the_response_selector_found() -> None:
    assert parse_answer(json.dumps(FAQ).encode()).ranking == (
        ("faq/parking", pytest.approx(0.6)),
        ("faq/address", pytest.approx(0.2)),
        ("book", 0.15),
    )


def test_an_intent_that_is_not_ours_is_passed_over() -> None:
    plain = {"intent": {"name": "order_pizza", "confidence": 0.99}, "intent_ranking": []}
    assert intents(says(plain)).predict_heard([("a large one", 1.0)]).intent == "move"


def test_nothing_said_is_not_worth_asking() -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError("asked")

    assert intents(never).predict_heard([(" ", 1.0)]) == NOTHING


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def late(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("late")


@pytest.mark.parametrize(
    "answer",
    [
        unreachable,
        late,
        lambda request: httpx.Response(409, json={"reason": "no model"}),
        lambda request: httpx.Response(302, headers={"location": "http://elsewhere/"}),
        lambda request: httpx.Response(200, content=b"<html>"),
        lambda request: httpx.Response(200, content=b"x" * (MOST_BYTES + 1)),
        says({"intent": {"name": "book", "confidence": 7}}),
        says([]),
    ],
)
def test_whatever_it_does_wrong_the_embedded_model_answers(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    assert intents(answer).predict_heard([("can i come in on friday", 1.0)]).intent == "move"


def test_after_a_failure_it_rests_and_is_asked_again_later() -> None:
    clock, up, asked = Clock(), False, []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200 if up else 503, json=BOOK)

    server = RasaServer("http://rasa", 0.2, clock, httpx.MockTransport(answer))
    assert server.ask("hello") is None
    assert server.ask("hello") is None
    assert len(asked) == 1, "the second caller did not wait"
    assert "503" in server.trouble
    clock.now += RESTS_S
    up = True
    assert server.is_up()
    assert server.trouble == ""


def test_an_answer_that_drips_in_is_given_up() -> None:
    clock = Clock()

    def drip() -> Iterator[bytes]:
        for letter in json.dumps(BOOK).encode():
            clock.now += 0.01
            yield bytes([letter])

    heard = intents(lambda request: httpx.Response(200, content=drip()), clock).predict_heard([("friday", 1.0)])
    assert heard.intent == "move"


@given(
    st.recursive(st.none() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_any_json_is_an_answer_or_a_clear_error(plain: object) -> None:
    selector = {"intent": {"name": "faq", "confidence": 1}, "response_selector": {"faq": plain}}
    for body in (plain, {"intent": plain}, selector):
        with suppress(UnderstandingError):
            assert all(0 <= share <= 1 for _, share in parse_answer(json.dumps(body).encode()).ranking)
