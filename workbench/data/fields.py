"""One field of a signature, learned from a training column, and one thing that is wrong with a row."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from workbench.data.kinds import MOST_CATEGORIES, Kind, kind_of
from workbench.words import Text

# An ISO date without a time has this many characters.
DAY = 10


@dataclass(frozen=True)
class Field:
    """What one column of a row must be."""

    name: str
    kind: Kind
    required: bool
    """True where no training row lacked it: the column must be there, though single cells may be blank."""
    range: tuple[Any, Any] | None = None
    """Smallest and largest training value: numbers, or ISO text for dates."""
    categories: tuple[str, ...] | None = None
    """Labels of a category, the most frequent first."""
    unit: str | None = None
    example: Any = None
    """A usual value, as JSON has it."""
    limits: tuple[Any, Any] | None = None
    """Smallest and largest value that the contract allows, numbers or ISO text; None at an end without a limit."""
    blank: bool = True
    """Whether the contract allows a blank."""
    strict: bool = False
    """Whether a row is held that breaks the limits, is blank where it must not be, or has a label that training did not have;
    otherwise it is scored, with a warning."""

    @property
    def dtype(self) -> pl.DataType:
        """The column's type once it conforms."""
        if self.kind == "date":
            is_day = self.range is not None and all(len(end) == DAY for end in self.range)
            return pl.Date() if is_day else pl.Datetime("us")
        return {"number": pl.Float64(), "boolean": pl.Boolean()}.get(self.kind, pl.String())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Field:
        """Return the field that plain data describe."""
        labels = data.get("categories")
        known = {
            **data,
            **{name: pair(data.get(name)) for name in ("range", "limits")},
            "categories": None if labels is None else tuple(labels),
        }
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; what the contract asks for is there where it asks for anything.

        A product that knows no contract refuses such a field, rather than score rows that are to be held.
        """
        data = asdict(self)
        return {name: value for name, value in data.items() if name not in ASKED or value != ASKED[name]}

    @functools.cached_property
    def allowed(self) -> tuple[Any, Any]:
        """The limits as the values they are compared with; the last day of times ends at midnight after it."""
        low, high = self.limits or (None, None)
        return self.end_of(low, dt.time()), self.end_of(high, dt.time.max)

    def end_of(self, end: Any, hour: dt.time) -> Any:
        """Return one limit as the values it is compared with; a day among times is taken at an hour."""
        if end is None or self.kind != "date":
            return end
        moment = dt.datetime.fromisoformat(end)
        if self.dtype == pl.Date():
            return moment.date()
        return dt.datetime.combine(moment.date(), hour) if len(end) == DAY else moment

    @functools.cached_property
    def span(self) -> Text:
        """What the limits allow, in words."""
        low, high = (f"{end:g}" if isinstance(end, float) else end for end in self.limits or (None, None))
        if low is None:
            return Text("contract.span.most", high=high)
        return Text("contract.span.least", low=low) if high is None else Text("contract.span.both", low=low, high=high)

    @property
    def asked(self) -> list[Text]:
        """What the contract asks of a value, a sentence each."""
        told = [Text("contract.template.limits", allowed=self.span)] if self.limits else []
        told += [] if self.blank else [Text("contract.template.no_blank")]
        return [*told, Text("contract.template.held")] if self.strict else told


# What a contract asks for where nobody asked for anything.
ASKED: dict[str, Any] = {"limits": None, "blank": True, "strict": False}


def pair(ends: Any) -> tuple[Any, Any] | None:
    """Return two ends of JSON as a pair."""
    return None if ends is None else (ends[0], ends[1])


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not fit, or is not to be trusted."""

    row: int | None
    """From 0; None where it is the whole column."""
    field: str
    """The column; empty where it is the whole row."""
    text: Text
    code: str


def field_of(column: pl.Series) -> Field:
    """Learn a field from a training column."""
    kind = kind_of(column)
    if column.dtype.is_float():
        column = column.set(~column.is_finite(), None)
    filled = column.drop_nulls()
    describe = {"number": of_numbers, "date": of_dates, "category": of_categories, "boolean": of_labels, "text": of_text}
    more = describe[kind](filled) if len(filled) else {"categories": ()} if kind == "category" else {}
    return Field(column.name, kind, required=len(filled) == len(column), **more)


def of_numbers(filled: pl.Series) -> dict[str, Any]:
    """Describe numbers by their ends and a middle one."""
    ends = (float(filled.min()), float(filled.max()))  # type: ignore[arg-type]
    return {"range": ends, "example": filled.sort()[len(filled) // 2]}


def of_dates(filled: pl.Series) -> dict[str, Any]:
    """Describe dates by their ends and the latest."""
    first, last = filled.min(), filled.max()
    assert isinstance(first, dt.date)
    assert isinstance(last, dt.date)
    return {"range": (first.isoformat(), last.isoformat()), "example": last.isoformat()}


def of_categories(filled: pl.Series) -> dict[str, Any]:
    """Describe labels by how often each occurs; equally frequent ones in the order of their text."""
    counted = filled.alias("label").value_counts().sort(["count", "label"], descending=[True, False])
    labels = tuple(counted.get_column("label").head(MOST_CATEGORIES).to_list())
    return {"categories": labels, "example": labels[0]}


def of_labels(filled: pl.Series) -> dict[str, Any]:
    """Describe booleans by the more frequent one."""
    return {"example": 2 * int(filled.sum()) > len(filled)}


def of_text(filled: pl.Series) -> dict[str, Any]:
    """Describe free text by one of it."""
    return {"example": filled[0]}
