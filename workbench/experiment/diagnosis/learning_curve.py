"""Whether more rows would help: one candidate refitted on growing parts of the training rows, judged on the same folds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.evaluation.compare import Difference, corrected_t
from workbench.evaluation.folds import Split
from workbench.evaluation.metrics import greater_is_better
from workbench.figure import scores
from workbench.task import Task
from workbench.words import Text

# Shares of a fold's training rows, each part holding the one before it.
SHARES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
# So many of the folds: the curve's shape shows on them, and the largest fits cost the time.
FOLDS = 5
# A part of fewer rows says nothing of a model.
FEWEST = 20
# Rows beyond these are left out, and said: the curve then ends there.
MOST_ROWS = 50_000

Judged = tuple[float | None, float | None]
Judge = Callable[[np.ndarray, np.ndarray], Judged]


@dataclass(frozen=True)
class Point:
    """One refit: the metric on the rows it was fitted on, and on those of its fold."""

    share: float
    fold: int
    rows: int
    fitted: float | None
    judged: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"share": self.share, "fold": self.fold, "rows": self.rows, "fitted": self.fitted, "judged": self.judged}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Point:
        """Return the point that `to_dict` described."""
        return cls(float(data["share"]), int(data["fold"]), int(data["rows"]), data["fitted"], data["judged"])


def parts(
    train: np.ndarray, y: np.ndarray, task: Task, seed: int, *, group: np.ndarray | None, time: np.ndarray | None
) -> list[tuple[float, np.ndarray]]:
    """Return growing parts of a fold's training rows, with their shares.

    Parameters
    ----------
    train : numpy.ndarray
        Rows of the table.
    y : numpy.ndarray
        The target of every row of the table.
    task : Task
        Classes keep their shares.
    seed : int
        Fixes the order.
    group, time : numpy.ndarray or None
        Groups come whole; over time the latest rows come first, as one who has less has less of the past.
    """
    order = growing(train, y, task, np.random.default_rng(seed), group=group, time=time)
    found = []
    for share in SHARES:
        part = order[: round(share * len(order))]
        if group is not None and share < 1:
            part = whole_groups(part, train, group)
        # A part in which a class is missing cannot be compared with the others.
        if len(part) >= FEWEST and (not task.is_classification or len(np.unique(y[part])) == len(np.unique(y[train]))):
            found.append((share, np.sort(part)))
    return found


def growing(
    train: np.ndarray,
    y: np.ndarray,
    task: Task,
    chance: np.random.Generator,
    *,
    group: np.ndarray | None,
    time: np.ndarray | None,
) -> np.ndarray:
    """Return training rows in the order in which they are added."""
    if time is not None:
        return train[np.argsort(time[train], kind="stable")[::-1]]
    mixed = chance.permutation(train)
    if group is not None:
        names, codes = np.unique(group[mixed], return_inverse=True)
        return mixed[np.argsort(chance.permutation(len(names))[codes], kind="stable")]
    if not task.is_classification:
        return mixed
    # Each class is spread evenly over the order.
    place = np.empty(len(mixed))
    for code in np.unique(y[mixed]):
        own = np.flatnonzero(y[mixed] == code)
        place[own] = (np.arange(len(own)) + chance.random()) / len(own)
    return mixed[np.argsort(place, kind="stable")]


def whole_groups(part: np.ndarray, train: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the training rows of every group that a part has begun."""
    return train[np.isin(group[train], np.unique(group[part]))]


