"""The side of the process that starts jobs: few children a lane at once, others in line, each watched by a thread."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench import telemetry
from workbench.errors import StoreError
from workbench.jobs import neighbours
from workbench.jobs.child import BROKEN, OUT_OF_MEMORY, RESCUE, SCRATCH
from workbench.jobs.line import MOST_CHILDREN, Line, line_of
from workbench.jobs.plain import plain
from workbench.jobs.ready import BENCH, COMMAND, spawned
from workbench.jobs.recorder import BEAT, patiently
from workbench.jobs.records import SPEC, STOP, Settled, beat, new_id, place, remove, settle
from workbench.jobs.records import has_ended as has_ended_in
from workbench.jobs.vouching import Voucher
from workbench.principal import Principal
from workbench.store import ObjectStore, get_json, put_json
from workbench.words import Text

WORK = "work"
# Seconds: between two looks at a child; between two looks for Stop; from SIGTERM to SIGKILL.
LOOK, LOOK_FOR_STOP, MERCY = 0.1, 0.5, 5.0
# Seconds that a second child may take to make a result of what the first one had finished.
RESCUE_TIME = 900.0
LAST_LINES, LAST_BYTES = 40, 20_000


@dataclass(frozen=True)
class Started:
    """A job this process has to see through."""

    store: ObjectStore
    id: str
    kind: str
    command: Sequence[str]
    """The program, to which the job's id is added."""
    environment: Mapping[str, str]
    lane: str
    line: Line
    rescue: bool = False
    """Whether a second child makes a result of what a stopped or dead one had finished."""


def start(
    store: ObjectStore,
    *,
    kind: str,
    title: str,
    spec: dict[str, Any],
    by: Principal,
    environment: Mapping[str, str],
    command: Sequence[str] = COMMAND,
    lane: str = WORK,
    at_once: int = MOST_CHILDREN,
    rescue: bool = False,
    job_id: str | None = None,
) -> str:
    """Start a job, or put it in line where enough of its lane are running.

    Parameters
    ----------
    store : ObjectStore
        Where the job will be.
    kind : str
        What kind of work it is.
    title : str
        How its owner will recognise it.
    spec : dict
        What the work needs, as plain data.
    by : Principal
        Who asks, and will own it.
    environment : mapping
        The child's environment.
    command : sequence of str
        The program, to which the job's id is added.
    lane : str
        The line it stands in; jobs of one lane never wait for those of another.
    at_once : int
        How many of the lane may run.
    rescue : bool
        Whether its work can make a result of what it had finished when it was stopped or died: a second child then does.
    job_id : str, optional
        An id of `new_id` under which somebody was promised the job already.

    Returns
    -------
    str
        The job's id.
    """
    now = datetime.now(UTC)
    job_id = job_id or new_id(now)
    record = {"id": job_id, "kind": kind, "title": title, "owner": by.who, "created": now.isoformat(), "spec": plain(spec)}
    put_json(store, place(job_id, SPEC), record | ({"rescue": True} if rescue else {}), if_generation=0)
    started = Started(store, job_id, kind, command, environment, lane, line_of(lane, at_once), rescue)
    started.line.join(job_id)
    threading.Thread(target=see_through, args=(started,), name=f"job-{job_id}", daemon=True).start()
    telemetry.event("job_created", job=job_id, kind=kind, by=by.who)
    return job_id


def see_through(job: Started) -> None:
    """Wait for a job's turn, run its child, and see that its end is written."""
    try:
        if wait_for_turn(job):
            run_child(job)
    except Exception:  # noqa: BLE001 - a thread's last door: the job will show as lost
        telemetry.problem("job_supervision_failed", job=job.id)
    finally:
        job.line.leave(job.id)


def wait_for_turn(job: Started) -> bool:
    """Wait in line; False where the job was stopped there."""
    last, told = float("-inf"), (0, 0)
    while not job.line.has_turn(job.id, within=LOOK_FOR_STOP, elsewhere=neighbours.count(job.store, job.lane)):
        if is_to_stop(job):
            end(job, "stopped")
            return False
        if (now := job.line.place(job.id)) != told or time.monotonic() - last >= BEAT:
            say_alive(job, waiting=True, note=Text("jobs.place", place=now[0], waiting=now[1]) if now[0] else None)
            last, told = time.monotonic(), now
    return True


def run_child(job: Started) -> None:
    """Run a job's child with a scratch folder of its own for everything temporary, which may be memory."""
    say_alive(job, waiting=False)
    waiting = BENCH.take(job.kind, job.command, job.environment)
    # No context manager: it would empty the folder of a child that outlives this process.
    folder = waiting.folder if waiting else Path(tempfile.mkdtemp(prefix=SCRATCH))
    try:
        child = waiting.child if waiting and waiting.begin(job.id) else spawn(job, folder)
        if child is not None:
            neighbours.note(folder, child.pid, store=job.store, lane=job.lane)
            code, was_asked = watch(job, child)
            conclude(job, code, was_asked, folder)
        if is_removed(job):  # and what its child told since then
            remove(job.store, job.id)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def spawn(job: Started, folder: Path, *more: str) -> subprocess.Popen[bytes] | None:
    """Start a job's child; where that cannot be, the job has failed."""
    try:
        child = spawned([*job.command, job.id, *more], folder, job.environment)
    except OSError as problem:
        telemetry.problem("job_not_started", job=job.id)
        end(job, "failed", Text("error.jobs.cannot_start", problem=problem.strerror))
        return None
    telemetry.event("job_started", job=job.id, pid=child.pid)
    return child


