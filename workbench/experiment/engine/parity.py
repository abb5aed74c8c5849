"""PyCaret's own preparation, one for every model: fitted by PyCaret on each fold, and written down as a program by asking it.

PyCaret gets the table under names and labels by position, in the order of the real ones: what it does depends on neither,
and no text of the table reaches its files or its messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from sklearn.base import clone

from workbench.bundle.replay import prepare
from workbench.data.kinds import Kind
from workbench.errors import ExperimentError
from workbench.evaluation.folds import Split
from workbench.experiment.engine import parity_steps
from workbench.experiment.engine.asking import Asked, described, trials
from workbench.experiment.engine.parity_steps import FittedSteps
from workbench.experiment.plan.switches import Switches
from workbench.experiment.table import Learnt, Table

# So many training rows show whether the program says what PyCaret said.
COMPARED_ROWS = 500
# Beyond rounding of the last digits two preparations differ; PyCaret works in float32 where every column fits into it.
TOLERANCES = {"float64": 1e-9, "float32": 1e-5}


@dataclass(frozen=True)
class Disguised:
    """The features as PyCaret gets them."""

    frame: pd.DataFrame
    columns: tuple[Asked, ...]
    """What stands behind each of its columns."""


class Parity:
    """PyCaret's preparation of one table.

    Parameters
    ----------
    disguised : Disguised
        The features.
    experiment : object
        A PyCaret experiment that was set up on them, with its preparation.
    """

    def __init__(self, disguised: Disguised, experiment: Any) -> None:
        self.asked, self.pipeline = disguised.columns, experiment.pipeline
        order = np.argsort(experiment.X.index.to_numpy())
        # PyCaret makes every column as small as it can, which rounds fractions: that is what its steps see.
        self.features, self.y = experiment.X.iloc[order], experiment.y.iloc[order]

    def prepared(self, table: Table, split: Split) -> Learnt:
        """Return what PyCaret's preparation learns from a split's training rows.

        Raises
        ------
        ExperimentError
            If it does something that a program cannot say.
        """
        rows, valid = split
        steps = [step for _, step in clone(self.pipeline).steps]
        fitted = parity_steps.fitted(steps, self.features.iloc[rows], self.y.iloc[rows], self.asked)
        some = np.linspace(0, len(rows) - 1, min(len(rows), COMPARED_ROWS), dtype=np.intp)
        theirs = fitted.learnt(some)
        program = program_of(fitted, self.asked, theirs.dtypes)
        check(program, theirs, table.features[rows[some]])
        # Where columns are all there is to it, the program says in no time what PyCaret's wrappers take long for.
        made = fitted.table
        is_other = len(fitted.y) != len(rows) or not table.labels
        return Learnt(
            program=program,
            train=prepare(program, table.features[rows]) if made is None else made.to_numpy(dtype=program["dtype"]),
            valid=prepare(program, table.features[valid]),
            y=fitted.y.to_numpy(dtype=table.y.dtype) if is_other else None,
            is_shared=True,
        )


def check(program: dict[str, Any], theirs: pd.DataFrame, rows: pl.DataFrame) -> None:
    """Refuse a program that says other than PyCaret about some of the rows that it was fitted on."""
    ours = prepare(program, rows)
    tolerance = TOLERANCES[program["dtype"]]
    is_same = theirs.shape == ours.shape and np.allclose(
        theirs.to_numpy("float64"), ours, rtol=tolerance, atol=tolerance, equal_nan=True
    )
    if not is_same:
        raise ExperimentError("error.experiment.parity", step="–")


def program_of(fitted: FittedSteps, asked: Sequence[Asked], dtypes: Any) -> dict[str, Any]:
    """Return the program that fitted steps amount to, learnt by putting every value through them.

    Parameters
    ----------
    fitted : FittedSteps
        The steps.
    asked : sequence of Asked
        What the columns are.
    dtypes : sequence of dtype
        What PyCaret's prepared columns are.

    Raises
    ------
    ExperimentError
        If a step does something that a program cannot say.
    """
    said = trials(fitted.features, asked)
    replies = fitted.head.run(said.frame)
    columns = described(replies, said, fitted.features, asked, fitted.head.dates)
    is_small = np.result_type(*dtypes) == np.float32
    program = {"dtype": "float32" if is_small else "float64", "columns": columns}
    if fitted.after_head is None or fitted.table is None:
        return program
    operations: list[dict[str, Any]] = []
    few = fitted.after_head.head()
    is_known = list(few.columns) == list(replies.columns)
    for step in fitted.tail:
        few, more = parity_steps.operation(step, few)
        operations += more
    if not is_known or list(few.columns) != list(fitted.table.columns):
        raise ExperimentError("error.experiment.parity", step="–")
    return program | {"ops": operations} if operations else program


def disguise(features: pl.DataFrame, kinds: dict[str, Kind]) -> Disguised:
    """Return the features under names by position, labels by their place among the sorted ones."""
    made: dict[str, Any] = {}
    columns = []
    for place, name in enumerate(features.columns):
        values, one = hidden(features.get_column(name), kinds[name], f"c{place}")
        made[one.name] = values
        columns.append(one)
    return Disguised(pd.DataFrame(made), tuple(columns))


def hidden(column: pl.Series, kind: Kind, name: str) -> tuple[Any, Asked]:
    """Return one column's values for PyCaret, and what stands behind them."""
    if kind == "date":
        naive = column.dt.replace_time_zone(None) if isinstance(column.dtype, pl.Datetime) else column
        return naive.cast(pl.Datetime("ns")).to_numpy(), Asked(name, column.name, "date")
    if kind == "number" or (kind == "boolean" and not column.null_count()):
        numbers = column.cast(pl.Int8) if kind == "boolean" else column
        is_whole = numbers.dtype.is_integer() and not numbers.null_count()
        return (numbers if is_whole else numbers.cast(pl.Float64)).to_numpy(), Asked(name, column.name, "number")
    texts = column.cast(pl.String)
    labels = sorted(texts.drop_nulls().unique().to_list())
    width = len(str(len(labels)))
    tokens = [f"v{place:0{width}d}" for place in range(len(labels))]
    codes = texts.cast(pl.Enum(labels)).to_physical().cast(pl.Int64).fill_null(len(labels)).to_numpy()
    values = np.array([*tokens, np.nan], dtype=object)[codes]
    return values, Asked(name, column.name, "category", dict(zip(tokens, labels, strict=True)))


