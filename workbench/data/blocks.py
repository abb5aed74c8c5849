"""Pieces of a text table: cut at the end of a row, read at full speed, and held against the law of types.

Arrow tells cells apart exactly as Python's own reader does, and refuses a row with too few or too many of them. Of numbers it
takes more than our law: codes such as 007, hexadecimal ones, spaces around. Cells of this kind are looked for among the bytes,
in small steps over memory that is used again, as fresh memory costs more than the work itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import csv

from workbench.data.decode import is_utf8
from workbench.data.typed import CODE, LONG, MOST_DIGITS, Plain, Typed, fitted, without_empty

# Bytes that are looked at in one step: they and what is computed from them fit into a processor's cache.
STEP = 1 << 18
QUOTE, LINE_END, RETURN, ZERO = (ord(c) for c in '"\n\r0')
SIGNS = (ord("+"), ord("-"))
# Seen from zero upwards: the point, and what comes after digits and letters. And the first sign above the digits.
POINT, LETTERS, AFTER_DIGITS, LOWER = ord(".") - ZERO + 256, ord("z") - ZERO + 1, ord("9") + 1, 0x20
NO_NUMBER, PLUS = rf"{CODE}|{LONG}", r"^\s*\+"
# More different values than these are no codes, and are not watched further.
MOST_WATCHED = 64
ESCAPE = 0x1B
NUMERIC: dict[Plain | None, pl.DataType] = {"whole": pl.Int64(), "number": pl.Float64()}
ARROW: dict[Plain | None, pa.DataType] = {"whole": pa.int64(), "number": pa.float64()}


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
class Straight:
    """Numbers that were read straight from the bytes."""

    array: pa.Array
    plain: Plain


@dataclass(frozen=True)
class Piece:
    """The columns of a piece."""

    columns: Sequence[Typed | Straight]
    rows: int


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
    """Read whole rows.

    Parameters
    ----------
    data : bytes
        Rows with their line ends.
    plans : sequence of Plan
        One for each column.
    dialect : Dialect
        Delimiter and quotes.
    checked : bool
        Whether the whole file is known to be UTF-8.

    Returns
    -------
    Piece or None
        None where a row has too few or too many cells, or the piece ends inside of one.

    Raises
    ------
    NotThisEncodingError
        If the bytes are not plainly UTF-8.
    """
    if not checked and data.find(ESCAPE) >= 0:
        raise NotThisEncodingError
    try:
        return with_types(data, plans, dialect)
    except pa.ArrowInvalid:
        if not is_utf8(data):
            raise NotThisEncodingError from None
        return None


def with_types(data: bytes, plans: Sequence[Plan], dialect: Dialect) -> Piece | None:
    """Read numbers straight from the bytes where that is the same as by way of text, and all else by way of text."""
    straight = [i for i, plan in enumerate(plans) if plan.direct and plan.plain in ARROW]
    try:
        table = fast(data, plans, dialect)
    except pa.ArrowInvalid:
        table, straight = fast(data, [Plan()] * len(plans), dialect), []
    if not table.num_rows:
        return Piece([Typed(pl.Series(str(i), dtype=pl.String)) for i in range(len(plans))], 0)
    if ends_inside(table.columns[-1]):
        return None
    doubtful = doubts(table.num_rows, straight, data, len(plans), dialect) if straight else []
    by_number = dict(enumerate(table.columns))
    if doubtful:
        by_number |= zip(doubtful, fast(data, [Plan()] * len(plans), dialect, doubtful).columns, strict=True)
    columns: dict[int, Typed | Straight] = {
        i: Straight(by_number[i].chunk(0), plan)
        for i in straight
        if i not in doubtful and (plan := plans[i].plain) and by_number[i].num_chunks == 1
    }
    others = [i for i in by_number if i not in columns]
    texts = [pl.Series(str(i), by_number[i], dtype=pl.String) for i in others]
    columns |= zip(others, settled(texts, [plans[i] for i in others]), strict=True)
    return Piece([columns[i] for i in range(len(plans))], table.num_rows)


def fast(data: bytes, plans: Sequence[Plan], dialect: Dialect, only: Sequence[int] | None = None) -> pa.Table:
    """Read whole rows; columns have numbers as names."""
    names = [str(i) for i in range(len(plans))]
    types = {str(i): ARROW.get(plan.plain, pa.string()) if plan.direct else pa.string() for i, plan in enumerate(plans)}
    return csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char='"' if dialect.quoted else False,
            newlines_in_values=True,
            ignore_empty_lines=len(plans) > 1,
        ),
        convert_options=csv.ConvertOptions(
            column_types=types,
            include_columns=[names[i] for i in only] if only is not None else None,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def ends_inside(last: pa.ChunkedArray) -> bool:
    """Whether a piece ends in the middle of a quoted cell, perhaps: then the line end before the cut is in the last cell."""
    return pa.types.is_string(last.type) and (last[-1].as_py() or "").endswith(("\n", "\r"))


def doubts(rows: int, columns: Sequence[int], data: bytes, width: int, dialect: Dialect) -> list[int]:
    """Return the columns with a cell that is no number for the law of types, or only without the spaces around it."""
    odd = oddly_written(data, dialect)
    if not len(odd):
        return []
    starts = cell_starts(np.frombuffer(data, np.uint8), dialect)
    if starts is None or len(starts) != rows * width:  # blank lines, quotes inside of cells
        return list(columns)
    return sorted(set(((np.searchsorted(starts, odd, "right") - 1) % width).tolist()).intersection(columns))


def cell_starts(signs: np.ndarray, dialect: Dialect) -> np.ndarray | None:
    """Return where the cells of a piece begin, None where quotes stand elsewhere than around cells."""
    quotes = places(signs, QUOTE) if dialect.quoted else np.empty(0, np.int64)
    if len(quotes) % 2 or not enclose(signs, quotes, ord(dialect.delimiter)):
        return None
    ends = np.concatenate([places(signs, ord(dialect.delimiter)), places(signs, LINE_END)])
    ends.sort(kind="stable")
    if len(quotes):
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return np.concatenate([[0], ends[ends < len(signs) - 1] + 1])


def enclose(signs: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Whether quotes stand where cells begin and end."""
    opening, closing = quotes[::2], quotes[1::2]
    before, after = signs[np.maximum(opening - 1, 0)], signs[np.minimum(closing + 1, len(signs) - 1)]
    opens = (opening == 0) | np.isin(before, (delimiter, LINE_END, QUOTE))
    closes = (closing == len(signs) - 1) | np.isin(after, (delimiter, LINE_END, RETURN, QUOTE))
    return bool(opens.all() and closes.all())


