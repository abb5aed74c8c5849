"""Memory of a comparison: what it would need before it begins, and a gate that lets fewer folds begin while it is short."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from workbench.errors import ExperimentError
from workbench.jobs.container import Memory
from workbench.words import Text

GB = 1e9
# Beside its matrix a fold in training holds the solver's own copy and what the model has grown into.
COPIES = 3
# What libraries take once, whatever the table: buffers, code that is only now loaded.
ONCE = 150_000_000
# What is left to the server beside the comparison: a share of the limit, and never less than this.
LEFT_SHARE, LEFT_LEAST = 0.08, 200_000_000
# A sample of fewer rows is no comparison of this table any more.
FEWEST_ROWS = 2_000
# Of the free memory so much may be filled with prepared folds, which only save time.
KEPT_SHARE = 0.25
# Seconds between two looks while folds wait or run.
LOOK = 0.25

Look = Callable[[], Memory]


@dataclass(frozen=True)
class Room:
    """How much of a comparison fits."""

    workers: int
    """Folds side by side."""
    sample: int | None
    """Rows to draw; None is all of them."""
    kept_bytes: int
    """What prepared folds may take together."""
    said: tuple[Text, ...] = ()
    """What is done otherwise than wished, and why."""


def reserve(memory: Memory) -> int:
    """Return what is to stay free for the server."""
    return int(max(LEFT_LEAST, LEFT_SHARE * memory.limit))


def room(rows: int, row_bytes: int, *, wanted: int, memory: Memory) -> Room:
    """Say how much of a comparison fits into the free memory.

    Parameters
    ----------
    rows : int
        Rows of the table, the hold-out among them.
    row_bytes : int
        What one prepared row takes in the widest preparation.
    wanted : int
        Folds that would run side by side.
    memory : Memory
        What is free now.

    Raises
    ------
    ExperimentError
        If not even a small sample, one fold at a time, fits.
    """
    free = max(0, memory.available - reserve(memory))

    def need(rows: int, workers: int) -> int:
        return ONCE + workers * COPIES * rows * row_bytes

    kept = int(KEPT_SHARE * free)
    for workers in range(wanted, 0, -1):
        if need(rows, workers) <= free:
            figures = {"wanted": wanted, "need": need(rows, wanted) / GB, "free": free / GB, "workers": workers}
            return Room(workers, None, kept, () if workers == wanted else (Text("experiment.memory.fewer", **figures),))
    sample = (free - ONCE) // (COPIES * row_bytes)
    if sample < FEWEST_ROWS:
        least = min(rows, FEWEST_ROWS)
        raise ExperimentError("error.experiment.memory", rows=least, need=need(least, 1) / GB, free=free / GB)
    figures = {"rows": rows, "need": need(rows, 1) / GB, "free": free / GB, "sample": sample}
    return Room(1, sample, kept, (Text("experiment.memory.sample", **figures),))


class MemoryGate:
    """Lets folds begin side by side while there is memory, else one at a time; safe in threads.

    Parameters
    ----------
    look : callable
        Returns the memory now.
    tell : callable
        Told, once each time, in a sentence that memory is short.
    end : callable, optional
        Ends the process; called when memory has run out although folds wait.
    """

    def __init__(self, look: Look, tell: Callable[[Text], None], end: Callable[[], None] | None = None) -> None:
        self.look, self.tell, self.end = look, tell, end
        self.least = reserve(look())
        self.running, self.is_short = 0, False
        self.changed = threading.Condition()
        self.over = threading.Event()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Wait until one more fold may run, and hold its place while it does."""
        with self.changed:
            while self.running and self.has_little():
                self.changed.wait(LOOK)
            self.running += 1
        try:
            yield
        finally:
            with self.changed:
                self.running -= 1
                self.changed.notify_all()

    def has_little(self) -> bool:
        """Tell whether one more fold may be too much; the first time it is, say so."""
        free = self.look().available
        was_short, self.is_short = self.is_short, free < self.least
        if self.is_short and not was_short:
            self.tell(Text("experiment.memory.waits", free=free / GB))
        return self.is_short

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look after memory while a comparison runs, and end the process rather than let the server be ended."""
        if self.end is None:
            yield
            return
        thread = threading.Thread(target=self.watch, name="memory", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def watch(self) -> None:
        """Look again and again; memory that is gone twice in a row is gone."""
        assert self.end is not None
        gone = 0
        while not self.over.wait(LOOK):
            free = self.look().available
            gone = gone + 1 if free < self.least / 4 else 0
            if gone >= 2:
                self.tell(Text("experiment.memory.ends", free=free / GB))
                self.end()
                return


def widest(measured: Sequence[tuple[int, int]]) -> int:
    """Return what a prepared row takes in the widest of some preparations, given their bytes and rows."""
    return max((-(-size // max(rows, 1)) for size, rows in measured), default=8)
