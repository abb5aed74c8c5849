"""A program of repairs run over a whole column: only the cells that can change are looked at, and then put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from workbench.data.repairs.missing import as_text
from workbench.data.repairs.program import Program
from workbench.data.repairs.repair import RULES
from workbench.data.typed import MARKERS


@dataclass(frozen=True)
class Change:
    """The cells of one column that repairs changed."""

    column: str
    rules: tuple[str, ...]
    rows: np.ndarray
    """Row numbers in ascending order."""
    before: pl.Series
    """What stood there, as text, one for each row."""
    after: pl.Series
    """What stands there now, as text; null is blank."""


@dataclass(frozen=True)
class Replayed:
    """A column after its repairs."""

    column: pl.Series
    change: Change | None = None
    cells: Counter[str] = field(default_factory=Counter)
    """How many cells each rule changed."""
    lost: Counter[str] = field(default_factory=Counter)
    """What a type blanked, as it stood before, and how often."""


def replay(column: pl.Series, program: Program) -> Replayed:
    """Run a program over a column; only text and numbers have anything to repair.

    Parameters
    ----------
    column : polars.Series
        Of any type.
    program : Program
        The repairs of this column.

    Returns
    -------
    Replayed
        The column as it is now, and what changed.
    """
    if column.dtype in (pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
    if column.dtype == pl.String:
        return replay_text(column, program)
    if column.dtype.is_numeric():
        return replay_numbers(column, program.of_numbers)
    return Replayed(column)


def replay_text(column: pl.Series, program: Program) -> Replayed:
    """Run a program over a column of text."""
    now, cells, lost = column, Counter[str](), Counter[str]()
    for step in program.steps:
        where = marked(now, step.may)
        before = now.gather(where)
        after = step.over(before) if len(where) else before
        changed = after.ne_missing(before)
        if changed.any():
            now = now.clone().scatter(where.filter(changed), after.filter(changed))  # a column is changed in place
            cells[step.rule] = int(changed.sum())
            if step.rule == "type":
                lost.update(text for text in before.filter(changed) if text.strip() not in MARKERS)
    return Replayed(now, change(column, now, cells), cells, lost)


def replay_numbers(column: pl.Series, program: Program) -> Replayed:
    """Run a program over a column of numbers, which becomes text where the program makes dates of them."""
    if program.as_text:
        return replay_text(written(column), program)
    now, cells, lost = column, Counter[str](), Counter[str]()
    for step in program.steps:
        if step.may_number is not None:
            blanked = marked(now, step.may_number)
            blanked = blanked.filter(now.gather(blanked).is_finite()) if now.dtype.is_float() else blanked
            if len(blanked):
                cells[step.rule] = len(blanked)
                lost.update(map(as_text, now.gather(blanked)) if step.rule == "type" else ())
                now = now.clone().scatter(blanked, None)
    return Replayed(now, change(column, now, cells), cells, lost)


def change(before: pl.Series, after: pl.Series, cells: Counter[str]) -> Change | None:
    """Return the cells in which two forms of a column differ."""
    if not cells:
        return None
    rows = after.ne_missing(before).arg_true()
    old, new = (text if text.dtype == pl.String else written(text) for text in (before.gather(rows), after.gather(rows)))
    rules = tuple(rule for rule in RULES if rule in cells)
    return Change(before.name, rules, rows.to_numpy().astype(np.intp), old, new)


def written(column: pl.Series) -> pl.Series:
    """Return a column of numbers as text, as a person would write them; what is not finite is blank."""
    old = finite(column).unique().to_list()
    return column.replace_strict(old, [as_text(v) for v in old], default=None, return_dtype=pl.String)


def finite(column: pl.Series) -> pl.Series:
    """Return the filled numbers that are finite."""
    return column.filter(column.is_finite()) if column.dtype.is_float() else column.drop_nulls()


def marked(column: pl.Series, may: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Return the numbers of the rows that can change."""
    return pl.DataFrame([column.alias("x")]).select(may(pl.col("x")).fill_null(value=False)).to_series().arg_true()