def options(switches: Switches) -> dict[str, Any]:
    """Return the switches as PyCaret's `setup` takes them."""
    filler = {"suited": "mean", "zero": 0}.get(switches.numbers_missing, switches.numbers_missing)
    chosen: dict[str, Any] = {
        "numeric_imputation": filler,
        "categorical_imputation": "blank" if switches.categories_missing == "own" else "mode",
    }
    if switches.most_one_hot is not None:
        chosen["max_encoding_ohe"] = switches.most_one_hot
    if switches.rare is not None:
        chosen |= {"rare_to_value": switches.rare, "rare_value": "rare"}
    if switches.scaling not in ("suited", "none"):
        method = "zscore" if switches.scaling == "standard" else switches.scaling
        chosen |= {"normalize": True, "normalize_method": method}
    if switches.transformation != "none":
        chosen |= {"transformation": True, "transformation_method": switches.transformation}
    if switches.low_variance:
        chosen["low_variance_threshold"] = 0
    if switches.multicollinearity is not None:
        chosen |= {"remove_multicollinearity": True, "multicollinearity_threshold": switches.multicollinearity}
    if switches.outliers is not None:
        chosen |= {"remove_outliers": True, "outliers_threshold": switches.outliers}
    if switches.imbalance != "none":
        method = "SMOTE" if switches.imbalance == "smote" else "randomoversampler"
        chosen |= {"fix_imbalance": True, "fix_imbalance_method": method}
    if switches.pca is not None:
        chosen |= {"pca": True, "pca_components": switches.pca}
    return chosen
