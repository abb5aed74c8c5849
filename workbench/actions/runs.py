"""Long jobs of every kind: mine, one, Stop; let the team see it, delete it."""

from __future__ import annotations

from workbench import jobs
from workbench.actions import audit, held
from workbench.errors import JobError
from workbench.jobs import Job, records
from workbench.principal import Principal

# Where the files are that runs leave beside their own folder.
RESULTS = "batches/"


def mine(*, by: Principal) -> list[Job]:
    """List this person's runs, newest first."""
    return jobs.mine(held.store(), by=by)


def shared(*, by: Principal) -> list[Job]:
    """List the runs that others share with the team, newest first."""
    by.require("viewer")
    return jobs.shared(held.store(), by=by)


def find(run_id: str, *, by: Principal) -> Job:
    """Return a run of this person, or one that is shared with the team.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's and not shared.
    """
    return jobs.find(held.store(), run_id, by=by)


def stop(run_id: str, *, by: Principal) -> None:
    """Ask a run to stop; asking twice does no harm.

    Raises
    ------
    AccessDenied
        If somebody else shares it.
    """
    jobs.stop(held.store(), run_id, by=by)
    audit.record("run_stopped", by, run=run_id)


def share(run_id: str, *, by: Principal, shared: bool) -> None:
    """Let the team look at a run and its result, or no longer.

    Raises
    ------
    AccessDenied
        If somebody else shares it.
    """
    by.require("viewer")
    jobs.share(held.store(), run_id, by=by, shared=shared)
    audit.record("run_shared" if shared else "run_unshared", by, run=run_id)


def delete(run_id: str, *, by: Principal) -> None:
    """Delete a run of this person with its result; a model that it registered stays.

    Raises
    ------
    JobError
        If it still goes: it has to be stopped first.
    AccessDenied
        If somebody else shares it.
    """
    by.require("viewer")
    job = records.owned(held.store(), run_id, by=by)
    if not job.is_settled and job.state != "lost":
        raise JobError("error.runs.still_going", title=job.title)
    remove(run_id)
    audit.record("run_deleted", by, run=run_id)


def remove(run_id: str) -> None:
    """Remove a run and the files it left; again, to finish what was begun."""
    records.remove(held.store(), run_id)
    for stat in list(held.store().list(f"{RESULTS}{run_id}/")):
        held.store().delete(stat.name)
