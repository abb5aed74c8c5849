"""A child that has loaded its libraries takes the next job of its kind, and leaves no trace where none comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workbench.jobs.real_children import ANA, Children
from tests.workbench.jobs.test_supervision import is_alive
from workbench import jobs
from workbench.jobs import ready
from workbench.jobs.ready import Waiting

SCRIPT = """
import os, sys
from workbench import jobs
from workbench.store import open_store

def run(spec, recorder):
    return {{"pid": os.getpid(), "was_loaded": loaded}}

words = sys.argv[1:]
loaded = words[0] == jobs.READY
if loaded:
    told = jobs.told()
    if told is None:
        sys.exit(0)
    words = [told]
sys.exit(jobs.work(open_store({location!r}), words[0], run))
"""


class Loading:
    """Children of one program, which can be called before there is a job."""

    def __init__(self, children: Children, folder: Path) -> None:
        script = folder / "loading.py"
        script.write_text(dedent(SCRIPT).format(location=children.location), encoding="utf-8")
        self.children, self.command = children, [sys.executable, str(script)]
        self.environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}

    def call(self, kind: str = "test", minutes: float = 1) -> Waiting:
        ready.BENCH.call(kind, self.environment, minutes, self.command)
        assert ready.BENCH.waiting
        return ready.BENCH.waiting

    def result(self) -> dict[str, object]:
        job = jobs.start(
            self.children.store, kind="test", title="t", spec={}, by=ANA, environment=self.environment, command=self.command
        )
        found = self.children.settled(job)
        assert found.state == "finished", found.error
        assert found.result
        return found.result


@pytest.fixture
def loading(children: Children, tmp_path: Path) -> Iterator[Loading]:
    ready.BENCH.clear()
    yield Loading(children, tmp_path)
    ready.BENCH.clear()


def test_a_job_is_done_by_the_child_that_waits_for_its_kind(loading: Loading) -> None:
    first = loading.call()
    assert loading.call() is first

    assert loading.result() == {"pid": first.child.pid, "was_loaded": True}
    assert ready.BENCH.waiting is None
    loading.children.until(lambda: not first.folder.exists())
    assert loading.result()["was_loaded"] is False


def test_a_child_of_another_kind_or_with_other_settings_goes_on_waiting(loading: Loading) -> None:
    first = loading.call("other")
    assert loading.result()["was_loaded"] is False
    loading.environment = {**loading.environment, "WORKBENCH_MAX_ROWS": "7"}
    assert loading.result()["was_loaded"] is False
    assert is_alive(first.child.pid)


def test_a_child_that_died_while_it_waited_is_replaced(loading: Loading) -> None:
    first = loading.call()
    first.child.kill()
    loading.children.until(lambda: not is_alive(first.child.pid))

    assert loading.result()["was_loaded"] is False


def test_nobody_waits_longer_than_was_said_nor_where_memory_is_short(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loading.call(minutes=0.5 / 60)
    loading.children.until(lambda: ready.BENCH.waiting is None)
    loading.children.until(lambda: not is_alive(first.child.pid) and not first.folder.exists())

    ready.BENCH.call("test", loading.environment, 0, loading.command)
    assert ready.BENCH.waiting is None
    monkeypatch.setattr(ready, "LEAST_FREE", 1 << 60)
    ready.BENCH.call("test", loading.environment, 1, loading.command)
    assert ready.BENCH.waiting is None


def test_a_child_whose_server_is_gone_leaves_with_its_folder(loading: Loading) -> None:
    first = loading.call()
    assert first.child.stdin
    first.child.stdin.close()

    loading.children.until(lambda: not is_alive(first.child.pid))
    assert not first.folder.exists()


def test_a_child_gives_way_to_the_server_that_answers_people(tmp_path: Path) -> None:
    child = ready.spawned([sys.executable, "-c", "input()"], tmp_path, os.environ, waits=True)
    try:
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == ready.NICENESS
        if by_session():
            assert Path(f"/proc/{child.pid}/autogroup").read_text().endswith(f"nice {ready.NICENESS}\n")
    finally:
        child.communicate(b"\n")


def by_session() -> bool:
    """Tell whether this machine is shared out by session, and this process may change that at any time."""
    setting = Path("/proc/sys/kernel/sched_autogroup_enabled")
    return setting.exists() and setting.read_text().strip() == "1" and os.geteuid() == 0
