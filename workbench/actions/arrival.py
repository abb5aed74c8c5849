"""May another table be scored by a model of this one? The checks of new data as a run, with their verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workbench import checks, jobs
from workbench import report as printed
from workbench.actions import audit, datasets, difference, held
from workbench.checks import CheckReport, Step, kept, page
from workbench.checks.arrival import page as arrival_page
from workbench.checks.arrival.verdict import NEW_DATA
from workbench.data import DatasetRecord, Roles
from workbench.errors import CheckError
from workbench.jobs import Recorder
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Lang, Text, moment

KIND = LANE = "arrival"
# What part of the way the checks begin at, after both tables are loaded.
LOADING, CHECKING = 0.02, 0.15


@dataclass(frozen=True)
class Arrival:
    """What the checks of new data said."""

    dataset: str
    new: str
    new_name: str
    report: CheckReport
    """Of the checks of new data only; its `arrival` is the verdict."""


def offered(dataset_id: str, *, by: Principal) -> list[tuple[DatasetRecord, int]]:
    """List the tables that may be held against a dataset, other versions first, with the columns in common.

    Raises
    ------
    DatasetNotFound
        If there is no such dataset, or it is somebody else's and not shared.
    """
    return difference.tables(dataset_id, by=by)


def start(dataset_id: str, new_id: str, *, by: Principal) -> str:
    """Start the checks of new data as a run and return its id.

    Parameters
    ----------
    dataset_id : str
        The table that is learnt from; its target must be chosen.
    new_id : str
        The table that arrived.
    by : Principal
        Who asks; an analyst.

    Raises
    ------
    CheckError
        If there is no target, or both are the same table.
    DatasetNotFound
        If one of them is not there, or is somebody else's and not shared.
    """
    audit.allow_change(by)
    known, new = (datasets.record(one, by=by) for one in (dataset_id, new_id))
    if known.roles.target is None:
        raise CheckError("error.checks_no_target")
    if known.id == new.id:
        raise CheckError("error.arrival_same", name=known.name)
    spec = {
        "dataset": known.id,
        "new": new.id,
        "new_name": new.name,
        "roles": known.roles.to_dict(),
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    run_id = jobs.start(
        held.store(), kind=KIND, title=new.name, spec=spec, by=by, environment=get_settings().environment(), lane=LANE
    )
    audit.record("arrival_started", by, run=run_id, dataset=known.id, new=new.id)
    return run_id


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Run the checks of a job, in its child process."""
    recorder.progress(LOADING, Text("arrival.stage.loading"))
    by, roles = Principal(**spec["by"]), Roles.from_dict(spec["roles"])
    frame, new = (datasets.get(spec[name], by=by).frame for name in ("dataset", "new"))

    def told(step: Step) -> None:
        if step.outcome is None:
            recorder.progress(CHECKING + (step.number - 1) / step.total * (1 - CHECKING), step.check.title)

    assert roles.target is not None
    report = checks.run(
        frame,
        target=roles.target,
        group=roles.group,
        time=roles.time,
        event=roles.event,
        roles=roles,
        new=new,
        only=NEW_DATA,
        told=told,
    )
    assert report.arrival is not None
    return {"dataset": spec["dataset"], "verdict": report.arrival["verdict"], "report": kept.to_json(report).decode()}


def of_run(run_id: str, *, by: Principal) -> Arrival | None:
    """Return what a finished run said; None where it has not finished, or an older version made it.

    Raises
    ------
    JobNotFound
        If there is no such run, or it is somebody else's and not shared.
    """
    job = jobs.find(held.store(), run_id, by=by)
    report = kept.from_json(job.result["report"].encode()) if job.result else None
    if report is None or report.arrival is None:
        return None
    return Arrival(job.spec["dataset"], job.spec["new"], job.spec["new_name"], report)


def latest(dataset_id: str, *, by: Principal) -> str | None:
    """Return the newest run of somebody's new data against a dataset, or None."""
    for job in jobs.mine(held.store(), by=by):
        if job.kind == KIND and job.spec.get("dataset") == dataset_id:
            return job.id
    return None


def printable(run_id: str, *, by: Principal, lang: Lang) -> str:
    """Return the verdict of a finished run as one HTML page that stands alone.

    Raises
    ------
    CheckError
        If the run has not finished, or an older version made it.
    """
    found = of_run(run_id, by=by)
    if found is None:
        raise CheckError("error.arrival_none")
    sections = [
        *arrival_page.sections(found.report, lang),
        *page.listed(list(enumerate(found.report.findings)), "check.page.findings", {}, lang),
    ]
    title = Text("arrival.page_title", name=found.new_name)
    return printed.page(title, sections, lang, made=moment(datetime.now(UTC), lang))
