"""All ways through a skill: every step is visited with every answer that a condition looks at.

A skill is a small finite machine: only slots named in conditions matter, and of numbers only which side of a bound
they are on. States that agree in what later conditions look at are one, so this stays small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.skills.conditions import Clause
from bot.skills.model import Skill, Slot

START = -1
NUMBERS = ("number", "quantity", "money")
MOST_STATES = 20_000
"""Beyond that nobody oversees it either."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From a step (`START` before the first) to the next one that is due, and the answers that lead there."""

    origin: int
    target: int
    answers: tuple[str, ...] = ()
    """Empty when all answers do."""


@dataclass(slots=True)
class Paths:
    edges: list[Edge] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)
    dead_ends: list[dict[str, str]] = field(default_factory=list)
    """Answers after which no step is due and nothing was finished."""
    overflow: bool = False


def explore(skill: Skill) -> Paths:
    return _Walk(skill).walk()


class _Walk:
    def __init__(self, skill: Skill) -> None:
        self.skill = skill
        clauses = [clause for step in skill.steps for clause in step.when.clauses]
        self.answers = {slot: _answers(skill.slots[slot], slot, clauses) for slot in skill.slots}
        self.looked_at = [
            {slot for step in skill.steps[place:] for slot in step.when.slots} for place in range(len(skill.steps) + 1)
        ]
        self.found: dict[tuple[int, int], dict[str, None]] = {}
        self.paths = Paths()
        self.seen: set[tuple[int, tuple[tuple[str, str], ...]]] = set()

    def walk(self) -> Paths:
        todo = [self._next(START, {}, "")]
        while todo:
            if len(self.seen) > MOST_STATES:
                self.paths.overflow = True
                break
            place, given = todo.pop()
            if place is None or self._is_known(place, given):
                continue
            self.paths.visited.add(place)
            todo += self._onwards(place, given)
        self.paths.edges = [self._edge(origin, target, answers) for (origin, target), answers in self.found.items()]
        return self.paths

    def _onwards(self, place: int, given: dict[str, str]) -> list[tuple[int | None, dict[str, str]]]:
        step = self.skill.steps[place]
        if step.finish:
            return []
        if step.ask is None:
            return [self._next(place, given, "")]
        return [self._next(place, {**given, step.ask: answer}, answer) for answer in self.answers[step.ask]]

    def _next(self, place: int, given: dict[str, str], answer: str) -> tuple[int | None, dict[str, str]]:
        """The next step that is due."""
        for target in range(place + 1, len(self.skill.steps)):
            step = self.skill.steps[target]
            if step.when.holds(given) and not (step.ask and step.ask in given):
                self.found.setdefault((place, target), {})[answer] = None
                return target, given
        self.paths.dead_ends.append(given)
        return None, given

    def _is_known(self, place: int, given: Mapping[str, str]) -> bool:
        relevant = tuple(sorted((slot, value) for slot, value in given.items() if slot in self.looked_at[place]))
        known = (place, relevant) in self.seen
        self.seen.add((place, relevant))
        return known

    def _edge(self, origin: int, target: int, answers: Mapping[str, None]) -> Edge:
        step = self.skill.steps[origin] if origin != START else None
        if step is None or step.ask is None or set(answers) == set(self.answers[step.ask]):
            others = [each for each, _ in self.found if each == origin]
            when = self.skill.steps[target].when.clauses
            return Edge(origin, target, tuple(map(str, when)) if len(others) > 1 else ())
        return Edge(
            origin, target, tuple(_labelled(self.skill.slots[step.ask], answer, target, self) for answer in answers)
        )


def _labelled(slot: Slot, answer: str, target: int, walk: _Walk) -> str:
    """An answer as the diagram shows it; of numbers the condition, as the number stands for many."""
    if slot.kind in NUMBERS:
        clauses = walk.skill.steps[target].when.clauses
        return next((str(clause) for clause in clauses if clause.comparison), "else")
    if answer == "":
        return "left out"
    return slot.options[answer].label if answer in slot.options else answer


def _answers(slot: Slot, name: str, clauses: list[Clause]) -> tuple[str, ...]:
    """One for each way a condition may see it."""
    mine = [clause for clause in clauses if clause.slot == name]
    if not mine:
        return ("*",)
    left_out = ("",) if slot.skip else ()
    if slot.kind == "choice":
        return (*slot.options, *left_out)
    if slot.kind == "yes_no":
        return ("yes", "no")
    if slot.kind in NUMBERS:
        return (*_beside(slot, mine), *left_out)
    return ("*", *left_out)


def _beside(slot: Slot, clauses: list[Clause]) -> tuple[str, ...]:
    """Each bound, and just below and above it, where the slot's own check lets them."""
    bounds = {clause.bound + step for clause in clauses for step in (Decimal(-1), Decimal(0), Decimal(1))}
    within = [
        number
        for number in sorted(bounds)
        if (slot.least is None or number >= slot.least) and (slot.most is None or number <= slot.most)
    ]
    return tuple(f"{number.normalize():f}" for number in within) or ("*",)
