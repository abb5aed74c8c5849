"""Children of this machine that another server started: one that outlives its server still takes memory and processors.

Beside its temporary files every child has a note of whose it is. Files of this kind are the machine's own, and so is the limit
of children at once: what runs on another instance is not counted here.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from workbench.jobs.child import SCRATCH
from workbench.store import ObjectStore

NOTE = "child.json"


def note(folder: Path, child: int, *, store: ObjectStore, lane: str) -> None:
    """Write down, beside its temporary files, whose a child is; where that cannot be (macOS), no other server counts it."""
    told = {"store": repr(store), "lane": lane, "child": process(child), "server": process(os.getpid())}
    if told["child"] and told["server"]:
        with suppress(OSError):
            (folder / NOTE).write_text(json.dumps(told), encoding="utf-8")


def count(store: ObjectStore, lane: str) -> int:
    """Return how many children of a lane run on this machine for other servers of the same store, gone or not."""
    whose, own = {"store": repr(store), "lane": lane}, process(os.getpid())
    return sum(whose.items() <= told.items() and told["server"] != own and is_there(told["child"]) for told in notes())


def notes() -> Iterator[dict[str, Any]]:
    """Yield the notes of this machine's children; what a child and its server have both left behind is removed."""
    for path in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*/{NOTE}"):
        with suppress(OSError, ValueError):  # being written, or going away
            told = json.loads(path.read_text(encoding="utf-8"))
            if is_there(told["child"]) or is_there(told["server"]):
                yield told
            else:
                shutil.rmtree(path.parent, ignore_errors=True)


def process(pid: int) -> list[int] | None:
    """Return what names a process for good: its number, which will be another's, with the moment it was started."""
    try:
        state, *facts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else [pid, int(facts[18])]


def is_there(named: list[int] | None) -> bool:
    """Tell whether a process that was named still runs."""
    return named is not None and process(named[0]) == named
