"""The race: folds side by side, prepared once, failures told, time kept."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from workbench.evaluation.folds import folds
from workbench.experiment import race as racing
from workbench.experiment.candidates import Candidate, candidate
from workbench.experiment.plan import Plan
from workbench.experiment.race import PreparedFolds, Race
from workbench.experiment.table import Table, table_of
from workbench.task import Task


def make(model: str) -> object:
    return {"lr": LogisticRegression(max_iter=200), "dt": DecisionTreeClassifier(random_state=1)}[model]


def runner(model: str) -> Candidate:
    return candidate(Task.BINARY, model)


@pytest.fixture
def table(make_table: Callable[..., pl.DataFrame]) -> Table:
    frame = make_table(200).drop("ランク", "売上")
    return table_of(frame, Plan("解約").checked(frame))


def raced(table: Table, deadline: float | None = None) -> Race:
    return Race(table, Task.BINARY, folds(table.y, k=3, seed=1, task=Task.BINARY), make, deadline)


def test_every_fold_of_every_candidate_is_scored_in_order(table: Table) -> None:
    found = list(raced(table).run([runner("dt"), runner("lr")]))
    assert [(one.model, one.fold) for one in found] == [(m, k) for m in ("dt", "lr") for k in range(3)]
    assert all(one.metrics is not None and one.metrics["AUC"] is not None for one in found)


def test_the_number_of_workers_changes_no_score(table: Table) -> None:
    one, two = ([s.metrics for s in raced(table).run([runner("dt"), runner("lr")], workers=n)] for n in (1, 2))
    assert one == two


def test_a_failing_candidate_is_told_and_the_others_go_on(table: Table) -> None:
    found = list(raced(table).run([runner("knn"), runner("dt")], workers=1))  # `make` knows no knn
    assert found[0].failed is not None
    assert "knn" in found[0].failed.say("en")
    assert [one.is_skipped for one in found[1:3]] == [True, True]
    assert all(one.metrics for one in found[3:])


def test_after_the_deadline_nothing_is_begun(table: Table) -> None:
    assert all(one.is_skipped for one in raced(table, deadline=time.perf_counter() - 1).run([runner("dt")]))


def test_a_candidate_that_would_not_fit_into_memory_says_so(table: Table) -> None:
    greedy = Candidate("gpc", "linear", 1, "classification", most_rows=50)
    first = next(iter(raced(table).run([greedy])))
    assert first.failed is not None
    assert "more than the 50 it can take" in first.failed.say("en")


def test_a_fold_is_prepared_once_for_a_family(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = racing.prepared
    monkeypatch.setattr(racing, "prepared", lambda table, family, split: calls.append(family) or real(table, family, split))
    list(raced(table).run([runner("lr"), runner("ridge"), runner("dt")]))
    assert sorted(calls) == ["linear"] * 3 + ["tree"] * 3


def test_prepared_folds_beyond_the_limit_are_dropped_and_made_again(table: Table) -> None:
    splits = folds(table.y, k=3, seed=1, task=Task.BINARY)
    kept = PreparedFolds(table, splits, most_bytes=1)
    first = kept.get("tree", 0)
    kept.get("tree", 1)
    assert list(kept.kept) == [("tree", 1)]
    assert np.array_equal(kept.get("tree", 0).train, first.train)


def test_a_library_message_is_cut_to_what_a_row_can_hold() -> None:
    assert len(racing.failure_text(ValueError("x " * 5000)).say("en")) < 400
    assert "RuntimeError" in racing.failure_text(RuntimeError()).say("en")
