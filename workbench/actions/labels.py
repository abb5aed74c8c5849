"""Which labels look wrong, and which rows are unlike all others, asked of quick refits in a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from workbench import checks, jobs, task
from workbench.actions import audit, datasets, held
from workbench.checks import kept
from workbench.checks.check import Check
from workbench.checks.context import Context
from workbench.checks.labels import LEAST_ROWS, MOST_LISTED, LabelScores
from workbench.checks.labels.checks import Outliers, WrongLabels
from workbench.data import Roles
from workbench.errors import CheckError, DataError, ExperimentError
from workbench.experiment.plan import Plan, label_text
from workbench.experiment.quick import FOLDS, Quick
from workbench.jobs import Recorder
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Text

KIND = LANE = "labels"
# Distances between more rows than these take minutes.
MOST_POINTS = 20_000
# Columns shown beside a listed row, those the models used most.
MOST_COLUMNS = 5
# What part of the way each stage begins at.
LOOKING, FITTING, JUDGING = 0.02, 0.2, 0.8
CHECKS: tuple[Check, ...] = (WrongLabels(), Outliers())


def start(dataset_id: str, *, by: Principal) -> str:
    """Start the search for wrong labels and outliers as a run and return its id.

    Parameters
    ----------
    dataset_id : str
        The table; its target must be chosen.
    by : Principal
        Who asks; an analyst.

    Raises
    ------
    CheckError
        If there is no target.
    """
    audit.allow_change(by)
    dataset = datasets.get(dataset_id, by=by)
    if dataset.roles.target is None:
        raise CheckError("error.checks_no_target")
    spec = {
        "dataset": dataset_id,
        "roles": dataset.roles.to_dict(),
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    run_id = jobs.start(
        held.store(), kind=KIND, title=dataset.name, spec=spec, by=by, environment=get_settings().environment(), lane=LANE
    )
    audit.record("labels_started", by, run=run_id, dataset=dataset_id)
    return run_id


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Search in a child process."""
    recorder.progress(LOOKING, Text("labels.stage.looking"))
    frame = datasets.get(spec["dataset"], by=Principal(**spec["by"])).frame
    roles = Roles.from_dict(spec["roles"])
    certain = certain_leaks(frame, roles)
    recorder.progress(FITTING, Text("labels.stage.fitting"))
    done = 0

    def fold() -> None:
        nonlocal done
        done += 1
        note = Text("labels.stage.fitting" if done < FOLDS else "labels.stage.judging")
        recorder.progress(FITTING + min(done / FOLDS, 1.0) * (JUDGING - FITTING), note)

    found = scores(frame, roles, exclude=certain, told=fold)
    return {"dataset": spec["dataset"], **judged(frame, roles, found)}


def certain_leaks(frame: pl.DataFrame, roles: Roles) -> tuple[str, ...]:
    """Return the columns that the cheap checks leave out: one that knows the target would agree with every wrong label."""
    assert roles.target is not None
    report = checks.run(
        frame, target=roles.target, group=roles.group, time=roles.time, event=roles.event, roles=roles, fast=True
    )
    return tuple(report.advice["exclude"])


def scores(
    frame: pl.DataFrame, roles: Roles, *, exclude: Sequence[str] = (), told: Callable[[], None] | None = None
) -> LabelScores:
    """Return out-of-fold predictions for the checks of labels, or why there are none.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    roles : Roles
        Its roles; the target among them. With a group, its rows stay on one side.
    exclude : sequence of str
        Columns that are not learnt from, beside those of the roles.
    told : callable, optional
        Called after each fold.
    """
    assert roles.target is not None
    usable, rare = without_rare(frame, roles.target)
    present = frame.height - usable[roles.target].null_count()
    if reason := refusal(usable[roles.target], present, rare, roles.target):
        return LabelScores(rare=rare, reason=reason)
    apart = (roles.target, roles.group)
    wishes = {
        "target": roles.target,
        "task": str(kind) if (kind := task.infer(usable[roles.target])) is not task.Task.BINARY else None,
        "group": roles.group,
        "group_part": roles.group_part,
        # the plan's own folds are not used; a small number lets small tables and few groups through
        "folds": 2,
        "ignore": [name for name in dict.fromkeys([*roles.aside(), *exclude, roles.time]) if name and name not in apart],
    }
    try:
        quick = Quick(usable, Plan.from_dict(wishes).checked(usable))
        found, space = quick.out_of_fold(told=told), quick.space(MOST_POINTS)
    except (ExperimentError, DataError) as problem:
        return LabelScores(rare=rare, reason=Text(problem.key, **problem.values))
    return LabelScores(
        rows=found.rows,
        given=found.given,
        predicted=found.predicted,
        labels=tuple(found.labels),
        total=present,
        folds=found.folds,
        is_grouped=found.is_grouped,
        is_timed=roles.time is not None,
        rare=rare,
        columns=tuple(found.weights)[:MOST_COLUMNS],
        seed=quick.plan.seed,
        point_rows=space.rows,
        points=space.points,
        sources=tuple(space.sources),
    )


def without_rare(frame: pl.DataFrame, target: str) -> tuple[pl.DataFrame, tuple[tuple[str, int], ...]]:
    """Blank targets that cannot be judged, and return the labels with fewer rows than there are folds."""
    values = frame[target]
    if values.dtype.is_float():
        values = values.set(~values.is_finite(), None)
    if not task.infer(values).is_classification:
        return frame.with_columns(values), ()
    counts = values.drop_nulls().value_counts(name="#").filter(pl.col("#") < FOLDS).sort(target)
    few = counts[target].to_list()
    known = values.set(values.is_in(counts[target]).fill_null(value=False), None) if few else values
    told = tuple((label_text(label), count) for label, count in zip(few, counts["#"].to_list(), strict=True))
    return frame.with_columns(known), told


def refusal(values: pl.Series, present: int, rare: Sequence[tuple[str, int]], target: str) -> Text | None:
    """Return why a target cannot be judged before anything is fitted, or None."""
    if rare and values.drop_nulls().n_unique() < 2:
        return Text("check.labels.all_rare", target=target, folds=FOLDS)
    if present < LEAST_ROWS:
        return Text("check.labels.few_rows", rows=present, least=LEAST_ROWS)
    return None


def judged(frame: pl.DataFrame, roles: Roles, found: LabelScores) -> dict[str, Any]:
    """Return what the checks of labels say, as plain data without a language."""
    assert roles.target is not None
    context = Context(frame, roles.target, roles.group, roles.time, labels=found)
    return plain(found) | {"outcomes": {check.code: kept.outcome_to_json(check.run(context), None) for check in CHECKS}}


def plain(found: LabelScores) -> dict[str, Any]:
    """Return the listed rows, numbered from 1, with what is known about all; the longest lists are cut, and say so."""
    doubts, share = found.doubts if found.can_judge and found.is_skilled else ([], None)
    far = (found.strangers or []) if found.can_judge else []
    return {
        "rows": len(found.rows),
        "total": found.total,
        "share": share,
        "columns": list(found.columns),
        "wrong_count": len(doubts),
        "outlier_count": len(far),
        "wrong": [doubt.plain() for doubt in doubts[:MOST_LISTED]],
        "outliers": [one.plain() for one in far[:MOST_LISTED]],
    }


def latest(dataset_id: str, *, by: Principal) -> str | None:
    """Return somebody's newest run of this kind on a dataset, or None."""
    for job in jobs.mine(held.store(), by=by):
        if job.kind == KIND and job.spec.get("dataset") == dataset_id:
            return job.id
    return None
