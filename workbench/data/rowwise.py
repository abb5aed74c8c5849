"""Rows that break the rules of CSV, read one by one: every row and every cell is kept, and what did not fit is noted."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import polars as pl

from workbench.data.blocks import Dialect, NotThisEncodingError
from workbench.data.header import few
from workbench.errors import TooLarge
from workbench.words import Text

# Python's reader refuses cells beyond 128 KB unless told otherwise; the size of a row is limited here.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
# No row of a table is longer: a quotation mark was not closed, or the file is none.
MOST_ROW = 64_000_000
# Rows that do not fit are listed with their text up to this number; beyond it with their line alone.
MOST_LISTED = 100_000
MISFITS = {"line": pl.Int64(), "problem": pl.String(), "content": pl.String()}


@dataclass
class Misfits:
    """Rows with too few or too many cells: the line, what is the matter, and the row as it stood."""

    rows: list[tuple[int, str, str | None]] = field(default_factory=list)

    def add(self, line: int, problem: str, content: str) -> None:
        """Note a row."""
        self.rows.append((line, problem, content if len(self.rows) < MOST_LISTED else None))

    def lines(self, problem: str) -> list[int]:
        """Return the lines with a problem."""
        return [line for line, found, _ in self.rows if found == problem]

    def frame(self) -> pl.DataFrame:
        """Return the rows as a table."""
        return pl.DataFrame(self.rows, schema=MISFITS, orient="row")


@dataclass(frozen=True)
class Rows:
    """A part of a table, all text, with a last column for what was too much; and how much of the file it took."""

    frame: pl.DataFrame
    size: int


def reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Return Python's own reader, which takes any cell as it comes."""
    return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE)


class Lines:
    """The lines of a file from a place on, which remembers those of the row that is being read."""

    def __init__(self, file: BinaryIO, start: int, line: int) -> None:
        file.seek(start)
        self.text = io.TextIOWrapper(file, "utf-8", newline="")
        self.line = line
        self.size = 0
        self.row: list[str] = []
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(MOST_ROW):
            self.row.append(line)
            self.length += len(line)
            if self.length >= MOST_ROW:
                raise TooLarge("error.data.row", line=self.line, limit=MOST_ROW // 1_000_000)
            yield line

    def taken(self) -> str:
        """Return the row that was just read as it stood, and go on to the next."""
        row = "".join(self.row)
        self.line += len(self.row)
        self.size += len(row) if row.isascii() else len(row.encode())
        self.row, self.length = [], 0
        return row


def read_rows(
    file: BinaryIO, start: int, line: int, *, width: int, dialect: Dialect, misfits: Misfits, size: float, most: int
) -> Rows:
    """Read rows one by one.

    Parameters
    ----------
    file : binary file
        UTF-8.
    start : int
        Where the first row begins.
    line : int
        The number of its line.
    width : int
        How many columns the table has.
    dialect : Dialect
        Delimiter and quotes.
    misfits : Misfits
        Where rows that do not fit are noted.
    size : float
        About how many bytes to read.
    most : int
        How many rows at most.

    Raises
    ------
    TooLarge
        If a row is too long to be one.
    NotThisEncodingError
        If the file is not UTF-8.
    """
    lines = Lines(file, start, line)
    rows: list[list[str | None]] = []
    try:
        for row in reader(lines, dialect):
            here, content = lines.line, lines.taken()
            if row or width == 1:  # an empty line is no row
                if len(row) != width:
                    misfits.add(here, "short" if len(row) < width else "long", content.rstrip("\r\n"))
                rows.append(fitted(row, width, dialect))
            if lines.size >= size or len(rows) > most:
                break
    except UnicodeDecodeError as problem:
        raise NotThisEncodingError from problem
    finally:
        lines.text.detach()
    frame = pl.DataFrame(rows, schema={str(i): pl.String for i in range(width + 1)}, orient="row")
    return Rows(frame, lines.size)


def fitted(row: list[str], width: int, dialect: Dialect) -> list[str | None]:
    """Fill a short row up, and put what a long one has too much into one cell."""
    surplus = dialect.delimiter.join(row[width:]) if len(row) > width else None
    return [*row[:width], *([None] * (width - len(row))), surplus]


def crooked(misfits: Misfits, column: str) -> list[Text]:
    """Say which lines had too few or too many cells."""
    short, long = misfits.lines("short"), misfits.lines("long")
    notes = [Text("reading.note.short", count=len(short), lines=few(short))] if short else []
    return [*notes, *([Text("reading.note.long", count=len(long), lines=few(long), column=column)] if long else [])]
