"""The child's side of a job: do the work, and write how it ended, whichever way it ends."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from workbench import telemetry
from workbench.errors import JobNotFound, WorkbenchError
from workbench.jobs.plain import plain
from workbench.jobs.recorder import Recorder, patiently, signal_own_group
from workbench.jobs.records import SPEC, Settled, events, place, settle
from workbench.store import ObjectStore, get_json
from workbench.words import Text

Run = Callable[[dict[str, Any], Recorder], dict[str, Any]]
Outcome = tuple[Settled, dict[str, Any] | None, Text | None]

# How the folder begins that a child gets for everything temporary.
SCRATCH = "workbench-job-"
# Exit codes: done; refused with a sentence for the person; broke in a way nobody foresaw; stopped.
FINISHED, FAILED, BROKEN, STOPPED = 0, 1, 70, 143
# The child ended itself before the container's memory did it.
OUT_OF_MEMORY = 71
# With this word, how the job ended and why stand behind its id where a second child makes a result of what was finished.
RESCUE = "--rescue"
# Seconds in which a stop that broke the work becomes known as the reason.
GRACE = 0.5


@dataclass(frozen=True)
class Ending:
    """How a job ended whose result is still to be made."""

    state: Settled
    error: Text | None

    @classmethod
    def of(cls, words: Sequence[str]) -> Ending | None:
        """Read what stands behind a job's id when its child is started; nothing does where the job is to be done."""
        if not words or words[0] != RESCUE:
            return None
        error = json.loads(words[2])
        return cls("stopped" if words[1] == "stopped" else "failed", Text.from_dict(error) if error else None)


def work(store: ObjectStore, job_id: str, run: Run, *, ending: Ending | None = None) -> int:
    """Do a job in this process, which is its own.

    Parameters
    ----------
    store : ObjectStore
        Where the job is.
    job_id : str
        The job.
    run : callable
        Does it: takes what the job was started with and the `Recorder`, returns the result as plain data.
    ending : Ending, optional
        How the job ended already: nothing is begun any more, and `run` (whose recorder says `is_rescue`) makes a result of
        what was finished.

    Returns
    -------
    int
        The process's exit code: 0 where the work finished.

    Raises
    ------
    JobNotFound
        If there is no such job.

    Notes
    -----
    SIGTERM writes the events and whatever was kept, then ends this process at once, even while compiled code runs. Of a job
    that has a rescue the end is then written by the second child, with the result that it makes.
    """
    spec = get_json(store, place(job_id, SPEC))
    if spec is None:
        raise JobNotFound("error.jobs.not_found", id=job_id)
    folder = Path(tempfile.mkdtemp(prefix="work-"))
    recorder = Recorder(store, job_id, kind=spec["kind"], folder=folder)
    recorder.has_rescue = bool(spec.get("rescue"))
    if ending:
        recorder.is_rescue, recorder.count = True, next_event(store, job_id)
    try:
        with ended_by_sigterm(lambda: end_stopped(recorder)):
            recorder.thread.start()
            (state, result, error), code = attempt(run, spec["spec"], recorder)
            if ending:
                state, error = ending.state, ending.error
            recorder.close()
            patiently(lambda: settle(store, job_id, state, at=datetime.now(UTC), result=result, error=error))
            recorder.thread.join()
    finally:
        recorder.done.set()
        clear(recorder)
    return code


def next_event(store: ObjectStore, job_id: str) -> int:
    """Return the number of the first event that is still to come."""
    told = events(store, job_id)
    return int(told[-1]["n"]) + 1 if told else 0


def attempt(run: Run, spec: dict[str, Any], recorder: Recorder) -> tuple[Outcome, int]:
    """Do the work and say how it ended."""
    try:
        return ("finished", plain(run(spec, recorder)), None), FINISHED
    except WorkbenchError as problem:
        yield_to_stop(recorder)
        telemetry.event("job_failed", job=recorder.job_id, code=problem.code, problem=problem)
        return ("failed", recorder.kept or None, sentence(problem)), FAILED
    except Exception:  # noqa: BLE001 - the last door before the person: told as a number, kept in the log
        yield_to_stop(recorder)
        incident = secrets.token_hex(4)
        telemetry.problem("job_broke", job=recorder.job_id, incident=incident)
        return ("failed", recorder.kept or None, Text("error.unexpected", incident=incident)), BROKEN


def yield_to_stop(recorder: Recorder) -> None:
    """Wait to be ended where the failure is only a stop's: its helpers die of the same signal."""
    if recorder.stopping.wait(GRACE):
        threading.Event().wait()


def sentence(problem: WorkbenchError) -> Text:
    """Return what an error says as one text, next step included."""
    said = Text(
        problem.key, **{name: value if isinstance(value, Text) else plain(value) for name, value in problem.values.items()}
    )
    return Text("error.jobs.with_hint", sentence=said, hint=problem.hint) if problem.hint else said


def end_stopped(recorder: Recorder) -> None:
    """Write what there is and end the process with everything it started."""
    recorder.stopping.set()
    try:
        recorder.close()
        if recorder.has_rescue and not recorder.is_abandoned:
            return  # who started this process lets a second one make a result, and writes the end
        kept = recorder.kept or None
        patiently(lambda: settle(recorder.store, recorder.job_id, "stopped", at=datetime.now(UTC), result=kept))
    finally:
        clear(recorder)
        if os.getpgrp() == os.getpid():
            signal_own_group(signal.SIGKILL)
        os._exit(STOPPED)


def clear(recorder: Recorder) -> None:
    """Remove the scratch space, and the folder around it once the process that gave it is gone."""
    shutil.rmtree(recorder.folder, ignore_errors=True)
    if recorder.is_abandoned and recorder.folder.parent.name.startswith(SCRATCH):
        shutil.rmtree(recorder.folder.parent, ignore_errors=True)


@contextmanager
def ended_by_sigterm(end: Callable[[], None]) -> Iterator[None]:
    """Call a function, in a thread, when SIGTERM comes.

    Python runs a signal's handler in the main thread and between two of its instructions: a minute too late while a model is
    being fitted there. The file that the interpreter writes the signal's number to at once wakes a thread instead.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.signal(signal.SIGTERM, noted)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=forget_signals)

    def listen() -> None:
        while (number := os.read(reading, 1)) not in (b"", b"\0"):
            if number[0] == signal.SIGTERM:
                end()

    thread = threading.Thread(target=listen, name="sigterm", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, before)
        os.write(writing, b"\0")
        thread.join()
        os.close(reading)
        os.close(writing)


def noted(number: int, frame: FrameType | None) -> None:
    """Let the listening thread act."""


def forget_signals() -> None:
    """Let a forked helper die of SIGTERM like any process, instead of telling its parent's listener."""
    if signal.getsignal(signal.SIGTERM) is noted:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
