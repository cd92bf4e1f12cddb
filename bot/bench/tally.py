"""What simulated callers counted; tallies of several calls add up."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.bench.script import Kind


def _times() -> dict[Kind, list[float]]:
    return {"closed": [], "free": [], "paused": []}


def _counts() -> dict[Kind, int]:
    return {"closed": 0, "free": 0, "paused": 0}


@dataclass
class Tally:
    """Times in milliseconds."""

    replies: dict[Kind, list[float]] = field(default_factory=_times)
    spoken: dict[Kind, int] = field(default_factory=_counts)
    cut_off: dict[Kind, int] = field(default_factory=_counts)
    """Sentences inside which the bot began to speak."""
    collisions: int = 0
    """Bot and caller began to speak at the same time: there was a gap in what the bot said."""
    talked_over: int = 0
    """Sentences over which the bot spoke for 0.3 s or more."""
    unanswered: int = 0
    asked_again: int = 0
    """The bot said sorry, most often because it had not understood."""
    barge_ins: list[float] = field(default_factory=list)
    barge_ins_missed: int = 0
    disturbances: int = 0
    stopped_by: list[str] = field(default_factory=list)
    """The disturbances that stopped the bot."""
    finished: int = 0
    handed_over: int = 0
    booked: int = 0
    lost: int = 0
    broke_down: int = 0
    """The bot excused itself for a fault of its own and fetched a person."""
    gave_up: int = 0
    """The caller hung up at a question the script knows no answer to, or was asked too often."""
    seconds: float = 0.0
    """Of call."""
    lateness: list[float] = field(default_factory=list)
    """How late each chunk was sent: the caller's own share in what was measured."""
    heard: list[tuple[str, str]] = field(default_factory=list)
    """What was said, and what the bot understood of it ("" for nothing)."""
    transcripts: list[list[str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            total = {kind: mine[kind] + value[kind] for kind in mine} if isinstance(mine, dict) else mine + value
            setattr(self, name, total)
