"""Any row's model put to use: fitted on every row in a job, and registered under a name of the analyst's choice."""

from __future__ import annotations

from typing import Any

from workbench import jobs
from workbench.actions import audit, compare, datasets, held, holdouts, winner
from workbench.errors import ExperimentError
from workbench.experiment.plan import Plan
from workbench.jobs import Job, Recorder
from workbench.principal import Principal
from workbench.settings import get_settings

KIND = "adopt"


def start(run_id: str, model: str, name: str, *, by: Principal) -> str:
    """Start registering a row's model under a name, and return the id of the run that does it.

    Parameters
    ----------
    run_id : str
        The comparison; its table must be there.
    model : str
        The row's model; it has a score.
    name : str
        A name of a model; of one that is there this becomes the next version.
    by : Principal
        Who asks; an analyst.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    ExperimentError
        If the row has no score, so that nothing is known about the model.
    RegistryError
        If the name cannot be a model's.
    """
    audit.allow_change(by)
    job = compare.comparison(run_id, by=by)
    state = holdouts.known(run_id, by=by)
    row = next((one for one in state["rows"] if one["model"] == model and one["status"] == "finished"), None)
    if row is None or not row.get("folds"):
        raise ExperimentError("error.leaderboard.no_model", model=model)
    held.registry().check_name(name)
    datasets.record(job.spec["dataset"], by=by)
    spec = {
        "comparison": run_id,
        "model": model,
        "name": name,
        "row": row,
        "dataset": job.spec["dataset"],
        "plan": state["plan"],
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    environment = get_settings().environment()
    lane = holdouts.LANE
    started = jobs.start(held.store(), kind=KIND, title=job.title, spec=spec, by=by, environment=environment, lane=lane)
    audit.record("model_chosen", by, run=started, comparison=run_id, model=model, name=name)
    return started


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Fit the model on every row and register it, in a child process."""
    from workbench.experiment.engine import alone

    recorder.progress(0.1)
    by = Principal(**spec["by"])
    dataset = datasets.get(spec["dataset"], by=by)
    made = alone.handed_over(dataset.frame, Plan.from_dict(spec["plan"]), spec["row"], spec["name"])
    recorder.progress(0.9)
    record = winner.keep_of(dataset, made, by=by)
    assert record is not None
    metrics = made.fitted.holdout if made.fitted else {}
    holdouts.remember(spec["comparison"], spec["model"], metrics)
    return {
        "dataset": spec["dataset"],
        "comparison": spec["comparison"],
        "model": spec["model"],
        "registered": record.reference,
        "holdout": metrics,
    }


def of_run(run_id: str, model: str, *, by: Principal) -> Job | None:
    """Return somebody's newest run that registers a row's model, or None."""
    return holdouts.newest(KIND, run_id, model, by=by)
