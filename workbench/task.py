"""What is predicted: one of two classes, one of several, or a number; and how a target shows which."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# A numeric target with at most this many distinct whole values is read as classes, as long as it has far more rows.
MOST_NUMERIC_CLASSES = 10


class Task(StrEnum):
    """The kind of prediction."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def is_classification(self) -> bool:
        """True where labels are predicted."""
        return self is not Task.REGRESSION


def infer(target: pl.Series) -> Task:
    """Infer the task from a target's values.

    Parameters
    ----------
    target : polars.Series
        The target column; missing values do not count.

    Returns
    -------
    Task
        Two distinct values are binary. Text, booleans and few distinct whole numbers are classes. Other numbers are regression.
    """
    values = target.drop_nulls()
    distinct = values.n_unique()
    if distinct <= 2:
        return Task.BINARY
    if not values.dtype.is_numeric():
        return Task.MULTICLASS
    whole = values.dtype.is_integer() or bool((values == values.floor()).all())
    return Task.MULTICLASS if whole and distinct <= MOST_NUMERIC_CLASSES and len(values) >= 20 * distinct else Task.REGRESSION