def watch(job: Started, child: subprocess.Popen[bytes]) -> tuple[int, bool]:
    """Wait for a child's end, and bring it about where asked; return (exit code, whether asked)."""
    asked_at, looked_at, voucher = None, time.monotonic(), Voucher(job.store, job.id)
    while not has_ended(child.pid):
        time.sleep(LOOK)
        voucher.look()
        now = time.monotonic()
        if asked_at is None and now - looked_at >= LOOK_FOR_STOP:
            looked_at = now
            if is_to_stop(job):
                asked_at = now
                signal_group(child.pid, signal.SIGTERM)
            elif is_removed(job):
                signal_group(child.pid, signal.SIGKILL)
        elif asked_at is not None and now - asked_at >= MERCY:
            signal_group(child.pid, signal.SIGKILL)
    # Before the child is reaped its number cannot belong to anybody else; helpers may have ignored SIGTERM.
    signal_group(child.pid, signal.SIGKILL)
    return child.wait(), asked_at is not None


def has_ended(pid: int) -> bool:
    """Tell whether a child has ended, without reaping it."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def signal_group(pid: int, number: int) -> None:
    """Signal a child and everything it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def conclude(job: Started, code: int, was_asked: bool, folder: Path) -> None:
    """Write the end that a child could not write itself, and keep what it printed last where something broke."""
    has_result = is_written(job)
    if not was_asked and (code == BROKEN or not has_result):
        telemetry.output("job_output", last_lines(folder / "log.txt"), job=job.id, code=code)
    telemetry.event("job_ended", job=job.id, code=code, stopped=was_asked)
    if has_result:
        return
    state: Settled = "stopped" if was_asked else "failed"
    error = None if was_asked else reason(code)
    if job.rescue:
        rescue(job, folder, state, error)
    if not is_written(job):
        end(job, state, error)


def rescue(job: Started, folder: Path, state: Settled, error: Text | None) -> None:
    """Let a second child make a result of what the first one had finished, unless all of it is to end at once."""
    if is_to_end_at_once(job):
        return
    child = spawn(job, folder, RESCUE, state, json.dumps(plain(error)))
    if child is None:
        return
    neighbours.note(folder, child.pid, store=job.store, lane=job.lane)
    until, looked_at, voucher = time.monotonic() + RESCUE_TIME, time.monotonic(), Voucher(job.store, job.id)
    while not has_ended(child.pid):
        time.sleep(LOOK)
        voucher.look()
        now = time.monotonic()
        if now > until or (now - looked_at >= LOOK_FOR_STOP and is_to_end_at_once(job)):
            signal_group(child.pid, signal.SIGKILL)
        looked_at = now if now - looked_at >= LOOK_FOR_STOP else looked_at
    signal_group(child.pid, signal.SIGKILL)
    code = child.wait()
    if not is_written(job):
        telemetry.output("job_output", last_lines(folder / "log.txt"), job=job.id, code=code)
    telemetry.event("job_rescued", job=job.id, code=code)


def reason(code: int) -> Text:
    """Say why a child ended without a word."""
    if code == OUT_OF_MEMORY:
        return Text("error.jobs.memory")
    return Text("error.jobs.killed") if code == -signal.SIGKILL else Text("error.jobs.died", code=code)


def last_lines(log: Path) -> str:
    """Return the last lines of a child's output."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LAST_BYTES))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-LAST_LINES:])


def end(job: Started, state: Settled, error: Text | None = None) -> None:
    """Write how a job ended, where its child has not."""
    patiently(lambda: settle(job.store, job.id, state, at=datetime.now(UTC), error=error))


def is_written(job: Started) -> bool:
    """Tell whether a job's end is written, or the job removed since; where that cannot be asked, writing it will tell."""
    try:
        return has_ended_in(job.store, job.id)
    except StoreError:
        return False


def is_to_stop(job: Started) -> bool:
    """Tell whether somebody asked for a job's end; a store that does not answer is asked again later."""
    try:
        return job.store.stat(place(job.id, STOP)) is not None
    except StoreError:
        return False


def is_removed(job: Started) -> bool:
    """Tell whether a job was removed while its child was thought to be dead; a store that does not answer has it still."""
    try:
        return job.store.stat(place(job.id, SPEC)) is None
    except StoreError:
        return False


def is_to_end_at_once(job: Started) -> bool:
    """Tell whether nothing is to be kept of what a stopped job had finished."""
    try:
        return not (get_json(job.store, place(job.id, STOP)) or {}).get("keep", True)
    except StoreError:
        return False


def say_alive(job: Started, *, waiting: bool, note: Text | None = None) -> None:
    """Write the heartbeat of a job whose child is not there yet; one that is lost is soon followed by another."""
    with suppress(StoreError):
        beat(job.store, job.id, "waiting" if waiting else "running", note=note)
