"""Whole conversations: real understanding, real diary in memory, real wordings; only the sound is left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bot.content import Content, load_content
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.store.store import open_store
from tests.calls.script import Player, Script, scripts

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
BUSINESSES = HERE.parents[1] / "nlu_data"


@cache
def content(business: str) -> Content:
    return load_content(BUSINESSES / business)


@pytest.mark.parametrize("script", list(scripts(HERE)), ids=lambda script: script.title)
def test_a_call(script: Script, understand: Callable[[Content], EmbeddedInterpreter]) -> None:
    store = open_store("sqlite://")
    called = content(script.business)
    try:
        Player(called, understand(called), store).play(script)
    finally:
        store.close()