def places(signs: np.ndarray, sign: int) -> np.ndarray:
    """Return where a byte stands."""
    found = np.empty(STEP, bool)
    parts = [np.empty(0, np.int64)]
    for start in range(0, len(signs), STEP):
        block = signs[start : start + STEP]
        here = np.flatnonzero(np.equal(block, sign, out=found[: len(block)]))
        parts.append(here + start)
    return np.concatenate(parts)


def settled(texts: Sequence[pl.Series], plans: Sequence[Plan], *, hollow: bool = False) -> list[Typed]:
    """Give columns of text the types that they have so far, or wider ones, or none; hollow ones may hold "" for nothing."""
    texts = [without_empty(text) for text in texts] if hollow else texts
    numbers = [plainly_numbers(text, plan.plain) for text, plan in zip(texts, plans, strict=True)]
    checked = [text for text, number in zip(texts, numbers, strict=True) if number is not None]
    together = pl.concat(checked) if checked else pl.Series(dtype=pl.String)
    codes, plus = together.str.contains(NO_NUMBER).any(), together.str.contains(PLUS).any()
    found = [
        fitted(text, plan.plain) if number is None or codes else Typed(number, plain=plan.plain)
        for text, plan, number in zip(texts, plans, numbers, strict=True)
    ]
    return [
        noted(part, text, plan, plus=plus or number is None)
        for part, text, plan, number in zip(found, texts, plans, numbers, strict=True)
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


def noted(found: Typed, text: pl.Series, plan: Plan, *, plus: bool) -> Typed:
    """Add how numbers were written: whether with a plus, if one of them may be, and the different ones if they are wanted."""
    if plus and found.plain in NUMERIC:
        found = replace(found, plus=bool(text.str.contains(PLUS).any()))
    if not plan.watched or found.plain is None:
        return found
    different = text.unique().drop_nulls()
    return replace(found, texts=frozenset(different.to_list()) if len(different) <= MOST_WATCHED else None)


def oddly_written(data: bytes, dialect: Dialect) -> np.ndarray:
    """Return where cells stand that a reader of numbers takes as they are: codes such as 007, 0x1f, numbers beside a space."""
    signs = np.frombuffer(data, np.uint8)
    edges = (ord(dialect.delimiter), LINE_END, RETURN, *((QUOTE,) if dialect.quoted else ()))
    zeros = coded(signs)
    zeros = zeros[(zeros == 0) | among(signs[zeros - 1], edges)]
    blanks = [spaced(signs, ord(b)) for b in " \t" if b != dialect.delimiter and data.find(ord(b)) >= 0]
    spaces = np.concatenate([np.empty(0, np.int64), *blanks])
    last = len(signs) - 1
    beside = (
        (spaces == 0) | (spaces == last) | among(signs[spaces - 1], edges) | among(signs[np.minimum(spaces + 1, last)], edges)
    )
    return np.concatenate([zeros, spaces[beside]])


def among(signs: np.ndarray, wanted: Sequence[int]) -> np.ndarray:
    """Tell which bytes are one of a few."""
    return np.logical_or.reduce([signs == sign for sign in wanted])


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
    """Return where a zero stands before a digit or an x, and behind no digit, letter or point; or the sign before the zero."""
    sign, zero, held = np.empty(STEP, bool), np.empty(STEP, bool), np.empty(STEP, bool)
    value = np.empty(STEP, np.uint8)
    parts = [np.array([0] if len(signs) > 1 and signs[0] == ZERO else [], np.int64)]
    for start in range(0, len(signs) - 2, STEP - 2):
        block = signs[start : start + STEP]
        n = len(block)
        np.subtract(block, ZERO, out=value[:n])
        np.less(value[:n], LETTERS, out=sign[:n])  # digits and letters
        np.equal(value[:n], 0, out=zero[:n])
        np.equal(value[:n], POINT, out=held[:n])
        np.logical_or(sign[:n], held[:n], out=held[:n])
        np.logical_and(zero[1 : n - 1], sign[2:n], out=zero[1 : n - 1])
        np.greater(zero[1 : n - 1], held[: n - 2], out=zero[1 : n - 1])
        parts.append(np.flatnonzero(zero[1 : n - 1]) + start + 1)
    at = np.concatenate(parts)
    then = signs[at + 1]
    at = at[(then - ZERO < 10) | ((then | LOWER) == ord("x"))]
    return at - among(signs[at - 1], SIGNS)
