"""Whole conversations: real understanding, real diary in memory, real wordings; only the sound is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content import Content, load_content
from bot.nlu.classifier import IntentModel
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.store.store import open_store
from tests.calls.script import Player, Script, scripts

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
BUSINESS = HERE.parents[1] / "nlu_data" / "brightwater_dental"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(BUSINESS)


@pytest.fixture(scope="session")
def interpreter(content: Content) -> EmbeddedInterpreter:
    return EmbeddedInterpreter(IntentModel.train(content.examples), content.vocabulary)


@pytest.mark.parametrize("script", list(scripts(HERE)), ids=lambda script: script.title)
def test_a_call(script: Script, content: Content, interpreter: EmbeddedInterpreter) -> None:
    store = open_store("sqlite://")
    try:
        Player(content, interpreter, store).play(script)
    finally:
        store.close()
