"""Both understandings side by side on the same phrases: `python -m tests.bench.rasa [--json]`.

Each learns the phrases of the sample dental group and is asked what callers said, clean and with word errors (seeded),
and what nobody of that business says. The embedded model's gate stands before both, for Rasa has none of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

from bot.bench.conditions import load_average
from bot.config import PROJECT
from bot.content.content import load_content
from bot.nlu.classifier import IntentModel, Prediction
from bot.nlu.noise import Noise
from bot.nlu.rasa import RasaIntents, RasaServer
from bot.nlu.training_data import read_examples
from tests import rasa_server
from tests.bench.understanding import CALLERS, DATA

BUSINESS = "brightwater_dental"
RATES = (0.0, 0.1, 0.2)
Ask = Callable[[str], Prediction]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not rasa_server.is_wanted():
        sys.exit("Rasa is not installed; `make rasa` once.")
    report = measure()
    print(json.dumps(report, indent=None if options.json else 2))


def measure() -> dict[str, Any]:
    report: dict[str, Any] = {"load_before": load_average()}
    started = time.process_time()
    own = IntentModel.train(load_content(PROJECT / "nlu_data" / BUSINESS).examples)
    report["embedded"] = {"learning_cpu_s": round(time.process_time() - started, 1)} | judged(_alone(own))
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.tar.gz"
        before = _children_s()
        rasa_server.install()
        rasa_server.train(BUSINESS, PROJECT / "nlu_data" / "config.yml", model)
        taught = {"learning_cpu_s": round(_children_s() - before, 1)}
        with rasa_server.serving(model) as (url, process):
            server = RasaServer(url, 5.0)
            report["Rasa alone"] = taught | judged(_rasa_alone(server))
            report["Rasa with our gate"] = judged(lambda text: RasaIntents(server, own).predict_heard([(text, 1.0)]))
            report["Rasa alone"]["server_memory_mb"] = _memory_mb(process.pid)
    report["load_after"] = load_average()
    return report


def _alone(model: IntentModel) -> Ask:
    return lambda text: model.predict_heard([(text, 1.0)])


def _rasa_alone(server: RasaServer) -> Ask:
    """Accepted where its confidence is 0.7 at least, as its FallbackClassifier would with that threshold."""

    def ask(text: str) -> Prediction:
        guess = server.ask(text)
        assert guess is not None, server.trouble
        name, share = guess.ranking[0]
        return Prediction(name, share, share >= 0.7, guess.ranking, 0.0)

    return ask


def judged(ask: Ask) -> dict[str, Any]:
    said = list(csv.reader(CALLERS.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    known = [(text, intent) for text, intent in said if intent != "-"]
    strangers = [text for text, intent in said if intent == "-"] + _elsewhere()
    report: dict[str, Any] = {"utterances": len(known), "strangers": len(strangers)}
    noise = Noise([text for text, _ in known], seed=99)
    taken: list[float] = []
    for rate in RATES:
        guesses = [_timed(ask, noise(text, rate), taken) for text, _ in known]
        right = [guess.intent == intent for guess, (_, intent) in zip(guesses, known, strict=True)]
        wrong = [guess.accepted and not good for guess, good in zip(guesses, right, strict=True)]
        report[f"{rate:.0%} word errors"] = {
            "accuracy": _share(right),
            "kept": _share([guess.accepted for guess in guesses]),
            "wrong_and_answered": _share(wrong),
        }
    report["strangers_refused"] = _share([not ask(text).accepted for text in strangers])
    report["ms_p50"] = round(1000 * statistics.median(taken), 1)
    report["ms_p95"] = round(1000 * statistics.quantiles(taken, n=20)[-1], 1)
    return report


def _elsewhere() -> list[str]:
    """What people ask of nobody in particular, where the language data are beside the checkout."""
    path = DATA / "clinc150" / "oos_valid.yml"
    return list(read_examples([path])["out_of_scope"]) if path.exists() else []


def _timed(ask: Ask, text: str, taken: list[float]) -> Prediction:
    started = time.perf_counter()
    guess = ask(text)
    taken.append(time.perf_counter() - started)
    return guess


def _share(of: Sequence[bool]) -> float:
    return round(sum(of) / len(of), 4)


def _children_s() -> float:
    times = psutil.Process().cpu_times()
    return times.children_user + times.children_system


def _memory_mb(pid: int) -> int:
    process = psutil.Process(pid)
    return round(sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]) / 1e6)


if __name__ == "__main__":
    main()
