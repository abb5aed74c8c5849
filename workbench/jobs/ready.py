"""A child that loads its libraries before there is a job, so that the first result need not wait for them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench import telemetry
from workbench.jobs import container
from workbench.jobs.child import SCRATCH

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "workbench.actions")
# With this word and a kind a child is started that has no job yet: it loads what the kind needs and waits for an id on a line.
READY = "--ready"
# Where memory runs out in spite of everything, the kernel is to end the child and not the server.
SACRIFICE = 800
# Predictions must not wait for a training.
NICENESS = 10
# A child with its libraries takes 400 MB; where less than twice that is free, it would wait at somebody's expense.
LEAST_FREE = 800_000_000


def spawned(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, waits: bool = False
) -> subprocess.Popen[bytes]:
    """Start a child that leads a group of its own: its helpers end with it, and a terminal's Ctrl-C does not reach it.

    Parameters
    ----------
    command : sequence of str
        What to start.
    folder : path
        For everything temporary, its output among it.
    environment : mapping
        What it knows.
    waits : bool
        Whether it is told later what to do.

    Raises
    ------
    OSError
        If it cannot be started.
    """
    with (folder / "log.txt").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**environment, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE if waits else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with suppress(OSError):  # gone already
        os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
        Path(f"/proc/{child.pid}/oom_score_adj").write_text(str(SACRIFICE))
    # Where Linux shares a machine out by terminal session, of which the child has one of its own, this is what counts.
    with suppress(OSError):
        Path(f"/proc/{child.pid}/autogroup").write_text(str(NICENESS))
    return child


@dataclass(frozen=True)
class Waiting:
    """A child that waits for a job."""

    kind: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    child: subprocess.Popen[bytes]

    def begin(self, job_id: str) -> bool:
        """Tell it which job is its own; False where it is not there any more."""
        assert self.child.stdin
        try:
            self.child.stdin.write(f"{job_id}\n".encode())
            self.child.stdin.close()
        except OSError:
            self.child.wait()
        return self.child.poll() is None

    def leave(self) -> None:
        """Send it away."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        if self.child.stdin:
            with suppress(OSError):
                self.child.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Bench:
    """Where at most one child waits, for a while."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: Waiting | None = None
        self.timer: threading.Timer | None = None

    def call(self, kind: str, environment: Mapping[str, str], minutes: float, command: Sequence[str] = COMMAND) -> None:
        """See that a child waits for a job of a kind, and will for some minutes; not where memory is short."""
        with self.lock:
            if self.waiting is None and minutes > 0 and container.memory().available >= LEAST_FREE:
                self.waiting = called(kind, tuple(command), environment)
            if self.waiting is not None:
                self.wait(minutes)

    def wait(self, minutes: float) -> None:
        """Send the child away after some minutes, counted from now."""
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(minutes * 60, self.clear)
        self.timer.daemon = True
        self.timer.start()

    def take(self, kind: str, command: Sequence[str], environment: Mapping[str, str]) -> Waiting | None:
        """Return the child that waits for just this, which then waits no more; None where there is none."""
        with self.lock:
            found = self.waiting
            if found is None or (found.kind, found.command, found.environment) != (kind, tuple(command), environment):
                return None
            self.waiting = None
            return found

    def clear(self) -> None:
        """Send away who waits."""
        with self.lock:
            found, self.waiting = self.waiting, None
        if found:
            found.leave()


def called(kind: str, command: tuple[str, ...], environment: Mapping[str, str]) -> Waiting | None:
    """Start a child that waits; None where none can be started, which a job will then find out by itself."""
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
    try:
        child = spawned([*command, READY, kind], folder, environment, waits=True)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    telemetry.event("child_waits", kind=kind, pid=child.pid)
    return Waiting(kind, command, dict(environment), folder, child)


BENCH = Bench()


def told() -> str | None:
    """Return, in a child that waits, the job that it is told to do; None, and no trace of it, where its server is gone."""
    if line := sys.stdin.readline().strip():
        return line
    folder = Path(tempfile.gettempdir())
    if folder.name.startswith(SCRATCH):
        shutil.rmtree(folder, ignore_errors=True)
    return None
