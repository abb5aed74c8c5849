"""Columns that name rows: ids and codes, told from measurements and free text."""

from __future__ import annotations

import re

import polars as pl

# Below this many rows, values that never repeat are no sign of an id.
FEWEST_FOR_ID = 50
ID_SHARE = 0.98
# Free text repeats as little as an id; it has several words.
WORDS_OF_TEXT = 3.0
ID_NAME = re.compile(
    r"(^|[_\W])((?i:id|ids|key|uuid|guid|no|nr|number|index|row))($|[_\W])|(?<=[a-z])(ID|Id|Key)$|番号|コード|連番|ＩＤ"
)


def names_rows(series: pl.Series) -> bool:
    """Tell an id from a measurement or a free text, given that its values hardly repeat."""
    if series.dtype == pl.String:
        words = series.head(1_000).str.count_matches(r"\s+").mean() or 0.0
        return float(words) + 1 < WORDS_OF_TEXT  # type: ignore[arg-type]
    if not series.dtype.is_integer():
        return False
    lowest, highest = int(series.min()), int(series.max())  # type: ignore[arg-type]
    is_counter = highest - lowest < 1.02 * len(series)
    return is_counter or bool(ID_NAME.search(series.name))
