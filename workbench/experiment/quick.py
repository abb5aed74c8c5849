"""Quick refits of one fixed model: what a table scores with or without some columns, split at random or as advised."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, Literal

import joblib
import numpy as np
import polars as pl

from workbench.bundle.preparation import sources
from workbench.errors import ExperimentError
from workbench.evaluation import folds, metrics
from workbench.evaluation.folds import Split
from workbench.experiment import preparation
from workbench.experiment.candidates import candidate
from workbench.experiment.plan import Label, Plan
from workbench.experiment.race import Race, failure_text, fit, matrix
from workbench.experiment.race.units import Scored
from workbench.experiment.table import Table, part_of, table_of
from workbench.task import Task

How = Literal["random", "advised"]
# Rows beyond these are left out by chance, whole groups at a time: a difference that matters shows on these as well.
MOST_ROWS = 50_000
FOLDS = 5
# LightGBM as it comes, which is what the comparison's own candidate is.
SETTINGS: dict[str, Any] = {"n_estimators": 100, "verbosity": -1, "n_jobs": 1, "deterministic": True, "force_row_wise": True}

# Small trees learn a single wrong label by heart less than those of 31 leaves, so they contradict it more often.
CALM = SETTINGS | {"num_leaves": 7}


@dataclasses.dataclass(frozen=True)
class OutOfFold:
    """What models that have not seen a row say about it."""

    rows: np.ndarray
    """Which rows of the frame, counted from 0, in its order."""
    given: np.ndarray
    """Their targets: class codes, or numbers."""
    predicted: np.ndarray
    """A probability for each label, or a number."""
    labels: list[Label]
    """The label of each code; empty for numbers."""
    folds: int
    is_grouped: bool
    """Whether a group was never on both sides."""
    weights: dict[str, float]
    """Columns the models used, with their shares of the gain, largest first."""


@dataclasses.dataclass(frozen=True)
class Space:
    """Rows as points: numbers filled and scaled, a column for each common category."""

    rows: np.ndarray
    points: np.ndarray
    sources: list[str]
    """The table's column behind each of the points' coordinates."""


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
        whole = table_of(frame, plan)
        kept = chosen(whole, plan.seed, most_rows)
        self.table = whole if kept is None else part_of(whole, kept)
        self.places = self.table.rows
        self.rows, self.all_rows = len(self.table.y), len(whole.y)
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

    def out_of_fold(self, *, told: Callable[[], None] | None = None) -> OutOfFold:
        """Predict every row by a model that has not seen it.

        Folds are random, or by group where there is one. They are never by time: nothing is earlier than the first rows, so
        these would have no prediction.

        Parameters
        ----------
        told : callable, optional
            Called after each fold.

        Returns
        -------
        OutOfFold
            Predictions of all rows but those whose label no other fold has.

        Raises
        ------
        ExperimentError
            If there is only one group, or the library cannot fit a fold.
        """
        table = self.table
        race = Race(table, self.task, self.whole_folds(), self.make)
        predicted = np.full((len(table.y), len(table.labels)) if table.labels else len(table.y), np.nan)
        gains: dict[str, float] = {}
        pool = joblib.Parallel(n_jobs=joblib.cpu_count(), backend="threading", return_as="generator")
        with race.threads.limit(limits=1, user_api="blas"):
            parts = pool(joblib.delayed(self.predictions)(race, fold) for fold in range(len(race.folds)))
            for rows, said, gain in parts:
                predicted[rows] = said
                gains = {name: gains.get(name, 0.0) + gain.get(name, 0.0) for name in {*gains, *gain}}
                if told:
                    told()
        seen = np.isfinite(predicted).all(axis=1) if table.labels else np.isfinite(predicted)
        order = np.flatnonzero(seen)[np.argsort(self.places[seen], kind="stable")]
        total = sum(gains.values()) or 1.0
        weights = {name: gain / total for name, gain in sorted(gains.items(), key=lambda item: (-item[1], item[0])) if gain > 0}
        return OutOfFold(
            rows=self.places[order],
            given=table.y[order],
            predicted=predicted[order],
            labels=table.labels,
            folds=len(race.folds),
            is_grouped=table.group is not None,
            weights=weights,
        )

    def whole_folds(self) -> list[Split]:
        """Return folds that judge every row once, time aside."""
        group = self.table.group
        count = FOLDS if group is None else min(FOLDS, len(np.unique(group)))
        if count < 2:
            raise ExperimentError("error.experiment.too_few_groups", group=self.plan.group, groups=count, folds=2)
        splits = folds.folds(self.table.y, k=count, seed=self.plan.seed, task=self.task, group=group)
        return [(a, b) for a, b in splits if len(a) and len(b)]

    def predictions(self, race: Race, fold: int) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
        """Return the rows that a fold judges, what its model says, and each column's gain."""
        import lightgbm

        train, valid = race.folds[fold]
        if self.task is not Task.REGRESSION and len(np.unique(self.table.y[train])) < 2:
            return valid, np.full((len(valid), len(self.table.labels)), np.nan), {}
        kind = lightgbm.LGBMRegressor if self.task is Task.REGRESSION else lightgbm.LGBMClassifier
        model = kind(random_state=self.plan.seed, importance_type="gain", **CALM)
        try:
            made = race.prepared.get("native", fold)
            with race.threads.limit(limits=1, user_api="openmp"):
                model = fit(model, candidate(self.task, "lightgbm"), made, race.table.y[train])
                said = model.predict(made.valid) if self.task is Task.REGRESSION else model.predict_proba(made.valid)
        except Exception as problem:  # of whatever kind the library's is
            raise ExperimentError("error.experiment.out_of_fold", problem=failure_text(problem)) from problem
        gains: dict[str, float] = {}
        for source, gain in zip(sources(made.program), model.feature_importances_, strict=True):
            if source is not None:
                gains[source] = gains.get(source, 0.0) + float(gain)
        return valid, said if self.task is Task.REGRESSION else self.by_label(said, model.classes_, valid), gains

    def by_label(self, said: np.ndarray, classes: np.ndarray, valid: np.ndarray) -> np.ndarray:
        """Give each label its column; a row whose label the model never met is not judged."""
        whole = np.zeros((len(valid), len(self.table.labels)))
        whole[:, classes] = said
        whole[~np.isin(self.table.y[valid], classes)] = np.nan
        return whole

    def space(self, most_rows: int) -> Space:
        """Return at most so many rows, drawn by chance, as points among which distances mean something."""
        kept = np.arange(self.rows)
        if self.rows > most_rows:
            kept = np.sort(np.random.default_rng(self.plan.seed).choice(self.rows, most_rows, replace=False))
        features = self.table.features[kept]
        program = preparation.fit("linear", features, self.table.kinds)
        points = matrix(program, "linear", features)
        return Space(self.places[kept], points, [column["source"] for column in program["columns"]])

    def make(self, _: str) -> Any:
        """Return a fresh estimator."""
        import lightgbm

        kind = lightgbm.LGBMRegressor if self.task is Task.REGRESSION else lightgbm.LGBMClassifier
        return kind(random_state=self.plan.seed, **SETTINGS)


def value_of(scored: Scored, metric: str) -> float | None:
    """Return a fold's metric, None where it failed or does not apply."""
    return None if scored.metrics is None else scored.metrics.get(metric)


def chosen(table: Table, seed: int, most_rows: int) -> np.ndarray | None:
    """Return at most so many rows by chance, of a group all or none; None where every row is used."""
    rows = len(table.y)
    if rows <= most_rows:
        return None
    chance = np.random.default_rng(seed)
    if table.group is None:
        kept = np.sort(chance.choice(rows, most_rows, replace=False))
    else:
        names, codes = np.unique(table.group, return_inverse=True)
        order = chance.permutation(len(names))
        sizes = np.bincount(codes)[order].cumsum()
        kept = np.flatnonzero(np.isin(codes, order[: max(1, int((sizes <= most_rows).sum()))]))
    return kept
