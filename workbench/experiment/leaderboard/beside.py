"""Two comparisons beside each other: model by model, fold by fold where both were judged on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.errors import ExperimentError
from workbench.evaluation.compare import LEVEL, Difference, apart_t, difference
from workbench.evaluation.metrics import greater_is_better
from workbench.experiment import leaderboard
from workbench.experiment.candidates import candidate
from workbench.experiment.leaderboard import Row
from workbench.experiment.leaderboard.beside_said import Change, Data, changes, data_said
from workbench.experiment.leaderboard.conclusion import said
from workbench.task import Task
from workbench.words import Text

Verdict = Literal["better", "worse", "equal", "cannot_tell", "unknown"]
# What two comparisons must have in common for their scores to mean the same.
SAME = ("target", "task", "event")


@dataclass(frozen=True)
class Side:
    """One comparison."""

    rows: Sequence[Row]
    plan: Mapping[str, Any]
    data: Data
    splits: str | None = None
    """The hash of its folds, where it is known."""
    test_share: float | None = None

    @property
    def task(self) -> Task:
        """What it predicted."""
        return Task(self.plan["task"])


@dataclass(frozen=True)
class Line:
    """One model in both comparisons."""

    model: str
    title: Text
    a: float | None
    b: float | None
    difference: Difference | None
    """Second minus first; None where it is in one of them only."""
    verdict: Verdict | None
    """What that says about the second."""


@dataclass(frozen=True)
class Beside:
    """What two comparisons say about each other."""

    metric: str
    is_paired: bool
    why: Text
    """Whether folds were compared one by one, and why or why not."""
    lines: list[Line]
    """Models in either, those in both first."""
    best: Line
    """The best of each."""
    conclusion: Text
    changes: list[Change]
    data: list[Text] = field(default_factory=list)
    """In what the tables and their repairs differ."""

    @property
    def is_higher_better(self) -> bool:
        """True where a larger value of the metric is the better one."""
        return greater_is_better(self.metric)


def beside(a: Side, b: Side, metric: str) -> Beside:
    """Compare two comparisons of one target.

    Parameters
    ----------
    a, b : Side
        The comparisons; differences are second minus first.
    metric : str
        The metric, of those both have.

    Raises
    ------
    ExperimentError
        If they predict different things, or nothing finished in one of them.
    """
    for name in SAME:
        if a.plan.get(name) != b.plan.get(name):
            raise ExperimentError("error.leaderboard.other_target", a=a.plan["target"], b=b.plan["target"])
    boards = [leaderboard.ranked(side.rows, metric) for side in (a, b)]
    first, second = ({row["model"]: row for row in board if row["rank"] is not None} for board in boards)
    if not first or not second:
        raise ExperimentError("error.leaderboard.nothing_finished")
    is_paired, why = pairing(a, b)
    shares = (a.test_share, b.test_share)
    both = [model for model in first if model in second]
    lone = [model for model in (*first, *second) if model not in both]

    def line(one: Row | None, other: Row | None) -> Line:
        return line_of(one, other, metric, shares, a.task, is_paired=is_paired)

    best = line(next(iter(first.values())), next(iter(second.values())))
    return Beside(
        metric=metric,
        is_paired=is_paired,
        why=why,
        lines=[line(first.get(model), second.get(model)) for model in (*both, *lone)],
        best=best,
        conclusion=conclusion(best, next(iter(first)), next(iter(second)), a.task),
        changes=changes(a.plan, b.plan),
        data=data_said(a.data, b.data),
    )


def pairing(a: Side, b: Side) -> tuple[bool, Text]:
    """Tell whether two comparisons judged their models on the same rows fold by fold, and why or why not."""
    if not a.data.has_rows_of(b.data):
        return False, Text("leaderboard.beside.other_table")
    if a.splits is None or b.splits is None:
        return False, Text("leaderboard.beside.unknown_folds")
    if a.splits != b.splits:
        return False, Text("leaderboard.beside.other_folds")
    return True, Text("leaderboard.beside.paired", folds=a.plan["folds"])


def line_of(
    a: Row | None,
    b: Row | None,
    metric: str,
    shares: tuple[float | None, float | None],
    task: Task,
    *,
    is_paired: bool,
) -> Line:
    """Return one line: a model of each comparison, or of one of them."""
    some = a or b
    assert some is not None
    model, title = some["model"], candidate(task, some["model"]).title
    first, second = (row["metrics"].get(metric) if row else None for row in (a, b))
    if a is None or b is None:
        return Line(model, title, first, second, None, None)
    found = apart(a, b, metric, shares, is_paired=is_paired)
    return Line(model, title, first, second, found, verdict(found, metric))


def apart(a: Row, b: Row, metric: str, shares: tuple[float | None, float | None], *, is_paired: bool) -> Difference | None:
    """Return the difference of two rows, second minus first, None where their folds are not known."""
    one, other = ([fold.get(metric) for fold in row.get("folds") or ()] for row in (a, b))
    if shares[0] is None or shares[1] is None:
        return None
    if is_paired and len(one) == len(other):
        return difference(other, one, test_share=shares[0])
    known = [[value for value in values if value is not None] for values in (other, one)]
    if min(map(len, known)) < 2:
        return None
    return apart_t(known[0], known[1], test_share_a=shares[1], test_share_b=shares[0])


def verdict(found: Difference | None, metric: str) -> Verdict:
    """Return what a difference says about the second."""
    if found is None:
        return "unknown"
    if not (found.low or found.mean or found.high):
        return "equal"
    if found.p > 1 - LEVEL:
        return "cannot_tell"
    return "better" if (found.mean > 0) == greater_is_better(metric) else "worse"


def conclusion(best: Line, first: str, second: str, task: Task) -> Text:
    """Return what the best of each say about the two comparisons."""
    names = {"first": candidate(task, first).title, "second": candidate(task, second).title}
    if best.difference is None:
        return Text("leaderboard.beside.best.unknown", **names)
    apart = best.difference
    numbers = said({"mean": apart.mean, "low": apart.low, "high": apart.high}, [best.a, best.b])
    return Text(f"leaderboard.beside.best.{best.verdict}", **names, **numbers)
