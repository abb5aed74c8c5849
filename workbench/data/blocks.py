"""Pieces of a text table: cut at the end of a row, checked against the rules of CSV, read at full speed.

A piece keeps the rules when every quote opens or closes a cell, lines end alike and every row has as many cells as there are
names. All work is done in small steps over memory that is used again: fresh memory costs more than the work itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa

from workbench.data.decode import is_utf8
from workbench.data.typed import CODE, LONG, MOST_DIGITS, Plain, Typed, fitted, without_empty

# Bytes that are looked at in one step: they and what is computed from them fit into a processor's cache.
STEP = 1 << 18
QUOTE, LINE_END, RETURN, ZERO = (ord(c) for c in '"\n\r0')
SIGNS = (ord("+"), ord("-"))
# The value of a point less that of zero; and the first sign above the digits: letters come later.
POINT, AFTER_DIGITS = ord(".") - ZERO + 256, ord("9") + 1
# Where less than this part of a piece is quoted, quoted cells are followed one by one.
MUCH_QUOTED = 16
NO_NUMBER = rf"{CODE}|{LONG}"
# More different values than these are no codes, and are not watched further.
MOST_WATCHED = 64
ESCAPE = 0x1B
NUMERIC: dict[Plain | None, pl.DataType] = {"whole": pl.Int64(), "number": pl.Float64()}


class NotThisEncodingError(Exception):
    """The bytes are no UTF-8, or only look like it: the encoding has to be found by reading the whole file."""


@dataclass(frozen=True)
class Dialect:
    """How the cells of a text table are told apart."""

    delimiter: str
    quoted: bool = True
    """False where quote characters are letters like any other."""


@dataclass(frozen=True)
class Plan:
    """What is known of a column when a piece is read: its type so far, and whether its text is needed for that."""

    plain: Plain | None = None
    direct: bool = True
    watched: bool = False
    """Whether the different values are wanted as they were written."""


@dataclass(frozen=True)
class Bare:
    """The bytes of a piece with nothing in place of what quoted cells hold, and whether one of those is empty."""

    signs: np.ndarray
    hollow: bool = False


@dataclass(frozen=True)
class Straight:
    """Numbers that were read straight from the bytes."""

    array: pa.Array
    plain: Plain


@dataclass(frozen=True)
class Piece:
    """The columns of a piece, and how many lines it took."""

    columns: Sequence[Typed | Straight]
    rows: int
    lines: int


def cut(data: bytes, dialect: Dialect) -> int:
    """Return where the last whole row of a piece ends; 0 where none does."""
    end = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, end) if dialect.quoted else 0
    while quotes % 2 and end:
        before = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', before, end)
        end = before
    return end


def read_piece(data: bytes, plans: Sequence[Plan], dialect: Dialect, *, checked: bool = False) -> Piece | None:
    """Read whole rows that keep the rules.

    Parameters
    ----------
    data : bytes
        Rows, without the line end of the last one where there are several columns.
    plans : sequence of Plan
        One for each column.
    dialect : Dialect
        Delimiter and quotes.
    checked : bool
        Whether the whole file is known to be UTF-8.

    Returns
    -------
    Piece or None
        None where the rules are broken.

    Raises
    ------
    NotThisEncodingError
        If the bytes are not plainly UTF-8.
    """
    if not checked and data.find(ESCAPE) >= 0:
        raise NotThisEncodingError
    signs = np.frombuffer(data, np.uint8)
    bare = without_quoted(signs, dialect)
    if bare is None or not is_even(data, bare.signs, dialect, len(plans)):
        return None
    try:
        columns = with_types(data, bare, plans, dialect)
    except pl.exceptions.PolarsError:
        if not is_utf8(data):
            raise NotThisEncodingError from None
        return None  # stricter than it looked: the patient reader takes everything
    return Piece(*columns, count(signs, LINE_END))


def without_quoted(signs: np.ndarray, dialect: Dialect) -> Bare | None:
    """Take out what quoted cells hold; None where a quote is not at the edge of a cell."""
    at = places(signs, QUOTE) if dialect.quoted else np.empty(0, np.int64)
    if not len(at):
        return Bare(signs)
    if len(at) % 2 or not enclose(signs, at, ord(dialect.delimiter)):
        return None
    out = signs.copy()
    opening, lengths = at[::2], at[1::2] - at[::2]
    if lengths.sum() * MUCH_QUOTED < len(signs):
        ends = np.cumsum(lengths)
        out[np.repeat(opening - ends + lengths, lengths) + np.arange(ends[-1])] = 0
        return Bare(out, bool((lengths == 1).any()))
    inside, seen = np.empty(STEP, np.uint8), 0
    for start in range(0, len(out), STEP):
        block = out[start : start + STEP]
        np.cumsum((block == QUOTE).view(np.uint8), out=inside[: len(block)], dtype=np.uint8)  # only odd or even counts
        block[(inside[: len(block)] & 1) != seen] = 0
        seen ^= int(inside[len(block) - 1]) & 1
    return Bare(out, bool((lengths == 1).any()))


def enclose(signs: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Whether quotes stand where cells begin and end."""
    opening, closing = quotes[::2], quotes[1::2]
    before, after = signs[np.maximum(opening - 1, 0)], signs[np.minimum(closing + 1, len(signs) - 1)]
    opens = (opening == 0) | np.isin(before, (delimiter, LINE_END, QUOTE))
    closes = (closing == len(signs) - 1) | np.isin(after, (delimiter, LINE_END, RETURN, QUOTE))
    return bool(opens.all() and closes.all())


