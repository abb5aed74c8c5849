"""From a file's bytes to a table: what it is, how it was read, and notes on everything that was not as plain as it looks."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from workbench.data import columnar, unpack
from workbench.data.blocks import NotThisEncodingError
from workbench.data.body import Source
from workbench.data.decode import Utf8, decode, in_utf8, seems_utf8
from workbench.data.delimited import MOST_COLUMNS, SAMPLE, Table, read_delimited
from workbench.data.excel import read_excel
from workbench.data.formats import in_zip, recognise
from workbench.data.rowwise import MISFITS
from workbench.errors import UnreadableFile
from workbench.words import Text

Progress = Callable[[float], None]
# An archive in an archive in an archive is no table.
MOST_WRAPPINGS = 2


@dataclass(frozen=True)
class Reading:
    """A table and how it was read."""

    frame: pl.DataFrame
    """Columns are Int64, Float64, Boolean, Date, Datetime or String; nothing is always null."""
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int = 1
    """How many rows the column names took; 0 where there were none."""
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    sheet_sizes: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False)
    """For each sheet ``rows`` and ``columns`` where the format says them without being read, and whether it is ``hidden``."""
    notes: tuple[Text, ...] = ()
    misfits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MISFITS), repr=False, compare=False)
    """Rows that did not fit: ``line``, ``problem`` (short, long; of a workbook also note, total), ``content`` as it stood."""

    def to_dict(self) -> dict[str, Any]:
        """Return how the table was read, as plain data."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_rows": self.header_rows,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "sheet_sizes": self.sheet_sizes,
            "notes": [note.to_dict() for note in self.notes],
            "misfits": self.misfits.height,
        }


@dataclass(frozen=True)
class Wishes:
    """What a person decided instead of the reader."""

    sheet: str | None
    encoding: str | None
    header: int | None
    delimiter: str | None
    text: Collection[str]
    max_rows: int
    max_columns: int


@dataclass(frozen=True)
class Work:
    """What a file is read with: where temporary files are closed, and who is told how far it is."""

    scratch: ExitStack
    progress: Progress

    def part(self, low: float, high: float) -> Work:
        """Return the work of which this is a part."""
        return Work(self.scratch, lambda share: self.progress(low + (high - low) * share))


def read(
    source: Path | bytes,
    *,
    name: str,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
    delimiter: str | None = None,
    text: Collection[str] = (),
    max_rows: int,
    max_columns: int = MOST_COLUMNS,
    progress: Progress | None = None,
) -> Reading:
    r"""Read a table from CSV, TSV, Excel, OpenDocument, Parquet, Feather or JSON, packed as .gz or .zip or not.

    Parameters
    ----------
    source : Path or bytes
        The file; its content decides what it is, not its name.
    name : str
        What the person calls the file, for sentences.
    sheet : str, optional
        Which sheet of a workbook.
    encoding : str, optional
        What a text file is written in; found when not given.
    header : int, optional
        The row of the column names, counted from 1; 0 where there are none; found when not given.
    delimiter : str, optional
        The character between the cells of a text table; found when not given.
    text : collection of str
        Columns of a text table or a sheet that stay text, whatever stands in them.
    max_rows, max_columns : int
        More are refused.
    progress : callable, optional
        Is told the share that is done, from 0 to 1, several times a second while a large file is read.

    Returns
    -------
    Reading
        The table with encoding, delimiter, header rows, sheets, notes, and the rows that did not fit.

    Raises
    ------
    UnreadableFile
        If no reading makes a table; the sentence says what the file seems to be, or what would do.
    TooLarge
        If a limit is exceeded.

    Examples
    --------
    >>> read("品目,数\nりんご,3\n".encode("cp932"), name="a.csv", max_rows=10).encoding
    'cp932'
    """
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'):
        raise UnreadableFile("error.data.delimiter", delimiter=delimiter)
    wishes = Wishes(sheet, encoding, header, delimiter, text, max_rows, max_columns)
    with ExitStack() as scratch:
        try:
            file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else scratch.enter_context(source.open("rb"))
        except OSError as problem:
            raise UnreadableFile("error.data.unreachable", name=name) from problem
        told = rising(progress or (lambda _: None))
        reading = of_file(file, wishes, Work(scratch, told), MOST_WRAPPINGS)
        told(1.0)
        return replace(reading, notes=(*reading.notes, *unused(wishes, reading)))


def unused(wishes: Wishes, reading: Reading) -> Iterator[Text]:
    """Say which settings mean nothing for a file of this kind: nobody shall think that they did something."""
    has = {
        "sheet": bool(reading.sheets),
        "encoding": reading.encoding is not None,
        "delimiter": reading.delimiter is not None,
        "header": bool(reading.sheets) or reading.delimiter is not None,
    }
    if names := [Text(f"reading.setting.{name}") for name in has if getattr(wishes, name) is not None and not has[name]]:
        yield Text("reading.note.unused", names=names)


def rising(progress: Progress) -> Progress:
    """Tell a share only when it is larger than the last: looking for an encoding goes over a file several times."""
    most = 0.0

    def told(share: float) -> None:
        nonlocal most
        if share > most:
            most = share
            progress(share)

    return told


