"""The diagnosis of a comparison's candidate: its out-of-fold predictions beside the rows they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workbench.actions.judged import Subject, subject
from workbench.errors import ExperimentError
from workbench.evaluation.intervals import NOTHING, Estimate
from workbench.experiment import diagnosis
from workbench.experiment.diagnosis import confusion as counting
from workbench.experiment.diagnosis import numbers as diagnosis_numbers
from workbench.experiment.diagnosis.charts import MOST_POINTS
from workbench.experiment.diagnosis.confusion import Chosen, Confusion
from workbench.experiment.diagnosis.numbers import Of
from workbench.experiment.diagnosis.weakness import Measure
from workbench.experiment.plan import label_text
from workbench.principal import Principal
from workbench.task import Task
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["MOST_POINTS", "About", "Confusion", "Estimate", "Of", "OneClass", "View", "about", "by_class", "chart", "cheapest"]
__all__ += ["counts", "counts_chart", "figures", "ranges", "slider"]
View = Literal["threshold", "matrix", "roc", "pr", "calibration", "gain", "scores", "actual", "residuals", "ranges"]
RANKED: tuple[View, ...] = ("threshold", "roc", "pr", "calibration", "gain", "scores")
NUMBERS: tuple[View, ...] = ("actual", "residuals", "ranges")


@dataclass(frozen=True)
class About:
    """What can be looked at of a candidate."""

    task: Task
    target: str
    views: tuple[View, ...]
    classes: tuple[str, ...]
    """The labels as text, by code; none for numbers."""
    event: int
    """The class that is looked at first."""
    rows: int
    folds: int
    is_probability: bool
    columns: tuple[str, ...]
    """Columns whose segments can be looked at."""
    sensitive: tuple[str, ...]
    measures: tuple[Measure, ...]
    notes: tuple[Text, ...]


def why_not(run_id: str, model: str, *, by: Principal) -> Text | None:
    """Return why nothing can be looked at of a candidate, and what would change that; None where something can."""
    try:
        subject(run_id, model, by=by)
    except ExperimentError as problem:
        return Text(problem.key, **problem.values)
    return None


def about(run_id: str, model: str, *, by: Principal) -> About:
    """Return what can be looked at of a candidate, and how its predictions were made."""
    known = subject(run_id, model, by=by)
    oof, dataset, code = known.oof, known.dataset, first_class(known)
    given = known.chosen(code) if known.task.is_classification else None
    return About(
        task=known.task,
        target=known.plan.target,
        views=views(known.task, given),
        classes=tuple(label_text(label) for label in known.labels),
        event=code,
        rows=len(oof.rows),
        folds=len(np.unique(oof.fold)),
        is_probability=given is not None and given.is_probability,
        columns=tuple(name for name in dataset.frame.columns if name != known.plan.target and dataset.kinds[name] != "text"),
        sensitive=tuple(name for name in dataset.roles.sensitive if name in dataset.frame.columns),
        measures=measures(given),
        notes=tuple(notes(known)),
    )


def first_class(known: Subject) -> int:
    """Return the class to begin with: the event, or of several the rarest."""
    if known.task is Task.MULTICLASS:
        return int(np.bincount(known.oof.y.astype(int), minlength=len(known.labels)).argmin())
    return 1


def views(task: Task, given: Chosen | None) -> tuple[View, ...]:
    """Return what can be drawn: without scores no ranking, without probabilities no calibration."""
    if given is None:
        return NUMBERS
    ranked = RANKED if given.score is not None else ()
    able = tuple(view for view in ranked if view != "calibration" or given.is_probability)
    return ("matrix", *able) if task is Task.MULTICLASS else able or ("matrix",)


def slider(run_id: str, model: str, *, by: Principal, code: int = 1) -> tuple[float, float, float]:
    """Return between which thresholds of a class one is chosen, and where to begin: as the model does, left to itself."""
    given = subject(run_id, model, by=by).chosen(code)
    if given.score is None or given.is_probability:
        return 0.0, 1.0, 0.5
    low, high = float(given.score.min()), float(given.score.max())
    return low, high, min(max(0.0, low), high)


def measures(given: Chosen | None) -> tuple[Measure, ...]:
    """Return by what segments can be compared."""
    if given is None:
        return ("MAE",)
    ranked: tuple[Measure, ...] = ("AUC",) if given.score is not None else ()
    return (*ranked, "Accuracy", "Recall", "Prec.")


def notes(known: Subject) -> list[Text]:
    """Return what limits the figures: rows that were not judged, rows that belong together."""
    folds = len(np.unique(known.oof.fold))
    found = [Text("diagnosis.note.rows", rows=len(known.oof.rows), folds=folds)]
    if folds < known.plan.folds:
        found.append(Text("diagnosis.note.partial", done=folds, folds=known.plan.folds))
    if known.plan.sample is not None:
        found.append(Text("diagnosis.note.sampled"))
    if known.plan.group is not None:
        found.append(Text("diagnosis.note.grouped", group=known.plan.group))
    if known.plan.time is not None:
        found.append(Text("diagnosis.note.over_time"))
    return found


def chart(
    run_id: str,
    model: str,
    view: View,
    lang: Lang,
    *,
    by: Principal,
    code: int = 1,
    threshold: float | None = None,
    of: Of = "predicted",
) -> go.Figure:
    """Draw one view of a candidate.

    Parameters
    ----------
    run_id, model : str
        The comparison and its candidate.
    view : str
        One of those that `about` names.
    lang : {"ja", "en"}
        The reader's language.
    by : Principal
        Who asks.
    code : int
        The class that is looked at.
    threshold : float, optional
        Marked where thresholds are drawn.
    of : {"predicted", "actual"}
        Along which values errors are drawn.
    """
    from workbench.experiment.diagnosis import charts as diagnosis_charts
    from workbench.experiment.diagnosis import matrix_chart
    from workbench.experiment.diagnosis import number_charts as diagnosis_number_charts

    known = subject(run_id, model, by=by)
    if view in NUMBERS:
        return diagnosis_number_charts.chart(view, known.oof, of, lang, target=known.plan.target, seed=known.plan.seed)
    names = [label_text(label) for label in known.labels]
    if view == "matrix":
        return matrix_chart.matrix(counting.matrix(known.oof, len(names)), names, lang)
    # A label by itself, such as 1, would say nothing in a title.
    label = f"{known.plan.target} = {names[code]}"
    return diagnosis_charts.chart(view, known.chosen(code), threshold, label, lang)


def counts(run_id: str, model: str, *, by: Principal, code: int = 1, threshold: float | None = None) -> Confusion:
    """Return the counts of one class at a threshold; without one, those where the model is left to itself."""
    return counting.confusion(subject(run_id, model, by=by).chosen(code), threshold)


def cheapest(run_id: str, model: str, *, by: Principal, code: int = 1, false_alarm: float, miss: float) -> Confusion:
    """Return the counts at the threshold whose errors cost least, given what one of each kind costs.

    Raises
    ------
    ExperimentError
        If the model has no scores, or a cost is negative.
    """
    given = subject(run_id, model, by=by).chosen(code)
    if given.score is None:
        raise ExperimentError("error.diagnosis.no_score")
    if min(false_alarm, miss) < 0:
        raise ExperimentError("error.diagnosis.cost")
    return counting.cheapest(given, false_alarm, miss)


def counts_chart(found: Confusion, label: str, other: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw the counts at a threshold as a matrix of two classes."""
    from workbench.experiment.diagnosis import matrix_chart

    by.require("viewer")
    counts = np.array([[found.true_negative, found.false_positive], [found.false_negative, found.true_positive]])
    return matrix_chart.matrix(counts, [other, label], lang)


