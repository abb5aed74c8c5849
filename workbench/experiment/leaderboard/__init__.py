"""The rows of a comparison: one for each candidate, ranked, with those that cannot be told from the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.bundle.fitted import Fitted
from workbench.evaluation.compare import LEVEL, difference
from workbench.evaluation.metrics import METRICS, Values, greater_is_better, nothing, summary
from workbench.experiment.candidates import candidate, simplest
from workbench.experiment.leaderboard.blanks import blanks
from workbench.experiment.leaderboard.conclusion import conclusion
from workbench.experiment.leaderboard.suspicion import marked, suspicion
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
    test_share: float | None = None
    """Rows judged on ÷ rows trained on in a fold: what the intervals of differences are corrected by."""
    splits: str | None = None
    """A hash of the rows of every fold: two comparisons that share it judged their models on the same rows."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, without the model itself."""
        assert self.plan.task is not None
        assert self.plan.sort is not None
        rows, sort, task = self.leaderboard, self.plan.sort, self.plan.task
        told = conclusion(rows, self.baseline, self.recommended, sort, task)
        rows = marked(rows, self.baseline, sort)
        warning = suspicion(rows, self.baseline, sort, task)
        return {
            "leaderboard": rows,
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
            "test_share": self.test_share,
            "splits": self.splits,
            "conclusion": told.to_dict() if told else None,
            "too_good": warning.to_dict() if warning else None,
        }


def finished(
    model: str,
    task: Task,
    folds: Sequence[Values],
    seconds: float,
    *,
    fit_seconds: float | None = None,
    predict_seconds: float | None = None,
    size: int | None = None,
) -> Row:
    """Return the row of a candidate whose folds are all scored.

    Parameters
    ----------
    model : str
        Its id.
    task : Task
        What is predicted.
    folds : sequence of dict
        The metrics of each fold, in order.
    seconds : float
        What all its folds took.
    fit_seconds, predict_seconds : float, optional
        Of these, what fitting and predicting took, over all folds.
    size : int, optional
        Bytes of one fitted estimator.
    """
    means, spreads = summary(folds, METRICS[task])
    extra = {"folds": list(folds), "fit_seconds": rounded(fit_seconds), "predict_seconds": rounded(predict_seconds)}
    why = {metric: text.to_dict() for metric, text in blanks(task, folds).items()}
    return row(model, task, "finished", None, means, spreads, seconds) | extra | {"size": size, "blank": why}


def unfinished(
    model: str,
    task: Task,
    status: Literal["failed", "stopped"],
    reason: Text,
    seconds: float,
) -> Row:
    """Return the row of a candidate that failed or was not let finish: no metric has a value."""
    return row(model, task, status, reason, nothing(task), nothing(task), seconds)


def rounded(seconds: float | None) -> float | None:
    """Return seconds as rows hold them."""
    return None if seconds is None else round(seconds, 3)


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
        "folds": [],
        "difference": None,
        "fit_seconds": None,
        "predict_seconds": None,
        "size": None,
        "holdout": None,
        "blank": {},
        "too_good": False,
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
    """Return ranked rows with their differences from the best, and those marked that cannot be told from it."""
    best = best_of(rows)
    if best is None:
        return [one | {"tied_with_best": False, "difference": None} for one in rows]
    first = [fold[sort] for fold in folds[best]]
    return [against(one, folds.get(one["model"], ()), first, sort, test_share) for one in rows]


def against(one: Row, folds: Sequence[Values], best: Sequence[float | None], sort: str, test_share: float) -> Row:
    """Return a row with its difference from the best one's folds, row minus best, by the corrected t-test."""
    own = [fold.get(sort) for fold in folds]
    if one["rank"] == 1:
        return one | {"tied_with_best": True, "difference": None}
    if one["status"] != "finished" or len(own) != len(best):
        return one | {"tied_with_best": False, "difference": None}
    found = difference(own, best, test_share=test_share)
    shown = {"mean": found.mean, "low": found.low, "high": found.high} if found else None
    return one | {"tied_with_best": found is not None and found.p > 1 - LEVEL, "difference": shown}


def with_holdout(rows: Sequence[Row], holdout: Values | None) -> list[Row]:
    """Return ranked rows, the best with its metrics on the hold-out."""
    return [one | {"holdout": holdout} if one["rank"] == 1 else one for one in rows]


def recommended(rows: Sequence[Row], task: Task) -> str | None:
    """Return the simplest model that cannot be told from the best."""
    return simplest(task, frozenset(one["model"] for one in rows if one["tied_with_best"]))
