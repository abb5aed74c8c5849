"""What a container gives, as control groups of both versions say it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.jobs import container
from workbench.jobs.container import Memory

GIB = 1 << 30


@pytest.fixture
def process(tmp_path: Path) -> Path:
    """A machine with 16 GiB, 12 of them free, whose process is in the group `/app/run`."""
    folder = tmp_path / "proc"
    (folder / "self").mkdir(parents=True)
    (folder / "meminfo").write_text(f"MemTotal: {16 << 20} kB\nMemAvailable: {12 << 20} kB\nHugePages_Total: 0\n")
    (folder / "self" / "cgroup").write_text("0::/app/run\n")
    return folder


def write(folder: Path, **files: str) -> None:
    """Files of one group; two underscores are a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_without_groups_the_machine_counts(process: Path, tmp_path: Path) -> None:
    assert container.memory(tmp_path / "none", process) == Memory(16 * GIB, 12 * GIB)
    assert container.processors(tmp_path / "none", process) == len(os.sched_getaffinity(0))


def test_the_tightest_group_above_the_process_counts(process: Path, tmp_path: Path) -> None:
    groups = tmp_path / "cgroup"
    write(groups / "app" / "run", memory__max="max", memory__current="1")
    write(groups / "app", memory__max=str(8 * GIB), memory__current=str(5 * GIB), memory__stat=f"anon 1\ninactive_file {GIB}\n")
    assert container.memory(groups, process) == Memory(8 * GIB, 4 * GIB)


def test_files_that_are_only_cached_count_as_free(process: Path, tmp_path: Path) -> None:
    groups = tmp_path / "cgroup"
    write(groups, memory__max=str(4 * GIB), memory__current=str(4 * GIB), memory__stat=f"inactive_file {3 * GIB}\n")
    assert container.memory(groups, process).available == 3 * GIB


def test_the_first_version_is_read_too_and_its_no_limit_is_none(process: Path, tmp_path: Path) -> None:
    groups = tmp_path / "cgroup"
    (process / "self" / "cgroup").write_text("5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n")
    write(groups / "memory", memory__limit_in_bytes=str(2 * GIB), memory__usage_in_bytes=str(GIB), memory__stat="")
    assert container.memory(groups, process) == Memory(2 * GIB, GIB)
    write(groups / "memory", memory__limit_in_bytes="9223372036854771712")
    assert container.memory(groups, process) == Memory(16 * GIB, 12 * GIB)


@pytest.mark.parametrize(
    ("said", "wanted"), [("100000 100000", 1), ("150000 100000", 2), ("max 100000", None), ("10000 100000", 1)]
)
def test_a_share_of_time_is_so_many_threads(process: Path, tmp_path: Path, said: str, wanted: int | None) -> None:
    write(tmp_path / "cgroup", cpu__max=said)
    mine = len(os.sched_getaffinity(0))
    assert container.processors(tmp_path / "cgroup", process) == min(mine, wanted or mine)


def test_libraries_are_told_the_containers_processors_and_not_the_machines() -> None:
    found = container.threads()
    assert found["OMP_NUM_THREADS"] == str(container.processors())


def test_a_process_knows_the_most_it_has_held() -> None:
    assert container.taken() > 10_000_000
