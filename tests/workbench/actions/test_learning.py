"""A learning curve as a run of its own: its last points are the comparison's own folds."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from workbench import actions
from workbench.errors import AccessDenied, JobNotFound
from workbench.jobs import Job
from workbench.principal import LOCAL, Principal


def ended(run: str, seconds: float = 300) -> Job:
    """A run once it is over."""
    end = time.monotonic() + seconds
    while (job := actions.runs.find(run, by=LOCAL)).state in ("waiting", "running"):
        assert time.monotonic() < end, "the run did not end"
        time.sleep(0.2)
    assert job.state == "finished", job
    return job


@pytest.mark.slow
def test_with_all_rows_a_refit_scores_what_the_comparison_did_on_the_same_fold(bring: Callable[..., str]) -> None:
    run = actions.compare.start({"models": ["lr"], "folds": 3}, dataset_id=bring(300), by=LOCAL)
    ended(run)
    assert actions.learning.recent(run, "lr", by=LOCAL) is None
    learning = actions.learning.start(run, "lr", by=LOCAL)
    ended(learning)
    assert actions.learning.recent(run, "lr", by=LOCAL) == learning

    found = actions.learning.told(learning, by=LOCAL)
    whole = {point.fold: point.judged for point in found.points if point.share == 1.0}
    (row,) = actions.compare.state(run, by=LOCAL)["rows"]
    assert [whole[fold] for fold in range(3)] == pytest.approx([fold["AUC"] for fold in row["folds"]])
    assert found.metric == "AUC"
    assert found.verdict is not None
    assert not found.notes
    assert len(actions.learning.chart(found, "ja", by=LOCAL).data) == 2


def test_what_is_no_learning_curve_is_not_told_as_one(stranger: Principal, viewer: Principal) -> None:
    with pytest.raises(JobNotFound, match="no run"):
        actions.learning.told("20260101T000000Z-abcdef", by=stranger)
    with pytest.raises(AccessDenied):
        actions.learning.start("20260101T000000Z-abcdef", "lr", by=viewer)
