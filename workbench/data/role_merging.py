"""Two sheets of roles that began as one: what somebody else saved, with what was changed here on top of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

from workbench.data.role_sheet import Row, with_single
from workbench.data.roles import SINGLE


def on_top(ours: Sequence[Row], before: Sequence[Row], theirs: Sequence[Row]) -> list[Row]:
    """Return a sheet as somebody else changed it, with ours on top; a role that only one may have goes to whom we gave it."""
    rows = [row_on_top(*three) for three in zip(ours, before, theirs, strict=True)]
    given = [row for row, was in zip(ours, before, strict=True) if row.role in SINGLE and row.role != was.role]
    for role, count in Counter(row.role for row in given).items():
        if count == 1:
            rows = with_single(rows, role, next(row.column for row in given if row.role == role))
    return rows


def row_on_top(ours: Row, before: Row, theirs: Row) -> Row:
    """Return a row as somebody else changed it, with what we changed since the same beginning on top of it."""
    values = {f.name: getattr(ours, f.name) for f in fields(Row) if getattr(ours, f.name) != getattr(before, f.name)}
    return replace(theirs, **values)
