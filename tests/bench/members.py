"""What each member of an intent model is worth, and what serving the model costs, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.config import PROJECT
from bot.nlu.learning import Learnt
from bot.nlu.noise import Noise
from bot.nlu.repair import Repair

RATES = (0.0, 0.1, 0.2)
SERVED = 200

SERVE = """
import json, sys, time
from pathlib import Path
import psutil
from bot.nlu.classifier import IntentModel
lines = json.load(sys.stdin)
model = IntentModel.load(Path(sys.argv[1]))
for line in lines[:5]:
    model.predict(line)
took = []
for line in lines:
    started = time.process_time()
    model.predict(line)
    took.append(time.process_time() - started)
took.sort()
memory = psutil.Process().memory_info().rss / 1e6
p50, p95 = (round(1e3 * took[len(took) * share // 100], 2) for share in (50, 95))
print(json.dumps({"p50_cpu_ms": p50, "p95_cpu_ms": p95, "memory_mb": round(memory)}))
"""


def ablation(learnt: Learnt, pairs: Sequence[tuple[str, str]], seed: int = 99) -> dict[str, dict[str, float]]:
    """Accuracy of (normalised text, intent), by members and word errors. All start from the same learnt numbers."""
    silent = np.zeros_like(learnt.surface_weights)
    meaning = replace(learnt, surface_weights=silent, bias=np.zeros_like(learnt.bias))
    rows = {
        "meaning": without_repair(meaning),
        "meaning + surface": without_repair(learnt),
        "meaning + repair": meaning,
        "meaning + surface + repair": learnt,
    }
    noise = Noise([text for text, _ in pairs], seed)
    heard = {rate: [noise(text, rate) for text, _ in pairs] for rate in RATES}
    right = np.array([learnt.intents.index(intent) for _, intent in pairs])
    return {
        name: {
            f"{rate:.0%} word errors": round(float((model.scores(texts).argmax(axis=1) == right).mean()), 4)
            for rate, texts in heard.items()
        }
        for name, model in rows.items()
    }


def without_repair(learnt: Learnt) -> Learnt:
    copy = replace(learnt)
    object.__setattr__(copy, "repair", Repair([]))
    return copy


def serving(folder: Path, lines: Sequence[str]) -> dict[str, Any]:
    """Processor milliseconds of one sentence at a time, resident memory, and megabytes on disk."""
    ran = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder)],
        input=json.dumps(list(lines[:SERVED])),
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    found: dict[str, Any] = json.loads(ran.stdout)
    return found | {"model_mb": round(size, 1)}