def of_file(file: BinaryIO, wishes: Wishes, work: Work, wrappings: int) -> Reading:
    """Read a file as what it is, unpacking first."""
    kind = recognise(file)
    if kind == "zip":
        kind = in_zip(file)
        if kind == "excel":
            unpack.check_workbook(file)
    if kind in {"gzip", "archive"}:
        if not wrappings:
            raise UnreadableFile("error.data.not_a_table", seems=Text("file_kind.archive"))
        return unpacked(file, kind, wishes, work, wrappings - 1)
    if kind in {"excel", "ole"}:
        return of_excel(content(file), wishes, work.progress)
    return of_text(file, wishes, work) if kind == "text" else of_typed(content(file), kind, wishes)


def content(file: BinaryIO) -> bytes:
    """Return all bytes of a file."""
    file.seek(0)
    return file.getvalue() if isinstance(file, io.BytesIO) else file.read()


def unpacked(file: BinaryIO, kind: str, wishes: Wishes, work: Work, wrappings: int) -> Reading:
    """Read the one table inside an archive."""
    first, then = work.part(0, 0.4), work.part(0.4, 1)
    if kind == "gzip":
        inside = unpack.gunzip(file, scratch=work.scratch, progress=first.progress)
        return of_file(inside, wishes, then, wrappings)
    name, inside = unpack.unzip(file, scratch=work.scratch, progress=first.progress)
    reading = of_file(inside, wishes, then, wrappings)
    return replace(reading, notes=(Text("reading.note.inside", name=name), *reading.notes))


def of_excel(data: bytes, wishes: Wishes, progress: Progress) -> Reading:
    """Read a sheet."""
    found = read_excel(
        data,
        sheet=wishes.sheet,
        header=wishes.header,
        max_rows=wishes.max_rows,
        max_columns=wishes.max_columns,
        text=wishes.text,
        progress=progress,
    )
    frame, more = without_hollow(found.frame)
    return Reading(
        frame,
        header_rows=found.header.rows,
        sheet=found.name,
        sheets=found.sheets,
        sheet_sizes={name: asdict(size) for name, size in found.sizes.items()},
        notes=(*found.notes, *more),
        misfits=found.misfits,
    )


def of_typed(data: bytes, kind: str, wishes: Wishes) -> Reading:
    """Read a file that knows its types."""
    most: dict[str, int] = {"max_rows": wishes.max_rows, "max_columns": wishes.max_columns}
    if kind == "parquet":
        frame, notes = columnar.read_parquet(data, **most)
    elif kind == "feather":
        frame, notes = columnar.read_feather(data, **most)
    else:
        text = decode(data, wishes.encoding)
        frame, notes = columnar.read_json(text.data, lines=kind == "jsonl", **most)
        return Reading(frame, encoding=text.encoding, header_rows=0, notes=notes)
    return Reading(frame, header_rows=0, notes=notes)


def of_text(file: BinaryIO, wishes: Wishes, work: Work) -> Reading:
    """Read a text table; that it is UTF-8 throughout shows while it is read."""
    if wishes.encoding is None and (likely := seems_utf8(file, SAMPLE)) is not None:
        try:
            return of_utf8(likely, wishes, work)
        except NotThisEncodingError:
            pass
    first, then = work.part(0, 0.5), work.part(0.5, 1)
    return of_utf8(in_utf8(file, wishes.encoding, scratch=work.scratch, progress=first.progress), wishes, then)


def of_utf8(text: Utf8, wishes: Wishes, work: Work) -> Reading:
    """Read a text table, and leave out what spreadsheets add to it."""
    table = of_lines(text, wishes, work)
    frame, more = without_hollow(table.frame)
    notes = (*table.notes, *more)
    return Reading(frame, text.encoding, table.delimiter, table.header.rows, notes=notes, misfits=table.misfits)


def of_lines(text: Utf8, wishes: Wishes, work: Work) -> Table:
    """Read rows from a file whose lines end as everybody's do."""
    return read_delimited(
        Source(with_line_ends(text, work), unpack.size_of(text.file), text.start, text.checked),
        header=wishes.header,
        delimiter=wishes.delimiter,
        text=wishes.text,
        max_rows=wishes.max_rows,
        max_columns=wishes.max_columns,
        progress=work.progress,
    )


def with_line_ends(text: Utf8, work: Work) -> BinaryIO:
    """Give a file of the old Macintosh, whose lines end in a carriage return alone, line ends as everybody has."""

    def blocks() -> Iterator[bytes]:
        text.file.seek(0)
        return iter(lambda: text.file.read(SAMPLE), b"")

    if any(b"\n" in block for block in blocks()) or not any(b"\r" in block for block in blocks()):
        return text.file
    size = unpack.size_of(text.file)
    return unpack.written((block.replace(b"\r", b"\n") for block in blocks()), size, work.scratch)


def without_hollow(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """Leave out what spreadsheets add, and say so: rows at the end and columns without a name that hold nothing at all."""
    height = frame.height
    while height and not any_filled(frame.slice(height - 1, 1)):
        step = 1
        while height - 2 * step >= 0 and not any_filled(frame.slice(height - 2 * step, 2 * step)):
            step *= 2
        height -= step
    if height == 0:
        raise UnreadableFile("error.data.no_rows")
    empty = [c.name for i, c in enumerate(frame) if c.name == f"column_{i + 1}" and c.null_count() == len(c)]
    notes = [Text("reading.note.hollow_rows", count=frame.height - height)] if height < frame.height else []
    notes += [Text("reading.note.hollow_columns", count=len(empty))] if empty else []
    return frame.head(height).drop(empty), tuple(notes)


def any_filled(frame: pl.DataFrame) -> bool:
    """Whether any cell holds something."""
    return any(column.null_count() < len(column) for column in frame)
