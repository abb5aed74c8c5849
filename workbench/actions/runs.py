"""Long jobs of every kind: mine, one, Stop."""

from __future__ import annotations

from workbench import jobs
from workbench.actions import audit, held
from workbench.jobs import Job
from workbench.principal import Principal


def mine(*, by: Principal) -> list[Job]:
    """List this person's runs, newest first."""
    return jobs.mine(held.store(), by=by)


def find(run_id: str, *, by: Principal) -> Job:
    """Return a run of this person.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's.
    """
    return jobs.find(held.store(), run_id, by=by)


def stop(run_id: str, *, by: Principal) -> None:
    """Ask a run to stop; asking twice does no harm."""
    jobs.stop(held.store(), run_id, by=by)
    audit.record("run_stopped", by, run=run_id)