def is_even(data: bytes, bare: np.ndarray, dialect: Dialect, width: int) -> bool:
    """Whether lines end alike and every row has as many cells as there are columns."""
    if data.find(RETURN) >= 0 and data.count(b"\r") != data.count(b"\r\n"):
        return False
    return width == 1 or count(bare, ord(dialect.delimiter)) == (count(bare, LINE_END) + 1) * (width - 1)


def count(signs: np.ndarray, sign: int) -> int:
    """Count a byte."""
    found, total = np.empty(STEP, bool), 0
    for start in range(0, len(signs), STEP):
        block = signs[start : start + STEP]
        total += np.count_nonzero(np.equal(block, sign, out=found[: len(block)]))
    return total


def places(signs: np.ndarray, sign: int) -> np.ndarray:
    """Return where a byte stands."""
    found = np.empty(STEP, bool)
    parts = [np.empty(0, np.int64)]
    for start in range(0, len(signs), STEP):
        block = signs[start : start + STEP]
        here = np.flatnonzero(np.equal(block, sign, out=found[: len(block)]))
        parts.append(here + start)
    return np.concatenate(parts)


def with_types(data: bytes, bare: Bare, plans: Sequence[Plan], dialect: Dialect) -> tuple[list[Typed | Straight], int]:
    """Read numbers straight from the bytes where that is the same as by way of text, and all else by way of text."""
    straight = [i for i, plan in enumerate(plans) if plan.direct and plan.plain in NUMERIC]
    try:
        frame = fast(data, plans, dialect)
    except pl.exceptions.PolarsError:
        frame, straight = fast(data, [Plan()] * len(plans), dialect), []
    doubtful = doubts(frame, straight, data, bare, dialect) if straight else []
    if doubtful:
        frame = frame.with_columns(fast(data, [Plan()] * len(plans), dialect, doubtful).iter_columns())
    plain = sorted(set(straight).difference(doubtful))
    arrays = frame.select(pl.nth(plain)).to_arrow().columns if plain else []
    columns: dict[int, Typed | Straight] = {
        i: Straight(array.chunk(0), plan)
        for i, array in zip(plain, arrays, strict=True)
        if (plan := plans[i].plain) is not None
    }
    others = [i for i in range(frame.width) if i not in columns]
    texts = settled([frame.to_series(i) for i in others], [plans[i] for i in others], hollow=bare.hollow)
    columns |= zip(others, texts, strict=True)
    return [columns[i] for i in range(frame.width)], frame.height


def doubts(frame: pl.DataFrame, columns: Sequence[int], data: bytes, bare: Bare, dialect: Dialect) -> list[int]:
    """Return the columns with numbers that the law of types does not take for numbers, or only without spaces."""
    found = out_of_bounds(frame, columns)
    odd = oddly_begun(data, dialect)
    if len(odd):
        ends = np.concatenate([places(bare.signs, ord(dialect.delimiter)), places(bare.signs, LINE_END)])
        starts = np.concatenate([[0], np.sort(ends, kind="stable") + 1])
        found |= set(((np.searchsorted(starts, odd, "right") - 1) % frame.width).tolist()).intersection(columns)
    return sorted(found)


def settled(texts: Sequence[pl.Series], plans: Sequence[Plan], *, hollow: bool = False) -> list[Typed]:
    """Give columns of text the types that they have so far, or wider ones, or none; hollow ones may hold "" for nothing."""
    texts = [without_empty(text) for text in texts] if hollow else texts
    numbers = [plainly_numbers(text, plan.plain) for text, plan in zip(texts, plans, strict=True)]
    checked = [text for text, number in zip(texts, numbers, strict=True) if number is not None]
    codes = bool(checked) and pl.concat(checked).str.contains(NO_NUMBER).any()
    return [
        watched(fitted(text, plan.plain) if number is None or codes else Typed(number, plain=plan.plain), text, plan)
        for text, plan, number in zip(texts, plans, numbers, strict=True)
    ]


