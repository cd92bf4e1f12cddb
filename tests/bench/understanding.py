"""How well it understands, on public data: `python -m tests.bench.understanding [--json] [--quick] [--tuned]`.

CLINC150 and BANKING77 (intents, out-of-scope, word errors), NLU++ (dates and times), EVI (who is calling). The data lie
beside the checkout in `shared/nlu`; what is absent is left out. Word errors are synthetic and seeded.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from bot.config import PROJECT
from bot.content.content import load_content
from bot.nlu.checking import hold_out
from bot.nlu.classifier import IntentModel
from bot.nlu.extracting import extract
from bot.nlu.identity import Callers, Register
from bot.nlu.noise import Noise
from bot.nlu.normalise import normalise
from bot.nlu.training_data import read_examples
from tests.bench.members import ablation, serving
from tests.bench.questions import answers_found, choices, second_tries

DATA = Path(__file__).parents[3] / "shared" / "nlu"
CALLERS = PROJECT / "tests" / "integration" / "data" / "brightwater_utterances.tsv"
REFERENCE = dt.datetime(2022, 3, 15, 9, 0, tzinfo=dt.UTC)
RATES = (0.0, 0.1, 0.2)
Examples = Mapping[str, Sequence[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="ten phrases an intent, fifty callers")
    parser.add_argument("--tuned", action="store_true", help="also tune encoders: ten minutes and more")
    options = parser.parse_args()
    if not DATA.exists():
        sys.exit("The language data for measuring (shared/nlu beside the checkout) are not on this machine.")
    report = measure(options.quick, options.tuned)
    print(json.dumps(report, indent=None if options.json else 2))


def measure(quick: bool, tuned: bool = False) -> dict[str, Any]:
    clinc, banking = DATA / "clinc150", DATA / "banking77"
    held_out = read_examples([clinc / "valid.yml"])
    outside = read_examples([clinc / "oos_valid.yml"])["out_of_scope"]
    report: dict[str, Any] = {"spans": spans_found(DATA / "nlupp" / "dates_times.tsv")}
    report["clinc150_10shot"] = intents(read_examples([clinc / "train_10shot_0.yml"]), held_out, outside)
    few = read_examples([banking / "train_10shot_0.yml"])
    every = read_examples([banking / "train.yml"])
    test = {
        name: tuple(said for said in phrases if said not in few.get(name, ()))[::5] for name, phrases in every.items()
    }
    report["banking77_10shot"] = intents(few, test)
    for phrasings in (2, 3):
        report[f"banking77_answers_from_{phrasings}_phrasings"] = answers_found(every, phrasings)
    report["sample_business"] = sample_business(quick)
    if not quick:
        report["clinc150"] = intents(read_examples([clinc / "train.yml"]), held_out, outside)
        rest = {name: tuple(said for said in phrases if said not in test[name]) for name, phrases in every.items()}
        report["banking77"] = intents(rest, test)
    if tuned:
        report["tuned_clinc150_10shot"] = intents(
            read_examples([clinc / "train_10shot_0.yml"]), held_out, outside, tuned=True
        )
        report["tuned_banking77_10shot"] = intents(few, test, tuned=True)
    if tuned and not quick:
        report["tuned_clinc150"] = intents(read_examples([clinc / "train.yml"]), held_out, outside, tuned=True)
        report["tuned_banking77"] = intents(rest, test, tuned=True)
    report["identity"] = callers_identified(DATA / "evi", 50 if quick else 400)
    report["memory_mb"] = round(psutil.Process().memory_info().rss / 1e6)
    return report


def intents(train: Examples, test: Examples, outside: Sequence[str] = (), tuned: bool = False) -> dict[str, Any]:
    """Accuracy clean and noisy, by members; of the gate: share of callers kept, and of strangers refused."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        model = IntentModel.tune(train, folder, lambda *_: None) if tuned else IntentModel.train(train)
        report: dict[str, Any] = {"train_cpu_s": round(time.process_time() - started, 1)}
        model.save(folder)
        report["serving"] = serving(folder, [text for texts in test.values() for text in texts])
    pairs = [(text, name) for name, texts in test.items() for text in texts]
    noise = Noise([text for text, _ in pairs], seed=99)
    for rate in RATES:
        heard = [noise(text, rate) for text, _ in pairs]
        guesses = model.predict_all(heard)
        right = [guess.intent == name for guess, (_, name) in zip(guesses, pairs, strict=True)]
        accepted = [guess.accepted for guess in guesses]
        wrong = [took and not good for took, good in zip(accepted, right, strict=True)]
        key = f"{rate:.0%} word errors"
        report[key] = {"accuracy": _mean(right), "kept": _mean(accepted), "wrong_and_answered": _mean(wrong)}
        if rate == 0:
            level = float(np.quantile([guess.energy for guess in guesses], 0.05))
    if outside:
        strangers = model.predict_all(outside)
        report["oos_recall_at_95_kept"] = _mean([guess.energy < level for guess in strangers])
        report["oos_recall_at_own_gate"] = _mean([not guess.accepted for guess in strangers])
    spoken = [(normalise(text), name) for text, name in pairs if normalise(text)]
    report["members"] = ablation(model.learnt, spoken)
    report["choices, 10% word errors"] = choices(model, spoken)
    report["second tries, 10% word errors"] = second_tries(model, spoken)
    return report