@dataclass(frozen=True)
class OneClass:
    """One class against the rest, where the model is left to itself."""

    label: str
    counts: Confusion
    area: Estimate
    """The area under its ROC curve; nothing without scores."""


def by_class(run_id: str, model: str, *, by: Principal) -> list[OneClass]:
    """Return each class against the rest."""
    known = subject(run_id, model, by=by)
    found = []
    for code, label in enumerate(known.labels):
        given = known.chosen(code)
        area = diagnosis.roc(given).interval if given.is_whole else NOTHING
        found.append(OneClass(label_text(label), counting.confusion(given, None), area))
    return found


def figures(run_id: str, model: str, view: View, *, by: Principal, code: int = 1) -> Any:
    """Return the plain data behind one view: what its chart is drawn from; None where a class is not whole."""
    known = subject(run_id, model, by=by)
    if view == "residuals":
        return diagnosis_numbers.residuals(known.oof)
    if view == "actual":
        return diagnosis_numbers.pooled(known.oof)
    given = known.chosen(code)
    if not given.is_whole:
        return None
    measure: dict[str, Callable[[Chosen], Any]] = {
        "roc": diagnosis.roc,
        "pr": diagnosis.precision_recall,
        "calibration": diagnosis.calibration,
        "gain": diagnosis.gain,
    }
    return measure[view](given)


def ranges(run_id: str, model: str, of: Of, *, by: Principal) -> list[diagnosis_numbers.Range]:
    """Return the error along the predicted or the real values."""
    return diagnosis_numbers.by_range(subject(run_id, model, by=by).oof, of)
