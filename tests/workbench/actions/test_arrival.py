"""New data against a dataset as a run: the verdict of a child process, kept with its run."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from workbench import actions, jobs
from workbench.actions import held
from workbench.errors import AccessDenied, CheckError, DatasetNotFound, JobNotFound
from workbench.principal import LOCAL, Principal

OTHER = Principal("other@example.com", "person", "analyst")


def finished(run: str) -> None:
    patience = time.monotonic() + 120
    while (job := jobs.find(held.store(), run, by=LOCAL)).state in ("waiting", "running") and time.monotonic() < patience:
        time.sleep(0.1)
    assert job.state == "finished", job.error


@pytest.mark.slow
def test_a_run_tells_the_verdict_and_can_be_printed(bring: Callable[..., str]) -> None:
    train, new = bring(300), bring(120)
    assert new in [one.id for one, _ in actions.arrival.offered(train, by=LOCAL)]

    run = actions.arrival.start(train, new, by=LOCAL)
    finished(run)

    found = actions.arrival.of_run(run, by=LOCAL)
    assert found is not None
    assert (found.dataset, found.new) == (train, new)
    assert found.report.arrival is not None
    assert found.report.arrival["verdict"] in ("look", "go")
    assert actions.arrival.latest(train, by=LOCAL) == run
    page = actions.arrival.printable(run, by=LOCAL, lang="ja")
    assert "新しいデータを予測してよいですか？" in page
    with pytest.raises(JobNotFound, match="run"):
        actions.arrival.of_run(run, by=OTHER)


def test_a_table_is_not_held_against_itself(bring: Callable[..., str]) -> None:
    train = bring(100)

    with pytest.raises(CheckError, match="cannot be held against itself"):
        actions.arrival.start(train, train, by=LOCAL)


def test_a_target_is_needed(bring: Callable[..., str]) -> None:
    with pytest.raises(CheckError, match="target"):
        actions.arrival.start(bring(100, target=None), bring(120), by=LOCAL)


def test_somebody_elses_table_is_not_there(bring: Callable[..., str]) -> None:
    with pytest.raises(DatasetNotFound, match="dataset"):
        actions.arrival.start(bring(100), bring(120), by=OTHER)


def test_a_viewer_starts_nothing(bring: Callable[..., str], viewer: Principal) -> None:
    with pytest.raises(AccessDenied, match="viewer"):
        actions.arrival.start(bring(100), bring(120), by=viewer)
