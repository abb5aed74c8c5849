"""What names the entity that a row belongs to: a column, or the part of a compound key before or after its last separator."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def entities(column: pl.Series, part: Mapping[str, str] | None = None) -> pl.Series:
    """Return the name of each row's entity.

    Parameters
    ----------
    column : polars.Series
        The group's column.
    part : mapping, optional
        ``part`` (``before`` or ``after``) and ``separator``, where only a part of a compound key names the entity: ``mouse7_3``
        is the third measurement of ``mouse7``.

    Returns
    -------
    polars.Series
        The column itself, or the part as text; a key without the separator is taken whole.

    Examples
    --------
    >>> entities(pl.Series(["a_1_x", "b"]), {"part": "before", "separator": "_"}).to_list()
    ['a_1', 'b']
    """
    if part is None:
        return column
    key = pl.col("key").str.split(part["separator"])
    size = key.list.len()
    before = pl.when(size > 1).then(key.list.head(size - 1).list.join(part["separator"])).otherwise(pl.col("key"))
    named = before if part["part"] == "before" else key.list.last()
    return column.cast(pl.String).to_frame("key").select(named.alias(column.name)).to_series()
