"""Text tables: the delimiter found, well-formed files read at full speed, crooked rows kept and named.

Polars reads what follows the rules of CSV strictly; whether a file does is checked first (every quote opens or closes a
cell, every row has as many cells). What does not is read row by row: a short row is filled up with nothing, what stands
beyond the last column is kept in a column of its own.
"""

from __future__ import annotations

import csv
import io
import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.data import header as headers
from workbench.data.header import Header, few, usual_width
from workbench.errors import TooLarge, UnreadableFile
from workbench.words import Text

# Python's reader refuses cells beyond 128 KB unless told otherwise; the size of the whole file is limited elsewhere.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
DELIMITERS = (",", ";", "\t", "|")
# A character that no table holds, for files of one column.
NO_DELIMITER = "\x1f"
SAMPLE = 1 << 20
LOOKED_AT = 300
# From this share of equally wide rows on, a delimiter is believed.
MOSTLY = 0.5
MOST_COLUMNS = 10_000
# Rows of a part in the patient reader; bytes of a part while quotes are followed.
CHUNK = 50_000
BLOCK = 4 << 20
SURPLUS = "surplus"
QUOTE, LINE_END, RETURN = (ord(c) for c in '"\n\r')


@dataclass(frozen=True)
class Dialect:
    """How the cells of a text table are told apart."""

    delimiter: str
    quoted: bool = True
    """False where quote characters are letters like any other."""


@dataclass(frozen=True)
class Table:
    """The cells of a text table, all still text."""

    frame: pl.DataFrame
    header: Header
    delimiter: str | None
    notes: tuple[Text, ...]


def read_delimited(data: bytes, *, header: int | None = None, max_rows: int) -> Table:
    """Read a text table.

    Parameters
    ----------
    data : bytes
        UTF-8 without a byte order mark.
    header : int, optional
        The row of the column names, counted from 1; 0 where there are none.
    max_rows : int
        More rows are refused.

    Raises
    ------
    UnreadableFile
        If there is nothing, or names without a row of data.
    TooLarge
        If there are too many rows or columns.
    """
    data = with_line_ends(data)
    sample = head(data)
    dialect = dialect_of(data, sample)
    records, ends = first_records(sample, dialect, whole=len(sample) == len(data))
    found = headers.find(records, header)
    check_columns(len(found.names))
    frame, notes = body(data, ends[found.data - 1] if found.data else 0, found, dialect, max_rows)
    check_rows(frame.height, max_rows)
    delimiter = None if dialect.delimiter == NO_DELIMITER else dialect.delimiter
    return Table(frame, found, delimiter, (*found.notes, *notes))


def check_rows(rows: int, most: int) -> None:
    """Refuse a table without rows, or with more than the limit."""
    if rows == 0:
        raise UnreadableFile("error.data.no_rows")
    if rows > most:
        raise TooLarge("error.data.rows", limit=most)


def check_columns(columns: int) -> None:
    """Refuse a table that is too wide to be one."""
    if columns > MOST_COLUMNS:
        raise TooLarge("error.data.columns", count=columns, limit=MOST_COLUMNS)


def with_line_ends(data: bytes) -> bytes:
    """Give a file of the old Macintosh, whose lines end in a carriage return alone, line ends as everybody has."""
    return data.replace(b"\r", b"\n") if b"\n" not in data and b"\r" in data else data


def head(data: bytes) -> bytes:
    """Return the beginning of a file, up to the end of a line."""
    if len(data) <= SAMPLE:
        return data
    end = data.rfind(b"\n", 0, SAMPLE)
    return data[: end + 1] if end >= 0 else data


def dialect_of(data: bytes, sample: bytes) -> Dialect:
    """Find the delimiter, and whether quotes are quotes: one stray quote would otherwise swallow the rest of the file."""
    quoted = sniff(sample, quoted=True)
    if data.count(b'"') % 2:
        literal = sniff(sample, quoted=False)
        widths = {len(row) for row in rows_of(sample, literal) if any(row)}
        if len(widths) == 1:
            return literal
    return quoted


def sniff(sample: bytes, *, quoted: bool) -> Dialect:
    """Choose the delimiter under which most rows have the same number of cells, more than one."""
    best, winner = (0.0, 0), NO_DELIMITER
    for delimiter in DELIMITERS:
        rows = [row for row in rows_of(sample, Dialect(delimiter, quoted)) if any(row)]
        width = usual_width(rows) if rows else 1
        share = sum(len(row) == width for row in rows) / max(len(rows), 1)
        believable = share >= MOSTLY or all(len(row) > 1 for row in rows)
        if width > 1 and believable and (share, width) > best:
            best, winner = (share, width), delimiter
    return Dialect(winner, quoted)


def rows_of(sample: bytes, dialect: Dialect) -> list[list[str]]:
    """Return the first rows of a sample."""
    return list(itertools.islice(reader(io.StringIO(sample.decode("utf-8"), newline=""), dialect), LOOKED_AT))


def reader(lines: Iterator[str] | io.StringIO | io.TextIOWrapper, dialect: Dialect) -> Iterator[list[str]]:
    """Return Python's own reader, which takes any cell as it comes."""
    return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE)


def first_records(sample: bytes, dialect: Dialect, *, whole: bool) -> tuple[list[list[str]], list[int]]:
    """Return the first rows, and where in the file each of them ends."""
    at = 0

    def lines() -> Iterator[str]:
        nonlocal at
        for line in io.StringIO(sample.decode("utf-8"), newline=""):
            at += len(line.encode("utf-8"))
            yield line

    records: list[list[str]] = []
    ends: list[int] = []
    for record in itertools.islice(reader(lines(), dialect), LOOKED_AT):
        records.append(record)
        ends.append(at)
    if not whole and len(records) > 1 and ends[-1] == len(sample):
        del records[-1], ends[-1]  # perhaps cut in the middle of a quoted cell
    return records, ends


