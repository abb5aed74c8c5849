"""A comparison that did not come to its end, gone on with as a new run: its finished folds and its failures are taken along."""

from __future__ import annotations

from datetime import UTC, datetime

from workbench import jobs
from workbench.actions import audit, compare, datasets, held, kept_folds, shared_runs
from workbench.actions.failed_before import FailedBefore, is_passing
from workbench.errors import JobError, PreconditionFailed
from workbench.jobs import Job, records
from workbench.principal import Principal
from workbench.store import ObjectStore, get_json, put_json

# In a run's folder: which run goes on with it.
POINTER = "resumed.json"


def resume(run_id: str, *, by: Principal) -> str:
    """Go on with a comparison that did not come to its end, as a new run with the same plan.

    Parameters
    ----------
    run_id : str
        The run that was stopped, died, was lost, or ran out of time. The folds it finished are taken along; a model that
        failed for a reason of its own is not tried again.
    by : Principal
        Who asks; its owner.

    Returns
    -------
    str
        The id of the new run; asked for again while that one goes, the same one.

    Raises
    ------
    JobError
        If it still goes, if nothing of it is left to do, or if it is no comparison.
    """
    audit.allow_change(by)
    store = held.store()
    job = records.owned(store, run_id, by=by)
    if key := why_not(job):
        raise JobError(key, title=job.title)
    dataset = datasets.record(job.spec["dataset"], by=by)
    events = jobs.events(store, run_id)
    plan = job.spec["plan"] | ({"sample": sample} if (sample := kept_folds.sample_of(events)) else {})
    before = run_id if kept_folds.names(store, run_id) else job.spec.get("before", run_id)
    failed = FailedBefore.of_run(job, events).to_dict()
    run = records.new_id(datetime.now(UTC))
    if (other := claimed(store, run_id, run)) != run:
        return other
    spec = {"dataset": dataset.id, "plan": plan, "before": before, "failed": failed}
    compare.begun(dataset.name, spec, by=by, job_id=run)
    audit.record("comparison_resumed", by, run=run, before=run_id, dataset=dataset.id, target=plan["target"])
    return run


def claimed(store: ObjectStore, run_id: str, run: str) -> str:
    """Return which run goes on with another: a new one, unless one that was started before still goes."""
    pointer = records.place(run_id, POINTER)
    known = store.stat(pointer)
    if known and is_going(store, other := str((get_json(store, pointer) or {"run": ""})["run"])):
        return other
    try:
        put_json(store, pointer, {"run": run}, if_generation=known.generation if known else 0)
    except PreconditionFailed:  # pressed twice, here or on another instance
        return str((get_json(store, pointer) or {"run": run})["run"])
    return run


def is_going(store: ObjectStore, run: str) -> bool:
    """Tell whether a run goes, or is about to."""
    job = records.anybodys(store, run)
    if job is None:
        return bool(records.FORM.fullmatch(run)) and shared_runs.is_promised(run)
    return not job.is_settled and job.state != "lost"


def why_not(job: Job) -> str | None:
    """Return the sentence's key of why there is nothing to resume in a run, or None where there is."""
    if job.kind != compare.KIND:
        return "error.runs_kept.not_a_comparison"
    if not job.is_settled and job.state != "lost":
        return "error.runs_kept.still_going"
    rows = (job.result or {}).get("leaderboard") or ()
    if job.state == "finished" and not any(row["status"] == "stopped" or is_passing(row) for row in rows):
        return "error.runs_kept.complete"
    return None


def may_resume(job: Job, *, by: Principal) -> bool:
    """Tell whether somebody may resume a run."""
    return job.owner == by.who and audit.may_change(by) and why_not(job) is None
