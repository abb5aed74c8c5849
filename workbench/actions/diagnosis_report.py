"""A candidate's diagnosis as plain data, and its out-of-fold predictions as a table or a file."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from workbench.actions import diagnosis, weak_spots
from workbench.actions.judged import Subject, subject
from workbench.evaluation.intervals import Estimate
from workbench.experiment import diagnosis as ranked
from workbench.experiment.diagnosis import confusion as counting
from workbench.experiment.diagnosis import numbers as diagnosis_numbers
from workbench.experiment.diagnosis.confusion import Chosen, Confusion
from workbench.experiment.diagnosis.groups import RATES, Group
from workbench.experiment.diagnosis.weakness import Segment
from workbench.experiment.plan import label_text
from workbench.principal import Principal
from workbench.task import Task
from workbench.words import Lang, Text, say

RATES_OF_COUNTS = ("precision", "recall", "false_alarms", "misses", "accuracy", "flagged")
TENTHS = tuple(place / 10 for place in range(1, 11))


def report(
    run_id: str, model: str, lang: Lang, *, by: Principal, segment: str | None = None, threshold: float | None = None
) -> dict[str, Any]:
    """Return a candidate's diagnosis as plain data.

    Parameters
    ----------
    run_id, model : str
        The comparison and its candidate.
    lang : {"ja", "en"}
        The language of names that are ours, such as that of blanks.
    by : Principal
        Who asks.
    segment : str, optional
        A column whose segments and groups are wanted, too.
    threshold : float, optional
        Rows at or above it are flagged; without one the model is left to itself.

    Raises
    ------
    JobNotFound, DatasetNotFound, ExperimentError
        As `workbench.actions.judged.subject`.
    ColumnNotFound
        If the table has no such column.
    """
    known = subject(run_id, model, by=by)
    about = diagnosis.about(run_id, model, by=by)
    found: dict[str, Any] = {
        "run": run_id,
        "model": model,
        "task": known.task.value,
        "target": known.plan.target,
        "rows": about.rows,
        "folds": about.folds,
        "notes": [note.say(lang) for note in about.notes],
    }
    found |= numbers(known) if known.task is Task.REGRESSION else classes(known, about.event, threshold)
    if segment is not None:
        found["segments"] = segments(run_id, model, segment, lang, by=by, threshold=threshold)
        groups = weak_spots.by_group(run_id, model, segment, by=by, threshold=threshold, code=about.event)
        found["groups"] = None if groups is None else [group_line(one, lang) for one in groups]
    return found


def numbers(known: Subject) -> dict[str, Any]:
    """Return what there is to say about predicted numbers."""
    left = diagnosis_numbers.residuals(known.oof)
    ranges = {of: diagnosis_numbers.by_range(known.oof, of) for of in ("predicted", "actual")}
    return {
        "metrics": diagnosis_numbers.pooled(known.oof),
        "residuals": {
            "mean": left.mean.to_dict(),
            "median": left.median,
            "half_within": left.within[0],
            "most_within": left.within[1],
        },
        "ranges": {
            of: [
                {"low": one.low, "high": one.high, "rows": one.rows, "error": one.error.to_dict(), "bias": one.bias.to_dict()}
                for one in found
            ]
            for of, found in ranges.items()
        },
    }


def classes(known: Subject, event: int, threshold: float | None) -> dict[str, Any]:
    """Return what there is to say about predicted classes: of two the event, of several each against the rest."""
    names = [label_text(label) for label in known.labels]
    codes = [event] if known.task is Task.BINARY else list(range(len(names)))
    return {
        "labels": names,
        "matrix": counting.matrix(known.oof, len(names)).tolist(),
        "classes": [{"label": names[code], **one_class(known.chosen(code), threshold)} for code in codes],
    }


def one_class(given: Chosen, threshold: float | None) -> dict[str, Any]:
    """Return what there is to say about one class against the rest; what needs a score is None without one."""
    found: dict[str, Any] = {"rows": int(given.hits.sum()), "at": counts_line(counting.confusion(given, threshold))}
    if not given.is_whole:
        return found | dict.fromkeys(("auc", "average_precision", "calibration", "gain"))
    roc, precision_recall, gain = ranked.roc(given), ranked.precision_recall(given), ranked.gain(given)
    gained = [{"share": share, "gain": gain.at(share), "lift": gain.at(share) / share} for share in TENTHS]
    return found | {
        "auc": roc.interval.to_dict() | {"folds": roc.areas},
        "average_precision": {"value": precision_recall.pooled.area, "folds": precision_recall.areas},
        "calibration": calibration_line(given) if given.is_probability else None,
        "gain": gained,
    }


def calibration_line(given: Chosen) -> dict[str, Any]:
    """Return how far probabilities can be taken at their word."""
    found = ranked.calibration(given)
    bins = [
        {"low": one.low, "high": one.high, "rows": one.rows, "predicted": one.predicted, "observed": one.observed.to_dict()}
        for one in found.bins
    ]
    return {"brier": found.brier, "base_brier": found.base_brier, "error": found.error, "bins": bins}


def counts_line(found: Confusion) -> dict[str, Any]:
    """Return counts and the rates that follow from them."""
    counts = ("threshold", "true_positive", "false_positive", "false_negative", "true_negative", "f1")
    rates = {name: getattr(found, name).to_dict() for name in RATES_OF_COUNTS}
    return {name: getattr(found, name) for name in counts} | rates


def segments(
    run_id: str, model: str, column: str, lang: Lang, *, by: Principal, threshold: float | None
) -> dict[str, Any] | None:
    """Return a column's segments by the first measure there is, weakest first; None for free text."""
    about = diagnosis.about(run_id, model, by=by)
    measure = about.measures[0]
    found = weak_spots.by_segment(run_id, model, column, measure, by=by, code=about.event, threshold=threshold)
    if found is None:
        return None
    return {"column": column, "measure": measure, "rows": [segment_line(one, lang) for one in found]}


