"""All of editing over one content folder and one database: what the content page and `frontdesk content` work with."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.content.content import Content, business_folders, load_content
from bot.editing.checking import Checking, problem_of
from bot.editing.draft import Draft
from bot.editing.files import copy_out, read_files
from bot.editing.labelling import Labelling
from bot.editing.learning import Learnt
from bot.editing.model import DraftRows, Files, MissRows, VersionRows
from bot.editing.publishing import Publishing
from bot.errors import ContentError
from bot.events import FREE, Hypothesis, Utterance
from bot.nlu.encoder import Universal
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.nlu.understanding import Interpreter, Understanding


class Rows(DraftRows, VersionRows, MissRows, Protocol):
    """The database side of it."""


RunTests = Callable[[Path, Callable[[Content], Interpreter]], Sequence[str]]
"""Plays the conversations of a content folder; a sentence for each that fails. Raises ContentError."""


def no_tests(folder: Path, understand: Callable[[Content], Interpreter]) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A sentence, as the published version and as the draft understands it; `why` says why there is no answer."""

    published: Understanding | None
    draft: Understanding | None
    why: str = ""


class Editing:
    """Blocking; thread-safe. `root`: the content folder; `home`: where models are kept."""

    def __init__(self, root: Path, home: Path, rows: Rows, run_tests: RunTests = no_tests) -> None:
        self.root = root
        self.rows = rows
        self.learnt = Learnt(home / "intents", home / "tried")
        self.draft = Draft(root, rows)
        checking = Checking(
            self.learnt.to_serve, self.learnt.to_try, lambda folder: run_tests(folder, self.interpreter_of)
        )
        self.publishing = Publishing(self.draft, rows, checking)
        self.labelling = Labelling(self.draft, rows, Universal().encode)

    def contents(self, files: Files | None = None) -> tuple[Mapping[str, Content], Mapping[str, ContentError]]:
        """Businesses of the draft (or of these files), and why some cannot be read."""
        found, problems = {}, {}
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "nlu_data"
            copy_out(self.draft.files() if files is None else files, folder)
            for one in business_folders(folder):
                try:
                    found[one.name] = load_content(one)
                except ContentError as error:
                    problems[one.name] = error
        return found, problems

    def try_sentence(self, business: str, text: str, now: dt.datetime) -> Tried:
        """As typed; else as `try_heard`."""
        return self.try_heard(business, Utterance((Hypothesis(" ".join(text.lower().split())[:600]),)), now)

    def try_heard(self, business: str, heard: Utterance, now: dt.datetime) -> Tried:
        """Seconds at first after phrases changed: the draft is learnt."""
        published, _ = self.contents(read_files(self.root))
        drafted, problems = self.contents()
        why = ""
        if error := problems.get(business):
            problem = problem_of(error)
            why = f"The draft cannot be read: {problem.path}, line {problem.line}: {problem.message}"
        return Tried(
            self._understood(published.get(business), heard, now),
            self._understood(drafted.get(business), heard, now),
            why,
        )

    def _understood(self, content: Content | None, heard: Utterance, now: dt.datetime) -> Understanding | None:
        if content is None:
            return None
        interpreter = self.interpreter_of(content)
        return interpreter.understand(heard, FREE, now.astimezone(content.business.timezone))

    def interpreter_of(self, content: Content) -> Interpreter:
        return EmbeddedInterpreter(self.learnt.to_try(content.examples), content.vocabulary)
