"""Calls as the calls page shows them: rows of the list, and one call with all that is known of it. Plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from bot.recording.files import Stretch
from bot.store.call_log import Found, WholeCall
from bot.web.views import describe

LETTER_MS: Final = 65
"""Of speech: people say some 15 letters a second. Lines of talks between people are stored with their end only."""

ANYBODY: Final = "a colleague"


def describe_row(found: Found, names: Mapping[int, str]) -> dict[str, Any]:
    report = found.report
    turns = report.get("turns", ())
    said = [turn for turn in turns if turn["speaker"] == "caller"]
    return {
        "id": report["call_id"],
        "started_at": report["started_at"],
        "caller": report.get("caller", ""),
        "caller_name": report.get("caller_name", ""),
        "business": report.get("business", ""),
        "outcome": report["outcome"],
        "length_ms": length_ms(turns),
        "queue": found.queue,
        "agent": name_of(found.agent, names),
        "about": said[0]["text"] if said else "",
        "recording": report.get("recording", ""),
    }


def describe_call(
    call: WholeCall,
    stretches: Sequence[Stretch],
    names: Mapping[int, str],
    listeners: Sequence[tuple[int, dt.datetime]],
) -> dict[str, Any]:
    started_at = dt.datetime.fromisoformat(call.report["started_at"])
    return {
        "id": call.report["call_id"],
        "started_at": call.report["started_at"],
        "caller": call.report.get("caller", ""),
        "caller_name": call.report.get("caller_name", ""),
        "business": call.business,
        "channel": call.report.get("channel", ""),
        "outcome": call.report["outcome"],
        "recording": call.report.get("recording", ""),
        "appointment": call.report.get("appointment"),
        "survey": call.report.get("survey"),
        "agents": [name_of(agent, names) for agent in dict.fromkeys(call.agents)],
        "ticket": describe(call.tickets[0]) if call.tickets else None,
        "turns": timed(call.report.get("turns", ())),
        "happened": [
            {
                "what": one.what.value,
                "at_ms": _after(started_at, one.at),
                "who": name_of(one.agent, names) if one.agent is not None else "",
                "note": _note(one.details),
            }
            for one in call.happened
        ],
        "stretches": [
            {"number": number, "at_ms": _after(started_at, stretch.began_at)}
            for number, stretch in enumerate(stretches)
        ],
        "listeners": [{"who": name_of(person, names), "at": at.isoformat()} for person, at in listeners],
    }


def timed(turns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """In order of time; a line whose end alone is known begins as much earlier as it takes to say it, yet not before
    the one before it ends.
    """
    ordered = sorted((dict(turn) for turn in turns), key=lambda turn: (turn["start_ms"], turn["end_ms"]))
    for before, turn in pairwise([{"end_ms": 0}, *ordered]):
        if turn["start_ms"] == turn["end_ms"] and not turn["text"].startswith("["):
            spoken = turn["end_ms"] - LETTER_MS * len(turn["text"])
            turn["start_ms"] = min(turn["end_ms"], max(int(before["end_ms"]), spoken, 0))
    return ordered


def length_ms(turns: Sequence[Mapping[str, Any]]) -> int:
    """Until the last word."""
    return max((turn["end_ms"] for turn in turns), default=0)


def name_of(person: int | str, names: Mapping[int, str]) -> str:
    if person == "":
        return ""
    return names.get(int(person), ANYBODY)


def _after(started_at: dt.datetime, at: dt.datetime) -> int:
    return round((at - started_at).total_seconds() * 1000)


def _note(details: Mapping[str, Any]) -> str:
    """What is worth a line: where to, with what outcome."""
    told = (details.get(key) for key in ("to", "disposition", "notes", "rating", "comment"))
    return " · ".join(str(one) for one in told if one not in (None, ""))