def segment_line(one: Segment, lang: Lang) -> dict[str, Any]:
    """Return one segment as plain data."""
    return {
        "name": named(one.name, lang),
        "rows": one.rows,
        "events": one.hits,
        **one.value.to_dict(),
        "rest": one.rest,
        "chance": one.chance,
    }


def group_line(one: Group, lang: Lang) -> dict[str, Any]:
    """Return one group as plain data."""
    found: dict[str, Any] = {"name": named(one.name, lang), "rows": one.rows, "is_small": one.is_small}
    if one.counts is None:
        found |= {"error": plain(one.error), "bias": plain(one.bias)}
        return found
    rates: dict[str, Any] = {rate: one.rate(rate).to_dict() for rate in RATES}
    calibrated = {"predicted": one.said, "observed": one.observed.to_dict(), "apart": plain(one.bias)}
    found |= {"events": one.hits, "calibration": calibrated}
    return found | rates


def plain(found: Estimate | None) -> dict[str, float | None] | None:
    """Return a figure with its interval as plain data."""
    return None if found is None else found.to_dict()


def named(name: str | Text, lang: Lang) -> str:
    """Return a segment's name in a language."""
    return name.say(lang) if isinstance(name, Text) else str(name)


def table(run_id: str, model: str, lang: Lang, *, by: Principal) -> pl.DataFrame:
    """Return a candidate's out-of-fold predictions in the table's order.

    Returns
    -------
    polars.DataFrame
        Row, counted from 1 without the header, fold, what was true and what was said; of classes the probability of each.
    """
    known = subject(run_id, model, by=by)
    oof = known.oof
    made: dict[str, Any] = {"row": oof.rows + 1, "fold": oof.fold + 1}
    if known.task is Task.REGRESSION:
        made |= {"actual": oof.y, "predicted": oof.prediction, "difference": known.apart}
    else:
        names = np.array([label_text(label) for label in known.labels], dtype=object)
        made |= {"actual": names[oof.y].tolist(), "predicted": names[oof.prediction].tolist()}
    columns = {say(f"diagnosis.head.{name}", lang): values for name, values in made.items()}
    if oof.probabilities is not None:
        for code, label in enumerate(known.labels):
            columns[say("diagnosis.head.probability", lang, label=label_text(label))] = oof.probabilities[:, code]
    elif oof.score is not None and oof.score.ndim == 1:
        columns[say("diagnosis.head.score", lang)] = oof.score
    return pl.DataFrame(columns)[np.argsort(oof.rows, kind="stable")]


def file(run_id: str, model: str, lang: Lang, *, by: Principal) -> bytes:
    """Return the predictions as a CSV file; what a spreadsheet would run as a formula stays text."""
    from workbench.predict.formats import to_bytes

    return to_bytes(table(run_id, model, lang, by=by), "csv", lang)
