"""The closed loop as a run: what the score would be without each suspect, and with the advised split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench import jobs
from workbench.actions import audit, checks, datasets, held, refits
from workbench.checks.advice.loop import Answer, Suspect, certain_of, count_of
from workbench.errors import JobNotFound
from workbench.experiment.plan import Plan
from workbench.jobs import Job, Recorder
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Text

KIND = LANE = "honest"


def start(dataset_id: str, *, by: Principal, columns: Sequence[str] | None = None) -> str:
    """Start the closed loop of a dataset as a run and return its id.

    Parameters
    ----------
    dataset_id : str
        The table; its target must be chosen.
    by : Principal
        Who asks; an analyst.
    columns : sequence of str, optional
        One suspect to ask about, instead of all that the checks found; none of them asks about the split alone.

    Raises
    ------
    CheckError
        If there is no target, or the checks still run.
    ExperimentError
        If nothing can be refitted on this table.
    """
    audit.allow_change(by)
    dataset = datasets.get(dataset_id, by=by)
    report = checks.so_far(dataset_id, by=by)
    plan, accused = refits.plan_of(dataset.frame, dataset.roles, report)
    # Whatever is asked, the splits are compared without what is certain to know the answer.
    certain = certain_of(accused)
    if columns is not None:
        wanted = tuple(sorted(columns))
        found = [one for one in accused if one.columns == wanted]
        accused = found or ([Suspect(wanted, ())] if wanted else [])
    spec = {
        "dataset": dataset_id,
        "plan": plan.to_dict(),
        "roles": dataset.roles.to_dict(),
        "certain": list(certain),
        "suspects": [{"columns": list(one.columns), "codes": list(one.codes), "certain": one.is_certain} for one in accused],
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    run_id = jobs.start(
        held.store(), kind=KIND, title=dataset.name, spec=spec, by=by, environment=get_settings().environment(), lane=LANE
    )
    audit.record("honest_started", by, run=run_id, dataset=dataset_id, suspects=len(accused))
    return run_id


def may_start(*, by: Principal) -> bool:
    """Tell whether somebody may start runs of the closed loop."""
    return audit.may_change(by)


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Do the refits of a job, in its child process; every answer is told as it comes."""
    by = Principal(**spec["by"])
    frame = datasets.get(spec["dataset"], by=by).frame
    accused = [Suspect(tuple(one["columns"]), tuple(one["codes"]), one["certain"]) for one in spec["suspects"]]
    plan = Plan.from_dict(spec["plan"]).checked(frame)
    certain = spec["certain"]
    fits = refits.FOLDS * count_of(accused, certain, is_split=refits.is_split(plan))
    done = 0

    def fold() -> None:
        nonlocal done
        done += 1
        recorder.progress(min(done / fits, 1.0), Text("honest.stage.refitting"))

    def told(number: int, count: int, answer: Answer) -> None:
        recorder.emit("answer", number=number, count=count, answer=answer.plain())

    found = refits.run(frame, plan, accused, certain=certain, told=told, fold=fold)
    return {"dataset": spec["dataset"], "answers": [answer.plain() for answer in found]}


def so_far(run_id: str, *, by: Principal) -> list[Answer]:
    """Return the answers of a run that somebody may see, those that are there."""
    jobs.find(held.store(), run_id, by=by)
    return [Answer.of(event["answer"]) for event in jobs.events(held.store(), run_id) if event["kind"] == "answer"]


@dataclass(frozen=True)
class Told:
    """A run of the closed loop, and what it answered until now."""

    job: Job
    answers: tuple[Answer, ...]
    asked: tuple[tuple[str, ...], ...]
    """The suspects it was asked about; none where only the split was."""
    is_current: bool
    """Whether the roles are still those it was started with."""


def told(run_id: str, *, by: Principal) -> Told:
    """Return what a run of the closed loop told.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's.
    """
    job = jobs.find(held.store(), run_id, by=by)
    if job.kind != KIND:
        raise JobNotFound("error.jobs.not_found", id=run_id)
    answers = [Answer.of(one) for one in job.result["answers"]] if job.result else so_far(run_id, by=by)
    asked = tuple(tuple(one["columns"]) for one in job.spec["suspects"])
    roles = datasets.record(job.spec["dataset"], by=by).roles.to_dict()
    return Told(job, tuple(answers), asked, is_current=job.spec.get("roles") in (None, roles))


def recent(dataset_id: str, *, by: Principal) -> tuple[str, ...]:
    """Return somebody's runs of the closed loop on a dataset, newest first."""
    mine = jobs.mine(held.store(), by=by)
    return tuple(job.id for job in mine if job.kind == KIND and job.spec.get("dataset") == dataset_id)
