"""From calls to content: missed phrases in groups, and what a person says they mean goes into the draft."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.content.content import INTENTS
from bot.editing.draft import Draft
from bot.editing.grouping import MOST, centre_of, grouped
from bot.editing.model import Miss, MissRows, token
from bot.editing.pieces import pieces, with_answer, with_phrases
from bot.errors import ContentError

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

STAND_INS = {
    "[date]": "tuesday",
    "[time]": "half past two",
    "[number]": "five",
    "[amount]": "twenty pounds",
    "[name]": "anna",
    "[postcode]": "n one",
}
"""What a mask is learnt as: any other value would do."""

COLUMNS = ("id", "business", "text", "asked", "guess", "why", "label", "answer")
DISMISS = "-"
"""As a label in a file: nothing to learn from this one."""
TRIES = 3

_FAQ = re.compile(r"faq/[a-z][a-z0-9_]{0,60}")


@dataclass(frozen=True, slots=True)
class Group:
    """Missed phrases that mean the same, most likely."""

    title: str
    misses: tuple[Miss, ...]


class Labelling:
    """Blocking."""

    def __init__(self, draft: Draft, rows: MissRows, encode: Encode) -> None:
        self._draft = draft
        self._rows = rows
        self._encode = encode

    def groups(self, business: str | None = None) -> list[Group]:
        """Of what is open, the largest first."""
        misses = list(self._rows.misses(business, "open", MOST))
        if not misses:
            return []
        vectors = self._encode([miss.text for miss in misses])
        return [
            Group(misses[centre_of(vectors, rows)].text, tuple(misses[row] for row in rows))
            for rows in grouped(vectors)
        ]

    def label(
        self,
        business: str,
        ids: Sequence[int],
        phrases: Sequence[str],
        intent: str,
        by: str,
        now: dt.datetime,
        answer: str = "",
    ) -> None:
        """The phrases join the draft under `intent`; a new question (faq/…) needs its `answer`. Raises ContentError."""
        said = [phrase for phrase in map(teachable, phrases) if phrase]
        if not said:
            raise ContentError("content.no_phrase", "There is no phrase to learn from; write one as callers say it.")
        for tried in range(TRIES):
            try:
                self._add(business, said, intent, by, now, answer)
                break
            except ContentError as error:
                if error.code != "content.changed_meanwhile" or tried == TRIES - 1:
                    raise
        self._rows.label_misses(ids, "labelled", intent, by)

    def dismiss(self, ids: Sequence[int], by: str) -> None:
        self._rows.label_misses(ids, "dismissed", "", by)

    def export(self) -> str:
        """All that is open as CSV: `label` is to be filled in (an intent, or - for nothing to learn)."""
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for group in self.groups():
            for one in group.misses:
                row = (one.id, one.business, _plain(one.text), _plain(one.asked), one.guess, one.why, "", "")
                table.writerow(row)
        return out.getvalue()

    def take_in(self, text: str, by: str, now: dt.datetime) -> int:
        """The labels of such a file; how many. Raises ContentError naming the line, and then those before it are in."""
        known = {miss.id: miss for miss in self._rows.misses(None, None, 100_000)}
        taken = 0
        for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
            if not (label := (row.get("label") or "").strip()):
                continue
            miss = known.get(int(row["id"])) if (row.get("id") or "").isdigit() else None
            if miss is None:
                raise ContentError("content.labels", f"Line {line}: there is no missed phrase of this id.")
            try:
                if label == DISMISS:
                    self.dismiss([miss.id], by)
                else:
                    phrase = row.get("text") or miss.text
                    self.label(miss.business, [miss.id], [phrase], label, by, now, row.get("answer") or "")
            except ContentError as error:
                raise ContentError(error.code, f"Line {line}: {error.message}") from error
            taken += 1
        return taken

    def _add(self, business: str, phrases: Sequence[str], intent: str, by: str, now: dt.datetime, answer: str) -> None:
        files = self._draft.files()
        if f"{business}/business.yml" not in files:
            raise ContentError("content.no_business", "There is no such business.")
        is_question = _FAQ.fullmatch(intent) is not None
        if not is_question and intent not in INTENTS and f"{business}/skills/{intent}.yml" not in files:
            raise ContentError("content.intent", f"There is no intent “{intent}”; choose one of the list, or faq/….")
        path = f"{business}/faq.yml" if is_question else f"{business}/nlu.yml"
        before = files.get(path)
        text = with_phrases(before or "", intent, list(phrases))
        if is_question and not any(piece.name == f"utter_{intent}" for piece in pieces(before or "")):
            if not answer.strip():
                raise ContentError("content.no_answer", "A new question needs the answer that callers will hear.")
            text = with_answer(text, f"utter_{intent}", answer)
        self._draft.save(path, text, token(before), by, now)


def teachable(phrase: str) -> str:
    """As callers say it: one line, small letters, any value where a mask stands."""
    said = " ".join(phrase.lower().split())
    for mask, stand_in in STAND_INS.items():
        said = said.replace(mask, stand_in)
    return re.sub(r"\[[a-z]+\](?!\()", "", said).strip(" -")


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    return f"'{text}" if text[:1] in "=+-@\t" and text else text


def intents_of(examples: Iterable[str]) -> list[str]:
    """For a list to choose from: questions of the business first."""
    return sorted(examples, key=lambda name: (not name.startswith("faq/"), name))
