"""Finished folds in the store: kept, found by their stamp, taken along, gone with their run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from workbench.actions import kept_folds
from workbench.actions.kept_folds import KeptFolds
from workbench.errors import StoreError
from workbench.experiment.plan import Plan
from workbench.experiment.race.units import Judged, Scored
from workbench.jobs.records import SPEC, place
from workbench.store import ObjectStore, Stat, put_json

RUN, NEXT = "20260101T000000Z-abcdef", "20260102T000000Z-abcdef"


def unit(model: str, fold: int) -> Scored:
    """A finished fold."""
    y = np.array([0, 1])
    return Scored(model, fold, {"AUC": 0.5}, judged=Judged(np.array([fold, fold + 1]), y, y))


@pytest.fixture
def runs(tmp_store: ObjectStore) -> ObjectStore:
    """A store with two runs."""
    for run in (RUN, NEXT):
        put_json(tmp_store, place(run, SPEC), {})
    return tmp_store


def found(kept: KeptFolds) -> list[tuple[str, int]]:
    """Which folds there are."""
    return sorted((one.model, one.fold) for one in kept.found())


def test_what_was_kept_is_found_by_its_stamp_only(runs: ObjectStore) -> None:
    KeptFolds(runs, RUN, "a").keep(unit("lr", 0))
    KeptFolds(runs, RUN, "b").keep(unit("lr", 1))
    assert found(KeptFolds(runs, RUN, "a")) == [("lr", 0)]


def test_a_run_takes_along_the_folds_of_the_one_before_which_may_then_go(runs: ObjectStore) -> None:
    before = KeptFolds(runs, RUN, "a")
    for one in (unit("lr", 0), unit("lr", 1), unit("rf", 0)):
        before.keep(one)
    after = KeptFolds(runs, NEXT, "a", before=RUN)
    assert found(after) == [("lr", 0), ("lr", 1), ("rf", 0)]
    for name in kept_folds.names(runs, RUN):
        runs.delete(name)
    assert found(after) == [("lr", 0), ("lr", 1), ("rf", 0)]


def test_a_whole_candidate_is_one_with_all_folds_and_not_the_baseline(runs: ObjectStore) -> None:
    kept = KeptFolds(runs, RUN, "a")
    for one in (unit("dummy", 0), unit("dummy", 1), unit("lr", 0)):
        kept.keep(one)
    assert not kept_folds.has_candidate(runs, RUN, 2)
    kept.keep(unit("lr", 1))
    assert kept_folds.has_candidate(runs, RUN, 2)


def test_models_whose_names_begin_alike_are_told_apart(runs: ObjectStore) -> None:
    kept = KeptFolds(runs, RUN, "a")
    kept.keep(unit("rbf-svm", 0))
    kept.keep(unit("rbf", 0))
    assert [one.model for one, _ in kept_folds.read_all(runs, RUN, "rbf")] == ["rbf"]


def test_a_store_that_does_not_answer_costs_a_fold_and_not_the_run(runs: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> Stat:
        raise StoreError("error.store.no_object", name="x")

    monkeypatch.setattr(type(runs), "put", refuse)
    KeptFolds(runs, RUN, "a").keep(unit("lr", 0))
    assert kept_folds.names(runs, RUN) == []


def test_nothing_comes_back_of_a_run_that_was_deleted(tmp_store: ObjectStore) -> None:
    KeptFolds(tmp_store, RUN, "a").keep(unit("lr", 0))
    assert list(tmp_store.list("")) == []


def test_a_stamp_changes_with_what_a_fold_depends_on_only(make_table: Callable[..., pl.DataFrame]) -> None:
    plan = Plan("解約").checked(make_table(100).drop("ランク", "売上"))
    stamp = kept_folds.stamp_of("table", plan)
    same = replace(plan, models=("lr",), sort="F1", budget=3.0, name="x")
    assert kept_folds.stamp_of("table", same) == stamp
    others = [
        replace(plan, seed=1),
        replace(plan, folds=3),
        replace(plan, class_weight="balanced"),
        replace(plan, ignore=("収入",)),
    ]
    assert len({stamp, kept_folds.stamp_of("other", plan), *(kept_folds.stamp_of("table", one) for one in others)}) == 6
