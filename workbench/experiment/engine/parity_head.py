"""The first steps of PyCaret's preparation, those that work on columns one by one, fitted on no more than they learn from.

PyCaret's wrappers merge what a step made back into the whole table, which on a wide one takes longer than all arithmetic. A
step only ever takes columns of one kind. So the columns of each kind go through their own steps here, still in PyCaret's
wrappers, and are put side by side at the end: in the order of the columns that they come from, as PyCaret puts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ExperimentError
from workbench.experiment.engine.asking import Asked

# What works on each column by itself, so that asking says it all.
COLUMN_WISE = frozenset(
    (
        "ExtractDateTimeFeatures",
        "OneHotEncoder",
        "OrdinalEncoder",
        "RareCategoryGrouping",
        "SimpleImputer",
        "TargetEncoder",
    )
)
# What these learn is which labels there are, in the order in which they first appear.
OF_LABELS = frozenset(("OneHotEncoder", "OrdinalEncoder"))


def kind(step: Any) -> str:
    """Return what a step is inside PyCaret's wrapper."""
    return type(step.transformer).__name__


class Head:
    """The steps that work on columns one by one, fitted.

    Parameters
    ----------
    steps : sequence
        Fresh ones, in their order; they are fitted in place.
    features : pandas.DataFrame
        The training rows.
    y : pandas.Series
        Their targets.
    asked : sequence of Asked
        What the columns are.

    Raises
    ------
    ExperimentError
        If a step takes columns of several kinds.
    """

    def __init__(self, steps: Sequence[Any], features: pd.DataFrame, y: pd.Series, asked: Sequence[Asked]) -> None:
        self.names = {kind: [one.name for one in asked if one.kind == kind] for kind in ("number", "date", "category")}
        # PyCaret has an imputer for each kind, also where there is no such column.
        self.steps = [(step, self.kind_of(step)) for step in steps if step.include]
        parts = self.parts(features)
        for place, (step, of) in enumerate(self.steps):
            step.fit(*telling(parts[of], y, step))
            later = {column for other, _ in self.steps[place + 1 :] for column in other.include}
            # Which parts of a date there are depends on how many of these very rows are blank.
            if of == "date" or not later.isdisjoint(step.include):
                parts[of] = step.transform(parts[of])
        self.dates = parts["date"]

    def kind_of(self, step: Any) -> str:
        """Return the kind of columns that a step takes."""
        found = next((kind for kind, names in self.names.items() if set(step.include) <= set(names)), None)
        if found is None:
            raise ExperimentError("error.experiment.parity", step=kind(step))
        return found

    def parts(self, frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Return the columns of each kind."""
        return {kind: frame[names] for kind, names in self.names.items()}

    def run(self, frame: pd.DataFrame, dates: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return rows after the steps.

        Parameters
        ----------
        frame : pandas.DataFrame
            The rows.
        dates : pandas.DataFrame, optional
            What became of their dates; these rows alone could have too many blanks for PyCaret to keep a part.
        """
        parts = self.parts(frame)
        for step, of in self.steps:
            if of != "date" or dates is None:
                parts[of] = step.transform(parts[of])
        parts["date"] = parts["date"][list(self.dates.columns)] if dates is None else dates
        made: dict[str, list[str]] = {name: [] for name in frame.columns}
        for part in parts.values():
            for name in part.columns:
                made[source_of(name)].append(name)
        whole = pd.concat([part for part in parts.values() if part.shape[1]], axis=1)
        return whole[[name for names in made.values() for name in names]]

    def learnt(self, features: pd.DataFrame, places: np.ndarray | slice = slice(None)) -> pd.DataFrame:
        """Return some of the training rows, given all of them, after the steps."""
        return self.run(features.iloc[places], self.dates.iloc[places])


def source_of(name: str) -> str:
    """Return the column that a prepared one comes from: of `c3`, `c3_v1` and `c3_month` it is `c3`."""
    return name.partition("_")[0]


def telling(frame: pd.DataFrame, y: pd.Series, step: Any) -> tuple[pd.DataFrame, pd.Series]:
    """Return the rows that a step needs to be fitted on: each label's first where labels are all that it learns."""
    names = [name for name in step.include if name in frame]
    if kind(step) not in OF_LABELS or not names:
        return frame, y
    first = np.logical_or.reduce([~frame[name].duplicated().to_numpy() for name in names])
    return frame[first], y[first]
