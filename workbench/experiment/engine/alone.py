"""One candidate of a comparison that is over: judged on the hold-out, or fitted on every row to be handed over.

Like the engine, this belongs into a process of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from workbench.errors import ExperimentError
from workbench.evaluation.metrics import Values
from workbench.experiment import leaderboard
from workbench.experiment.engine import Comparer, again
from workbench.experiment.engine.caret import quiet
from workbench.experiment.leaderboard import Comparison, Row
from workbench.experiment.plan import Plan
from workbench.experiment.race import failure_text


def judged(frame: pl.DataFrame, plan: Plan, model: str) -> Values:
    """Return the metrics on the hold-out of any of a plan's candidates, fitted on the training part.

    Parameters
    ----------
    frame : polars.DataFrame
        The whole table, as the comparison had it.
    plan : Plan
        The comparison's plan.
    model : str
        One of its candidates.

    Raises
    ------
    ExperimentError
        If the table and the plan do not go together, or the model cannot be fitted.
    """
    comparer = again(frame, plan)
    with fitting(comparer, "error.experiment.holdout"):
        return comparer.judged(model)


def handed_over(frame: pl.DataFrame, plan: Plan, row: Row, name: str) -> Comparison:
    """Return a comparison whose model is any row's of it, fitted on every row and judged on the hold-out.

    Parameters
    ----------
    frame : polars.DataFrame
        The whole table, as the comparison had it.
    plan : Plan
        The comparison's plan.
    row : dict
        The row: its metrics and folds go along.
    name : str
        The name under which the model is to be kept.

    Raises
    ------
    ExperimentError
        If the table and the plan do not go together, or the model cannot be fitted.
    """
    comparer = again(frame, dataclasses.replace(plan, name=name))
    comparer.folds[row["model"]] = row["folds"]
    with fitting(comparer, "error.experiment.hand_over"):
        fitted = comparer.refitted(row)
    table = comparer.table
    board = leaderboard.with_holdout([row | {"rank": 1}], fitted.holdout)
    return Comparison(
        plan=comparer.plan,
        leaderboard=board,
        baseline=leaderboard.row(row["model"], comparer.task, "finished", None, {}, {}, 0.0),
        best=row["model"],
        recommended=None,
        fitted=fitted,
        features=table.features.columns,
        excluded=table.excluded,
        set_aside=table.set_aside,
        rows=len(table.y),
        seconds=0.0,
        test_share=comparer.splits.test_share,
        splits=comparer.splits.hash,
    )


@contextmanager
def fitting(comparer: Comparer, key: str) -> Iterator[None]:
    """Fit quietly and on one thread a fold; what a library says becomes an error of ours."""
    try:
        with quiet(), comparer.race.threads.limit(limits=1, user_api="blas"):
            yield
    except Exception as problem:
        raise ExperimentError(key, problem=failure_text(problem)) from problem
