"""A leaderboard before its end: what the events of a run have told until now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from workbench.evaluation.metrics import METRICS, summary
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import Row
from workbench.task import Task
from workbench.words import Text


@dataclass
class Telling:
    """What was told, put together event by event."""

    rows: list[Row] = field(default_factory=list)
    baseline: Row | None = None
    test_share: float | None = None
    begun: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    """The folds of candidates that are not finished, by model and fold."""

    def hear(self, event: dict[str, Any]) -> None:
        """Add what an event tells; others than a comparison's are passed over."""
        kind = event["kind"]
        if kind == "started":
            self.test_share = event.get("test_share")
        elif kind == "baseline":
            self.baseline = event["row"]
        elif kind == "fold":
            self.begun.setdefault(event["model"], {})[event["fold"]] = event
        elif kind == "row":
            self.rows.append(event["row"])
            self.begun.pop(event["row"]["model"], None)

    @property
    def failed(self) -> dict[str, Text]:
        """Candidates that failed, with the reason."""
        return {row["model"]: Text.from_dict(row["reason"]) for row in self.rows if row["status"] == "failed"}

    def leaderboard(self, sort: str, task: Task, folds: int, *, is_going: bool) -> list[Row]:
        """Return the finished rows, ranked, and below them those of which some folds are there.

        Parameters
        ----------
        sort : str
            The metric that ranks.
        task : Task
            What is predicted.
        folds : int
            How many folds a whole row has.
        is_going : bool
            Whether more may come.
        """
        partial = [row_of(model, done, task, folds, is_going=is_going) for model, done in self.begun.items()]
        return leaderboard.ranked([*self.rows, *partial], sort)


def told(events: Iterable[dict[str, Any]]) -> Telling:
    """Return what a run's events tell."""
    telling = Telling()
    for event in events:
        telling.hear(event)
    return telling


def row_of(model: str, done: dict[int, dict[str, Any]], task: Task, folds: int, *, is_going: bool) -> Row:
    """Return the row of a candidate with only some of its folds: their means so far while it goes on, no score after it."""
    values = [done[number]["metrics"] for number in sorted(done)]
    seconds = sum(float(event.get("seconds") or 0.0) for event in done.values())
    key = "leaderboard.partial" if is_going else "leaderboard.cut_short"
    row = leaderboard.unfinished(model, task, "stopped", Text(key, done=len(done), folds=folds), seconds) | {"folds": values}
    if not is_going:
        return row
    means, spreads = summary(values, METRICS[task])
    return row | {"status": "running", "metrics": means, "metrics_std": spreads}
