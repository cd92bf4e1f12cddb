"""Intents from a Rasa server (3.6, `rasa run --enable-api`), with the embedded model beside it.

Rasa names the intent. Whether that is any of ours stays with the embedded model's gate: DIET is sure of its mistakes,
so its confidence alone decides nothing. A server that starts, fails, is slow or answers garbage costs a call one
time-out; then the embedded model answers alone until it is worth asking again.

`POST /model/parse`: https://legacy-docs-oss.rasa.com/docs/rasa/pages/http-api
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Final

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from bot.errors import UnderstandingError
from bot.nlu.classifier import RANKED, IntentModel, Prediction

log = structlog.get_logger(__name__)

RESTS_S: Final = 5.0
"""After a failure the server is not asked for so long."""

MOST_BYTES: Final = 1_000_000
"""A longer answer is no answer of Rasa's (a ranking of 150 intents has some 15 kB)."""


class _Guess(BaseModel):
    name: str | None = None
    confidence: float = Field(ge=0, le=1)


class _Reply(BaseModel):
    confidence: float = Field(ge=0, le=1)
    intent_response_key: str


class _Selected(BaseModel):
    ranking: list[_Reply] = []


class _Parsed(BaseModel):
    """The part of the server's answer that we use; the rest is let pass."""

    intent: _Guess
    intent_ranking: list[_Guess] = []
    response_selector: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Guess:
    """Intent → confidence, best first; `faq/parking` where the server selects among answers."""

    ranking: tuple[tuple[str, float], ...]


def parse_answer(body: bytes) -> Guess:
    """Raises UnderstandingError `rasa.garbled`."""
    try:
        parsed = _Parsed.model_validate_json(body)
        ranked = parsed.intent_ranking or [parsed.intent]
        found = [(guess.name, guess.confidence) for guess in ranked if guess.name]
        return Guess(tuple(sorted(_selected(found, parsed.response_selector), key=lambda one: -one[1])))
    except ValidationError as error:
        message = "The Rasa server gave an answer that is not Rasa's; please check the address in nlu.rasa."
        raise UnderstandingError("rasa.garbled", message) from error


def _selected(found: list[tuple[str, float]], selector: dict[str, Any]) -> list[tuple[str, float]]:
    """A retrieval intent ("faq") is replaced by the questions below it, its confidence shared among them."""
    spread: list[tuple[str, float]] = []
    for name, confidence in found:
        if name in selector and (below := _Selected.model_validate(selector[name]).ranking):
            spread += [(one.intent_response_key, confidence * one.confidence) for one in below]
        else:
            spread.append((name, confidence))
    return spread


class RasaServer:
    """One server over HTTP, its connections kept. Thread-safe."""

    def __init__(
        self,
        url: str,
        timeout_s: float,
        clock: Callable[[], float] = monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`timeout_s` bounds the whole answer, however slowly its bytes drip; `transport` None: the network."""
        self.url = url.rstrip("/")
        self.trouble = ""
        """Why it was not asked or did not answer the last time, in a sentence."""
        self._timeout_s, self._clock = timeout_s, clock
        self._client = httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False, transport=transport)
        self._rests_until = float("-inf")
        self._lock = threading.Lock()

    def ask(self, text: str) -> Guess | None:
        """None while it rests after a failure, or failed now: nobody waits for it twice in a row."""
        if self._clock() < self._rests_until:
            return None
        try:
            guess = parse_answer(self._post(text))
        except UnderstandingError as error:
            self._fail(error)
            return None
        self._recover()
        return guess

    def is_up(self) -> bool:
        """Asked with a word that means nothing; a server without a model answers with an error."""
        return self.ask("hello") is not None

    def _post(self, text: str) -> bytes:
        until = self._clock() + self._timeout_s
        try:
            with self._client.stream("POST", f"{self.url}/model/parse", json={"text": text}) as answer:
                if answer.status_code != 200:
                    raise _refused(f"it answered {answer.status_code}; it may still be loading its model")
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if self._clock() > until or len(body) > MOST_BYTES:
                        raise _refused("its answer was too slow or too long")
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _refused(f"it could not be reached ({type(error).__name__})") from error

    def _fail(self, error: UnderstandingError) -> None:
        with self._lock:
            self._rests_until = self._clock() + RESTS_S
            if not self.trouble:
                log.warning("rasa.failed", code=error.code)
            self.trouble = error.message

    def _recover(self) -> None:
        with self._lock:
            if self.trouble:
                log.info("rasa.answers")
            self.trouble = ""


def _refused(why: str) -> UnderstandingError:
    return UnderstandingError("rasa.unreachable", f"Rasa is not used: {why}. The embedded understanding answers.")


class RasaIntents:
    """Stands where the `IntentModel` of a business stands, and falls back on it. Thread-safe."""

    def __init__(self, server: RasaServer, own: IntentModel) -> None:
        self._server, self._own = server, own

    def predict_heard(self, hypotheses: Sequence[tuple[str, float]]) -> Prediction:
        """Rasa gets the best reading; the confidence is the mean of what both give to the intent it named."""
        own = self._own.predict_heard(hypotheses)
        if not own.intent:
            return own
        guess = self._server.ask(hypotheses[0][0].strip())
        known = [one for one in guess.ranking if one[0] in self._own.intents] if guess else []
        if not known:
            return own
        shares = dict(own.ranking)
        ranking = tuple((name, (share + shares.get(name, 0.0)) / 2) for name, share in known[:RANKED])
        return replace(own, intent=ranking[0][0], confidence=ranking[0][1], ranking=ranking)
