"""Long work of any kind: done in a child process, kept as a folder of the store, watched and stopped from anywhere."""

from __future__ import annotations

from workbench.jobs.child import OUT_OF_MEMORY, Ending, work
from workbench.jobs.ready import BENCH, READY, told
from workbench.jobs.recorder import Recorder
from workbench.jobs.records import Job, State, events, find, mine, share, shared, stop
from workbench.jobs.supervision import start

__all__ = [
    "BENCH",
    "OUT_OF_MEMORY",
    "READY",
    "Ending",
    "Job",
    "Recorder",
    "State",
    "events",
    "find",
    "mine",
    "share",
    "shared",
    "start",
    "stop",
    "told",
    "work",
]
