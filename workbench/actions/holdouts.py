"""The hold-out score of any row of a leaderboard, made when somebody asks for it: in a job, kept beside the comparison."""

from __future__ import annotations

from typing import Any

from workbench import jobs
from workbench.actions import audit, compare, datasets, held
from workbench.errors import ExperimentError
from workbench.experiment.plan import Plan
from workbench.jobs import Job, Recorder
from workbench.jobs.records import SPEC, place
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.store import get_json, put_json

KIND = LANE = "holdout"
FOLDER = "holdout/"


def start(run_id: str, model: str, *, by: Principal) -> str:
    """Start judging a row of a comparison on the hold-out, and return the id of the run that does it.

    Parameters
    ----------
    run_id : str
        The comparison; its table must be there.
    model : str
        The row's model.
    by : Principal
        Who asks; an analyst.

    Raises
    ------
    JobNotFound
        If there is no such comparison that this person may see.
    ExperimentError
        If the comparison did not have this model.
    """
    audit.allow_change(by)
    job = compare.comparison(run_id, by=by)
    if model not in job.spec["plan"]["models"]:
        raise ExperimentError("error.leaderboard.no_model", model=model)
    datasets.record(job.spec["dataset"], by=by)
    going = of_run(run_id, model, by=by)
    if going is not None and going.state in ("waiting", "running"):
        return going.id
    spec = {
        "comparison": run_id,
        "model": model,
        "dataset": job.spec["dataset"],
        "plan": known(run_id, by=by)["plan"],
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    started = jobs.start(
        held.store(), kind=KIND, title=job.title, spec=spec, by=by, environment=get_settings().environment(), lane=LANE
    )
    audit.record("holdout_started", by, run=started, comparison=run_id, model=model)
    return started


def may_start(*, by: Principal) -> bool:
    """Tell whether somebody may ask for hold-out scores."""
    return audit.may_change(by)


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Fit the model on the training part and judge it, in a child process."""
    from workbench.experiment.engine import alone

    recorder.progress(0.1)
    frame = datasets.get(spec["dataset"], by=Principal(**spec["by"])).frame
    metrics = alone.judged(frame, Plan.from_dict(spec["plan"]), spec["model"])
    remember(spec["comparison"], spec["model"], metrics)
    return {"dataset": spec["dataset"], "comparison": spec["comparison"], "model": spec["model"], "metrics": metrics}


def remember(run_id: str, model: str, metrics: dict[str, float | None]) -> None:
    """Keep a row's hold-out metrics beside its comparison."""
    store = held.store()
    if store.stat(place(run_id, SPEC)) is not None:  # deleted meanwhile: nothing of it comes back
        put_json(store, place(run_id, f"{FOLDER}{model}.json"), metrics)


def known(run_id: str, *, by: Principal) -> dict[str, Any]:
    """Return a comparison's rows and the plan as it was carried out: memory may have made its sample smaller."""
    state = compare.state(run_id, by=by)
    return {"rows": state["rows"], "plan": state["plan"] or state["job"].spec["plan"]}


def found(run_id: str) -> dict[str, dict[str, float | None]]:
    """Return the hold-out metrics that were asked for, by model; who may see the comparison is the caller's to say."""
    store, prefix = held.store(), place(run_id, FOLDER)
    names = [stat.name for stat in store.list(prefix)]
    return {name.removeprefix(prefix).removesuffix(".json"): get_json(store, name) or {} for name in names}


def of_run(run_id: str, model: str, *, by: Principal) -> Job | None:
    """Return somebody's newest run that judges a row on the hold-out, or None."""
    return newest(KIND, run_id, model, by=by)


def newest(kind: str, run_id: str, model: str, *, by: Principal) -> Job | None:
    """Return somebody's newest run of a kind that is about a row of a comparison, or None."""
    for job in jobs.mine(held.store(), by=by):
        if job.kind == kind and (job.spec.get("comparison"), job.spec.get("model")) == (run_id, model):
            return job
    return None
