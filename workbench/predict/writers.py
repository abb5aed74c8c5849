"""Writers of scored tables, chunk by chunk: CSV in an encoding of choice, and Parquet."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from workbench.errors import PredictionError
from workbench.predict.safety import Replaced, disarm, encodable

if TYPE_CHECKING:
    import pyarrow.parquet as pq

# With the byte order mark that tells Excel that a CSV is UTF-8.
FOR_EXCEL = "utf-8-sig"
ENCODINGS = (FOR_EXCEL, "utf-8", "cp932")
# What people call Windows' Japanese encoding.
ALIASES = {"shift_jis": "cp932", "ms932": "cp932"}
Summary = Sequence[tuple[str, Any]]


class Writer(Protocol):
    """Something that takes a scored table chunk by chunk."""

    disarmed: int
    """How many text cells got an apostrophe."""
    replaced: Replaced
    """What the encoding could not hold."""
    shortened: int
    """How many texts were too long for a cell."""

    def write(self, chunk: pl.DataFrame) -> None:
        """Write the next rows."""
        ...

    def close(self, summary: Summary) -> None:
        """Write what remains, and the summary where the format has a place for it."""
        ...

    def drop(self) -> None:
        """Let go of the file without finishing it."""
        ...


class CsvWriter:
    """CSV with Windows line ends, as spreadsheets in Japan expect it.

    Parameters
    ----------
    path : Path
        Where to write.
    encoding : str
        One of `ENCODINGS`.
    """

    def __init__(self, path: Path, *, encoding: str) -> None:
        self.encoding, self.disarmed, self.shortened, self.replaced = encoding, 0, 0, Replaced()
        self.file = path.open("wb")
        self.is_first = True

    def write(self, chunk: pl.DataFrame) -> None:
        """Write the next rows, and the header before the first."""
        chunk = textual(chunk)
        if self.is_first:
            self.file.write(codecs.BOM_UTF8 if self.encoding == "utf-8-sig" else b"")
            self.file.write(
                self.lines(pl.DataFrame([chunk.columns], schema=[f"c{i}" for i in range(chunk.width)], orient="row"))
            )
            self.is_first = False
        self.file.write(self.lines(chunk))

    def lines(self, table: pl.DataFrame) -> bytes:
        """Return rows as encoded lines, harmless."""
        table, disarmed = disarm(table)
        self.disarmed += disarmed
        if self.encoding == "cp932":
            table = encodable(table, self.encoding, self.replaced)
        text = table.write_csv(include_header=False, line_terminator="\r\n", datetime_format="%Y-%m-%d %H:%M:%S%.f")
        return text.encode(self.encoding.removesuffix("-sig"))

    def close(self, summary: Summary) -> None:
        """Finish the file; the summary has one of its own."""
        del summary
        self.file.close()

    def drop(self) -> None:
        """Let go of the file."""
        self.file.close()


class ParquetWriter:
    """Parquet, a row group for each chunk; cells stay exactly what they are.

    Parameters
    ----------
    path : Path
        Where to write.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.disarmed, self.shortened, self.replaced = path, 0, 0, Replaced()
        self.file: pq.ParquetWriter | None = None

    def write(self, chunk: pl.DataFrame) -> None:
        """Write the next rows."""
        import pyarrow.parquet as pq

        table = chunk.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self.file is None:
            self.file = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self.file.write_table(table)

    def close(self, summary: Summary) -> None:
        """Finish the file; the summary has one of its own."""
        del summary
        self.drop()

    def drop(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            self.file.close()


def known_encoding(name: str) -> str:
    """Return the encoding of a name people use.

    Raises
    ------
    PredictionError
        Names the encodings that can be written.
    """
    wanted = name.strip().lower().replace(" ", "")
    with contextlib.suppress(LookupError):
        wanted = codecs.lookup(wanted).name
    wanted = ALIASES.get(wanted, wanted)
    if wanted not in ENCODINGS:
        raise PredictionError("error.predict.encoding", encoding=name, known=list(ENCODINGS))
    return wanted


def textual(chunk: pl.DataFrame) -> pl.DataFrame:
    """Return a table without the dtypes that CSV and Excel cannot hold."""
    odd = [
        n for n, dtype in chunk.schema.items() if dtype.is_nested() or isinstance(dtype, pl.Categorical | pl.Enum | pl.Duration)
    ]
    return chunk.with_columns(as_text(chunk.get_column(name)) for name in odd) if odd else chunk


def as_text(column: pl.Series) -> pl.Series:
    """Return any column as text."""
    if column.dtype.is_nested():
        return pl.Series(column.name, [None if v is None else str(v) for v in column.to_list()], dtype=pl.String)
    return column.cast(pl.String)


@contextlib.contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Give a temporary path beside a file, and move it there once the block is through; nothing half-written stays.

    Raises
    ------
    PredictionError
        If the folder does not exist or the file cannot be written.
    """
    if not out.parent.is_dir():
        raise PredictionError("error.predict.no_folder", folder=str(out.parent))
    part = out.with_name(f".{out.stem}.{secrets.token_hex(4)}.part{out.suffix}")
    try:
        yield part
        if part.exists():
            os.replace(part, out)
    except OSError as problem:
        raise PredictionError(
            "error.predict.cannot_write", path=out.name, problem=problem.strerror or str(problem)
        ) from problem
    finally:
        with contextlib.suppress(OSError):  # what could not be made is not there
            part.unlink(missing_ok=True)


def write_summary(out: Path, facts: dict[str, Any]) -> Path:
    """Write the side file of a format without a second sheet: ``<stem>_summary.json``."""
    path = out.with_name(f"{out.stem}_summary.json")
    with whole_file(path) as part:
        part.write_text(json.dumps(facts, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    return path
