"""Where a model is weak: its error by the values of any column, weakest first, with how many rows each figure stands on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import polars as pl

from workbench.evaluation import intervals
from workbench.evaluation.intervals import NOTHING, Estimate
from workbench.experiment.diagnosis.confusion import Chosen
from workbench.experiment.diagnosis.segments import Segments, segments_of
from workbench.words import Text

Measure = Literal["AUC", "Accuracy", "Recall", "Prec.", "MAE"]
# Fewer rows (of both classes for an area) and the figure says nothing.
FEWEST, FEWEST_OF_CLASS = 30, 10
MOST_SHOWN = 15


@dataclass(frozen=True)
class Segment:
    """How a model does on some of the rows."""

    column: str
    name: str | Text
    rows: int
    hits: int | None
    """Rows of the class; None for numbers."""
    value: Estimate
    rest: float | None
    """The same figure on all other rows."""
    bias: Estimate = NOTHING
    """Of numbers the mean of real less predicted."""
    chance: float | None = None
    """How often chance alone makes it as different from the rest, corrected for all that were looked at (Holm 1979)."""

    @property
    def is_enough(self) -> bool:
        """Whether there are enough rows for the figure to mean something."""
        return self.value.value is not None

    def is_weaker(self, measure: Measure) -> bool:
        """Tell whether it does worse than the rest."""
        if self.value.value is None or self.rest is None:
            return False
        return self.value.value > self.rest if measure == "MAE" else self.value.value < self.rest


class Judge(Protocol):
    """Gives every segment of a column its figure, and that of all other rows."""

    measure: Measure

    def judged(self, column: str, cut: Segments) -> list[Segment]:
        """Return the segments of a column in their order."""


class OfNumbers:
    """The mean size of the error.

    Parameters
    ----------
    apart : numpy.ndarray
        Real less predicted of each row.
    """

    measure: Measure = "MAE"

    def __init__(self, apart: np.ndarray) -> None:
        self.apart, self.far = apart, np.abs(apart)

    def judged(self, column: str, cut: Segments) -> list[Segment]:
        """Return the segments of a column in their order."""
        order, ends = placed(cut)
        far, apart = self.far[order], self.apart[order]
        parts = list(zip(cut.names, ends, strict=True))
        # Squares around the overall mean, so that the rest's variance does not drown in rounding.
        around = far - self.far.mean()
        total = float(around.sum()), float((around**2).sum())
        return [self.one(column, name, far[a:b], apart[a:b], around[a:b], total) for name, (a, b) in parts]

    def one(
        self,
        column: str,
        name: str | Text,
        far: np.ndarray,
        apart: np.ndarray,
        around: np.ndarray,
        total: tuple[float, float],
    ) -> Segment:
        """Return one segment."""
        empty, others = Segment(column, name, len(far), None, NOTHING, None), len(self.far) - len(far)
        if len(far) < FEWEST:
            return empty
        found = replace(empty, value=intervals.mean(far), bias=intervals.mean(apart))
        if not others:
            return found
        apart_by = (total[0] - float(around.sum())) / others
        squares = max(0.0, total[1] - float((around**2).sum()) - others * apart_by**2)
        rest = float(self.far.mean()) + apart_by
        own = float(far.mean()), float(far.var(ddof=1)), len(far)
        chance = None if others < 2 else intervals.moments_differ(own, (rest, squares / (others - 1), others))
        return replace(found, rest=rest, chance=chance)


class OfRates:
    """The share of some rows that is right.

    Parameters
    ----------
    given : Chosen
        One class against the rest.
    measure : {"Accuracy", "Recall", "Prec."}
        Among which rows.
    threshold : float, optional
        Rows at or above it are flagged; without one the model is left to itself.
    right : numpy.ndarray, optional
        Which rows are right, where that is about all classes and not about one.
    """

    def __init__(
        self, given: Chosen, measure: Measure, *, threshold: float | None = None, right: np.ndarray | None = None
    ) -> None:
        self.measure, self.hits, flagged = measure, given.hits, given.flagged(threshold)
        self.among = {"Recall": given.hits, "Prec.": flagged}.get(measure, np.ones(len(given.hits), dtype=bool))
        self.right = self.among & ((given.hits == flagged) if right is None else right)

    def judged(self, column: str, cut: Segments) -> list[Segment]:
        """Return the segments of a column in their order."""
        everything = np.ones(len(cut.code), dtype=bool)
        rows, hits, among, right = (
            np.bincount(cut.code[some], minlength=len(cut.names)).tolist()
            for some in (everything, self.hits, self.among, self.right)
        )
        found = []
        for name, n, events, of, good in zip(cut.names, rows, hits, among, right, strict=True):
            empty = Segment(column, name, n, events, NOTHING, None)
            found.append(empty if of < FEWEST else self.one(empty, good, of, sum(right) - good, sum(among) - of))
        return found

    def one(self, empty: Segment, right: int, rows: int, others: int, of: int) -> Segment:
        """Return one segment, from how many of its rows and of the others are right."""
        chance = intervals.rates_differ(right, rows, others, of)
        return replace(empty, value=intervals.rate(right, rows), rest=others / of if of else None, chance=chance)


class OfAreas:
    """The area under the ROC curve.

    Parameters
    ----------
    given : Chosen
        One class against the rest, with scores.

    Notes
    -----
    An area is the share of pairs (a row of the class, another row) in which the first has the higher score, equal scores
    counting half. The pairs among all other rows are all pairs less those with a row of the segment on either side, so that
    only the segment's own pairs have to be counted anew: looking through every column stays quick on large tables.
    """

    measure: Measure = "AUC"

    def __init__(self, given: Chosen) -> None:
        assert given.score is not None
        order = np.argsort(given.score, kind="stable")
        self.order, self.hits = order, given.hits[order]
        place = np.concatenate([[0], np.cumsum(np.diff(given.score[order]) > 0)])
        self.place = place
        others, hits = (np.bincount(place, weights=some) for some in (~self.hits, self.hits))
        below = (np.cumsum(others) - others + others / 2)[place]
        above = (hits.sum() - np.cumsum(hits) + hits / 2)[place]
        # The pairs that each row is in: rightly ordered with rows of the other kind.
        self.pairs = np.where(self.hits, below, above)
        self.all_pairs = float(self.pairs[self.hits].sum())
        self.events = int(self.hits.sum())

    def judged(self, column: str, cut: Segments) -> list[Segment]:
        """Return the segments of a column in their order."""
        code = cut.code[self.order]
        order, ends = placed(Segments(cut.names, code))
        hits, place = self.hits[order], self.place[order]
        pairs = np.bincount(code, weights=self.pairs, minlength=len(cut.names))
        parts = zip(cut.names, ends, pairs.tolist(), strict=True)
        return [self.one(column, name, hits[a:b], place[a:b], with_any) for name, (a, b), with_any in parts]

    def one(self, column: str, name: str | Text, hits: np.ndarray, place: np.ndarray, with_any: float) -> Segment:
        """Return one segment, whose rows stand in the order of their scores."""
        events = int(hits.sum())
        others = len(hits) - events
        empty = Segment(column, name, len(hits), events, NOTHING, None)
        own = pairs_of(hits, place) if len(hits) else 0.0
        first = area_of(own, events, others)
        if first is None:
            return empty
        second = area_of(self.all_pairs - with_any + own, self.events - events, len(self.hits) - self.events - others)
        chance = None if second is None else intervals.areas_differ(first, second)
        return replace(empty, value=intervals.area(*first), rest=second[0] if second else None, chance=chance)


def placed(cut: Segments) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Return the rows in the order of their segments, and where each segment begins and ends there."""
    # Few codes in few bits: numpy sorts these by counting.
    order = np.argsort(cut.code.astype(np.int16), kind="stable")
    ends = np.cumsum(np.bincount(cut.code, minlength=len(cut.names))).tolist()
    return order, list(itertools.pairwise([0, *ends]))


