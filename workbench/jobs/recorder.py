"""What a job's child tells the world: events, progress, a heartbeat, and what is worth keeping should it be stopped."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench import telemetry
from workbench.errors import PreconditionFailed, StoreError
from workbench.jobs.plain import plain
from workbench.jobs.records import SPEC, STOP, batch_name, beat, place, remove
from workbench.store import ObjectStore
from workbench.words import Text

# Seconds. A batch of events is one object and an object takes about one update a second; so does the heartbeat.
PULSE, BEAT, BEAT_WITH_NEWS = 1.0, 5.0, 2.0
# What must not be lost is tried again after so many seconds each.
PATIENCE = (1, 2, 4, 8, 16)


class Recorder:
    """The child's side of a job.

    Parameters
    ----------
    store : ObjectStore
        Where the job is.
    job_id : str
        The job.
    kind : str
        What kind of work it is.
    folder : path
        Scratch space, gone when the work ends.
    """

    def __init__(self, store: ObjectStore, job_id: str, *, kind: str, folder: Path) -> None:
        self.store, self.job_id, self.kind, self.folder = store, job_id, kind, folder
        self.kept: dict[str, Any] = {}
        self.stopping, self.done = threading.Event(), threading.Event()
        self.waiting: list[dict[str, Any]] = []
        self.batch: list[dict[str, Any]] = []
        self.count, self.fraction = 0, 0.0
        self.note: Text | None = None
        self.beaten = (float("-inf"), False)
        self.noting, self.flushing = threading.Lock(), threading.Lock()
        self.parent = os.getppid()
        # Whether a second child follows where this one is stopped, and whether this is that second one.
        self.has_rescue = self.is_rescue = False
        self.thread = threading.Thread(target=self.live, name="recorder", daemon=True)

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Tell of something that happened.

        Parameters
        ----------
        kind : str
            What happened, such as ``fold`` or ``row``.
        **fields : object
            Texts and whatever JSON can hold; numbers that are not finite become null.
        """
        told = plain(fields)
        with self.noting:
            at = datetime.now(UTC).isoformat()
            self.waiting.append({**told, "n": self.count, "at": at, "kind": kind})
            self.count += 1

    def progress(self, fraction: float, note: Text | None = None) -> None:
        """Tell how far the work is, from 0 to 1, and what it is doing; a note stays until the next one."""
        with self.noting:
            self.fraction = min(max(float(fraction), 0.0), 1.0)
            self.note = note or self.note
            self.beaten = (self.beaten[0], True)

    def keep(self, results: dict[str, Any]) -> None:
        """Hand over what is done so far: it stands in the result should the work be stopped or fail."""
        found = plain(results)
        with self.noting:
            self.kept = {**self.kept, **found}

    def live(self) -> None:
        """Send events and heartbeats until the work is done; what a store refuses now is sent the next time."""
        while not self.done.is_set():
            try:
                self.flush()
                self.beat_if_due()
                if self.is_abandoned:
                    self.look_after_itself()
            except StoreError as problem:
                telemetry.event("job_store_unreachable", job=self.job_id, problem=problem)
            self.done.wait(PULSE)

    def flush(self) -> None:
        """Write the events that wait as one object; a batch stays the same until it is written."""
        with self.flushing:
            if not self.batch:
                with self.noting:
                    self.batch, self.waiting = self.waiting, []
            if self.batch:
                lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in self.batch)
                try:
                    self.store.put(batch_name(self.job_id, self.batch[0]["n"]), lines.encode(), if_generation=0)
                except PreconditionFailed:
                    telemetry.event("job_events_written_before", job=self.job_id)  # by an attempt whose answer was lost
                self.batch = []

    def flush_all(self) -> None:
        """Write every event there is."""
        while self.batch or self.waiting:
            patiently(self.flush)

    def beat_if_due(self) -> None:
        """Say that the work goes on, a little sooner when there is progress to tell."""
        now, (last, has_news) = time.monotonic(), self.beaten
        if now - last >= (BEAT_WITH_NEWS if has_news else BEAT):
            self.beaten = (now, False)
            with self.noting:
                progress, note = self.fraction or None, self.note
            beat(self.store, self.job_id, "running", progress=progress, note=note)

    @property
    def is_abandoned(self) -> bool:
        """True once the process that started this one is gone."""
        return os.getppid() != self.parent

    def look_after_itself(self) -> None:
        """See to Stop, and to the end of a job that was removed, once the process that did so is gone."""
        if self.store.stat(place(self.job_id, SPEC)) is None:
            remove(self.store, self.job_id)
            signal_own_group(signal.SIGKILL)
        elif not self.stopping.is_set() and self.store.stat(place(self.job_id, STOP)):
            signal_own_group(signal.SIGTERM)

    def leave(self, code: int) -> None:
        """End this process at once, with what it has told until now written as far as the store answers."""
        with suppress(StoreError):
            self.flush()
            self.flush()  # what was told while the batch before it was on its way
        os._exit(code)

    def close(self) -> None:
        """End the heartbeat, and write every event there is."""
        self.done.set()
        self.flush_all()


def patiently(call: Callable[[], object]) -> None:
    """Try what must not be lost again while the store does not answer.

    Raises
    ------
    StoreError
        If it never does.
    """
    for pause in PATIENCE:
        try:
            call()
        except StoreError:
            time.sleep(pause)
        else:
            return
    call()


def signal_own_group(number: int) -> None:
    """Signal this process, and those it started where it leads a group of its own."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), number)
    else:
        os.kill(os.getpid(), number)
