"""What became of a large file that a child reads, for a program that waits to start something on its table."""

from __future__ import annotations

from typing import Any

from workbench import jobs
from workbench.actions import held
from workbench.errors import DataError, JobError
from workbench.principal import Principal


def made(run_id: str, *, by: Principal) -> str | None:
    """Return the dataset that a reading has made; None while it goes on.

    Raises
    ------
    DataError
        If the file could not be read.
    JobError
        If the reading was stopped, or nobody hears of it any more.
    """
    job = jobs.find(held.store(), run_id, by=by)
    if job.state == "finished":
        return str((job.result or {})["dataset"])
    if job.state == "failed" and job.error:
        why: dict[str, Any] = job.error.values
        raise DataError(job.error.key, **why)
    if job.is_settled or job.state == "lost":
        raise JobError("error.opening.ended", file=job.title)
    return None
