"""What this container gives a process: memory and processors as its control groups say (both versions), else the machine's."""

from __future__ import annotations

import math
import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GROUPS, PROCESS = Path("/sys/fs/cgroup"), Path("/proc")
# A group without a limit of the first version says so with nearly the largest number there is.
NO_LIMIT = 1 << 60
# How libraries that start threads of their own are told how many.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Memory:
    """Memory in bytes."""

    limit: int
    """What may be taken before something is killed."""
    available: int
    """What is left of it; files that are only cached can be dropped and count as left."""


def memory(groups: Path = GROUPS, process: Path = PROCESS) -> Memory:
    """Return the memory of the tightest group this process is in, or of the machine where none is tighter.

    Parameters
    ----------
    groups, process : path
        Where the kernel shows control groups and processes.
    """
    facts = meminfo(process)
    found = Memory(facts["MemTotal"], facts["MemAvailable"])
    for folder in second(groups, process):
        found = tighter(found, folder, ("memory.max", "memory.current", "inactive_file"))
    for folder in first(groups, process):
        found = tighter(found, folder, ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"))
    return found


def tighter(found: Memory, folder: Path, names: tuple[str, str, str]) -> Memory:
    """Hold memory under a group's limit, given what its files are called."""
    limit, used = number(folder / names[0]), number(folder / names[1])
    if limit is None or used is None or limit >= NO_LIMIT:
        return found
    left = max(0, limit - max(0, used - stat(folder / "memory.stat", names[2])))
    return Memory(min(found.limit, limit), min(found.available, left))


def processors(groups: Path = GROUPS, process: Path = PROCESS) -> int:
    """Return how many threads can run at once: those this process may use, held under its groups' share of time."""
    most: float = len(os.sched_getaffinity(0))
    for folder in second(groups, process):
        said = words(folder / "cpu.max")
        if len(said) == 2 and said[0].isdigit() and said[1].isdigit():
            most = min(most, int(said[0]) / int(said[1]))
    for folder in (*first(groups, process, "cpu"), *first(groups, process, "cpu,cpuacct")):
        quota, period = number(folder / "cpu.cfs_quota_us"), number(folder / "cpu.cfs_period_us")
        if quota is not None and period and quota > 0:
            most = min(most, quota / period)
    return max(1, math.ceil(most))


def threads() -> dict[str, str]:
    """Return the environment that keeps a child's libraries to the container's processors, not the machine's."""
    return dict.fromkeys(THREADS, str(processors()))


def taken() -> int:
    """Return the most memory this process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def second(groups: Path, process: Path) -> Iterator[Path]:
    """Yield this process's group of the second version and those above it."""
    yield from upwards(groups, own(process).get("", "/"))


def first(groups: Path, process: Path, controller: str = "memory") -> Iterator[Path]:
    """Yield this process's group of a controller of the first version and those above it."""
    yield from upwards(groups / controller, own(process).get(controller, "/"))


def upwards(root: Path, place: str) -> Iterator[Path]:
    """Yield a group's folder and those above it; a container sees its own group as the root, whatever it is called outside."""
    parts = [part for part in place.split("/") if part not in ("", "..")]
    for count in range(len(parts), -1, -1):
        folder = root.joinpath(*parts[:count])
        if folder.is_dir():
            yield folder


def own(process: Path) -> dict[str, str]:
    """Return the place of this process's group for each controller; of the second version under the empty name."""
    try:
        lines = (process / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return {}
    known: dict[str, str] = {}
    for line in lines:
        _, controllers, place = line.split(":", 2)
        known |= dict.fromkeys([controllers, *controllers.split(",")], place)
    return known


def meminfo(process: Path) -> dict[str, int]:
    """Return the machine's memory in bytes."""
    lines = (line.split(":", 1) for line in (process / "meminfo").read_text().splitlines())
    return {name: int(rest.split()[0]) * 1024 for name, rest in lines}


def number(path: Path) -> int | None:
    """Return the one number of a file; None where there is none, or where it says that there is no limit."""
    said = words(path)
    try:
        return int(said[0]) if said else None
    except ValueError:
        return None


def stat(path: Path, name: str) -> int:
    """Return one number of a file of names with numbers; 0 where it is not there."""
    said = words(path)
    return next((int(value) for key, value in zip(said[::2], said[1::2], strict=False) if key == name), 0)


def words(path: Path) -> list[str]:
    """Return what a file says, word by word; nothing where it cannot be read."""
    try:
        return path.read_text().split()
    except OSError:
        return []
