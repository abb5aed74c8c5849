"""The repairs one column seems to need, each applied to the column's distinct cells before the next is looked at."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from workbench.data.repairs.looks import Cells
from workbench.data.repairs.program import compiled
from workbench.data.repairs.repair import Repair, Rule
from workbench.data.repairs.replay import replay_text

Kind = Literal["number", "date"]


@dataclass(frozen=True)
class Stage:
    """A repair of a column with its distinct cells before and after."""

    repair: Repair
    before: pl.Series
    after: pl.Series
    sure: bool = True
    """Whether nothing speaks against it but what the whole column becomes."""

    @functools.cached_property
    def changed(self) -> pl.Series:
        """Which of the distinct cells it changes."""
        return self.after.ne_missing(self.before)

    @functools.cached_property
    def merges(self) -> tuple[int, int] | None:
        """How many labels there are before and after, where some become one."""
        before, after = self.before.drop_nulls().n_unique(), self.after.drop_nulls().n_unique()
        return (before, after) if after < before and not self.after.filter(self.changed).has_nulls() else None


@dataclass(frozen=True)
class Chain:
    """The repairs a column seems to need, one after the other."""

    raw: Cells
    stages: tuple[Stage, ...] = ()

    @functools.cached_property
    def cells(self) -> Cells:
        """The distinct cells as they stand after the last repair."""
        return self.raw.now(self.stages[-1].after) if self.stages else self.raw

    def then(self, rule: Rule, *, sure: bool = True, **options: Any) -> Chain:
        """Return the chain with one more repair, if it changes anything."""
        repair = Repair(self.raw.name, rule, options)
        before = self.cells.text
        after = replay_text(before, compiled([repair])).column
        return self if after.equals(before) else Chain(self.raw, (*self.stages, Stage(repair, before, after, sure)))
