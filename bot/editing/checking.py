"""What a draft would change, found out before anybody is called: mistakes in the files, and the regression gate.

The gate's phrases come from two places: `tests/phrases.tsv` of each business (intent, tab, phrase; never learnt from),
and a part of the published phrases that two models, one of each version, are taught without. So a business without test
phrases has a gate as well.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.content.content import business_folders, load_content, refuse_shared_numbers
from bot.content.yaml_form import mistake, read_text
from bot.editing.files import copy_out
from bot.editing.gate import OUT_OF_SCOPE, Case, Regression, compare
from bot.editing.model import Files, token
from bot.errors import ContentError, UnderstandingError
from bot.nlu.checking import check_phrases
from bot.nlu.classifier import IntentModel
from bot.nlu.normalise import normalise

Examples = Mapping[str, Sequence[str]]
Learn = Callable[[Examples], IntentModel]
"""Raises UnderstandingError."""

PHRASES = "tests/phrases.tsv"
HELD_OUT = 8
"""One in so many published phrases is kept from both models."""

_PLACE = re.compile(r"(?P<path>[\w./-]+\.(?:yml|tsv))(?:, line |:)(?P<line>\d+): (?P<message>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """`level` is "error" (cannot be published) or "warning"; `line` counts from 1, 0 where it is none."""

    path: str
    line: int
    message: str
    level: str = "error"


@dataclass(frozen=True, slots=True)
class Report:
    """Of one check."""

    of: str
    """`pair` of what was published and what was checked."""
    problems: tuple[Problem, ...] = ()
    regressions: Mapping[str, Regression] = field(default_factory=dict)
    """By business, where what callers' sentences mean may have changed."""
    failures: tuple[str, ...] = ()
    """Why the gate is shut; empty: it may be published."""

    @property
    def is_broken(self) -> bool:
        """Not even an override helps."""
        return any(problem.level == "error" for problem in self.problems)

    @property
    def passes(self) -> bool:
        return not self.is_broken and not self.failures

    def as_json(self) -> dict[str, Any]:
        regressions = {business: asdict(found) | {"fails": found.fails} for business, found in self.regressions.items()}
        return {
            "of": self.of,
            "passes": self.passes,
            "broken": self.is_broken,
            "problems": [asdict(problem) for problem in self.problems],
            "failures": list(self.failures),
            "regressions": regressions,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """Of a check that goes on, for who waits for it."""

    what: str
    done: int
    of: int
    """Steps."""


Tell = Callable[[Step], None]

RunTests = Callable[[Path], Sequence[str]]
"""Runs the conversations of a content folder; a sentence for each that fails."""


def no_tests(folder: Path) -> Sequence[str]:
    return ()


class Checking:
    """`learn` gives the model of phrases, learning at need; `learn_once` one that is thrown away afterwards."""

    def __init__(self, learn: Learn, learn_once: Learn, run_tests: RunTests = no_tests) -> None:
        self._learn = learn
        self._learn_once = learn_once
        self._run_tests = run_tests

    def check(self, published: Files, draft: Files, tell: Tell = lambda step: None) -> Report:
        """Seconds where no phrase changed, else up to a minute a business: models are learnt."""
        with tempfile.TemporaryDirectory() as scratch:
            before, after = Path(scratch, "before", "nlu_data"), Path(scratch, "after", "nlu_data")
            copy_out(published, before)
            copy_out(draft, after)
            problems, examples = self._read(after)
            if problems:
                return Report(pair(published, draft), tuple(problems))
            try:
                return self._judge(pair(published, draft), before, after, examples, tell)
            except (UnderstandingError, ContentError) as error:
                return Report(pair(published, draft), (problem_of(error),))

    def _judge(self, of: str, before: Path, after: Path, examples: Mapping[str, Examples], tell: Tell) -> Report:
        regressions, failures = {}, []
        warnings = [warning for key, found in examples.items() for warning in _warnings(key, found)]
        known = {key: _examples_of(before / key) for key in examples}
        changed = {key: found for key, found in examples.items() if not _same(known[key], found)}
        for done, (key, found) in enumerate(changed.items()):
            tell(Step(f"{key}: its phrases are learnt, and compared with what is published", done, len(changed) + 1))
            old = known[key]
            if old is None:
                self._learn(found)
                continue
            regressions[key] = self._regression(old, found, read_phrases(after / key / PHRASES))
            failures += [f"{key}: {sentence}" for sentence in regressions[key].sentences()]
        tell(Step("The conversations are played", len(changed), len(changed) + 1))
        if failing := self._run_tests(after):
            failed_before = set(self._run_tests(before))
            failures += [sentence for sentence in failing if sentence not in failed_before]
        return Report(of, tuple(warnings), regressions, tuple(failures))

    def _regression(self, old: Examples, new: Examples, frozen: Sequence[tuple[str, str]]) -> Regression:
        sample = held_out(old, new)
        cases = _cases(frozen, self._learn(old), self._learn(new))
        cases += _cases(sample, self._learn_once(without(old, sample)), self._learn_once(without(new, sample)))
        return compare(cases)

    def _read(self, folder: Path) -> tuple[list[Problem], dict[str, Examples]]:
        """What can be said without learning: every business is read, so that each shows its first mistake."""
        problems: dict[Problem, None] = {}
        contents = {}
        for one in business_folders(folder):
            try:
                contents[one.name] = load_content(one)
                read_phrases(one / PHRASES)
            except ContentError as error:
                problems[_placed(problem_of(error), folder, one.name)] = None
        if not problems:
            try:
                refuse_shared_numbers(contents, folder)
            except ContentError as error:
                problems[problem_of(error)] = None
        if not contents and not problems:
            problems[Problem("", 0, "There is no business here; add a folder with a business.yml.")] = None
        return list(problems), {key: content.examples for key, content in contents.items()}


def held_out(old: Examples, new: Examples) -> list[tuple[str, str]]:
    """(intent, phrase): the same ones each time, as long as both versions mean the same by them and keep others."""
    found = []
    for intent, phrases in old.items():
        kept = set(new.get(intent, ()))
        sample = [phrase for phrase in phrases if zlib.crc32(phrase.encode()) % HELD_OUT == 0 and phrase in kept]
        if len(sample) * 2 < min(len(phrases), len(kept)):
            found += [(intent, phrase) for phrase in sample]
    return found


def without(examples: Examples, sample: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Phrases that would sound the same go too: they would give the answer away."""
    secret = {normalise(phrase) for _, phrase in sample}
    return {intent: tuple(one for one in said if normalise(one) not in secret) for intent, said in examples.items()}


def read_phrases(path: Path) -> list[tuple[str, str]]:
    """(intent, phrase) of a file of test phrases; none where there is no file. Raises ContentError."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        intent, tab, phrase = line.partition("\t")
        if not tab or not intent.strip() or not phrase.strip():
            raise mistake(path, number, "write the intent, a tab, and the phrase.")
        found.append((intent.strip(), phrase.strip()))
    return found


def problem_of(error: ContentError | UnderstandingError) -> Problem:
    """The place out of the sentence, which names it for people who have the files before them."""
    if not (found := _PLACE.search(error.message)):
        return Problem("", 0, error.message)
    parts = Path(found["path"]).parts
    inner = parts[parts.index("nlu_data") + 1 :] if "nlu_data" in parts else parts[-2:]
    return Problem("/".join(inner), int(found["line"]), found["message"])


def _placed(problem: Problem, folder: Path, business: str) -> Problem:
    """The path from the content folder on, where the sentence names the file and its folder only."""
    inner = f"{business}/{problem.path}"
    is_inner = problem.path and not (folder / problem.path).exists() and (folder / inner).exists()
    return replace(problem, path=inner) if is_inner else problem


def pair(published: Files, draft: Files) -> str:
    """Names the two texts of everything: a check holds for exactly these."""
    return "-".join(token(repr(sorted(files.items()))) for files in (published, draft))


def _cases(labelled: Sequence[tuple[str, str]], before: IntentModel, after: IntentModel) -> list[Case]:
    known = {*before.intents, *after.intents, OUT_OF_SCOPE}
    labelled = [(intent, text) for intent, text in labelled if intent in known]
    texts = [text for _, text in labelled]
    pairs = zip(labelled, before.predict_all(texts), after.predict_all(texts), strict=True)
    return [
        Case(text, intent, (was.intent, was.accepted), (now.intent, now.accepted)) for (intent, text), was, now in pairs
    ]


def _warnings(business: str, examples: Examples) -> list[Problem]:
    return [
        Problem(f"{business}/nlu.yml", 0, finding.message, "warning")
        for finding in check_phrases(examples)
        if finding.level != "error"
    ]


def _examples_of(folder: Path) -> Examples | None:
    """None for a business that is new, or was broken."""
    try:
        return load_content(folder).examples
    except ContentError:
        return None


def _same(old: Examples | None, new: Examples) -> bool:
    if old is None:
        return False
    return {key: set(said) for key, said in old.items()} == {key: set(said) for key, said in new.items()}
