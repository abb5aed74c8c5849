"""The free chart of a table, and the rows behind what is selected in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench.actions import datasets, held
from workbench.principal import Principal
from workbench.profile import free
from workbench.profile.free import MOST as MOST
from workbench.profile.free import Drawn as Drawn
from workbench.profile.free import Kind as Kind
from workbench.profile.free import Wish as Wish
from workbench.words import Lang

if TYPE_CHECKING:
    import polars as pl

    from workbench.data import Dataset

# Charts of one table that are kept: a selection draws its chart again, and so does a visit to another tab.
MOST_CHARTS = 12
MOST_ROWS = 500


def chart(dataset_id: str, wish: Wish, lang: Lang, *, by: Principal, most: int = MOST) -> Drawn:
    """Draw a free chart, kept by the table's content.

    Raises
    ------
    DatasetNotFound
        If there is no such table, or it is somebody else's and not shared.
    ColumnNotFound
        If it has no column of a name.
    """
    by.require("viewer")
    dataset = datasets.get(dataset_id, by=by)
    made: Drawn = charts_of(dataset).get(
        (wish, lang, most, tuple(dataset.kinds.items())), lambda: free.draw(dataset.frame, dataset.kinds, wish, lang, most=most)
    )
    return made


def charts_of(dataset: Dataset) -> held.Recent:
    """Return what holds the charts of a table: one place among the profiles, so that it is forgotten with the table."""
    found: held.Recent = held.profiles.get(("free", dataset.fingerprint), lambda: held.Recent(MOST_CHARTS))
    return found


def kinds(dataset_id: str, wish: Wish, *, by: Principal) -> tuple[Kind, ...]:
    """Return the kinds of chart that suit the columns of a wish, the one that "auto" means first."""
    dataset = datasets.get(dataset_id, by=by)
    made: tuple[Kind, ...] = charts_of(dataset).get(
        ("kinds", wish.x, wish.y, tuple(dataset.kinds.items())), lambda: free.choices(dataset.frame, dataset.kinds, wish)
    )
    return made


def picked(dataset_id: str, wish: Wish, marks: Iterable[object], lang: Lang, *, by: Principal, most: int = MOST) -> list[int]:
    """Return the numbers of the rows behind marks that were selected in a chart, in the table's order."""
    return chart(dataset_id, wish, lang, by=by, most=most).numbers(marks)


def rows(dataset_id: str, numbers: Sequence[int], *, by: Principal, most: int = MOST_ROWS) -> pl.DataFrame:
    """Return rows of a table by their numbers, at most so many; what is no row of it is passed over."""
    frame = datasets.get(dataset_id, by=by).frame
    wanted = np.asarray([n for n in numbers if 0 <= n < frame.height][:most], dtype=np.int64)
    return frame[wanted]


def rows_file(dataset_id: str, numbers: Sequence[int], lang: Lang, *, by: Principal) -> bytes:
    """Return all of these rows as a CSV that Excel opens, with formulas disarmed."""
    from workbench.predict.formats import to_bytes

    return to_bytes(rows(dataset_id, numbers, by=by, most=len(numbers)), "csv", lang)
