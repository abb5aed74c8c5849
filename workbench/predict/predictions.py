"""What a model says about the rows of a frame, which of them it says nothing about, and why."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from workbench.data.conforming import Finding
from workbench.data.fields import Problem
from workbench.words import Text


class EffectsLike(Protocol):
    """What an explanation of some rows has to offer."""

    @property
    def features(self) -> list[str]:
        """The columns, in order."""

    @property
    def values(self) -> np.ndarray:
        """Each row's effect of each column."""

    @property
    def base(self) -> np.ndarray:
        """What each row's effects start from."""

    @property
    def output(self) -> np.ndarray:
        """What they add up to."""


@dataclass(frozen=True)
class Predictions:
    """What a model says about every row of a frame, and about which of them it says nothing."""

    labels: list[Any]
    """The classes in the bundle's order; empty for a number."""
    prediction: list[Any]
    """A label or a number for each row; None where the row is held."""
    probabilities: dict[Any, np.ndarray]
    """For each label, a probability for each row, NaN where held; empty where the model has none."""
    doubtful: tuple[Finding, ...]
    """What not to trust, compactly; held rows are among it."""
    held: dict[int, list[Problem]]
    """Why a row has no prediction, by row."""
    scored: np.ndarray
    """The positions of the rows that were predicted."""
    conformed: pl.DataFrame
    """Those rows as the model saw them."""
    blanks: dict[str, int]
    """How many cells of each of the model's columns are blank, over all rows."""
    effects: EffectsLike | None = None
    """Why, for each of the scored rows; None where it was not asked for or is not to be had."""
    wanted: int = 0
    """How many effects of a row count as its reasons."""
    why_not: Text | None = None
    """Why there are no effects although they were asked for."""

    def __len__(self) -> int:
        return len(self.prediction)

    @functools.cached_property
    def warnings(self) -> dict[int, list[Problem]]:
        """What not to trust, by row; rows without a warning, and held ones, are absent."""
        found = by_row((p for finding in self.doubtful for p in finding.problems()), len(self))
        return {row: problems for row, problems in found.items() if row not in self.held}

    @property
    def flagged(self) -> int:
        """How many predicted rows are not to be trusted as they stand."""
        doubted = np.zeros(len(self), dtype=bool)
        for finding in self.doubtful:
            doubted[finding.rows] = True
        doubted[list(self.held)] = False
        return int(doubted.sum())

    @property
    def reasons(self) -> list[list[dict[str, Any]]] | None:
        """The largest effects of each row, largest first: ``feature``, ``value``, ``effect``; empty where held."""
        if self.effects is None:
            return None
        found: list[list[dict[str, Any]]] = [[] for _ in self.prediction]
        largest = np.argsort(-np.abs(self.effects.values), axis=1, kind="stable")[:, : self.wanted]
        names, rows = self.effects.features, self.conformed.iter_rows(named=True)
        for position, row, order, values in zip(self.scored, rows, largest, self.effects.values, strict=True):
            found[position] = [{"feature": names[j], "value": plain(row[names[j]]), "effect": float(values[j])} for j in order]
        return found


def by_row(problems: Iterable[Problem], rows: int) -> dict[int, list[Problem]]:
    """Sort problems by row; one of a whole column belongs to every row."""
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        for row in range(rows) if problem.row is None else (problem.row,):
            found.setdefault(row, []).append(problem)
    return dict(sorted(found.items()))


def plain(value: Any) -> Any:
    """Return a cell as JSON knows it: dates as ISO text, not-a-number as null."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None if isinstance(value, float) and value != value else value
