"""Text tables: the delimiter, whether quotes are quotes, and the names, found in the first lines; `body` reads the rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import polars as pl

from workbench.data import header as headers
from workbench.data.blocks import Dialect, NotThisEncodingError
from workbench.data.body import Body, Source, StrayQuoteError
from workbench.data.growing import Growing
from workbench.data.header import Header, usual_width
from workbench.data.rowwise import MOST_ROW, reader
from workbench.errors import TooLarge, UnreadableFile
from workbench.words import Text

DELIMITERS = (",", ";", "\t", "|")
# A character that no table holds, for files of one column.
NO_DELIMITER = "\x1f"
SAMPLE = 1 << 20
# Rows that are looked at: this many, but no more cells than would take long, except of the very first rows.
LOOKED_AT, MOST_CELLS, FEWEST = 300, 6_000, 10
# From this share of equally wide rows on, a delimiter is believed.
MOSTLY = 0.5
MOST_COLUMNS = 10_000


@dataclass(frozen=True)
class Table:
    """A text table."""

    frame: pl.DataFrame
    header: Header
    delimiter: str | None
    notes: tuple[Text, ...]
    misfits: pl.DataFrame


def read_delimited(
    source: Source | bytes,
    *,
    header: int | None = None,
    delimiter: str | None = None,
    text: Collection[str] | None = None,
    max_rows: int,
    max_columns: int = MOST_COLUMNS,
    progress: Callable[[float], None] = lambda _: None,
) -> Table:
    """Read a text table.

    Parameters
    ----------
    source : Source or bytes
        UTF-8 without a byte order mark.
    header : int, optional
        The row of the column names, counted from 1; 0 where there are none.
    delimiter : str, optional
        The character between the cells; found when not given.
    text : collection of str, optional
        Columns that stay text; all of them when not given.
    max_rows, max_columns : int
        More are refused.
    progress : callable
        Is told the share that is done, many times a second.

    Raises
    ------
    UnreadableFile
        If there is nothing, or names without a row of data.
    TooLarge
        If there are too many rows or columns, or a row is too long.
    NotThisEncodingError
        If the source is not UTF-8 after all.
    """
    source = of_bytes(source) if isinstance(source, bytes) else source
    sample = head(source, max_columns)
    for dialect, literal in dialects(sample, delimiter, whole=len(sample) == source.size - source.start):
        found, start = names(sample, source, dialect, header)
        check_columns(len(found.names), max_columns)
        columns = [Growing(name, kept=text is None or name in text) for name in found.names]
        line = 1 + source.lines(source.start, start)
        body = Body(source, dialect, columns, start=start, line=line, max_rows=max_rows, literal=literal, progress=progress)
        try:
            frame = body.read()
        except StrayQuoteError:
            continue
        check_rows(frame.height, max_rows)
        known = None if dialect.delimiter == NO_DELIMITER else dialect.delimiter
        return Table(frame, found, known, (*found.notes, *body.notes()), body.misfits.frame())
    raise AssertionError("the last dialect is never doubted")


def of_bytes(data: bytes) -> Source:
    """Return bytes as a source; the old Macintosh ends lines in a carriage return alone."""
    data = data.replace(b"\r", b"\n") if b"\n" not in data else data
    return Source(io.BytesIO(data), len(data))


def check_rows(rows: int, most: int) -> None:
    """Refuse a table without rows, or with more than the limit."""
    if rows == 0:
        raise UnreadableFile("error.data.no_rows")
    if rows > most:
        raise TooLarge("error.data.rows", limit=most)


def check_columns(columns: int, most: int = MOST_COLUMNS) -> None:
    """Refuse a table that is too wide to be one."""
    if columns > most:
        raise TooLarge("error.data.columns", count=columns, limit=most)


def head(source: Source, max_columns: int) -> bytes:
    """Return the beginning of a file, up to the end of a line."""
    size = SAMPLE
    while True:
        data = source.read(source.start, size)
        if len(data) < size:
            return data
        if (end := data.rfind(b"\n")) >= 0:
            return data[: end + 1]
        check_columns(1 + max(data.count(delimiter.encode()) for delimiter in DELIMITERS), max_columns)
        if size >= MOST_ROW:
            raise TooLarge("error.data.row", line=1, limit=MOST_ROW // 1_000_000)
        size *= 4


def dialects(sample: bytes, delimiter: str | None, *, whole: bool) -> list[tuple[Dialect, bool]]:
    """Return how the file may be written: quotes are letters where they come in no pairs and every row is as wide then.

    One stray quote would otherwise swallow the rest of the file. Whether they come in pairs is known beforehand only of a
    short file: the flag says that it has to be found out.
    """
    text = as_text(sample)
    quoted = sniff(text, quoted=True, delimiter=delimiter)
    if whole and sample.count(b'"') % 2 == 0:
        return [(quoted, False)]
    literal = sniff(text, quoted=False, delimiter=delimiter)
    if len({len(row) for row in rows_of(text, literal) if any(row)}) != 1:
        return [(quoted, False)]
    return [(literal, False)] if whole else [(quoted, True), (literal, False)]


def as_text(sample: bytes) -> str:
    """Decode the beginning of a file."""
    try:
        return sample.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotThisEncodingError from problem


def names(sample: bytes, source: Source, dialect: Dialect, header: int | None) -> tuple[Header, int]:
    """Find the column names, and where in the file the first row below them begins."""
    records, ends = first_records(sample, dialect, whole=len(sample) == source.size - source.start)
    found = headers.find(records, header)
    return found, source.start + (ends[found.data - 1] if found.data else 0)


def sniff(text: str, *, quoted: bool, delimiter: str | None = None) -> Dialect:
    """Choose the delimiter under which most rows have the same number of cells, more than one."""
    if delimiter is not None:
        return Dialect(delimiter, quoted)
    best, winner = (0.0, 0), NO_DELIMITER
    for delimiter in DELIMITERS:
        rows = [row for row in rows_of(text, Dialect(delimiter, quoted)) if any(row)]
        width = usual_width(rows) if rows else 1
        share = sum(len(row) == width for row in rows) / max(len(rows), 1)
        believable = share >= MOSTLY or all(len(row) > 1 for row in rows)
        if width > 1 and believable and (share, width) > best:
            best, winner = (share, width), delimiter
    return Dialect(winner, quoted)


def rows_of(text: str, dialect: Dialect) -> list[list[str]]:
    """Return the first rows of a sample."""
    return list(few_rows(reader(io.StringIO(text, newline=""), dialect)))


def few_rows(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows until enough of them were seen: fewer where they are wide."""
    cells = 0
    for number, row in enumerate(rows):
        cells += len(row)
        yield row
        if number + 1 == LOOKED_AT or (number >= FEWEST and cells > MOST_CELLS):
            return


def first_records(sample: bytes, dialect: Dialect, *, whole: bool) -> tuple[list[list[str]], list[int]]:
    """Return the first rows, and where in the file each of them ends."""
    at = 0

    def lines() -> Iterator[str]:
        nonlocal at
        for line in io.StringIO(as_text(sample), newline=""):
            at += len(line) if line.isascii() else len(line.encode("utf-8"))
            yield line

    records: list[list[str]] = []
    ends: list[int] = []
    for record in few_rows(reader(lines(), dialect)):
        records.append(record)
        ends.append(at)
    if not whole and len(records) > 1 and ends[-1] == len(sample):
        del records[-1], ends[-1]  # perhaps cut in the middle of a quoted cell
    return records, ends
