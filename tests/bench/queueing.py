"""What the order at the free ear is worth: a simulation with the real line (`bot/asr/turnstile.py`) and given times.

    python -m tests.bench.queueing

No clock and no engine, so the load of the computer does not count. Callers speak a free sentence every `EVERY_S` on
average (half of them with a pause inside, after which they go on), two cores hear, a hearing takes what was measured.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.asr.turnstile import LOOK_WAITS_S, Line
from bot.bench.figures import percentile

CORES = 2
HEARING_S = (0.16, 0.30)
"""A hearing by Whisper on an idle core, and beside one."""
EVERY_S = 14.0
"""Between two free sentences of a caller: the rest of the time the bot speaks, or a closed question is answered."""
PATIENCE_S = 0.58
"""From the look at a pause to the end of the turn."""
PAUSED = 0.5
SECONDS = 1_800.0


@dataclass
class Hearing:
    asked: float
    is_look: bool
    counts: bool
    """The caller waits for it; else they went on speaking, and it was for nothing."""
    place: tuple[int, int] = (0, 0)


def sentences(calls: int, chance: random.Random) -> list[Hearing]:
    """The looks at pauses that all callers' sentences ask for."""
    looks: list[Hearing] = []
    for _ in range(calls):
        at = chance.expovariate(1 / EVERY_S)
        while at < SECONDS:
            if chance.random() < PAUSED:
                looks.append(Hearing(at, is_look=True, counts=False))
                at += chance.uniform(1.0, 3.0)
            looks.append(Hearing(at, is_look=True, counts=True))
            at += 3.0 + chance.expovariate(1 / (EVERY_S - 3.0))
    return looks


class Simulation:
    """`in_order`: first come, first served, and no look is given up. `slower`: times that a hearing takes longer."""

    def __init__(self, calls: int, *, in_order: bool, slower: float = 1.0, seed: int = 0) -> None:
        self._chance, self._in_order, self._slower = random.Random(seed), in_order, slower
        self._line, self._number = Line(CORES), 0
        self._coming: list[tuple[float, int, str, Hearing]] = []
        self._waiting: list[Hearing] = []
        self.waits_ms: list[float] = []
        """From the look at the last pause to the words, for each sentence."""
        for look in sentences(calls, self._chance):
            self._plan(look.asked, "asked", look)

    def run(self) -> Simulation:
        while self._coming:
            now, _, what, hearing = heapq.heappop(self._coming)
            match what:
                case "asked":
                    self._ask(hearing, now)
                case "heard":
                    self._line.leave()
                    if hearing.counts:
                        self.waits_ms.append(1000 * (now - hearing.asked))
                case "too late" if hearing in self._waiting:
                    self._give_up(hearing, now)
            self._serve(now)
        return self

    def _plan(self, at: float, what: str, hearing: Hearing) -> None:
        self._number += 1
        heapq.heappush(self._coming, (at, self._number, what, hearing))

    def _ask(self, hearing: Hearing, now: float) -> None:
        hearing.place = self._line.join(is_look=hearing.is_look and not self._in_order)
        self._waiting.append(hearing)
        if hearing.is_look and not self._in_order:
            self._plan(now + LOOK_WAITS_S, "too late", hearing)

    def _give_up(self, hearing: Hearing, now: float) -> None:
        self._line.give_up(hearing.place)
        self._waiting.remove(hearing)
        if hearing.counts:
            end = Hearing(hearing.asked, is_look=False, counts=True)
            self._plan(max(now, hearing.asked + PATIENCE_S), "asked", end)

    def _serve(self, now: float) -> None:
        for served in sorted(self._waiting, key=lambda one: one.place):
            if self._line.enter(served.place):
                self._waiting.remove(served)
                self._plan(now + self._slower * self._chance.uniform(*HEARING_S), "heard", served)


def main(crowds: Sequence[int] = (1, 20, 50)) -> None:
    print("from the last pause to the words, p50 / p95, ms: first come, first served → who is done first")
    for slower in (1.0, 2.0, 3.0):
        for calls in crowds:
            found = [Simulation(calls, in_order=order, slower=slower).run().waits_ms for order in (True, False)]
            cells = [f"{percentile(waits, 0.5):,.0f} / {percentile(waits, 0.95):,.0f}" for waits in found]
            print(f"hearing {slower:.0f} times as long, {calls:>2} calls: {cells[0]:>18} → {cells[1]}")


if __name__ == "__main__":
    main()