def pairs_of(hits: np.ndarray, place: np.ndarray) -> float:
    """Return how many pairs of rows, in the order of their places, are rightly ordered; equal places count half."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1])
    found = np.add.reduceat(hits.astype(np.int64), starts)
    others = np.diff(np.append(starts, len(hits))) - found
    return float((found * (np.cumsum(others) - others / 2)).sum())


def area_of(pairs: float, events: int, others: int) -> tuple[float, int, int] | None:
    """Return an area with how many rows it stands on; None of too few."""
    return None if min(events, others) < FEWEST_OF_CLASS else (pairs / (events * others), events, others)


def by_column(judge: Judge, column: pl.Series) -> list[Segment] | None:
    """Return a column's segments, weakest first and those of too few rows last; None for free text."""
    found = plain(judge, column)
    return None if found is None else ordered(corrected(found), judge.measure)


def weakest(judge: Judge, columns: Iterable[pl.Series], most: int = MOST_SHOWN) -> tuple[list[Segment], int]:
    """Return the weakest segments of many columns, and how many were looked at; every look is paid for in their chances."""
    found: list[Segment] = []
    for column in columns:
        found += [one for one in plain(judge, column) or [] if one.is_enough and one.rest is not None]
    corrected_ones = corrected(found)
    weak = [one for one in corrected_ones if one.is_weaker(judge.measure)]
    weak.sort(key=lambda one: (one.chance is None, one.chance if one.chance is not None else 1.0, -distance(one)))
    return weak[:most], len(found)


def plain(judge: Judge, column: pl.Series) -> list[Segment] | None:
    """Return a column's segments in their own order, not corrected."""
    cut = segments_of(column)
    return None if cut is None else [one for one in judge.judged(column.name, cut) if one.rows]


def corrected(found: list[Segment]) -> list[Segment]:
    """Return segments with their chances corrected for how many there are."""
    chances = intervals.holm([one.chance for one in found])
    return [replace(one, chance=chance) for one, chance in zip(found, chances, strict=True)]


def distance(one: Segment) -> float:
    """Return how far a segment lies from the rest."""
    return abs((one.value.value or 0.0) - (one.rest or 0.0))


def ordered(found: list[Segment], measure: Measure) -> list[Segment]:
    """Return segments weakest first; those of too few rows come last."""
    sign = -1.0 if measure == "MAE" else 1.0
    return sorted(found, key=lambda one: (not one.is_enough, sign * (one.value.value or 0.0), -one.rows))
