"""Calls that the bot is in now: who is on the line, how well it goes, what was said; and the way into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.events import Event, TakenOver
from bot.report import CallReport

Post = Callable[[Event], None]
Confidence = Callable[[], float | None]
"""How well the last turns were heard and understood, 0 to 1; None before there were any."""


@dataclass(slots=True)
class LiveCall:
    report: CallReport
    """As it is being written."""
    confidence: Confidence
    post: Post | None = None
    """How events from elsewhere come in; None before the call runs."""
    then: list[Callable[[], object]] = field(default_factory=list)
    """Called once the bot is out of it."""


class LiveCalls:
    """On the event loop only."""

    def __init__(self) -> None:
        self._calls: dict[str, LiveCall] = {}

    @contextmanager
    def going_on(self, report: CallReport, confidence: Confidence) -> Iterator[Callable[[Post], None]]:
        """The call is live inside the block; gives what is to be told how events come in."""
        call = self._calls[report.call_id] = LiveCall(report, confidence)

        def reachable(post: Post) -> None:
            call.post = post

        try:
            yield reachable
        finally:
            del self._calls[report.call_id]
            for over in call.then:
                over()

    def take_over(self, call_id: str, reason: str, then: Callable[[], object] = lambda: None) -> bool:
        """The bot hands the caller over; False when it is not in that call any more.

        `then` is called once the bot is out of it, whether the caller was handed over or has hung up before.
        """
        call = self._calls.get(call_id)
        if call is None or call.post is None:
            return False
        call.then.append(then)
        call.post(TakenOver(reason))
        return True

    def lines(self, call_id: str) -> list[dict[str, Any]] | None:
        """The transcript so far; None when there is no such call now."""
        call = self._calls.get(call_id)
        return [asdict(turn) for turn in call.report.turns] if call else None

    def describe(self) -> list[dict[str, Any]]:
        """For the wall board, the one that goes worst first; what is not known yet is None or ""."""
        calls = [_described(call) for call in self._calls.values()]
        return sorted(calls, key=lambda call: (call["confidence"] is None, call["confidence"], call["since"]))


def _described(call: LiveCall) -> dict[str, Any]:
    report = call.report
    said = [turn for turn in report.turns if turn.speaker == "caller"]
    intents = [turn.intent for turn in said if turn.intent]
    return {
        "id": report.call_id,
        "caller": report.caller,
        "since": report.started_at.isoformat(),
        "turns": len(said),
        "intent": intents[-1] if intents else "",
        "confidence": call.confidence(),
    }
