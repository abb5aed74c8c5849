"""A leaderboard ranked anew by another of its metrics, from the folds that its rows hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import Row
from workbench.experiment.leaderboard.conclusion import conclusion
from workbench.experiment.leaderboard.suspicion import marked, suspicion
from workbench.task import Task
from workbench.words import Text

# What rows of runs from before these keys lack.
NEW_KEYS: Row = {"folds": [], "difference": None, "holdout": None, "blank": {}}


@dataclass(frozen=True)
class Standing:
    """Rows under one metric."""

    sort: str
    rows: list[Row]
    """Best first, with ranks, differences and ties under this metric."""
    baseline: Row | None
    best: str | None
    recommended: str | None
    conclusion: Text | None
    too_good: Text | None = None
    """The warning where a score is too good to be believed without a look."""


def standing(rows: Sequence[Row], baseline: Row | None, sort: str, *, task: Task, test_share: float | None) -> Standing:
    """Rank rows by a metric.

    Parameters
    ----------
    rows : sequence of dict
        Rows in any order.
    baseline : dict or None
        The row of the model that looks at no column; it gets no rank.
    sort : str
        The metric.
    task : Task
        What is predicted.
    test_share : float or None
        As in `corrected_t`; None where it is not known, and nothing is said about ties.
    """
    ranked = marked(leaderboard.ranked([NEW_KEYS | row for row in rows], sort), baseline, sort)
    warning = suspicion(ranked, baseline, sort, task)
    if test_share is None:
        ranked = [row | {"tied_with_best": False, "difference": None} for row in ranked]
        return Standing(sort, ranked, baseline, leaderboard.best_of(ranked), None, None, warning)
    board = leaderboard.with_ties(ranked, {row["model"]: row["folds"] for row in ranked}, sort, test_share)
    base = beside_best(baseline, board, sort, test_share)
    best, chosen = leaderboard.best_of(board), leaderboard.recommended(board, task)
    return Standing(sort, board, base, best, chosen, conclusion(board, base, chosen, sort, task), warning)


def beside_best(baseline: Row | None, rows: Sequence[Row], sort: str, test_share: float) -> Row | None:
    """Return the baseline with its difference from the best."""
    best = next((row for row in rows if row["rank"] == 1), None)
    if baseline is None or best is None:
        return baseline
    first = [fold.get(sort) for fold in best["folds"]]
    return leaderboard.against(baseline, baseline.get("folds") or (), first, sort, test_share)
