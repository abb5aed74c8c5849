"""The repairs of a table: kept, checked against each other, and replayed on its own and on any later rows."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.data.repairs.program import Program, compiled
from workbench.data.repairs.repair import RULES, Repair
from workbench.data.repairs.replay import Change, Replayed, replay
from workbench.data.repairs.types import plainly_typed, with_type
from workbench.errors import RepairError
from workbench.words import Text

# Types that hold no date, so that a rule for dates would be for nothing.
NO_DATES = frozenset({"number", "boolean"})
# What a number does not hold of a code: zeros in front, and beyond whole numbers of 18 digits all but the first fifteen.
ZEROS = r"^\s*[+-]?0\d"
TOO_LONG = rf"{ZEROS}|^\s*[+-]?\d{{16}}"
# A sentence names so many values that a type would blank.
MOST_SHOWN = 3


@dataclass(frozen=True)
class Repaired:
    """A table after its repairs, with its plain types."""

    frame: pl.DataFrame
    cells: dict[tuple[str, str], int]
    """How many cells each (column, rule) changed."""
    lost: list[tuple[str, int, tuple[str, ...]]]
    """Columns in which a type blanked cells: how many, and what stood there most often."""
    trimmed: list[tuple[str, int, tuple[str, ...]]]
    """Columns in which a number does not hold all of what was written: zeros in front, more digits than it has."""


@dataclass(frozen=True)
class Repairs:
    """The repairs of a table, at most one a column and rule, in the order in which they are applied.

    Examples
    --------
    >>> repairs = Repairs.of([Repair("金額", "negative"), Repair("金額", "thousands")])
    >>> repairs.apply_row({"金額": "▲1,234"})
    ({'金額': '-1234'}, [('金額', '▲1,234', '-1234')])
    """

    steps: tuple[Repair, ...] = ()

    @classmethod
    def of(cls, steps: Iterable[Repair]) -> Repairs:
        """Put repairs in order.

        Raises
        ------
        RepairError
            If a column has two that differ of one rule, or dates in a type that holds none; names all of them.
        """
        kept: dict[tuple[str, str], Repair] = {}
        problems: dict[tuple[str, str], Text] = {}
        for step in steps:
            if kept.setdefault((step.column, step.rule), step) != step:
                problems[step.column, step.rule] = Text("error.repair.twice", column=step.column, rule=step.title)
        for (column, rule), step in kept.items():
            if rule == "type" and step.options["kind"] in NO_DATES and (column, "date") in kept:
                problems[column, rule] = Text("error.repair.dates_and_type", column=column)
        if problems:
            fields = [{"field": column, "problem": problem} for (column, _), problem in problems.items()]
            raise RepairError("error.repair.conflict", fields=fields, problems=list(problems.values()))
        order = {column: i for i, column in enumerate(dict.fromkeys(column for column, _ in kept))}
        return cls(tuple(sorted(kept.values(), key=lambda step: (order[step.column], RULES.index(step.rule)))))

    def __bool__(self) -> bool:
        return bool(self.steps)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that have a repair."""
        return tuple(self.programs)

    @functools.cached_property
    def programs(self) -> dict[str, Program]:
        """What is run for each column."""
        columns: dict[str, list[Repair]] = {}
        for step in self.steps:
            columns.setdefault(step.column, []).append(step)
        return {column: compiled(steps) for column, steps in columns.items()}

    def only(self, columns: Collection[str]) -> Repairs:
        """Return the repairs of some columns."""
        return Repairs(tuple(step for step in self.steps if step.column in columns))

    def to_list(self) -> list[dict[str, Any]]:
        """Return plain data for JSON, from which `from_list` makes the same repairs."""
        return [step.to_dict() for step in self.steps]

    @classmethod
    def from_list(cls, data: Sequence[Mapping[str, Any]]) -> Repairs:
        """Return the repairs that `to_list` described.

        Raises
        ------
        ValueError
            If the data describe none.
        RepairError
            If two of them contradict each other.
        """
        if not isinstance(data, list | tuple):
            raise ValueError(f"not a list of repairs: {data!r}")
        return cls.of(map(Repair.from_dict, data))

    def apply(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Change]]:
        """Replay the repairs on any rows; what becomes of a row never depends on the others.

        Parameters
        ----------
        frame : polars.DataFrame
            Columns that are not there are passed over. Columns of text stay text; of numbers, dates are written as text.

        Returns
        -------
        tuple
            The rows as they are now, and the changed cells, a column each.
        """
        done = self.replayed(frame)
        changes = [column.change for column in done.values() if column.change is not None and len(column.change.rows)]
        return frame.with_columns(column.column for column in done.values()), changes

    def apply_row(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str, str | None]]]:
        """Replay the repairs on one row of JSON, to the same effect as on a table.

        Returns
        -------
        tuple
            The row as it is now, and each changed cell: column, before and after as text.
        """
        out, changed = dict(row), []
        for column, program in self.programs.items():
            if column in row:
                out[column], trace = program.value(row[column])
                if trace and trace[0][1] != trace[-1][2]:
                    changed.append((column, trace[0][1], trace[-1][2]))
        return out, changed

    def typed(self, frame: pl.DataFrame) -> Repaired:
        """Repair the table that a dataset is made of, and give what changed its plain type or the one asked for.

        Parameters
        ----------
        frame : polars.DataFrame
            The table as it was read.

        Returns
        -------
        Repaired
            The table, and what changed and what was lost.
        """
        done = self.replayed(frame)
        kinds = {step.column: str(step.options["kind"]) for step in self.steps if step.rule == "type"}
        columns = {
            name: with_type(column.column, kinds[name])
            if name in kinds
            else plainly_typed(column.column, changed=bool(column.cells))
            for name, column in done.items()
        }
        trimmed = [(name, *most) for name in kinds if name in done and (most := cut(done[name].column, columns[name]))]
        lost = [
            (name, column.lost.total(), tuple(value for value, _ in column.lost.most_common(MOST_SHOWN)))
            for name, column in done.items()
            if column.lost
        ]
        cells = {(name, rule): count for name, column in done.items() for rule, count in column.cells.items()}
        return Repaired(frame.with_columns(columns.values()), cells, lost, trimmed)

    def replayed(self, frame: pl.DataFrame) -> dict[str, Replayed]:
        """Run every program on its column, where the table has it."""
        return {
            name: replay(frame.get_column(name), program) for name, program in self.programs.items() if name in frame.columns
        }


def cut(text: pl.Series, number: pl.Series) -> tuple[int, tuple[str, ...]] | None:
    """Return how many texts a column of numbers does not hold as they were written, and the most frequent of them."""
    if text.dtype != pl.String or not number.dtype.is_numeric():
        return None
    found = text.filter(text.str.contains(TOO_LONG if number.dtype.is_float() else ZEROS).fill_null(value=False))
    most = found.alias("text").value_counts(name="n").sort("n", "text", descending=[True, False])["text"]
    return (len(found), tuple(most.head(MOST_SHOWN))) if len(found) else None
