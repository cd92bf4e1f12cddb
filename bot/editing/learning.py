"""Models of drafts: learnt in a process of their own, kept on disk, the last ones in memory."""

from __future__ import annotations

import shutil
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from bot.editing.checking import Examples
from bot.errors import UnderstandingError
from bot.nlu.apart import NICENESS, learn_apart
from bot.nlu.classifier import IntentModel, fingerprint

IN_MEMORY = 4
ON_DISK = 6


class Learnt:
    """`served` is where a centre looks for models, so that what was checked serves at once when it is published."""

    def __init__(self, served: Path, tried: Path) -> None:
        self._served, self._tried = served, tried
        self._models: OrderedDict[str, IntentModel] = OrderedDict()
        self._lock = Lock()

    def to_serve(self, examples: Examples) -> IntentModel:
        """Raises UnderstandingError. Seconds where these phrases are new."""
        return self._model(examples, self._served)

    def to_try(self, examples: Examples) -> IntentModel:
        """As `to_serve`, but thrown away after some others."""
        known = self._served / fingerprint(examples)
        model = self._model(examples, self._served if known.exists() else self._tried)
        kept = sorted(self._tried.glob("*/intents.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[ON_DISK:]:
            shutil.rmtree(old.parent, ignore_errors=True)
        return model

    def _model(self, examples: Examples, folder: Path) -> IntentModel:
        key = fingerprint(examples)
        with self._lock:  # two editors who check at once would learn the same twice, on cores that calls need
            if key in self._models and (folder / key).exists():
                self._models.move_to_end(key)
                return self._models[key]
            self._models[key] = _read_or_learn(examples, folder / key)
            while len(self._models) > IN_MEMORY:
                self._models.popitem(last=False)
            return self._models[key]


def _read_or_learn(examples: Examples, home: Path) -> IntentModel:
    if home.exists():
        try:
            return IntentModel.load(home)
        except UnderstandingError:
            shutil.rmtree(home, ignore_errors=True)  # of an older release, or broken
    learn_apart(examples, home, NICENESS)
    return IntentModel.load(home)
