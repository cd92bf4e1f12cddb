"""For all tests: random input may take its time, for two cores are shared and nothing here asserts speed.

Intents are learnt once and kept in pytest's cache for the next run, until phrases or the learning change.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from bot.content.content import Content
from bot.nlu.classifier import IntentModel, fingerprint
from bot.nlu.interpreter import EmbeddedInterpreter

settings.register_profile("frontdesk", deadline=None)
settings.load_profile("frontdesk")

NLU = Path(__file__).parents[1] / "bot" / "nlu"

REAL_TIME = ("browser/", "integration/test_sip", "integration/test_phone", "integration/test_bench")
"""Real browsers and telephones, which talk in real time whatever else the computer does: one that was starved for some
seconds gets a second chance, which the summary tells as a rerun. What fails twice is broken.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(Path(__file__).parent).as_posix()
        if place.startswith(REAL_TIME):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def learnt_intents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where learnt models lie, a folder a fingerprint of phrases; emptied when the code that learns has changed.

    A centre whose home is the parent folder finds them too.
    """
    cache = request.config.cache
    home = Path(cache.mkdir("frontdesk")) if cache else tmp_path_factory.mktemp("frontdesk")
    folder, stamp = home / "intents", home / "learning.txt"
    source = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(NLU.glob("*.py")))).hexdigest()
    if not stamp.exists() or stamp.read_text() != source:
        shutil.rmtree(folder, ignore_errors=True)
        stamp.write_text(source)
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def understand(learnt_intents: Path) -> Callable[[Content], EmbeddedInterpreter]:
    """The understanding that serves this content."""
    known: dict[str, EmbeddedInterpreter] = {}

    def understanding(content: Content) -> EmbeddedInterpreter:
        key = fingerprint(content.examples)
        if key not in known:
            if not (learnt_intents / key).exists():
                IntentModel.train(content.examples).save(learnt_intents / key)
            known[key] = EmbeddedInterpreter(IntentModel.load(learnt_intents / key), content.vocabulary)
        return known[key]

    return understanding
