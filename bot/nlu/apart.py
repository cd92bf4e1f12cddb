"""Learning in a process of its own: seconds of hard work must not slow down the calls that are running.

Its memory goes back when it ends: the serving process holds only the numbers that were learnt.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.errors import UnderstandingError

NICENESS = 10
"""Calls go first."""


def learn_apart(examples: Mapping[str, Sequence[str]], out: Path, niceness: int = NICENESS) -> None:
    """Learn from intent → phrases; `out` holds a whole model when this returns. Raises UnderstandingError.

    `niceness` 0 where nobody can call before it is done.
    """
    with in_its_place(out) as fresh:
        command = [sys.executable, "-m", "bot.nlu.apart", str(fresh), str(niceness)]
        done = subprocess.run(command, input=json.dumps(dict(examples)), text=True, capture_output=True)
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise UnderstandingError("understanding.not_learnt", f"The phrases could not be learnt: {reason[0]}")


@contextmanager
def in_its_place(out: Path) -> Iterator[Path]:
    """A folder to write a model into, that takes the place of `out` when all went well, and is gone otherwise.

    Raises UnderstandingError when the folder cannot be made.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        message = f"The intent model cannot be written to {out}; check the folder and the space on the disk."
        raise UnderstandingError("understanding.unwritable", message) from error
    try:
        yield scratch / "model"
        shutil.rmtree(out, ignore_errors=True)
        (scratch / "model").rename(out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main() -> None:
    os.nice(int(sys.argv[2]))
    from bot.nlu.classifier import IntentModel

    examples = {intent: tuple(phrases) for intent, phrases in json.load(sys.stdin).items()}
    try:
        IntentModel.train(examples).save(Path(sys.argv[1]))
    except UnderstandingError as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main()
