"""The short way of one row of JSON whose values are plain what its fields are: no frame, a hundredth of the time.

It takes only what cannot be read in two ways. Everything else, such as numbers written as text, goes through
`Signature.conform`; where both apply they agree, and a test holds them to it. Columns that are repaired arrive as text: theirs
is read here where it is a number written plainly.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import polars as pl

from workbench.data.conforming import Finding
from workbench.data.fields import Field
from workbench.data.signature import Signature

DAY = re.compile(r"[12]\d{3}-\d\d-\d\d\Z")
# A number written so that nobody reads another.
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?\Z")
# Beyond this a whole number of JSON is not exactly a float.
MOST_EXACT = 2**53
# The one row there is.
FIRST = np.zeros(1, dtype=np.intp)


class NotPlain(Exception):
    """A value that is for `Signature.conform` to judge."""


class SingleRow:
    """A signature compiled for one row at a time.

    Parameters
    ----------
    signature : Signature
        The model's fields.
    repaired : collection of str
        The fields that were repaired before: their numbers may be written as text.
    """

    def __init__(self, signature: Signature, *, repaired: Collection[str] = ()) -> None:
        self.steps = [
            (field, reader(field, field.name in repaired), beyond_limits(field), outside(field)) for field in signature.fields
        ]
        self.schema = {field.name: field.dtype for field in signature.fields}

    def read(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]] | None:
        """Return the row in the model's terms with what is doubtful about it; None where it is not plain."""
        values, doubtful, blanks = {}, [], 0
        try:
            for field, read, beyond, doubt in self.steps:
                given = row.get(field.name)
                values[field.name] = value = None if given is None else read(given)
                if value is None:
                    blanks += 1
                    if not field.blank:
                        doubtful.append(warned(Finding(field.name, "blank", FIRST, None), field))
                elif beyond is not None and beyond(value):
                    allowed = (("allowed", field.span),)
                    doubtful.append(warned(Finding(field.name, "out_of_bounds", FIRST, pl.Series([given]), allowed), field))
                elif doubt is not None and (facts := doubt(value)) is not None:
                    code = "unseen_category" if field.range is None else "out_of_range"
                    told = Finding(field.name, code, FIRST, pl.Series([given]), facts)
                    doubtful.append(warned(told, field) if code == "unseen_category" else told)
        except NotPlain:
            return None
        if 2 * blanks > len(self.steps):
            doubtful.append(Finding("", "many_missing", FIRST, pl.Series([blanks]), (("fields", len(self.steps)),)))
        return values, tuple(doubtful)

    def frame(self, values: Mapping[str, Any]) -> pl.DataFrame:
        """Return the row as a frame, as `Signature.conform` would."""
        return pl.DataFrame({name: [value] for name, value in values.items()}, schema=self.schema)


def number_reader(_: Field) -> Callable[[Any], float]:
    """Return what reads a number."""

    def read(value: Any) -> float:
        if type(value) is float and math.isfinite(value):
            return value
        if type(value) is int and abs(value) < MOST_EXACT:
            return float(value)
        raise NotPlain

    return read


def boolean_reader(_: Field) -> Callable[[Any], bool]:
    """Return what reads a boolean."""

    def read(value: Any) -> bool:
        if value is True or value is False:
            return bool(value)
        raise NotPlain

    return read


def date_reader(field: Field) -> Callable[[Any], dt.date]:
    """Return what reads a day in ISO form; a field with times gets midnight."""
    is_day = field.dtype == pl.Date()

    def read(value: Any) -> dt.date:
        if type(value) is not str or not DAY.match(value):
            raise NotPlain
        try:
            day = dt.date.fromisoformat(value)
        except ValueError as problem:
            raise NotPlain from problem
        return day if is_day else dt.datetime.combine(day, dt.time())

    return read


def label_reader(_: Field) -> Callable[[Any], str]:
    """Return what reads a label."""

    def read(value: Any) -> str:
        if type(value) is str and value:
            return value
        raise NotPlain

    return read


READERS: dict[str, Callable[[Field], Callable[[Any], Any]]] = {
    "number": number_reader,
    "boolean": boolean_reader,
    "date": date_reader,
    "category": label_reader,
    "text": label_reader,
}
Facts = tuple[tuple[str, object], ...]


def reader(field: Field, is_repaired: bool) -> Callable[[Any], Any]:
    """Return what reads a field's values."""
    read = READERS[field.kind](field)
    return written(read) if is_repaired and field.kind == "number" else read


def written(read: Callable[[Any], float]) -> Callable[[Any], float]:
    """Return what reads numbers that may be written as text."""
    return lambda value: float(value) if type(value) is str and NUMBER.match(value) else read(value)


def warned(finding: Finding, field: Field) -> Finding:
    """Return what a row breaks the contract with; a row that is held for it is for `Signature.conform` to judge."""
    if field.strict:
        raise NotPlain
    return finding


def beyond_limits(field: Field) -> Callable[[Any], bool] | None:
    """Return what tells a value that the contract does not allow."""
    low, high = field.allowed
    if low is None and high is None:
        return None
    return lambda value: (low is not None and value < low) or (high is not None and value > high)


def outside(field: Field) -> Callable[[Any], Facts | None] | None:
    """Return what tells a value the training data did not have, with the facts of its warning."""
    if field.kind == "category" and field.categories is not None:
        known = frozenset(field.categories)
        return lambda value: None if value in known else ()
    if field.range is None:
        return None
    low, high = (end_of(field, end) for end in field.range)
    shown = field.range if field.kind == "date" else tuple(f"{end:g}" for end in field.range)
    facts = (("low", shown[0]), ("high", shown[1]))
    return lambda value: None if low <= value <= high else facts


def end_of(field: Field, end: Any) -> Any:
    """Return one end of a range as the values it is compared with."""
    if field.kind != "date":
        return end
    moment = dt.datetime.fromisoformat(end)
    return moment.date() if field.dtype == pl.Date() else moment
