"""What a model's errors cost the groups of a sensitive column: error rates with intervals, and how far groups lie apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import polars as pl

from workbench.evaluation import intervals
from workbench.evaluation.intervals import Estimate
from workbench.experiment.diagnosis.confusion import Chosen, Confusion, confusion
from workbench.experiment.diagnosis.segments import Segments, segments_of
from workbench.words import Text

# Flagged share: demographic parity. Recall and false alarms: equalised odds (Hardt, Price and Srebro 2016). Precision: the
# same word means the same chance for everybody; where groups' rates differ no model has all of them (Chouldechova 2017).
Rate = Literal["flagged", "recall", "false_alarms", "precision"]
RATES: tuple[Rate, ...] = get_args(Rate)
# Of fewer rows a rate is drawn with its interval, but no gap is told.
FEWEST = 30


@dataclass(frozen=True)
class Group:
    """One group's error rates, or its mean error and bias."""

    name: str | Text
    rows: int
    hits: int | None
    counts: Confusion | None = None
    error: Estimate | None = None
    bias: Estimate | None = None
    """Of numbers the mean of real less predicted; of probabilities of what happened less what was said: 0 is calibrated."""
    said: float | None = None
    """The mean probability; None for numbers and for models without probabilities."""

    @property
    def is_small(self) -> bool:
        """Whether there are too few rows to tell a gap by."""
        return self.rows < FEWEST

    @property
    def observed(self) -> Estimate:
        """The share of the class among its rows."""
        return intervals.rate(self.hits or 0, self.rows)

    def rate(self, name: Rate, level: float = intervals.LEVEL) -> Estimate:
        """Return one of its rates, with its interval at a level."""
        return intervals.rate(*self.counted(name), level)

    def rows_of(self, name: Rate) -> int:
        """Return how many rows a rate stands on."""
        return self.counted(name)[1]

    def counted(self, name: Rate) -> tuple[int, int]:
        """Return how many rows a rate counts, and of how many."""
        assert self.counts is not None
        c = self.counts
        return {
            "flagged": (c.true_positive + c.false_positive, c.rows),
            "recall": (c.true_positive, c.true_positive + c.false_negative),
            "false_alarms": (c.false_positive, c.false_positive + c.true_negative),
            "precision": (c.true_positive, c.true_positive + c.false_positive),
        }[name]


@dataclass(frozen=True)
class Apart:
    """How far the two groups with the highest and the lowest rate lie apart."""

    rate: Rate
    high: Group
    low: Group
    gap: Estimate
    """The difference; its interval is wide enough for every pair of the groups at once, as these two were chosen from all."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.gap.low is not None and self.gap.low > 0


def by_group(given: Chosen, column: pl.Series, threshold: float | None) -> list[Group] | None:
    """Return each group's counts at a threshold, in the column's order; None where the column holds free text.

    Parameters
    ----------
    given : Chosen
        One class against the rest.
    column : polars.Series
        The sensitive column on the rows that were predicted.
    threshold : float or None
        Rows at or above it are flagged; None leaves the model to itself.
    """
    cut = segments_of(column)
    if cut is None:
        return None
    return [group_of(name, given.part(rows), threshold) for name, rows in parts(cut)]


def group_of(name: str | Text, own: Chosen, threshold: float | None) -> Group:
    """Return one group's counts, and how far its probabilities can be taken at their word."""
    found = Group(name, len(own.hits), int(own.hits.sum()), confusion(own, threshold))
    if own.score is None or not own.is_probability:
        return found
    return replace(found, said=float(own.score.mean()), bias=intervals.mean(own.hits - own.score))


def by_group_of_numbers(apart: np.ndarray, column: pl.Series) -> list[Group] | None:
    """Return each group's mean error and bias; `apart` is real less predicted."""
    cut = segments_of(column)
    if cut is None:
        return None
    return [
        Group(name, int(rows.sum()), None, error=intervals.mean(np.abs(apart[rows])), bias=intervals.mean(apart[rows]))
        for name, rows in parts(cut)
    ]


def parts(cut: Segments) -> list[tuple[str | Text, np.ndarray]]:
    """Return the segments that have rows."""
    found = [(name, cut.code == place) for place, name in enumerate(cut.names)]
    return [(name, rows) for name, rows in found if rows.any()]


def apart(groups: Sequence[Group]) -> list[Apart]:
    """Return for each rate the groups that lie farthest apart, of those with enough rows.

    Notes
    -----
    The highest and the lowest of many groups lie apart by luck alone, so each of m groups' pairs may err only once in
    20 · m · (m - 1) / 2 times (Bonferroni): two groups have the plain 95 % interval.
    """
    found = []
    for rate in RATES:
        able = [one for one in groups if one.rows_of(rate) >= FEWEST]
        able.sort(key=lambda one: float(one.rate(rate).value or 0.0))
        if len(able) >= 2:
            level = 1 - (1 - intervals.LEVEL) / math.comb(len(able), 2)
            ends = able[-1].rate(rate, level), able[0].rate(rate, level)
            found.append(Apart(rate, able[-1], able[0], intervals.gap(*ends)))
    return found
