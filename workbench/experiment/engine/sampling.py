"""Fewer rows than a table has, drawn by chance: classes in their shares, groups whole."""

from __future__ import annotations

from workbench.experiment.drawing import drawn
from workbench.experiment.table import Table, part_of


def sampled(table: Table, most_rows: int | None, seed: int) -> Table:
    """Return at most so many rows of a table, in their order; the table itself where it has no more.

    Parameters
    ----------
    table : Table
        What is drawn from.
    most_rows : int or None
        How many rows are wanted; None is all of them. Of groups as many whole ones are drawn as fit, one at least.
    seed : int
        The same seed draws the same rows.
    """
    if most_rows is None or len(table.y) <= most_rows:
        return table
    return part_of(table, drawn(table.y, most_rows, seed, is_classes=bool(table.labels), group=table.group))
