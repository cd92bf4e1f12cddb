"""When a call is over, what was missed in it joins the editors' list, with personal data masked before it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial

from bot.content.content import Content
from bot.editing.masking import masked
from bot.editing.missing import missed
from bot.editing.model import MissRows
from bot.nlu.understanding import Understanding
from bot.report import CallReport, as_json


def gather(
    report: CallReport, heard: Mapping[str, Understanding], content: Content, rows: MissRows, now: dt.datetime
) -> int:
    """How many phrases were missed. Raises StoreError."""
    local = now.astimezone(content.business.timezone)
    mask = partial(masked, now=local, vocabulary=content.vocabulary, names=_names(heard))
    turns = as_json(report)["turns"]
    assert isinstance(turns, list)
    found = missed(turns, heard, content.business.id, report.call_id, report.started_at, mask)
    rows.add_misses(found)
    return len(found)


def _names(heard: Mapping[str, Understanding]) -> list[str]:
    """Every name said in the call, whole and in words: the bot may have said it back."""
    whole = [str(entity.value) for understood in heard.values() for entity in understood.all("name")]
    return [*whole, *(word for name in whole for word in name.split())]
