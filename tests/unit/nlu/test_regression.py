import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.regression import Matrix, Task, fit


def task(seed: int = 0, examples: int = 60, classes: int = 3, penalty: float = 0.1) -> Task:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(examples, 8)).astype(np.float32)
    labels = (rows @ random.normal(size=(8, classes))).argmax(axis=1)
    targets = np.eye(classes, dtype=np.float32)[labels]
    return Task(rows, targets, np.ones(examples, dtype=np.float32), penalty)


def guesses(problem: Task, weights: Matrix) -> Matrix:
    return (problem.rows @ weights).argmax(axis=1)


def test_it_learns_what_can_be_told_apart() -> None:
    problem = task(penalty=0.01)
    assert (guesses(problem, fit(problem)) == problem.targets.argmax(axis=1)).mean() > 0.95


def test_the_gradient_is_that_of_the_loss() -> None:
    problem = task()
    weights = np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32)
    _, gradient = problem.loss(weights)
    nudged = weights.copy()
    nudged[2, 1] += 0.02
    weights[2, 1] -= 0.02
    slope = (problem.loss(nudged)[0] - problem.loss(weights)[0]) / 0.04
    assert slope == pytest.approx(gradient[2, 1], rel=0.05, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000))
def test_no_small_change_is_much_better_than_what_it_found(seed: int) -> None:
    problem = task(seed)
    weights = fit(problem)
    found, _ = problem.loss(weights)
    random = np.random.default_rng(seed)
    for _ in range(5):
        nearby = weights + 0.1 * random.normal(size=weights.shape).astype(np.float32)
        assert problem.loss(nearby)[0] > found * 0.995


def test_a_heavier_penalty_makes_smaller_weights() -> None:
    lengths = [float(np.linalg.norm(fit(task(penalty=penalty)))) for penalty in (0.01, 1.0, 100.0)]
    assert lengths == sorted(lengths, reverse=True)


def test_what_counts_for_little_changes_little() -> None:
    problem = task()
    wrong = np.roll(problem.targets, 1, axis=1)
    both = Task(
        np.concatenate([problem.rows, problem.rows]),
        np.concatenate([problem.targets, wrong]),
        np.concatenate([problem.importance, 0.01 * problem.importance]),
        problem.penalty,
    )
    assert (guesses(problem, fit(both)) == problem.targets.argmax(axis=1)).mean() > 0.9


def test_examples_of_no_class_end_up_between_all() -> None:
    problem = task()
    away = np.full((20, 8), 4, dtype=np.float32)
    both = Task(
        np.concatenate([problem.rows, away]),
        np.concatenate([problem.targets, np.full((20, 3), 1 / 3, dtype=np.float32)]),
        np.ones(80, dtype=np.float32),
        problem.penalty,
    )
    scores = away[:1] @ fit(both)
    assert float(np.ptp(scores)) < float(np.ptp(away[:1] @ fit(problem)))


def test_the_same_task_gives_the_same_weights() -> None:
    assert (fit(task()) == fit(task())).all()


def test_rows_without_anything_in_them_teach_nothing_and_break_nothing() -> None:
    problem = task()
    empty = Task(np.zeros_like(problem.rows), problem.targets, problem.importance, 0.1)
    assert np.isfinite(fit(empty)).all()


def test_starting_near_by_leads_to_the_same_place() -> None:
    problem = task()
    most = Task(problem.rows[:50], problem.targets[:50], problem.importance[:50], problem.penalty)
    near, _ = problem.loss(fit(problem, fit(most)))
    far, _ = problem.loss(fit(problem))
    assert near == pytest.approx(far, rel=0.01)


def test_where_it_started_is_left_as_it_was() -> None:
    start = fit(task(1))
    before = start.copy()
    fit(task(2), start)
    assert (start == before).all()