def body(data: bytes, start: int, found: Header, dialect: Dialect, max_rows: int) -> tuple[pl.DataFrame, list[Text]]:
    """Read what stands below the names, at full speed where the rules are kept."""
    rest = data[start:].rstrip(b"\r\n") if len(found.names) > 1 else data[start:]
    if is_well_formed(rest, dialect, len(found.names)):
        try:
            return fast(rest, found.names, dialect, max_rows), literal_note(dialect)
        except pl.exceptions.PolarsError:
            pass  # stricter than it looked: the patient reader takes everything
    return patient(data, start, found.names, dialect, max_rows)


def literal_note(dialect: Dialect) -> list[Text]:
    """Say that quotes were taken as letters."""
    return [] if dialect.quoted else [Text("reading.note.literal_quotes")]


def fast(data: bytes, names: Sequence[str], dialect: Dialect, max_rows: int) -> pl.DataFrame:
    """Read rows that keep the rules."""
    if not data.strip(b"\r\n"):
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return pl.read_csv(
        data,
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        separator=dialect.delimiter,
        quote_char='"' if dialect.quoted else None,
        n_rows=max_rows + 1,
    ).rechunk()


def is_well_formed(data: bytes, dialect: Dialect, width: int) -> bool:
    """Whether every quote opens or closes a cell, lines end alike and every row has as many cells as there are names."""
    if data.count(b"\r") != data.count(b"\r\n"):
        return False
    quotes = data.count(b'"') if dialect.quoted else 0
    if quotes % 2:
        return False
    if quotes == 0:
        delimiters, lines = data.count(dialect.delimiter.encode()), data.count(b"\n") + 1
        return width == 1 or delimiters == lines * (width - 1)
    return is_well_quoted(np.frombuffer(data, np.uint8), ord(dialect.delimiter), width)


def is_well_quoted(data: np.ndarray, delimiter: int, width: int, step: int = BLOCK) -> bool:
    """Check the quotes and count the cells outside of them, block by block."""
    seen = delimiters = lines = 0
    for start in range(0, len(data), step):
        block = data[start : start + step]
        at = np.flatnonzero(block == QUOTE)
        opening, closing = at[seen % 2 :: 2] + start, at[(seen + 1) % 2 :: 2] + start
        before, after = data[np.maximum(opening - 1, 0)], data[np.minimum(closing + 1, len(data) - 1)]
        opens = (opening == 0) | np.isin(before, (delimiter, LINE_END, QUOTE))
        closes = (closing == len(data) - 1) | np.isin(after, (delimiter, LINE_END, RETURN, QUOTE))
        if not (opens.all() and closes.all()):
            return False
        delimiters += outside(block, delimiter, at, seen)
        lines += outside(block, LINE_END, at, seen)
        seen += len(at)
    return width == 1 or delimiters == (lines + 1) * (width - 1)


def outside(block: np.ndarray, sign: int, quotes: np.ndarray, seen: int) -> int:
    """Count a sign where no quoted cell is open."""
    return int(((np.searchsorted(quotes, np.flatnonzero(block == sign)) + seen) % 2 == 0).sum())


def patient(data: bytes, start: int, names: Sequence[str], dialect: Dialect, max_rows: int) -> tuple[pl.DataFrame, list[Text]]:
    """Read row by row, keep every row and every cell, and note which rows were crooked."""
    width, above = len(names), data.count(b"\n", 0, start)
    rows = reader(io.TextIOWrapper(io.BytesIO(data[start:]), "utf-8", newline=""), dialect)
    short: list[int] = []
    long: list[int] = []
    parts: list[pl.DataFrame] = []
    chunk: list[list[str | None]] = []
    line, height = above + 1, 0
    for row in rows:
        here, line = line, above + 1 + rows.line_num  # type: ignore[attr-defined]
        if not row and width > 1:
            continue  # an empty line is no row
        if len(row) != width:
            (short if len(row) < width else long).append(here)
        chunk.append(fitted(row, width, dialect))
        height += 1
        if len(chunk) == CHUNK:
            parts.append(framed(chunk, names))
            chunk = []
        if height > max_rows:
            break
    frame = pl.concat([*parts, framed(chunk, names)], rechunk=True)
    return kept(frame, long), [*literal_note(dialect), *crooked(short, long)]


def fitted(row: list[str], width: int, dialect: Dialect) -> list[str | None]:
    """Fill a short row up, and put what a long one has too much into one cell."""
    surplus = dialect.delimiter.join(row[width:]) if len(row) > width else None
    return [*row[:width], *([None] * (width - len(row))), surplus]


def framed(rows: list[list[str | None]], names: Sequence[str]) -> pl.DataFrame:
    """Make a table of text, with a last column for what was too much."""
    return pl.DataFrame(rows, schema=dict.fromkeys((*names, ""), pl.String), orient="row")


def kept(frame: pl.DataFrame, long: list[int]) -> pl.DataFrame:
    """Keep the column of surplus cells under a free name if there are any."""
    if not long:
        return frame.drop("")
    return frame.rename({"": headers.unique_names([*frame.columns[:-1], SURPLUS])[0][-1]})


def crooked(short: list[int], long: list[int]) -> list[Text]:
    """Say which lines had too few or too many cells."""
    notes = [Text("reading.note.short", count=len(short), lines=few(short))] if short else []
    return [*notes, *([Text("reading.note.long", count=len(long), lines=few(long), column=SURPLUS)] if long else [])]
