"""The cells of a workbook as calamine reads them, read in a process of its own.

A few wrong bytes in an .xls make calamine ask for hundreds of GB, and the whole process ends; here it is a child that ends.
The child runs this file as a script and needs nothing of the project, so that it starts quickly: it gets the workbook on its
standard input, and answers with a line of JSON and the cells as an Arrow file.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

# No workbook of the older formats needs as much memory, or as long.
MOST_MEMORY = 8 << 30
MOST_SECONDS = 300
# The day from which serial numbers count; the 29th of February 1900 that never was lies between it and the first of March.
FIRST = dt.datetime(1899, 12, 30)
MARCH_1900 = dt.datetime(1900, 3, 1)
DAY = dt.timedelta(days=1)
SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "column": pl.UInt32,
    "type": pl.String,
    "number": pl.Float64,
    "text": pl.String,
}


class ChildEndedError(Exception):
    """The workbook could not be read: the child ended, or took too long."""


@dataclass(frozen=True)
class Objects:
    """What the child found."""

    hidden: dict[str, bool]
    """Whether each sheet that can hold a table is hidden, in the order of the file."""
    name: str | None = None
    """The sheet that was read: the one asked for, or the first visible one that holds something."""
    reach: tuple[int, int] = (0, 0)
    spans: tuple[tuple[int, int, int, int], ...] = ()
    problem: str | None = None
    """``password``, ``broken`` or ``limit``."""
    frame: pl.DataFrame | None = None
    """The filled cells: row, column, the type of the object, its number or its text."""


def read_objects(data: bytes, wanted: str | None, most: tuple[int, int]) -> Objects:
    """Read a sheet in a process of its own.

    Parameters
    ----------
    most : tuple of int
        The most rows and columns; of a sheet with more only the extent is answered.

    Raises
    ------
    ChildEndedError
        If the child gave no answer.
    """
    command = [sys.executable, "-P", str(Path(__file__).resolve()), json.dumps({"wanted": wanted, "most": most})]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, check=True)
        head, _, body = done.stdout.partition(b"\n")
        return Objects(**json.loads(head), frame=pl.read_ipc(body) if body else None)
    except (subprocess.SubprocessError, ValueError) as problem:
        raise ChildEndedError from problem


def answer(data: bytes, wanted: str | None, most: tuple[int, int]) -> Objects:
    """Read a sheet in this process."""
    import python_calamine as calamine  # only the child needs it

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        hidden = {sheet.name: sheet.visible != calamine.SheetVisibleEnum.Visible for sheet in sheets}
        for name in (
            [wanted] if wanted in hidden else [] if wanted is not None else sorted(hidden, key=lambda name: hidden[name])
        ):
            sheet = book.get_sheet_by_name(str(name))
            if sheet.end is not None:
                reach = (sheet.end[0] + 1, sheet.end[1] + 1)
                merged = sheet.merged_cell_ranges or []
                spans = tuple((top, left, bottom, right) for (top, left), (bottom, right) in merged)
                if reach[0] > most[0] or reach[1] > most[1]:
                    return Objects(hidden, str(name), reach, spans, "limit")
                return Objects(hidden, str(name), reach, spans, None, framed(sheet.to_python(skip_empty_area=False)))
        return Objects(hidden)
    except calamine.PasswordError:
        return Objects({}, problem="password")
    except (calamine.CalamineError, OSError, ValueError):
        return Objects({}, problem="broken")


def framed(rows: list[list[Any]]) -> pl.DataFrame:
    """Make a long table of the cells that hold something."""
    found = [
        (i, j, type(cell).__name__, None, cell) if isinstance(cell, str) else (i, j, type(cell).__name__, serial(cell), None)
        for i, row in enumerate(rows)
        for j, cell in enumerate(row)
        if cell != ""
    ]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def serial(cell: Any) -> float:
    """Return a number, a date or a time as the number that Excel keeps."""
    if isinstance(cell, dt.timedelta):
        return cell / DAY
    if isinstance(cell, dt.time):
        return (dt.datetime.combine(FIRST, cell) - FIRST) / DAY
    if isinstance(cell, dt.date):
        moment = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
        return (moment - FIRST) / DAY - (moment < MARCH_1900)
    return float(cell)


def main() -> None:
    """Answer on standard output."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # where there are no such limits, or lower ones
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    asked = json.loads(sys.argv[1])
    found = answer(sys.stdin.buffer.read(), asked["wanted"], tuple(asked["most"]))
    head = {"hidden": found.hidden, "name": found.name, "reach": found.reach, "spans": found.spans, "problem": found.problem}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    if found.frame is not None:
        out = io.BytesIO()
        found.frame.write_ipc(out)
        sys.stdout.buffer.write(out.getvalue())


if __name__ == "__main__":
    main()
