"""Scores that are too good to be believed without a look: most often a column gives the answer away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.evaluation.metrics import greater_is_better
from workbench.evaluation.metrics import title as metric_title
from workbench.experiment.candidates import candidate
from workbench.figure import score
from workbench.task import Task
from workbench.words import Text

Row = dict[str, Any]

# Honest tables reach this too (easy flowers do), so it is a question to the analyst and never a verdict.
MOST_AREA = 0.99
# What is left of what the baseline lacks; an error a tenth of the baseline's is an R2 of 0.99.
LEAST_LEFT = {"higher": 0.02, "lower": 0.1, "MSE": 0.01}


def is_too_good(row: Row, baseline: Row | None, sort: str) -> bool:
    """Tell whether a row's score asks for a look at the columns: above 0.99, or hardly any of the baseline's error left.

    Parameters
    ----------
    row : dict
        A row of a leaderboard.
    baseline : dict or None
        The row of the model that looks at no column.
    sort : str
        The metric that ranks.
    """
    metrics = row["metrics"]
    if row["status"] != "finished":
        return False
    if any((metrics.get(name) or 0.0) > MOST_AREA for name in ("AUC", "R2")):
        return True
    value, base = metrics.get(sort), ((baseline or {}).get("metrics") or {}).get(sort)
    if value is None or base is None or sort in ("AUC", "R2"):
        return False
    if greater_is_better(sort):
        return bool(base < 1 and 1 - value < LEAST_LEFT["higher"] * (1 - base))
    return bool(base > 0 and value < LEAST_LEFT.get(sort, LEAST_LEFT["lower"]) * base)


def marked(rows: Sequence[Row], baseline: Row | None, sort: str) -> list[Row]:
    """Return rows, each with whether its score is too good."""
    return [row | {"too_good": is_too_good(row, baseline, sort)} for row in rows]


def suspicion(rows: Sequence[Row], baseline: Row | None, sort: str, task: Task) -> Text | None:
    """Return the warning about marked rows, best first, None where no score asks for one."""
    found = [row for row in rows if row.get("too_good")]
    if not found:
        return None
    first = found[0]
    name = next((one for one in ("AUC", "R2") if (first["metrics"].get(one) or 0.0) > MOST_AREA), sort)
    base = ((baseline or {}).get("metrics") or {}).get(name)
    return Text(
        "leaderboard.too_good",
        model=candidate(task, first["model"]).title,
        metric=metric_title(name),
        score=score(first["metrics"][name]),
        baseline=Text("leaderboard.too_good_baseline", score=score(base)) if base is not None else "",
        more=Text("leaderboard.too_good_more", count=len(found) - 1) if len(found) > 1 else "",
    )
