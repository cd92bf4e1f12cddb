"""Understanding inside the process: intents from the model, values from the grammars, the open question as a prior."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.events import FREE, Expect, Hypothesis, Utterance
from bot.nlu.answers import intent_of_answer
from bot.nlu.classifier import Prediction
from bot.nlu.entities import find_entities
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.understanding import Entity, Understanding, Vocabulary

READINGS = 3
"""Hypotheses whose scores are averaged; more cost time and add nothing."""

CHOICES = 3
"""More intents than these are no question that can be asked."""

ANSWERED = 0.97
"""Confidence of an answer that fits the open question word for word."""

REHEARSAL = Utterance((Hypothesis("the fourteenth of march at half past two please"),))
"""Understood once before anybody calls, so that no caller waits for weights to be loaded and tables to be filled."""

PLAIN = 0.9
"""Confidence from which on a sentence is understood by itself, whatever was said before."""

AGREED = 0.5
"""Of both tries together: so likely, and the best of either, an intent is believed though each alone was refused."""

VALUES = ("date", "time", "service", "staff", "branch", "place", "role", "phone", "postcode", "email", "birth_date")
UNK = "[unk]"


class Intents(Protocol):
    """Who names the intent: the embedded `IntentModel`, or that with a Rasa server beside it."""

    def predict_heard(self, hypotheses: Sequence[tuple[str, float]]) -> Prediction:
        """One utterance in several readings (text, weight)."""
        ...


class EmbeddedInterpreter:
    """Implements `understanding.Interpreter`: one business, pure, thread-safe, some milliseconds an utterance."""

    def __init__(self, model: Intents, vocabulary: Vocabulary) -> None:
        self._model = model
        self._names = Gazetteer(vocabulary)
        self.understand(REHEARSAL, FREE, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))

    def understand(self, utterance: Utterance, expect: Expect, now: dt.datetime) -> Understanding:
        """`now` is aware, in the time zone of the business; `expect` is the question that was open."""
        text = utterance.text
        if not text.replace(UNK, "").strip():
            return Understanding(text)
        entities = self._entities(utterance, expect, now)
        if intent := intent_of_answer(text, expect, entities):
            return Understanding(text, intent, ANSWERED, True, ((intent, ANSWERED),), entities)
        return _understanding(text, self._heard(utterance), entities)

    def _heard(self, utterance: Utterance) -> Prediction:
        """A second try that is not plain by itself is taken together with the first, one counting as much as the other.

        Averaged scores name the intent better than either; their energy is no higher than that of the better one, so
        the gate is asked about the second try alone, and lets pass what both agree on.
        """
        said = [_weighed(one) for one in utterance.hypotheses[:READINGS]]
        alone = self._model.predict_heard(said)
        if not utterance.earlier or (alone.accepted and alone.confidence >= PLAIN):
            return alone
        before = [_weighed(one) for one in utterance.earlier[:READINGS]]
        first = self._model.predict_heard(before)
        share = sum(weight for _, weight in said) / max(sum(weight for _, weight in before), 1e-3)
        both = self._model.predict_heard([*said, *((text, weight * share) for text, weight in before)])
        agreed = alone.intent == first.intent == both.intent and both.confidence >= AGREED
        return replace(both, accepted=alone.accepted or agreed)

    def _entities(self, utterance: Utterance, expect: Expect, now: dt.datetime) -> tuple[Entity, ...]:
        """Of the best hypothesis; where a value was asked for and is not in it, of the next one that has it."""
        best = find_entities(utterance.text, expect, now, self._names)
        if expect.kind in ("free", "yes_no") or best:
            return best
        for other in utterance.hypotheses[1:READINGS]:
            if found := find_entities(other.text, expect, now, self._names):
                return tuple(_doubted(entity, len(utterance.text)) for entity in found)
        return best


def _weighed(hypothesis: Hypothesis) -> tuple[str, float]:
    return hypothesis.text.replace(UNK, " "), hypothesis.confidence


def _doubted(entity: Entity, length: int) -> Entity:
    """A value from another reading covers the whole of the text it is not in."""
    return Entity(entity.kind, entity.value, entity.text, (0, length), 0.5 * entity.confidence, entity.others)


def _understanding(text: str, heard: Prediction, entities: tuple[Entity, ...]) -> Understanding:
    close = heard.likely if 2 <= len(heard.likely) <= CHOICES else ()
    return Understanding(text, heard.intent, heard.confidence, heard.accepted, heard.ranking, entities, close)
