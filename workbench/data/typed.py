"""Columns of text become numbers, dates and booleans where every value plainly is one.

Codes with leading zeros and ids of more than 15 digits stay text: as numbers they would lose digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

Plain = Literal["boolean", "whole", "number", "date", "moment"]
# What the conversion to a type does not keep: the zone of a time, digits below a microsecond.
Loss = Literal["zone", "fraction"]
# What other programs write for "nothing" into columns of numbers or dates; in a column of text they are values like any other.
MARKERS = frozenset({"", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "NaN", "nan"})
# From here on a float no longer holds every digit.
MOST_DIGITS = 15
LOOKED_AT = 200
DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
ZONE = r"(?:[Zz]|[+-]\d{2}:?\d{2})"
TIME = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?(?:\s*{ZONE})?"
# A zone other than UTC itself.
AHEAD = r"[+-](?:[1-9]\d|0[1-9]|00:?(?:[1-9]\d|0[1-9])):?(?:\d{2})?"
CODE = r"^[+-]?0\d"
LONG = rf"^[+-]?\d{{{MOST_DIGITS + 1},}}$"
MOMENT = rf"^{DAY}(?:[T ]{TIME})?$"
# Cheap looks at a few values, in the order in which they are tried; what they propose is then tried on all.
LOOKS: tuple[tuple[Plain, re.Pattern[str]], ...] = (
    ("boolean", re.compile(r"(?i:true|false)\Z")),
    ("whole", re.compile(rf"[+-]?\d{{1,{MOST_DIGITS}}}\Z")),
    ("number", re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")),
    ("date", re.compile(DAY + r"\Z")),
    ("moment", re.compile(rf"{DAY}([T ]{TIME})?\Z")),
)
# What a column may turn out to be when the first look was too narrow.
WIDER: dict[Plain, Plain] = {"whole": "number", "date": "moment"}


@dataclass(frozen=True)
class Typed:
    """A column with its plain type, and what in it was read as nothing."""

    series: pl.Series
    markers: tuple[str, ...] = ()
    plain: Plain | None = None
    """None where it stayed text."""
    trimmed: bool = False
    """Whether spaces around the values had to go first."""
    plus: bool = False
    """Whether numbers were written with a plus sign."""
    lost: frozenset[Loss] = frozenset()
    texts: frozenset[str] | None = None
    """The different values as they were written, where that was asked for and they are few."""


def typed(text: pl.Series) -> Typed:
    """Give a column of text the type that every filled value has.

    Parameters
    ----------
    text : polars.Series
        Strings; empty ones and nulls are missing.

    Returns
    -------
    Typed
        Int64, Float64, Boolean, Date, Datetime or, where one value does not fit, the String column it was.

    Examples
    --------
    >>> typed(pl.Series(["1", "", "3"])).series.to_list()
    [1, None, 3]
    >>> typed(pl.Series(["007", "012"])).series.to_list()
    ['007', '012']
    """
    text = without_empty(text)
    return fitted(text, look(text.drop_nulls().head(LOOKED_AT).to_list()))


def fitted(text: pl.Series, plain: Plain | None) -> Typed:
    """Give text the proposed type, or else a wider one, or else let it be."""
    while plain is not None:
        if (found := attempt(text, plain)) is not None:
            return replace(found, lost=losses(text)) if plain == "moment" else found
        plain = WIDER.get(plain)
    return Typed(text)


def without_empty(text: pl.Series) -> pl.Series:
    """Return a column of strings in which nothing is null, not ""."""
    empty = text == ""
    return text.set(empty, None) if empty.any() else text


def look(first: Sequence[str]) -> Plain | None:
    """Propose a type from the first filled values."""
    values = [v for v in map(str.strip, first) if v not in MARKERS]
    if not values:
        return None
    return next((plain for plain, pattern in LOOKS if all(map(pattern.match, values))), None)


def losses(text: pl.Series) -> frozenset[Loss]:
    """Say what times written as text lose when they become times."""
    patterns: dict[Loss, str] = {"zone": rf":\d{{2}}(?:\.\d+)?\s*{AHEAD}\s*$", "fraction": r":\d{2}\.\d{6}\d*[1-9]"}
    return frozenset(loss for loss, pattern in patterns.items() if text.str.contains(pattern).any())


def attempt(text: pl.Series, plain: Plain) -> Typed | None:
    """Convert a whole column, or return None where a value that is no marker of nothing does not fit."""
    out = CONVERT[plain](text)
    if out.null_count() == text.null_count():  # what is blank stays blank
        return Typed(out, plain=plain)
    left = text.filter(out.is_null() & text.is_not_null()).unique().to_list()
    if all(value.strip() in MARKERS for value in left):
        return Typed(out, tuple(sorted(left)), plain)
    if any(value != value.strip() for value in left):  # spaces around a value: once more without them
        trimmed = text.str.strip_chars()
        again = None if trimmed.equals(text) else attempt(without_empty(trimmed), plain)
        return again and replace(again, trimmed=True)
    return None


def booleans(text: pl.Series) -> pl.Series:
    """Read true and false in any case."""
    return text.str.to_lowercase().replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)


def whole_numbers(text: pl.Series) -> pl.Series:
    """Read integers of at most 15 digits without leading zeros; anything else is null."""
    numbers = text.cast(pl.Int64, strict=False)
    changed = numbers.cast(pl.String) != text  # a plus sign, a leading zero, -0
    if changed.any() and text.filter(changed).str.contains(CODE).any():
        return pl.Series(text.name, [None], dtype=pl.Int64).new_from_index(0, len(text))
    return numbers.set(numbers.abs() >= 10**MOST_DIGITS, None)


def numbers(text: pl.Series) -> pl.Series:
    """Read decimal numbers; codes, over-long integers and what is not finite are null."""
    found = text.cast(pl.Float64, strict=False)
    found = found.set(~found.is_finite(), None)
    return found.set(text.str.contains(rf"{CODE}|{LONG}").fill_null(False), None)


def dates(text: pl.Series) -> pl.Series:
    """Read 2024-01-31 and 2024/1/31."""
    plain = text.set(~text.str.contains(rf"^{DAY}$"), None)
    return plain.str.replace_all("/", "-", literal=True).str.to_date("%Y-%m-%d", strict=False)


def moments(text: pl.Series) -> pl.Series:
    """Read dates with or without a time; a time with a zone becomes UTC."""
    plain = text.set(~text.str.contains(MOMENT), None).str.replace_all("/", "-", literal=True).str.replace("[T]", " ")
    zone = plain.str.extract(rf":\d{{2}}(?:\.\d+)?\s*({ZONE})$", 1)
    clock = plain.str.replace(rf"(:\d{{2}}(?:\.\d+)?)\s*{ZONE}$", "${1}") if zone.null_count() < len(zone) else plain
    found = clock.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
        if found.null_count() > clock.null_count():
            other = (
                clock.str.to_date(form, strict=False).cast(pl.Datetime("us"))
                if form == "%Y-%m-%d"
                else clock.str.to_datetime(form, time_unit="us", strict=False)
            )
            found = found.zip_with(found.is_not_null(), other)
    return found - offset(zone) if zone.null_count() < len(zone) else found


def offset(zone: pl.Series) -> pl.Series:
    """Return how far a zone is ahead of UTC; nothing for Z and for times without a zone."""
    sign = pl.select(pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)).to_series()
    hours = zone.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = zone.str.tail(2).cast(pl.Int64, strict=False).fill_null(0)
    return (sign * (hours * 60 + minutes) * 60_000_000).cast(pl.Duration("us"))


CONVERT: dict[Plain, Callable[[pl.Series], pl.Series]] = {
    "boolean": booleans,
    "whole": whole_numbers,
    "number": numbers,
    "date": dates,
    "moment": moments,
}
