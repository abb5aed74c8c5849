"""The table under review with its roles, and what several checks need of it, computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench import task as tasks
from workbench.data.kinds import kind_of
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.checks.arrival.arrived import Arrived
    from workbench.checks.labels import LabelScores

# A single column's power, and the search for relations, need no more rows than this.
SAMPLE = 20_000
SEED = 0
# Steps in one direction from which rows stand in the order of a date.
ORDERED = 0.99


@dataclass(frozen=True)
class Context:
    """A table, its roles, and shared intermediate results."""

    frame: pl.DataFrame
    target: str
    group: str | None = None
    time: str | None = None
    event: object = None
    exclude: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Columns marked as not known when a prediction is made."""
    new: pl.DataFrame | None = None
    sensitive: tuple[str, ...] = ()
    """Columns marked as sensitive."""
    group_part: Mapping[str, str] | None = None
    """``part`` and ``separator``, where only a part of the group's column names the group."""
    today: date = field(default_factory=date.today)
    """The day on which the table is looked at."""
    known: tuple[str, ...] = ()
    """Columns of which the analyst said that they are known when a prediction is made."""
    when: Mapping[str, str] = field(default_factory=dict)
    """From which moment on a column is known, in the analyst's words."""
    labels: LabelScores | None = None
    """Out-of-fold predictions, where somebody asked about the labels."""

    @cached_property
    def pairs(self) -> dict[tuple[str, str, str], bool]:
        """Groups and times that were looked at, and whether they go together."""
        return {}

    def vouched(self, columns: Sequence[str]) -> bool:
        """Tell whether the analyst said of all these columns that they are known in time."""
        return bool(columns) and set(columns) <= set(self.known)

    @cached_property
    def task(self) -> tasks.Task:
        """What is predicted."""
        return tasks.infer(self.frame[self.target])

    @cached_property
    def rows(self) -> int:
        """Rows of the table."""
        return self.frame.height

    @cached_property
    def features(self) -> list[str]:
        """Columns a model would learn from."""
        aside = {self.target, self.group, *self.exclude, *self.unknown}
        return [name for name in self.frame.columns if name not in aside]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Kind of every column."""
        return {series.name: kind_of(series) for series in self.frame}

    @cached_property
    def distinct(self) -> dict[str, int]:
        """Distinct values of every column, missing ones aside."""
        if not self.rows:
            return dict.fromkeys(self.frame.columns, 0)
        counts = self.frame.select(pl.all().drop_nulls().n_unique())
        return dict(zip(self.frame.columns, counts.row(0), strict=True))

    @cached_property
    def labelled(self) -> pl.DataFrame:
        """Rows whose target is known; for a number, finite."""
        return self.frame if len(self.labelled_places) == self.rows else self.frame[self.labelled_places]

    @cached_property
    def labelled_places(self) -> np.ndarray:
        """Where those rows stand in the table, from 0."""
        y = self.frame[self.target]
        known = y.is_not_null() & y.is_finite() if y.dtype.is_float() else y.is_not_null()
        return known.fill_null(False).arg_true().to_numpy()

    @cached_property
    def sample(self) -> pl.DataFrame:
        """At most `SAMPLE` labelled rows, drawn with a fixed seed."""
        return self.labelled if self.labelled.height <= SAMPLE else self.frame[self.sample_places]

    @cached_property
    def sample_places(self) -> np.ndarray:
        """Where those rows stand in the table, from 0."""
        places = self.labelled_places
        return pl.Series(places).sample(SAMPLE, seed=SEED).to_numpy() if len(places) > SAMPLE else places

    @property
    def sampled(self) -> Text | str:
        """The sentence that says a sample was measured, or nothing where every row was."""
        if self.labelled.height <= SAMPLE:
            return ""
        return Text("check.sampled", rows=self.sample.height, total=self.labelled.height, seed=SEED)

    @cached_property
    def arrived(self) -> Arrived | None:
        """The new data beside the table, or None without any."""
        from workbench.checks.arrival.arrived import Arrived  # whose package holds checks, which need what stands here

        return None if self.new is None else Arrived(self.frame, self.new, self.features, group=self.group, time=self.time)

    @cached_property
    def varying(self) -> list[str]:
        """Features that take more than one value."""
        return [name for name in self.features if self.distinct[name] + (self.frame[name].null_count() > 0) > 1]

    def numbers(self, names: list[str]) -> np.ndarray:
        """Return numeric columns of the labelled rows as a matrix, missing values as NaN."""
        return self.labelled.select(pl.col(names).cast(pl.Float64)).to_numpy()


def first_seen(series: pl.Series) -> np.ndarray:
    """Code values by the order in which they first appear, missing ones -1: equal codes mean one column renames the other."""
    values = series.cast(pl.String).to_physical() if series.dtype == pl.Categorical else series
    seen = values.unique(maintain_order=True).drop_nulls()
    if not len(seen):
        return np.full(len(series), -1)
    order = pl.DataFrame({"value": seen, "code": np.arange(len(seen))})
    found = pl.DataFrame({"value": values}).join(order, on="value", how="left", maintain_order="left")["code"]
    return found.fill_null(-1).to_numpy()


def order(dates: pl.Series) -> float:
    """Return the share of steps that go in the commoner direction; standing still counts for both."""
    if len(dates) < 2:
        return 0.0
    forward = (dates.slice(1) >= dates.head(len(dates) - 1)).mean()
    backward = (dates.slice(1) <= dates.head(len(dates) - 1)).mean()
    return max(float(forward or 0), float(backward or 0))  # type: ignore[arg-type]
