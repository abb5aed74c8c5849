"""Headings over several columns: spread over all of them, so that every column has the whole of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Row = Sequence[str]


class Span(NamedTuple):
    """Merged cells: the value stands in the first, the others are blank. Rows and columns count from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


def spread(rows: Sequence[Row], spans: Sequence[Span]) -> list[Row]:
    """Write the value of merged cells into each of them, except where they only hold a title over the table."""
    out: list[list[str]] = [list(row) for row in rows]
    used = max(map(len, rows), default=0)
    for span in spans:
        if span.top >= len(rows) or span.left >= len(rows[span.top]) or is_banner(span, used):
            continue
        value = rows[span.top][span.left]
        for row in out[span.top : span.bottom + 1]:
            end = min(span.right + 1, len(row))
            row[span.left : end] = [value] * (end - span.left)
    return list(out)


def is_banner(span: Span, used: int) -> bool:
    """Whether merged cells go from the first column over more than half the table, as titles do and groups hardly ever."""
    return span.left == 0 and span.right > 0 and 2 * (span.right + 1) > used


def depth(spans: Sequence[Span], first: int, rows: Sequence[Row], most: int) -> int:
    """Return how many rows the merged cells say that the names take: a wide heading has the names of its columns below it."""
    last = first
    used = max(map(len, rows), default=0)
    for span in sorted(spans):
        if first <= span.top <= last and not is_banner(span, used):
            last = max(last, span.bottom, span.bottom + 1 if span.right > span.left else 0)
    return min(last - first + 1, most, len(rows) - first)


def carried(parts: Sequence[Row]) -> list[list[str]]:
    """Spread headings to the right over the blanks that follow, where nothing says which cells were merged.

    A heading ends where the next one begins, in its own row or in one above, and is for columns only that have a name below.
    """
    out = [list(row) for row in parts]
    begun: set[int] = set()
    for at, row in enumerate(out[:-1]):
        named = [any(len(low) > i and low[i].strip() for low in parts[at + 1 :]) for i in range(len(row))]
        filled = {i for i, cell in enumerate(row) if cell.strip()}
        origin: int | None = None
        for i in range(len(row)):
            if i in filled or i in begun:
                origin = i if i in filled else None
            elif origin is not None and named[i] and named[origin]:
                row[i] = row[origin]
        begun |= filled
    return out
