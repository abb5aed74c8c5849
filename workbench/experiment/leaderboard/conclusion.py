"""What a leaderboard comes down to, in a sentence or two: which model to take, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.evaluation.metrics import title as metric_title
from workbench.experiment.candidates import candidate
from workbench.figure import scores
from workbench.task import Task
from workbench.words import Text

Row = dict[str, Any]

# Times are measured beside other work: only what is clearly faster is called so.
CLEARLY_FASTER = 2.0


def conclusion(rows: Sequence[Row], baseline: Row | None, recommended: str | None, sort: str, task: Task) -> Text | None:
    """Return which model to take and why, None where none finished.

    Parameters
    ----------
    rows : sequence of dict
        Ranked rows with their differences from the best.
    baseline : dict or None
        The row of the model that looks at no column, with its difference from the best.
    recommended : str or None
        The simplest model that cannot be told from the best.
    sort : str
        The metric that ranks.
    task : Task
        What is predicted.
    """
    best = next((one for one in rows if one["rank"] == 1), None)
    chosen = next((one for one in rows if one["model"] == recommended), best)
    if best is None or chosen is None:
        return None
    tied = [one for one in rows if one["tied_with_best"]]
    ranked = [one for one in rows if one["rank"] is not None]
    return Text(
        "leaderboard.conclusion.whole",
        reason=reason(best, chosen, tied, ranked, sort, task),
        speed=speed(best, chosen, tied, task),
        baseline=warning(baseline),
    )


def reason(best: Row, chosen: Row, tied: Sequence[Row], ranked: Sequence[Row], sort: str, task: Task) -> Text:
    """Return why the chosen one is chosen."""
    names: dict[str, Any] = {"model": name(chosen, task), "best": name(best, task), "count": len(tied)}
    if len(ranked) == 1:
        return Text("leaderboard.conclusion.only", **names)
    if len(tied) == 1:
        second = ranked[1]
        apart = {"metric": metric_title(sort), "second": name(second, task)}
        if not second["difference"]:
            return Text("leaderboard.conclusion.ahead", **names, **apart)
        return Text("leaderboard.conclusion.alone", **names, **apart, **said(second["difference"], [best["metrics"][sort]]))
    if chosen is best:
        return Text("leaderboard.conclusion.both", **names)
    both = [chosen["metrics"][sort], best["metrics"][sort]]
    shown = dict(zip(("score", "best_score"), scores(both), strict=True))
    if not any((chosen["difference"] or {"low": 1.0}).get(end) for end in ("low", "mean", "high")):
        return Text("leaderboard.conclusion.equal", **names, **shown, metric=metric_title(sort))
    between = said(chosen["difference"], both) if chosen["difference"] else {"difference": "–", "low": "–", "high": "–"}
    return Text("leaderboard.conclusion.simpler", **names, **shown, **between, metric=metric_title(sort))


def speed(best: Row, chosen: Row, tied: Sequence[Row], task: Task) -> Text | str:
    """Return how the chosen one's fitting time compares, where that is worth a sentence."""
    timed = {one["model"]: float(one.get("fit_seconds") or one["seconds"]) for one in tied}
    own = timed.get(chosen["model"], 0.0)
    if not own:
        return ""
    fastest = min(tied, key=lambda one: timed[one["model"]])
    if fastest is not chosen and 0 < timed[fastest["model"]] * CLEARLY_FASTER <= own:
        return Text("leaderboard.conclusion.faster_one", model=name(fastest, task), times=times(own / timed[fastest["model"]]))
    if chosen is not best and timed[best["model"]] >= own * CLEARLY_FASTER:
        return Text("leaderboard.conclusion.faster", times=times(timed[best["model"]] / own))
    return ""


def warning(baseline: Row | None) -> Text | str:
    """Return the warning that the best cannot be told from a model that looks at no column."""
    return Text("leaderboard.conclusion.baseline") if baseline and baseline["tied_with_best"] else ""


def name(one: Row, task: Task) -> Text:
    """Return a row's model in words."""
    return candidate(task, one["model"]).title


def times(ratio: float) -> str:
    """Return how many times, as a reader says it."""
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def said(difference: dict[str, float], of: Sequence[float | None]) -> dict[str, str]:
    """Return a difference of some values with its interval as a sentence shows it."""
    shown = scores([difference[name] for name in ("mean", "low", "high")], like=of, sign=True)
    return dict(zip(("difference", "low", "high"), shown, strict=True))
