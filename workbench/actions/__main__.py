"""The child process of one job: `python -m workbench.actions JOB`, started by name and never imported."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from workbench import jobs, telemetry
from workbench.actions import held
from workbench.errors import JobError
from workbench.jobs import Recorder

# The module that does each kind of work; only the one that is needed is imported, so that a small reading starts at once.
KINDS = {
    "compare": "compare",
    "batch": "predict",
    "read": "reading",
    "honest": "honest",
    "labels": "labels",
    "learning": "learning",
    "profile": "profiling",
    "checks": "checking",
    "arrival": "arrival",
    "holdout": "holdouts",
    "adopt": "adoption",
}


def do(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Do a job of any kind."""
    if recorder.kind not in KINDS:
        raise JobError("error.jobs.unknown_kind", kind=recorder.kind)
    done: dict[str, Any] = importlib.import_module(f"workbench.actions.{KINDS[recorder.kind]}").work(spec, recorder)
    return done


def get_ready(kind: str) -> None:
    """Load what a kind of work needs, before there is any."""
    work = importlib.import_module(f"workbench.actions.{KINDS[kind]}")
    if hasattr(work, "get_ready"):
        work.get_ready()


def main(words: list[str]) -> int:
    """Do the job that is named, or the one that comes by and by; return the exit code."""
    # its output goes to a file whose last lines the server logs when it dies: readable ones
    telemetry.set_up(on_cloud_run=False)
    job, *more = words
    if job == jobs.READY:
        get_ready(*more)
        if (told := jobs.told()) is None:
            return 0
        job, more = told, []
    return jobs.work(held.store(), job, do, ending=jobs.Ending.of(more))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