def run(
    folds: Sequence[Split],
    sizes: Callable[[np.ndarray, int], list[tuple[float, np.ndarray]]],
    judge: Judge,
    *,
    seconds: float,
    told: Callable[[Point, float], None],
) -> tuple[list[Point], bool]:
    """Refit on every part of every fold, small parts first, until it is done or the time is over.

    Parameters
    ----------
    folds : sequence of split
        Training and validation rows.
    sizes : callable
        Returns the parts of a fold's training rows; it is given the rows and the fold.
    judge : callable
        Fits on rows and returns the metric there and on the validation rows.
    seconds : float
        Nothing is begun after them.
    told : callable
        Given each point and how much is done, from 0 to 1.

    Returns
    -------
    list of Point
        In the order of the work.
    bool
        Whether it came to its end.
    """
    ends = time.monotonic() + seconds
    work = sorted(units(folds, sizes), key=lambda unit: (unit[0], unit[1]))
    total = sum(len(part) for *_, part in work) or 1
    done, found = 0, list[Point]()
    for share, fold, part in work:
        if time.monotonic() > ends:
            return found, False
        fitted, judged = judge(part, folds[fold][1])
        found.append(Point(share, fold, len(part), fitted, judged))
        done += len(part)
        told(found[-1], done / total)
    return found, True


def units(
    folds: Sequence[Split], sizes: Callable[[np.ndarray, int], list[tuple[float, np.ndarray]]]
) -> Iterator[tuple[float, int, np.ndarray]]:
    """Yield what is to be refitted: share, fold and rows."""
    for fold, (train, _) in enumerate(folds):
        for share, part in sizes(train, fold):
            yield share, fold, part


def chosen_folds(folds: Sequence[Split], has_time: bool) -> list[Split]:
    """Return the folds to draw the curve on: the first few, over time the last, which have most rows behind them."""
    return list(folds[-FOLDS:] if has_time else folds[:FOLDS])


@dataclass(frozen=True)
class Along:
    """The curve's mean over the folds at one share."""

    share: float
    rows: float
    fitted: float | None
    judged: float | None
    low: float | None
    """The lowest of the folds, and the highest."""
    high: float | None


def curve(points: Sequence[Point]) -> list[Along]:
    """Return the curve of those shares that every fold has."""
    most = max((sum(p.share == share for p in points) for share in SHARES), default=0)
    found = []
    for share in SHARES:
        own = [p for p in points if p.share == share]
        judged = [p.judged for p in own if p.judged is not None]
        fitted = [p.fitted for p in own if p.fitted is not None]
        if len(own) == most and judged:
            mean_fitted = float(np.mean(fitted)) if fitted else None
            rows = float(np.mean([p.rows for p in own]))
            found.append(Along(share, rows, mean_fitted, float(np.mean(judged)), min(judged), max(judged)))
    return found


def verdict(points: Sequence[Point], metric: str, *, folds: int) -> Text | None:
    """Say whether the last rows still helped; None while there is nothing to compare.

    Parameters
    ----------
    points : sequence of Point
        The refits.
    metric : str
        What they are judged by.
    folds : int
        How many folds the comparison has, of which the curve takes the first few: they say how much folds have in common.

    Notes
    -----
    The difference between half the rows and all of them, on the same folds, by the corrected t-test.
    """
    apart = difference(points, test_share=1 / max(folds - 1, 1))
    if apart is None:
        return None
    sign = 1 if greater_is_better(metric) else -1
    shown = scores([apart.mean, apart.low, apart.high], like=[point.judged for point in points], sign=True)
    values = {"metric": Text(f"metric.{metric}.title"), **dict(zip(("difference", "low", "high"), shown, strict=True))}
    if min(apart.low * sign, apart.high * sign) > 0:
        return Text("diagnosis.learning.helps", **values)
    if max(apart.low * sign, apart.high * sign) < 0:
        return Text("diagnosis.learning.hurts", **values)
    return Text("diagnosis.learning.cannot_tell", **values)


def difference(points: Sequence[Point], *, test_share: float) -> Difference | None:
    """Return how much the metric changes from half the rows to all of them."""
    half = {p.fold: p for p in points if p.share == 0.5 and p.judged is not None}
    whole = {p.fold: p for p in points if p.share == 1.0 and p.judged is not None}
    both = sorted(half.keys() & whole.keys())
    if len(both) < 2:
        return None
    ends = [[float(side[fold].judged or 0.0) for fold in both] for side in (whole, half)]
    return corrected_t(*ends, test_share=test_share)
