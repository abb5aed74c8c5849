"""The five kinds of columns an analyst knows, and how a column shows which it is."""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

Kind = Literal["number", "boolean", "date", "category", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# More distinct labels than this are free text: no table of effects or choice list holds them.
MOST_CATEGORIES = 1_000
# A short table may well have a different label in every row; where nearly every row of a longer one has its own, the column
# holds ids or free text.
FEW_ROWS = 50
NEARLY_UNIQUE = 0.9
# So many rows show ids and free text; only what still may be a category is counted to its end.
FIRST_ROWS = 20_000


def kind_of(series: pl.Series) -> Kind:
    """Tell the kind of a column.

    Parameters
    ----------
    series : polars.Series
        A column of a table that was read.

    Returns
    -------
    {"number", "boolean", "date", "category", "text"}
        Strings with more than 1,000 distinct values, or nearly unique in more than 50 rows, are text; others are categories.

    Examples
    --------
    >>> kind_of(pl.Series(["東京", "大阪", "東京"]))
    'category'
    """
    dtype = series.dtype
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype in (pl.Date, pl.Datetime):
        return "date"
    return "text" if is_text(series) else "category"


def is_text(series: pl.Series) -> bool:
    """Whether strings are ids or free text rather than labels that repeat."""
    if len(series) > 2 * FIRST_ROWS and series.head(FIRST_ROWS).n_unique() > MOST_CATEGORIES + 1:
        return True
    filled = len(series) - series.null_count()
    distinct = series.n_unique() - (series.null_count() > 0)
    return distinct > MOST_CATEGORIES or (filled > FEW_ROWS and distinct >= NEARLY_UNIQUE * filled)


def kinds_of(frame: pl.DataFrame) -> dict[str, Kind]:
    """Tell the kind of every column of a table."""
    return {column.name: kind_of(column) for column in frame}
