"""The rows of a comparison: one for each candidate, ranked, with those that cannot be told from the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.bundle.fitted import Fitted
from workbench.evaluation.compare import tie_group
from workbench.evaluation.metrics import METRICS, Values, greater_is_better, nothing, summary
from workbench.experiment.candidates import candidate, simplest
from workbench.experiment.plan import Plan
from workbench.task import Task
from workbench.words import Text

Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """What a comparison found."""

    plan: Plan
    leaderboard: list[Row]
    """Best first; then what failed or was stopped."""
    baseline: Row
    best: str | None
    recommended: str | None
    """The simplest of those that cannot be told from the best."""
    fitted: Fitted | None
    """The best, refitted on all rows; its metrics are those of the folds and the hold-out."""
    features: list[str]
    """The columns that were learned from."""
    excluded: list[dict[str, Any]]
    set_aside: int
    """Rows left out because they have no target."""
    rows: int
    """Rows compared on, the hold-out among them."""
    seconds: float
    """From the table in memory to the last fold scored."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, without the model itself."""
        return {
            "leaderboard": self.leaderboard,
            "baseline": self.baseline,
            "best": self.best,
            "recommended": self.recommended,
            "holdout": self.fitted.holdout if self.fitted else None,
            "features": self.features,
            "excluded": self.excluded,
            "set_aside": self.set_aside,
            "rows": self.rows,
            "preprocessing": self.plan.preprocessing,
            "seconds": self.seconds,
            "plan": self.plan.to_dict(),
        }


def finished(model: str, task: Task, folds: Sequence[Values], seconds: float) -> Row:
    """Return the row of a candidate whose folds are all scored."""
    means, spreads = summary(folds, METRICS[task])
    return row(model, task, "finished", None, means, spreads, seconds)


def unfinished(model: str, task: Task, status: Literal["failed", "stopped"], reason: Text, seconds: float) -> Row:
    """Return the row of a candidate that failed or was not let finish: no metric has a value."""
    return row(model, task, status, reason, nothing(task), nothing(task), seconds)


def row(model: str, task: Task, status: str, reason: Text | None, means: Values, spreads: Values, seconds: float) -> Row:
    """Return one row, not yet ranked."""
    return {
        "model": model,
        "title": candidate(task, model).title.say("en"),
        "status": status,
        "reason": reason.to_dict() if reason else None,
        "metrics": means,
        "metrics_std": spreads,
        "seconds": round(seconds, 3),
        "rank": None,
        "tied_with_best": False,
    }


def ranked(rows: Sequence[Row], sort: str) -> list[Row]:
    """Return rows best first, with their ranks; those without the metric, the failed and the stopped come after.

    Parameters
    ----------
    rows : sequence of dict
        Rows in any order; they are not changed.
    sort : str
        The metric that decides.
    """
    sign = -1.0 if greater_is_better(sort) else 1.0

    def place(one: Row) -> tuple[bool, bool, float]:
        value = one["metrics"].get(sort)
        return one["status"] != "finished", value is None, sign * (value or 0.0)

    ordered = sorted(rows, key=place)
    return [one | {"rank": n if has_rank(one, sort) else None} for n, one in enumerate(ordered, 1)]


def usable_sort(rows: Sequence[Row], sort: str, task: Task) -> str:
    """Return the metric to rank by: the wanted one, or the first that any finished row has where none has it.

    Some models have no probabilities, and so no AUC of several classes: they finished, and one of them is the best.
    """
    metrics = (sort, *METRICS[task])
    return next((name for name in metrics if any(has_rank(one, name) for one in rows)), sort)


def has_rank(one: Row, sort: str) -> bool:
    """Tell whether a row can be ranked: it finished and has the metric."""
    return one["status"] == "finished" and one["metrics"].get(sort) is not None


def best_of(rows: Sequence[Row]) -> str | None:
    """Return the model of rank 1."""
    return next((one["model"] for one in rows if one["rank"] == 1), None)


def with_ties(rows: Sequence[Row], folds: Mapping[str, Sequence[Values]], sort: str, test_share: float) -> list[Row]:
    """Return ranked rows with those marked that cannot be told from the best."""
    best = best_of(rows)
    if best is None:
        return list(rows)
    scores = {one["model"]: [fold[sort] for fold in folds[one["model"]]] for one in rows if one["rank"] is not None}
    tied = tie_group(scores, best, test_share=test_share)
    return [one | {"tied_with_best": one["model"] in tied} for one in rows]


def recommended(rows: Sequence[Row], task: Task) -> str | None:
    """Return the simplest model that cannot be told from the best."""
    return simplest(task, frozenset(one["model"] for one in rows if one["tied_with_best"]))
