"""Which rows train and which rows judge: by class, by group, by time, or by group and time."""

from __future__ import annotations

import itertools

import numpy as np
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    train_test_split,
)

from workbench.task import Task

Rows = np.ndarray
Split = tuple[Rows, Rows]


def folds(
    y: np.ndarray, *, k: int, seed: int, task: Task, group: np.ndarray | None = None, time: np.ndarray | None = None
) -> list[Split]:
    """Return the row positions of each fold's training and validation part.

    Parameters
    ----------
    y : numpy.ndarray
        The target, as class codes or numbers.
    k : int
        How many folds.
    seed : int
        Fixes the shuffling.
    task : Task
        Classes are spread evenly over the folds.
    group : numpy.ndarray, optional
        A group is never on both sides of a fold.
    time : numpy.ndarray, optional
        Values that sort by time: every fold is judged on rows later than all it was trained on.

    Returns
    -------
    list of (numpy.ndarray, numpy.ndarray)
        Training and validation rows. By time with groups a training part leaves out the groups it is judged on.
    """
    if time is not None:
        return [without_groups(split, group) for split in later_each_time(time, k)]
    nothing = np.zeros((len(y), 1))
    if group is not None and task.is_classification:
        return list(StratifiedGroupKFold(k, shuffle=True, random_state=seed).split(nothing, y, group))
    if group is not None:
        return list(GroupKFold(k).split(nothing, y, group))
    kind = StratifiedKFold if task.is_classification else KFold
    return list(kind(k, shuffle=True, random_state=seed).split(nothing, y))


def holdout(
    y: np.ndarray, *, train_size: float, seed: int, task: Task, group: np.ndarray | None = None, time: np.ndarray | None = None
) -> Split:
    """Return the row positions of the training part and of the part that judges the winner once.

    Parameters
    ----------
    y : numpy.ndarray
        The target, as class codes or numbers.
    train_size : float
        The training part's share of the rows (with groups, of the groups).
    seed : int
        Fixes the shuffling.
    task : Task
        Classes keep their shares on both sides.
    group : numpy.ndarray, optional
        A group is never on both sides.
    time : numpy.ndarray, optional
        The latest rows judge.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        Training and hold-out rows.
    """
    rows = np.arange(len(y))
    if time is not None:
        order, starts = in_time(time)
        cut = nearest(starts, train_size * len(y))
        return without_groups((order[:cut], order[cut:]), group)
    if group is not None:
        return next(GroupShuffleSplit(1, train_size=train_size, random_state=seed).split(rows, y, group))
    train, test = train_test_split(
        rows, train_size=train_size, random_state=seed, stratify=y if task.is_classification else None
    )
    return train, test


def split(
    y: np.ndarray,
    *,
    k: int,
    train_size: float,
    seed: int,
    task: Task,
    group: np.ndarray | None = None,
    time: np.ndarray | None = None,
) -> tuple[Split, list[Split]]:
    """Return the training part with the part that judges the winner, and the folds inside the training part.

    Parameters
    ----------
    y, k, train_size, seed, task, group, time
        As in `holdout` and `folds`.

    Returns
    -------
    (Split, list of Split)
        Rows as they are counted in `y`. There are fewer folds than asked for, or none, where too few moments are left to cut
        at; and with groups and time a part may be empty.
    """
    train, test = holdout(y, train_size=train_size, seed=seed, task=task, group=group, time=time)
    own = {name: None if values is None else values[train] for name, values in (("group", group), ("time", time))}
    inner = folds(y[train], k=k, seed=seed, task=task, **own)
    return (train, test), [(train[a], train[b]) for a, b in inner]


def later_each_time(time: np.ndarray, k: int) -> list[Split]:
    """Return k growing training parts, each followed by the rows that come next; equal times are never torn apart."""
    order, starts = in_time(time)
    if not len(starts):
        return []
    cuts = [nearest(starts, len(order) * part / (k + 1)) for part in range(1, k + 1)] + [len(order)]
    return [(order[:a], order[a:b]) for a, b in itertools.pairwise(cuts) if a < b]


def in_time(time: np.ndarray) -> tuple[Rows, np.ndarray]:
    """Return the rows in order of time, and where in that order each new time begins (never the very first)."""
    order = np.argsort(time, kind="stable")
    return order, np.flatnonzero(time[order][1:] != time[order][:-1]) + 1


def nearest(starts: np.ndarray, wanted: float) -> int:
    """Return the place nearest to the wanted one at which a new time begins."""
    return int(starts[np.argmin(np.abs(starts - wanted))])


def without_groups(split: Split, group: np.ndarray | None) -> Split:
    """Leave out of a training part the groups on which it is judged."""
    train, valid = split
    return split if group is None else (train[~np.isin(group[train], group[valid])], valid)
