"""Figures for Prometheus, a registry a call centre.

Names and units after its naming guide (prometheus.io/docs/practices/naming).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

Outcome = Literal["completed", "escalated", "abandoned", "failed"]

REPLY_BUCKETS_S: Final = (0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.75, 0.85, 1.0, 1.5, 2.0, 4.0)
"""Finest around what a caller notices: a third of a second to one."""


class Metrics:
    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._running = Gauge("frontdesk_calls_running", "Calls running now.", registry=self._registry)
        self._ended = Counter(
            "frontdesk_calls", "Calls ended, by outcome.", labelnames=("outcome",), registry=self._registry
        )
        self._replies = Histogram(
            "frontdesk_reply_seconds",
            "From the caller's last speech sample to the bot's first sample.",
            buckets=REPLY_BUCKETS_S,
            registry=self._registry,
        )
        self._waiting = Gauge("frontdesk_tickets_waiting", "Callers waiting for a person.", registry=self._registry)
        for outcome in ("completed", "escalated", "abandoned", "failed"):
            self._ended.labels(outcome)

    def call_ended(self, outcome: Outcome) -> None:
        self._ended.labels(outcome).inc()

    def observe_reply(self, ms: float) -> None:
        self._replies.observe(ms / 1000)

    def ask(self, running: Callable[[], float], waiting: Callable[[], float]) -> None:
        """Both are asked at every reading, so that the figures are never old; NaN for what cannot be told."""
        self._running.set_function(running)
        self._waiting.set_function(waiting)

    def text(self) -> bytes:
        return generate_latest(self._registry)
