"""What stands below a table and is no row of it: notes, sources, and the row of totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Row = Sequence[str]
# How a note begins: ※, 注1), (注), 備考, 出典:, 資料, Note:, Source:, *.
NOTE = re.compile(
    r"\s*([※＊*]|[（(]?注[\s\d０-９①-⑳:：)）]|[（(]?注\Z|[（(【]?(備考|注記|注釈|脚注|出典|出所|資料|凡例)[】)）\s:：\d]*"
    r"|(notes?|sources?|remarks?)\s*[:：.])",
    re.IGNORECASE,
)
TOTAL = re.compile(r"\s*(合\s*計|総\s*合?\s*計|総\s*数|計|(grand\s+)?totals?)\s*[:：]?\s*\Z", re.IGNORECASE)
# Below the table a note has few cells; a row of data that begins like one has as many as the others.
MOST_CELLS = 2


@dataclass(frozen=True)
class Below:
    """A row below the table."""

    at: int
    """Index among the rows that were looked at."""
    problem: Literal["note", "total"]
    content: str


def below(rows: Sequence[Row], width: int) -> list[Below]:
    """Find the notes and the row of totals at the end of a table.

    Parameters
    ----------
    rows : sequence of sequences of str
        The last rows, blank ones included.
    width : int
        How many columns the table has.

    Returns
    -------
    list of Below
        In the order in which they stand. Rows that only look like a total are for the caller to check against the sums.
    """
    filled = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row)]
    notes = trailing_notes(rows, filled, width)
    left = filled[: len(filled) - len(notes)]
    found = [Below(i, "note", said(rows[i])) for i in notes]
    if left and width > 1 and TOTAL.match(first(rows[left[-1]])):
        found.insert(0, Below(left[-1], "total", said(rows[left[-1]])))
    return found


def trailing_notes(rows: Sequence[Row], filled: Sequence[int], width: int) -> list[int]:
    """Return the rows from the first note on: what follows a note below a table goes on with it."""
    end, most = len(filled), min(MOST_CELLS, width - 1)
    while end and len(cells(rows[filled[end - 1]])) <= most:
        end -= 1
    thin = filled[end:]
    start = next((k for k, i in enumerate(thin) if NOTE.match(first(rows[i])) or stands_apart(rows, filled, i)), len(thin))
    return list(thin[start:])


def stands_apart(rows: Sequence[Row], filled: Sequence[int], at: int) -> bool:
    """Whether a row with one text in its first column comes after a blank row."""
    return at > 0 and at - 1 not in filled and at != filled[0] and len(cells(rows[at])) == 1 and bool(rows[at][0].strip())


def cells(row: Row) -> list[str]:
    """Return the cells that hold something."""
    return [cell.strip() for cell in row if cell.strip()]


def first(row: Row) -> str:
    """Return the first cell that holds something."""
    return next(iter(cells(row)), "")


def said(row: Row) -> str:
    """Return what a row says, on one line."""
    return " ".join(" ".join(cell.split()) for cell in cells(row))
