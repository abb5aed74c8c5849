"""Quick refits of one fixed model: what a table scores with or without some columns, split at random or as advised."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl

from workbench.evaluation import folds, metrics
from workbench.evaluation.folds import Split
from workbench.experiment.candidates import candidate
from workbench.experiment.plan import Plan
from workbench.experiment.race import Race, Scored
from workbench.experiment.table import Table, table_of
from workbench.task import Task

How = Literal["random", "advised"]
# Rows beyond these are left out by chance, whole groups at a time: a difference that matters shows on these as well.
MOST_ROWS = 50_000
FOLDS = 5
# LightGBM as it comes, which is what the comparison's own candidate is.
SETTINGS: dict[str, Any] = {"n_estimators": 100, "verbosity": -1, "n_jobs": 1, "deterministic": True, "force_row_wise": True}


@dataclasses.dataclass(frozen=True)
class Scores:
    """What one refit scored."""

    metric: str
    folds: tuple[float | None, ...]
    """The metric on each fold; None where it cannot be computed there."""
    test_share: float
    """Rows judged on ÷ rows trained on, the mean of the folds."""
    rows: int
    """Rows used, of all that have a target."""
    failed: str | None = None
    """What the library said where a fold could not be fitted."""


class Quick:
    """Refits of LightGBM on one table.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    plan : Plan
        A checked plan: target, group, time, columns to ignore, seed. Its number of folds and models are not used.
    most_rows : int
        Rows beyond are left out by chance.
    """

    def __init__(self, frame: pl.DataFrame, plan: Plan, *, most_rows: int = MOST_ROWS) -> None:
        assert plan.task is not None
        self.plan, self.task = plan, plan.task
        self.table = thinned(table_of(frame, plan), plan.seed, most_rows)
        self.rows = len(self.table.y)
        self.metric = metrics.default_metric(self.task)

    @cached_property
    def splits(self) -> dict[How, list[Split]]:
        """The folds at random, and as group and time ask for."""
        y, settings = self.table.y, {"k": FOLDS, "seed": self.plan.seed, "task": self.task}
        plain = folds.folds(y, **settings)  # type: ignore[arg-type]
        if self.table.group is None and self.table.time is None:
            return {"random": plain, "advised": plain}
        advised = folds.folds(y, group=self.table.group, time=self.table.time, **settings)  # type: ignore[arg-type]
        return {"random": plain, "advised": [(a, b) for a, b in advised if len(a) and len(b)]}

    def scores(self, *, without: Collection[str] = (), how: How = "advised", told: Callable[[], None] | None = None) -> Scores:
        """Refit on each fold and judge on the rest.

        Parameters
        ----------
        without : collection of str
            Columns that are not learnt from, beside those of the plan.
        how : {"random", "advised"}
            Which folds.
        told : callable, optional
            Called after each fold.

        Returns
        -------
        Scores
            Every fold's metric, in the order of the folds.
        """
        kept = [name for name in self.table.features.columns if name not in without]
        splits = self.splits[how]
        share = float(np.mean([len(b) / len(a) for a, b in splits])) if splits else 0.0
        if not kept or not splits:
            return Scores(self.metric, (None,) * len(splits), share, self.rows)
        table = dataclasses.replace(self.table, features=self.table.features.select(kept))
        found: dict[int, Scored] = {}
        for scored in Race(table, self.task, splits, self.make).run([candidate(self.task, "lightgbm")]):
            found[scored.fold] = scored
            if told:
                told()
        values = tuple(value_of(found[fold], self.metric) for fold in range(len(splits)))
        said = next((one.failed.say("en") for one in found.values() if one.failed), None)
        return Scores(self.metric, values, share, self.rows, said)

    def make(self, _: str) -> Any:
        """Return a fresh estimator."""
        import lightgbm

        kind = lightgbm.LGBMRegressor if self.task is Task.REGRESSION else lightgbm.LGBMClassifier
        return kind(random_state=self.plan.seed, **SETTINGS)


def value_of(scored: Scored, metric: str) -> float | None:
    """Return a fold's metric, None where it failed or does not apply."""
    return None if scored.metrics is None else scored.metrics.get(metric)


def thinned(table: Table, seed: int, most_rows: int) -> Table:
    """Return at most so many rows, chosen by chance; of a group all rows or none."""
    rows = len(table.y)
    if rows <= most_rows:
        return table
    chance = np.random.default_rng(seed)
    if table.group is None:
        kept = np.sort(chance.choice(rows, most_rows, replace=False))
    else:
        names, codes = np.unique(table.group, return_inverse=True)
        order = chance.permutation(len(names))
        sizes = np.bincount(codes)[order].cumsum()
        kept = np.flatnonzero(np.isin(codes, order[: max(1, int((sizes <= most_rows).sum()))]))
    return part_of(table, kept)


def part_of(table: Table, kept: Sequence[int] | np.ndarray) -> Table:
    """Return some rows of a table."""
    group, time = (None if values is None else values[kept] for values in (table.group, table.time))
    return dataclasses.replace(table, features=table.features[kept], y=table.y[kept], group=group, time=time)