def sample_business(quick: bool) -> dict[str, Any]:
    """What callers say to the sample practice and was never learnt from; its own phrases, cross-validated."""
    examples = load_content(PROJECT / "nlu_data" / "brightwater_dental").examples
    said: dict[str, list[str]] = defaultdict(list)
    with CALLERS.open(encoding="utf-8", newline="") as file:
        for text, intent in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            said[intent].append(text)
    report = intents(examples, said, said.pop("-"))
    if not quick:
        report["cross_validated"] = _mean([one.guess == one.intent for one in hold_out(examples)])
    return report


def spans_found(path: Path) -> dict[str, float]:
    """Share of the dates and times of real utterances that are found in their whole sentence with the right value."""
    hits: dict[str, list[bool]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            value, found = json.loads(row["value"]), extract(row["text"], REFERENCE)
            if "hour" in value:
                wanted = f"{value['hour']:02}:{value['minute']:02}"
                hits["times"].append(wanted in [one["value"] for one in found["times"]])
            else:
                wanted = dt.date(value["year"], value["month"], value["day"]).isoformat()
                hits["dates"].append(wanted in [one["value"] for one in found["dates"]])
    return {kind: _mean(found) for kind, found in hits.items()}


def callers_identified(folder: Path, dialogues: int) -> dict[str, Any]:
    """Share of callers named right and wrong once somebody stands out, and questions asked until then."""
    with (folder / "records.csv").open(encoding="utf-8", newline="") as file:
        register = Register.of(csv.DictReader(file))
    turns: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "turns.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            turns[row["dialogue_id"]].append(row)
    picked = random.Random(1).sample(sorted(turns), min(dialogues, len(turns)))
    line = Callers(register, dt.date(2021, 6, 1))
    named: list[tuple[bool, bool, int]] = []
    for dialogue in picked:
        answer: dict[str, Any] = {"customer_id": None}
        asked = 0
        for row in turns[dialogue]:
            asked += 1
            answer = line.hear(dialogue, int(row["turn_num"]), row["item"], json.loads(row["nbest"]))
            if answer["customer_id"]:
                break
        truth = turns[dialogue][0]["scenario_id"]
        named.append((answer["customer_id"] == truth, answer["customer_id"] not in (None, truth), asked))
    right, wrong, questions = (_mean(column) for column in zip(*named, strict=True))
    return {"callers": len(picked), "identified": right, "wrong_person": wrong, "questions": questions}


def _mean(values: Sequence[Any]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0


if __name__ == "__main__":
    main()
