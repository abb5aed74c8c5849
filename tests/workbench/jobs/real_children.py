"""Real children: small scripts that do a job the way the product's own child does."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from workbench import jobs
from workbench.jobs import Job
from workbench.principal import Principal
from workbench.store import open_store

ANA = Principal("ana@example.com")
BEN = Principal("ben@example.com")
CHILD = """
import os, signal, subprocess, sys, time
from pathlib import Path
from workbench import jobs, telemetry
from workbench.errors import ColumnNotFound
from workbench.store import open_store
from workbench.words import Text

def run(spec, recorder):
{body}

telemetry.set_up(on_cloud_run=False)
sys.exit(jobs.work(open_store({location!r}), sys.argv[1], run, ending=jobs.Ending.of(sys.argv[2:])))
"""

SERVER = """
import os, sys, time
from workbench import jobs
from workbench.principal import Principal
from workbench.store import open_store
store = open_store({location!r})
job = jobs.start(store, kind="test", title="t", spec={{}}, by=Principal("ana@example.com"), environment=os.environ,
                 command=[sys.executable, {child!r}])
while not jobs.events(store, job):
    time.sleep(0.05)
os._exit(0)
"""


class Children:
    """Starts children whose work is a few lines of Python, and waits for what should come of them."""

    def __init__(self, location: str, folder: Path) -> None:
        self.store, self.location, self.folder, self.scripts = open_store(location), location, folder, 0

    def start(self, body: str, *, by: Principal = ANA, **spec: Any) -> str:
        text = CHILD.format(body=indent(dedent(body).strip() or "return {}", "    "), location=self.location)
        return self.start_script(text, by=by, **spec)

    def start_script(self, text: str, *, by: Principal = ANA, **spec: Any) -> str:
        self.scripts += 1
        script = self.folder / f"child-{self.scripts}.py"
        script.write_text(text, encoding="utf-8")
        return self.start_command([sys.executable, str(script)], by=by, **spec)

    def start_command(
        self,
        command: list[str],
        *,
        by: Principal = ANA,
        lane: str = "work",
        at_once: int = 2,
        rescue: bool = False,
        **spec: object,
    ) -> str:
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        return jobs.start(
            self.store,
            kind="test",
            title="試験",
            spec=spec,
            by=by,
            environment=environment,
            command=command,
            lane=lane,
            at_once=at_once,
            rescue=rescue,
        )

    def orphan(self, body: str) -> Job:
        """Start a child in a server that ends as soon as the child has said something."""
        child, server = self.folder / "orphan.py", self.folder / "server.py"
        child.write_text(CHILD.format(body=indent(dedent(body).strip(), "    "), location=self.location), encoding="utf-8")
        server.write_text(SERVER.format(location=self.location, child=str(child)), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        assert os.spawnve(os.P_WAIT, sys.executable, [sys.executable, str(server)], environment) == 0
        (found,) = jobs.mine(self.store, by=ANA)
        return found

    def job(self, job_id: str) -> Job:
        return jobs.find(self.store, job_id, by=ANA)

    def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "this never happened"
            time.sleep(0.02)

    def settled(self, job_id: str) -> Job:
        self.until(lambda: self.job(job_id).is_settled)
        return self.job(job_id)

    def running(self, job_id: str) -> None:
        """Wait until the child itself is at work and has said so with an event."""
        self.until(lambda: jobs.events(self.store, job_id))

    def leave(self) -> None:
        """End what is still running, and wait for whoever watched it."""
        for job in jobs.mine(self.store, by=ANA):
            jobs.stop(self.store, job.id, by=ANA)
        watching = {f"job-{job.id}" for job in jobs.mine(self.store, by=ANA)}
        self.until(lambda: not watching & {thread.name for thread in threading.enumerate()})
