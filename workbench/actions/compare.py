"""Model comparison: the plan's defaults, a run in a child process, and its leaderboard as it grows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench import jobs
from workbench.actions import audit, datasets, held, kept_folds
from workbench.actions.agreement import NOTHING_AGREED, Agreement
from workbench.actions.compare_progress import Progress
from workbench.actions.failed_before import FailedBefore
from workbench.actions.kept_folds import KeptFolds
from workbench.actions.roles import part_asked
from workbench.actions.sources import Source
from workbench.actions.winner import UNREPAIRED, keep, keep_of
from workbench.data import Dataset, Roles
from workbench.data import datasets as tables
from workbench.data.repairs import Repairs
from workbench.errors import ExperimentError, JobNotFound, WorkbenchError
from workbench.experiment.candidates import offered
from workbench.experiment.leaderboard import Comparison, partial
from workbench.experiment.plan import Plan
from workbench.experiment.plan.reading import noted
from workbench.experiment.race.oof import Oof
from workbench.jobs import Job, Recorder, records
from workbench.principal import Principal
from workbench.registry import ModelRecord, clean_name
from workbench.settings import get_settings
from workbench.task import Task
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.experiment.engine.around import Around

KIND = LANE = "compare"
# What is tried where a table's rows, groups or times are too few for ten folds: a form that is not there cannot be changed.
FEWER_FOLDS = (5, 3, 2)
Emit = Callable[..., None]


def defaults(dataset_id: str, *, by: Principal) -> Plan:
    """Return the plan that a dataset's roles suggest, checked; with fewer folds where the usual ten are too many.

    Raises
    ------
    ExperimentError
        If there is no target yet, or the plan cannot work with any folds; everything that is wrong is named.
    """
    dataset = datasets.get(dataset_id, by=by)
    try:
        return checked(dataset, {})
    except ExperimentError as problem:
        for folds in FEWER_FOLDS:
            with suppress(ExperimentError):
                return checked(dataset, {"folds": folds})
        raise problem from None


def checked(dataset: Dataset, wishes: dict[str, Any], *, is_named: bool = False) -> Plan:
    """Complete a person's wishes with what the dataset's roles say; where a model is to be kept, its name counts, too."""
    roles = dataset.roles
    if not (target := wishes.get("target") or roles.target):
        raise ExperimentError("error.compare.no_target")
    base = {
        "target": target,
        "event": roles.event,
        "group": roles.group,
        "group_part": part_of(roles, wishes),
        "time": roles.time,
        "ignore": [c for c in roles.aside() if c != target],
        "name": clean_name(Path(dataset.name).stem),
    }
    found: list[WorkbenchError] = []
    if is_named:
        with noted(found):
            held.registry().check_name(str(wishes.get("name", base["name"])))
    return Plan.of(base | wishes, dataset.frame, beside=found)


def part_of(roles: Roles, wishes: dict[str, Any]) -> dict[str, str] | None:
    """Return which part of the roles' group counts; of another group a person wishes for nobody said one."""
    return roles.group_part if wishes.get("group", roles.group) == roles.group else None


def candidates(task: Task, *, by: Principal) -> dict[str, Text]:
    """Return the models that can be compared for a task, by id, simplest first, with their names."""
    by.require("viewer")
    return {candidate.id: candidate.title for candidate in offered(task)}


def start(plan: dict[str, Any], *, dataset_id: str, by: Principal) -> str:
    """Start a comparison and return the run's id.

    Parameters
    ----------
    plan : dict
        What differs from `defaults`, by the plan's own names.
    dataset_id : str
        The table.
    by : Principal
        Who asks; an analyst.
    """
    audit.allow_change(by)
    dataset = datasets.get(dataset_id, by=by)
    full = checked(dataset, plan, is_named=True)
    run = begun(dataset.name, {"dataset": dataset_id, "plan": full.to_dict()}, by=by)
    audit.record("comparison_started", by, run=run, dataset=dataset_id, target=full.target)
    return run


def expect(*, by: Principal) -> None:
    """Let a process load what a comparison needs while somebody makes its plan: the first fold then comes seconds sooner."""
    settings = get_settings()
    if audit.may_change(by):
        jobs.BENCH.call(KIND, settings.environment(), settings.ready_minutes)


def get_ready() -> None:
    """Load, in such a process, what a comparison needs."""
    from workbench.experiment.engine import caret

    caret.get_ready()


def begun(name: str, spec: dict[str, Any], *, by: Principal, job_id: str | None = None) -> str:
    """Start a comparison's job, or put it in line, and return its id, which may have been promised already."""
    settings = get_settings()
    return jobs.start(
        held.store(),
        kind=KIND,
        title=f"{name}: {spec['plan']['target']}",
        spec=spec | {"by": {"who": by.who, "kind": by.kind, "role": by.role}},
        by=by,
        environment=settings.environment(),
        lane=LANE,
        at_once=settings.max_comparisons,
        rescue=True,
        job_id=job_id,
    )


def comparison(run_id: str, *, by: Principal) -> Job:
    """Return a comparison that somebody may see.

    Raises
    ------
    JobNotFound
        If there is none.
    """
    job = jobs.find(held.store(), run_id, by=by)
    if job.kind != KIND:
        raise JobNotFound("error.jobs.not_found", id=run_id)
    return job


