"""Model comparison: the plan's defaults, a run in a child process, its leaderboard as it grows, and one that is resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench import jobs
from workbench.actions import audit, datasets, held, kept_folds
from workbench.actions.agreement import Agreement
from workbench.actions.compare_progress import Progress
from workbench.actions.kept_folds import KeptFolds
from workbench.actions.roles import part_asked
from workbench.actions.sources import Source
from workbench.actions.winner import UNREPAIRED, keep, keep_of
from workbench.data import Dataset, Roles
from workbench.data import datasets as tables
from workbench.data.repairs import Repairs
from workbench.errors import ExperimentError, JobError, JobNotFound
from workbench.experiment.candidates import offered
from workbench.experiment.leaderboard import Comparison, partial
from workbench.experiment.plan import Plan
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
Emit = Callable[..., None]


def defaults(dataset_id: str, *, by: Principal) -> Plan:
    """Return the plan that a dataset's roles suggest, checked.

    Raises
    ------
    ExperimentError
        If there is no target yet, or the plan cannot work; everything that is wrong is named.
    """
    dataset = datasets.get(dataset_id, by=by)
    return checked(dataset, {})


def checked(dataset: Dataset, wishes: dict[str, Any]) -> Plan:
    """Complete a person's wishes with what the dataset's roles say."""
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
    return Plan.of(base | wishes, dataset.frame)


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
    full = checked(dataset, plan)
    held.registry().check_name(full.name)
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


def begun(name: str, spec: dict[str, Any], *, by: Principal) -> str:
    """Start a comparison's job, or put it in line, and return its id."""
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
    )


def resume(run_id: str, *, by: Principal) -> str:
    """Go on with a comparison that did not come to its end, as a new run with the same plan.

    Parameters
    ----------
    run_id : str
        The run that was stopped, died, was lost, or ran out of time. The folds it finished are taken along.
    by : Principal
        Who asks; its owner.

    Returns
    -------
    str
        The id of the new run.

    Raises
    ------
    JobError
        If it still goes, if nothing of it is left to do, or if it is no comparison.
    """
    audit.allow_change(by)
    job = records.owned(held.store(), run_id, by=by)
    if key := why_not_resumed(job):
        raise JobError(key, title=job.title)
    dataset = datasets.record(job.spec["dataset"], by=by)
    store = held.store()
    plan = job.spec["plan"] | ({"sample": sample} if (sample := kept_folds.sample_of(jobs.events(store, run_id))) else {})
    before = run_id if kept_folds.names(store, run_id) else job.spec.get("before", run_id)
    run = begun(dataset.name, {"dataset": dataset.id, "plan": plan, "before": before}, by=by)
    audit.record("comparison_resumed", by, run=run, before=run_id, dataset=dataset.id, target=plan["target"])
    return run


def why_not_resumed(job: Job) -> str | None:
    """Return the sentence's key of why there is nothing to resume in a run, or None where there is."""
    if job.kind != KIND:
        return "error.runs_kept.not_a_comparison"
    if not job.is_settled and job.state != "lost":
        return "error.runs_kept.still_going"
    rows = (job.result or {}).get("leaderboard") or ()
    if job.state == "finished" and all(row["status"] != "stopped" for row in rows):
        return "error.runs_kept.complete"
    return None


def may_resume(job: Job, *, by: Principal) -> bool:
    """Tell whether somebody may resume a run."""
    return job.owner == by.who and audit.may_change(by) and why_not_resumed(job) is None


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
    from workbench.experiment.engine.around import Around

    by = Principal(**spec["by"])
    dataset = datasets.get(spec["dataset"], by=by)
    plan = with_budget(Plan.from_dict(spec["plan"]), get_settings().max_train_minutes * 60.0)
    stamp = kept_folds.stamp_of(dataset.fingerprint, plan)
    kept = KeptFolds(held.store(), recorder.job_id, stamp, before=spec.get("before"))
    failed: dict[str, Text] = {}
    if recorder.is_rescue:
        happened = jobs.events(held.store(), recorder.job_id)
        if not kept.has_candidate(kept_folds.folds_of(happened) or plan.folds):
            return {}  # its events tell what there is
        plan = replace(plan, sample=kept_folds.sample_of(happened) or plan.sample)
        failed = partial.told(happened).failed
    around = Around(
        kept=kept,
        begins=not recorder.is_rescue,
        failed=failed,
        end=lambda: recorder.leave(jobs.OUT_OF_MEMORY),
    )
    compared = run(dataset.frame, plan, emit=Progress(recorder, plan), around=around)
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
    source: Source, wishes: dict[str, Any], *, by: Principal, emit: Emit, repairs: Repairs = UNREPAIRED
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
    plan = checked(made, wishes | ({"group_part": part_asked(wishes["group_part"])} if "group_part" in wishes else {}))
    held.registry().check_name(plan.name)
    compared = run(made.frame, plan, emit=emit)
    record = keep(
        compared,
        made.frame,
        fingerprint=made.fingerprint,
        roles=made.roles,
        repairs=repairs,
        by=by,
        sample=source.sample,
        agreed=Agreement(source.name, reading=source.settings, repairs=repairs),
    )
    return result(compared, record)
