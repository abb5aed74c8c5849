"""What a model expects of a row: its fields with kind, range and categories, and how rows are brought to that form."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.data.conforming import Conformed, conform
from workbench.data.fields import Field, Problem, field_of

__all__ = ["Conformed", "Field", "Problem", "Signature"]


@dataclass(frozen=True)
class Signature:
    """The fields of a model, in the order of its training table."""

    fields: tuple[Field, ...]

    @classmethod
    def of(cls, frame: pl.DataFrame, features: Iterable[str]) -> Signature:
        """Describe the columns a model is trained on.

        Parameters
        ----------
        frame : polars.DataFrame
            The training rows.
        features : iterable of str
            The columns that are learned from.

        Examples
        --------
        >>> Signature.of(pl.DataFrame({"a": [1, 2], "y": [0, 1]}), ["a"]).fields[0].range
        (1.0, 2.0)
        """
        return cls(tuple(field_of(frame.get_column(name)) for name in features))

    @property
    def names(self) -> list[str]:
        """The fields' names in order."""
        return [field.name for field in self.fields]

    def conform(self, frame: pl.DataFrame) -> Conformed:
        """Bring a table to exactly these fields, and say what does not fit.

        Parameters
        ----------
        frame : polars.DataFrame
            Rows as they were read or as `from_rows` made them; further columns are set aside.

        Returns
        -------
        Conformed
            The fields with the right types (a cell that cannot be one is null), problems of cells and columns, and
            warnings about values the model has not seen.
        """
        return conform(self.fields, frame)

    def from_rows(self, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
        """Make a table of JSON rows without judging them: mixed columns stay text, unknown fields stay in.

        Parameters
        ----------
        rows : sequence of mapping
            Each row's values by column; what a row lacks is null.

        Returns
        -------
        polars.DataFrame
            One row for each, the signature's columns first.
        """
        given = dict.fromkeys(name for row in rows for name in row)
        names = [*(name for name in self.names if name in given), *(name for name in given if name not in set(self.names))]
        if not names:
            return pl.DataFrame(height=len(rows))
        return pl.DataFrame([raw(name, [row.get(name) for row in rows]) for name in names])

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same signature."""
        return {"fields": [field.to_dict() for field in self.fields]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Signature:
        """Return the signature that `to_dict` described."""
        return cls(tuple(Field.from_dict(field) for field in data["fields"]))


def raw(name: str, values: list[Any]) -> pl.Series:
    """Make a column of JSON values as they are; where types meet, of their text."""
    types = {type(v) for v in values} - {type(None)}
    if types == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if types and types <= {int, float} and all(v is None or is_plain(v) for v in values):
        whole = types == {int}
        return pl.Series(
            name,
            values if whole else [None if v is None else float(v) for v in values],
            dtype=pl.Int64 if whole else pl.Float64,
        )
    return pl.Series(name, [None if v is None else text(v) for v in values], dtype=pl.String)


def is_plain(value: float) -> bool:
    """Whether a number of JSON fits into a column of numbers: Python also reads NaN, Infinity and integers of any length."""
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def text(value: Any) -> str:
    """Write a JSON value as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)
