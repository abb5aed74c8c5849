"""Which columns of a table can be learned from, why the others cannot, and the refusal of a table that has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import polars as pl

from workbench.data.kinds import kind_of
from workbench.errors import ExperimentError
from workbench.words import Text

# A longer list of columns for one reason is read by nobody.
MOST_NAMED = 8


class OfColumns(Protocol):
    """What a plan says about columns."""

    @property
    def target(self) -> str:
        """The column to predict."""

    @property
    def group(self) -> str | None:
        """Which rows belong together."""

    @property
    def time(self) -> str | None:
        """Which rows come later."""

    @property
    def ignore(self) -> tuple[str, ...]:
        """Columns that are left out."""

    @property
    def preprocessing(self) -> str:
        """Whose preparation it is."""


def why_excluded(column: pl.Series, plan: OfColumns) -> Text | None:
    """Return why a column is no feature, or None for one that is, or that was never to be one."""
    if column.name == plan.target or column.name in plan.ignore:
        return None
    if column.name == plan.group:
        return Text("experiment.excluded.group")
    if column.name == plan.time:
        return Text("experiment.excluded.time")
    if finite(column).null_count() == len(column):
        return Text("experiment.excluded.blank")
    # A forest draws among all columns, so one that says nothing changes PyCaret's numbers, too.
    if is_constant(column) and plan.preprocessing != "pycaret":
        return Text("experiment.excluded.constant", value=str(column[0]))
    return Text("experiment.excluded.text") if kind_of(column) == "text" else None


def finite(column: pl.Series) -> pl.Series:
    """Return a column in which what is no finite number is blank."""
    return column.set(~column.is_finite(), None) if column.dtype.is_float() else column


def is_constant(column: pl.Series) -> bool:
    """Tell whether every row has the same value."""
    return column.n_unique() == 1


def present_rows(target: pl.Series) -> pl.Series:
    """Return which rows have a target; what is no finite number is none."""
    return target.is_finite().fill_null(value=False) if target.dtype.is_float() else target.is_not_null()


def check_left(plan: OfColumns, frame: pl.DataFrame) -> None:
    """Refuse a table without any column to learn from; a look at its first columns is mostly enough.

    Parameters
    ----------
    plan : OfColumns
        Says which column is the target and which are left out.
    frame : polars.DataFrame
        The whole table.

    Raises
    ------
    ExperimentError
        Names every column with the reason why it is left out.
    """
    known, reasons = present_rows(frame.get_column(plan.target)), dict[str, str]()
    for name in frame.columns:
        if name == plan.target:
            continue
        if name in plan.ignore:
            reasons[name] = "ignored"
            continue
        column = frame.get_column(name).filter(known)
        if (why := why_excluded(column, plan)) is None and not is_constant(column):
            return
        reasons[name] = why.key.rpartition(".")[2] if why else "constant"
    raise nothing_left(plan.target, reasons)


def nothing_left(target: str, reasons: Mapping[str, str]) -> ExperimentError:
    """Return the refusal of a table none of whose columns can be learned from, given the reason of each."""
    if not reasons:
        return ExperimentError("error.experiment.only_target", target=target)
    named = []
    for reason in dict.fromkeys(reasons.values()):
        columns = [name for name, why in reasons.items() if why == reason]
        shown = columns[:MOST_NAMED] + ["…"] * (len(columns) > MOST_NAMED)
        named.append(Text(f"error.experiment.left_out.{reason}", columns=shown))
    return ExperimentError("error.experiment.no_features", target=target, columns=named)
