"""Multinomial logistic regression, in numpy alone: seconds for thousands of phrases, and nothing to import to serve it.

Minimised by L-BFGS with a backtracking line search (Nocedal and Wright 2006, algorithms 3.1, 7.4 and 7.5).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

MEMORY = 8
"""Steps remembered to guess the curvature."""

STEPS = 200
"""Steps at most; twenty to forty are usual."""

FEWEST = 8
"""Steps at least: the first ones, from near by, promise little before the curvature is known."""

ENOUGH = 1e-3
"""It has arrived when a step lowers the loss by less than this share. Coarser stops before rare intents are learnt."""

DESCENT = 1e-4
"""Share of the promised descent a step must bring (Armijo)."""


@dataclass(frozen=True, slots=True)
class Task:
    """`rows` are examples; `targets` the share each class has in them, a row sums to one."""

    rows: Matrix
    targets: Matrix
    importance: Matrix
    """How much an example counts; any positive numbers."""
    penalty: float
    """On squared weights; compares with one example of importance 1."""

    def loss(self, weights: Matrix) -> tuple[float, Matrix]:
        """Mean cross-entropy with its penalty, and the gradient."""
        logits = self.rows @ weights
        logits -= logits.max(axis=1, keepdims=True)
        share = self.importance / self.importance.sum()
        penalty = self.penalty / float(self.importance.sum())
        agreement = np.einsum("nk,nk->n", logits, self.targets)
        powers = np.exp(logits, out=logits)
        total = powers.sum(axis=1, keepdims=True)
        value = float(share @ (np.log(total[:, 0]) - agreement)) + penalty / 2 * float(np.vdot(weights, weights))
        powers /= total
        powers -= self.targets
        powers *= share[:, None]
        return value, self.rows.T @ powers + penalty * weights


def fit(task: Task, start: Matrix | None = None) -> Matrix:
    """A column a class. Deterministic. `start`: weights of a task much like this one save half the way."""
    weights = np.zeros((task.rows.shape[1], task.targets.shape[1]), dtype=np.float32) if start is None else start
    loss, gradient = task.loss(weights)
    past: deque[tuple[Matrix, Matrix]] = deque(maxlen=MEMORY)
    for step in range(STEPS):
        direction = _direction(gradient, past)
        slope = float(np.vdot(direction, gradient))
        if slope >= 0:
            break
        found = _line_search(task, weights, direction, loss, slope)
        if found is None:
            break
        moved, lower, turned = found
        if float(np.vdot(moved - weights, turned - gradient)) > 0:
            past.append((moved - weights, turned - gradient))
        arrived = loss - lower < ENOUGH * abs(loss)
        weights, loss, gradient = moved, lower, turned
        if arrived and step >= FEWEST:
            break
    return weights


def _direction(gradient: Matrix, past: deque[tuple[Matrix, Matrix]]) -> Matrix:
    """The two loops of L-BFGS; before anything is known, straight down by a length of one."""
    if not past:
        return -gradient / max(float(np.linalg.norm(gradient)), 1e-12)
    heading = gradient.copy()
    shares = []
    for step, turn in reversed(past):
        share = float(np.vdot(step, heading)) / float(np.vdot(turn, step))
        heading -= share * turn
        shares.append(share)
    step, turn = past[-1]
    heading *= float(np.vdot(step, turn)) / float(np.vdot(turn, turn))
    for (step, turn), share in zip(past, reversed(shares), strict=True):
        heading += (share - float(np.vdot(turn, heading)) / float(np.vdot(turn, step))) * step
    return -heading


def _line_search(
    task: Task, weights: Matrix, direction: Matrix, loss: float, slope: float
) -> tuple[Matrix, float, Matrix] | None:
    """Where a step leads that goes down far enough, with loss and gradient there; None where no step does."""
    length = 1.0
    while length > 1e-5:
        moved = weights + np.float32(length) * direction
        lower, turned = task.loss(moved)
        if lower <= loss + DESCENT * length * slope:
            return moved, lower, turned
        length /= 2
    return None
