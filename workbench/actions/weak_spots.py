"""Where a comparison's candidate is weak: by the values of any column, and by the groups of a sensitive one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.actions.judged import Subject, subject
from workbench.experiment.diagnosis import groups, weakness
from workbench.experiment.diagnosis.groups import Apart, Group, Rate
from workbench.experiment.diagnosis.weakness import Judge, Measure, OfAreas, OfNumbers, OfRates, Segment
from workbench.principal import Principal
from workbench.task import Task
from workbench.words import Lang

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "Apart",
    "Group",
    "Measure",
    "Rate",
    "Segment",
    "by_group",
    "by_segment",
    "gaps",
    "group_chart",
    "segment_chart",
    "weakest",
]


def by_segment(
    run_id: str, model: str, column: str, measure: Measure, *, by: Principal, code: int = 1, threshold: float | None = None
) -> list[Segment] | None:
    """Return how a candidate does by the values of a column, weakest first; None where it holds free text.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    known = subject(run_id, model, by=by)
    return weakness.by_column(judge(known, measure, code, threshold), known.column(column))


def weakest(
    run_id: str, model: str, measure: Measure, *, by: Principal, code: int = 1, threshold: float | None = None
) -> tuple[list[Segment], int]:
    """Return the weakest segments of all columns, and how many were looked at."""
    known = subject(run_id, model, by=by)
    key = (measure, code, threshold)
    if key not in known.weak:
        names = [name for name in known.dataset.frame.columns if name != known.plan.target]
        columns = (known.column(name) for name in names if known.dataset.kinds[name] != "text")
        known.weak[key] = weakness.weakest(judge(known, measure, code, threshold), columns)
    return known.weak[key]


def judge(known: Subject, measure: Measure, code: int, threshold: float | None) -> Judge:
    """Return what compares segments; of several classes accuracy is about all of them."""
    if known.task is Task.REGRESSION:
        return OfNumbers(known.apart)
    given = known.chosen(code)
    if measure == "AUC":
        return OfAreas(given)
    right = known.oof.y == known.oof.prediction if known.task is Task.MULTICLASS and measure == "Accuracy" else None
    return OfRates(given, measure, threshold=threshold, right=right)


def by_group(
    run_id: str, model: str, column: str, *, by: Principal, code: int = 1, threshold: float | None = None
) -> list[Group] | None:
    """Return the error rates of a sensitive column's groups; None where it holds free text."""
    known = subject(run_id, model, by=by)
    if known.task is Task.REGRESSION:
        return groups.by_group_of_numbers(known.apart, known.column(column))
    return groups.by_group(known.chosen(code), known.column(column), threshold)


def gaps(found: Sequence[Group], *, by: Principal) -> list[Apart]:
    """Return how far groups lie apart in each rate."""
    by.require("viewer")
    return groups.apart(found)


def segment_chart(found: Sequence[Segment], measure: Measure, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw segments with their intervals."""
    from workbench.experiment.diagnosis import group_charts as diagnosis_group_charts

    by.require("viewer")
    return diagnosis_group_charts.segments(found, measure, lang)


def group_chart(found: Sequence[Group], lang: Lang, *, by: Principal) -> go.Figure:
    """Draw groups' error rates with their intervals."""
    from workbench.experiment.diagnosis import group_charts as diagnosis_group_charts

    by.require("viewer")
    return diagnosis_group_charts.groups(found, lang)
