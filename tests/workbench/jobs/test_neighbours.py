"""Children of other servers on this machine, as their notes tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.jobs import neighbours
from workbench.jobs.child import SCRATCH
from workbench.store import FolderStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderStore:
    """A store, on a machine without any other child."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return FolderStore(tmp_path / "store")


@pytest.fixture
def other() -> Iterator[int]:
    """Some other process."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid


def noted(store: FolderStore, child: int, *, server: list[int] | None, lane: str = "compare") -> Path:
    """A child's folder with its note."""
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
    neighbours.note(folder, child, store=store, lane=lane)
    path = folder / neighbours.NOTE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"server": server}))
    return folder


def test_a_living_child_of_another_server_counts_in_its_store_and_lane_only(store: FolderStore, other: int) -> None:
    noted(store, other, server=[1, 0])
    assert neighbours.count(store, "compare") == 1
    assert neighbours.count(store, "read") == 0
    assert neighbours.count(FolderStore(store.root / "another"), "compare") == 0


def test_own_children_are_counted_by_the_line_and_not_here(store: FolderStore, other: int) -> None:
    noted(store, other, server=neighbours.process(os.getpid()))
    assert neighbours.count(store, "compare") == 0


def test_a_number_that_belongs_to_another_process_by_now_is_no_child(store: FolderStore, other: int) -> None:
    folder = noted(store, other, server=neighbours.process(other))
    path = folder / neighbours.NOTE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"child": [other, 1]}))
    assert neighbours.count(store, "compare") == 0
    assert folder.exists()


def test_what_a_child_and_its_server_left_behind_is_removed_and_nothing_else(store: FolderStore, other: int) -> None:
    gone, there = noted(store, other, server=[1, 0]), noted(store, other, server=[1, 0])
    path = gone / neighbours.NOTE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"child": None}))
    waits, half = (Path(tempfile.mkdtemp(prefix=SCRATCH)) for _ in range(2))
    (half / neighbours.NOTE).write_text('{"store"')
    assert neighbours.count(store, "compare") == 1
    assert (gone.exists(), there.exists(), waits.exists(), half.exists()) == (False, True, True, True)


def test_where_processes_cannot_be_named_nobody_is_counted_and_nothing_removed(
    store: FolderStore, other: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "process", lambda _pid: None)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
    neighbours.note(folder, other, store=store, lane="compare")
    assert neighbours.count(store, "compare") == 0
    assert folder.exists()