def oof(run_id: str, model: str, *, by: Principal) -> Oof:
    """Return what a comparison's models said about the rows they had not seen, as far as its folds are finished.

    Parameters
    ----------
    run_id : str
        The comparison.
    model : str
        One of its candidates.
    by : Principal
        Who asks.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    ExperimentError
        If no fold of this candidate was kept.
    """
    from workbench.experiment.race.units import joined  # scikit-learn stays out until somebody looks closer

    comparison(run_id, by=by)
    return joined(unit for unit, _ in kept_folds.read_all(held.store(), run_id, model))


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Do the comparison of a job in its child process; as a rescue, make a result of what an ended one had finished."""
    happened = jobs.events(held.store(), recorder.job_id) if recorder.is_rescue else []
    folds = kept_folds.folds_of(happened) or int(spec["plan"]["folds"])
    if recorder.is_rescue and not kept_folds.has_candidate(held.store(), recorder.job_id, folds):
        return {}  # its events tell what there is, and nobody waits until the engine's libraries are there
    from workbench.experiment.engine.around import Around

    by = Principal(**spec["by"])
    dataset = datasets.get(spec["dataset"], by=by)
    plan = with_budget(Plan.from_dict(spec["plan"]), get_settings().max_train_minutes * 60.0)
    stamp = kept_folds.stamp_of(dataset.fingerprint, plan)
    kept = KeptFolds(held.store(), recorder.job_id, stamp, before=spec.get("before"))
    before = FailedBefore.of_spec(spec)
    before = before if before.is_of(stamp) else FailedBefore()
    failed, failed_rows = dict(before.lasting), before.rows
    if recorder.is_rescue:
        plan = replace(plan, sample=kept_folds.sample_of(happened) or plan.sample)
        failed, failed_rows = failed | partial.told(happened).failed, None
    around = Around(
        kept=kept,
        begins=not recorder.is_rescue,
        failed=failed,
        failed_rows=failed_rows,
        end=lambda: recorder.leave(jobs.OUT_OF_MEMORY),
    )
    compared = run(dataset.frame, plan, emit=Progress(recorder, plan, stamp=stamp, again=before.passing), around=around)
    return result(compared, keep_of(dataset, compared, by=by))


def with_budget(plan: Plan, limit: float) -> Plan:
    """Hold a plan's time budget under the operator's limit."""
    return Plan.from_dict(plan.to_dict() | {"budget": min(plan.budget or limit, limit)})


def run(frame: pl.DataFrame, plan: Plan, *, emit: Emit, around: Around | None = None) -> Comparison:
    """Compare in this process: only ever a job's child or the command line, because PyCaret changes its process."""
    from workbench.experiment import engine

    return engine.compare(frame, plan, emit=emit, around=around or engine.ALONE)


def result(compared: Comparison, record: ModelRecord | None) -> dict[str, Any]:
    """Return the contract's keys of a finished comparison."""
    return compared.to_dict() | {"registered": f"{record.name}@{record.version}" if record else None}


def state(run_id: str, *, by: Principal) -> dict[str, Any]:
    """Return where a comparison stands: its job, the rows so far, and the result once there is one.

    Raises
    ------
    JobNotFound
        If there is no such run of this person.
    """
    job = jobs.find(held.store(), run_id, by=by)
    done = job.result or {}
    if done.get("leaderboard"):
        return {"job": job, "rows": done["leaderboard"], **{k: done.get(k) for k in RESULT_KEYS}}
    heard, plan = partial.told(jobs.events(held.store(), run_id)), job.spec["plan"]
    is_going = not job.is_settled and job.state != "lost"
    rows = heard.leaderboard(plan["sort"], Task(plan["task"]), plan["folds"], is_going=is_going)
    known = {"baseline": heard.baseline, "test_share": heard.test_share}
    return {"job": job, "rows": rows, **dict.fromkeys(RESULT_KEYS), **known}


RESULT_KEYS = (
    "baseline",
    "best",
    "recommended",
    "conclusion",
    "registered",
    "excluded",
    "seconds",
    "plan",
    "holdout",
    "test_share",
    "splits",
)


def stop(run_id: str, *, by: Principal, keep: bool = True) -> None:
    """Ask a comparison to stop; the rows that are finished stay, and the best of them is kept as a model where wished."""
    jobs.stop(held.store(), run_id, by=by, keep=keep)
    audit.record("run_stopped", by, run=run_id)


def is_stopping(run_id: str, *, by: Principal) -> bool:
    """Tell whether somebody has asked a run to stop."""
    return records.stopping(held.store(), jobs.find(held.store(), run_id, by=by).id)


def of_source(
    source: Source,
    wishes: dict[str, Any],
    *,
    by: Principal,
    emit: Emit,
    repairs: Repairs = UNREPAIRED,
    agreed: Agreement = NOTHING_AGREED,
) -> dict[str, Any]:
    """Compare on a table that is not stored, for the command line, and register the best.

    Parameters
    ----------
    source : Source
        The table, repaired already.
    wishes : dict
        What differs from what its roles suggest; a part of the group as it is typed, ``before:_``.
    by : Principal
        Who asks; an analyst.
    emit : callable
        Told what happens.
    repairs : Repairs, optional
        How it was repaired: new rows will be, too.
    agreed : Agreement, optional
        What is allowed in its columns: new rows are held to it.

    Returns
    -------
    dict
        The contract's keys of `compare`.

    Raises
    ------
    ExperimentError
        If the plan cannot work.
    """
    audit.allow_change(by)
    made = replace(tables.make(source.reading, name=source.name, owner=by.who), roles=source.roles)
    asked = wishes | ({"group_part": part_asked(wishes["group_part"])} if "group_part" in wishes else {})
    plan = checked(made, asked, is_named=True)
    compared = run(made.frame, plan, emit=emit)
    record = keep(
        compared,
        made.frame,
        fingerprint=made.fingerprint,
        roles=made.roles,
        repairs=repairs,
        by=by,
        sample=source.sample,
        agreed=replace(agreed, name=source.name, reading=source.settings, repairs=repairs),
    )
    return result(compared, record)