def plainly_numbers(text: pl.Series, plain: Plain | None) -> pl.Series | None:
    """Convert a column at once where every value is a number at first sight; the law of types is asked about all others."""
    if plain not in NUMERIC:
        return None
    out = text.cast(NUMERIC[plain], strict=False)
    if out.null_count() != text.null_count() or not math.isfinite(out.sum()):
        return None
    low, high = out.min() or 0, out.max() or 0
    return out if low > -(10**MOST_DIGITS) and high < 10**MOST_DIGITS else None  # type: ignore[operator]


def watched(found: Typed, text: pl.Series, plan: Plan) -> Typed:
    """Add the different values as they were written, where they are wanted and few."""
    if not plan.watched or found.plain is None:
        return found
    different = text.unique().drop_nulls()
    return replace(found, texts=frozenset(different.to_list()) if len(different) <= MOST_WATCHED else None)


def fast(data: bytes, plans: Sequence[Plan], dialect: Dialect, only: Sequence[int] | None = None) -> pl.DataFrame:
    """Read rows that keep the rules; columns have numbers as names."""
    schema = {str(i): NUMERIC.get(p.plain, pl.String()) if p.plain and p.direct else pl.String() for i, p in enumerate(plans)}
    return pl.read_csv(
        data,
        has_header=False,
        schema=schema,
        columns=only and list(only),
        separator=dialect.delimiter,
        quote_char='"' if dialect.quoted else None,
    ).rechunk()


def out_of_bounds(frame: pl.DataFrame, columns: Sequence[int]) -> set[int]:
    """Return the columns with numbers that are not finite, or long enough to be ids."""
    most = 10**MOST_DIGITS
    fits = frame.select(pl.nth(columns).is_between(-most, most, closed="none").all())
    return {i for i, fit in zip(columns, fits.row(0), strict=True) if not fit}


def oddly_begun(data: bytes, dialect: Dialect) -> np.ndarray:
    """Return where cells begin that a reader of numbers takes as they are: codes such as 007, and numbers behind a space."""
    signs = np.frombuffer(data, np.uint8)
    before = (ord(dialect.delimiter), LINE_END, *((QUOTE,) if dialect.quoted else ()))
    first = [0] if len(signs) > 1 and signs[0] == ZERO and signs[1] - ZERO < 10 else []
    spaces = [ord(blank) for blank in " \t" if blank != dialect.delimiter and data.find(ord(blank)) >= 0]
    found = np.concatenate([first, coded(signs), *(spaced(signs, space) for space in spaces)]).astype(np.int64)
    ends = signs[found - 1]
    return found[np.logical_or.reduce([found == 0, *(ends == sign for sign in before)])]


def spaced(signs: np.ndarray, space: int) -> np.ndarray:
    """Return where a space stands that no letter follows."""
    here, then = np.empty(STEP, bool), np.empty(STEP, bool)
    parts = [np.array([len(signs) - 1] if signs[-1] == space else [], np.int64)]
    for start in range(0, len(signs) - 1, STEP - 1):
        block = signs[start : start + STEP]
        n = len(block) - 1
        np.equal(block[:n], space, out=here[:n])
        np.less(block[1:], AFTER_DIGITS, out=then[:n])
        parts.append(np.flatnonzero(np.logical_and(here[:n], then[:n], out=here[:n])) + start)
    return np.concatenate(parts)


def coded(signs: np.ndarray) -> np.ndarray:
    """Return where a zero stands before a digit and behind none, or the sign before it."""
    digit, zero, held = np.empty(STEP, bool), np.empty(STEP, bool), np.empty(STEP, bool)
    value = np.empty(STEP, np.uint8)
    parts = []
    for start in range(0, len(signs) - 2, STEP - 2):
        block = signs[start : start + STEP]
        n = len(block)
        np.subtract(block, ZERO, out=value[:n])
        np.less(value[:n], 10, out=digit[:n])
        np.equal(value[:n], 0, out=zero[:n])
        np.equal(value[:n], POINT, out=held[:n])
        np.logical_or(digit[:n], held[:n], out=held[:n])
        np.logical_and(zero[1 : n - 1], digit[2:n], out=zero[1 : n - 1])
        np.greater(zero[1 : n - 1], held[: n - 2], out=zero[1 : n - 1])  # and no digit or point before it
        parts.append(np.flatnonzero(zero[1 : n - 1]) + start + 1)
    at = np.concatenate(parts) if parts else np.empty(0, np.int64)
    ahead = signs[at - 1]
    return at - ((ahead == SIGNS[0]) | (ahead == SIGNS[1]))
