"""A comparison as a run: in a child, with its rows, its model registered, and Stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from workbench import actions
from workbench.actions import held
from workbench.data import datasets as tables
from workbench.data.repairs import Repair, Repairs
from workbench.errors import ExperimentError, JobNotFound, RegistryError
from workbench.principal import LOCAL, Principal


def wait(run: str, until: Callable[[dict[str, Any]], bool], seconds: float = 120) -> dict[str, Any]:
    """Return the state once it is as wanted."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = actions.compare.state(run, by=LOCAL)
        if until(state):
            return state
        time.sleep(0.2)
    raise AssertionError(f"still {state['job'].state} after {seconds} s")


@pytest.mark.slow
def test_a_comparison_registers_its_best_model_and_it_predicts(bring: Callable[..., str], stranger: Principal) -> None:
    dataset = bring(400)
    run = actions.compare.start({"models": ["lr", "dt"], "folds": 3, "name": "解約"}, dataset_id=dataset, by=LOCAL)
    with pytest.raises(JobNotFound, match=run):
        actions.compare.state(run, by=stranger)
    state = wait(run, lambda s: s["job"].is_settled)
    assert state["job"].state == "finished", state["job"].error
    assert [row["rank"] for row in state["rows"]] == [1, 2]
    assert state["registered"].startswith("解約@")
    assert state["baseline"]["metrics"]["AUC"] == pytest.approx(0.5)
    assert state["excluded"] == []

    batch = actions.predict.start_file(state["registered"], dataset_id=dataset, by=LOCAL, out="csv", lang="ja")
    wait_for = time.monotonic() + 120
    while not (job := actions.runs.find(batch, by=LOCAL)).is_settled and time.monotonic() < wait_for:
        time.sleep(0.2)
    assert job.state == "finished", job.error
    assert job.result["report"]["rows_out"] == 400
    blocks, name, media_type = actions.predict.result(batch, by=LOCAL)
    data = b"".join(blocks)
    assert name.endswith(".csv")
    assert media_type.startswith("text/csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert len(data.decode("utf-8-sig").strip().splitlines()) == 401


@pytest.mark.slow
def test_a_comparison_on_a_sample_which_no_store_holds_comes_to_its_end() -> None:
    run = actions.compare.start({"models": ["lr"], "folds": 2, "name": "売上"}, dataset_id="sample-advertising", by=LOCAL)
    state = wait(run, lambda s: s["job"].is_settled)
    assert state["job"].state == "finished", state["job"].error
    assert state["registered"].startswith("売上@")


@pytest.mark.slow
def test_the_repairs_of_a_dataset_enter_its_model(bring: Callable[..., str]) -> None:
    known = actions.datasets.get(bring(300), by=LOCAL)
    repairs = Repairs.of([Repair("年齢", "missing", {"values": ["999"]}), Repair("解約", "spaces")])
    dataset = replace(known, id=known.id[:-6] + "abcdef", repairs=repairs)
    tables.save(held.store(), dataset)
    run = actions.compare.start({"models": ["dt"], "folds": 2, "name": "repaired"}, dataset_id=dataset.id, by=LOCAL)
    state = wait(run, lambda s: s["job"].is_settled)
    assert state["registered"], state["job"].error
    model = actions.predict.predictor(state["registered"], by=LOCAL)
    assert model.bundle.repairs == repairs.only(["年齢"])
    row = {field.name: field.example for field in model.signature.fields}
    warnings = model.rows([row | {"年齢": 999}])["predictions"][0]["warnings"]
    assert [(warning["code"], warning["field"]) for warning in warnings] == [("repaired", "年齢")]


@pytest.mark.slow
def test_stop_keeps_the_rows_that_are_finished_and_registers_the_best_of_them(bring: Callable[..., str]) -> None:
    plan = {"models": ["nb", "gbc", "et", "rf", "ada"], "folds": 10, "name": "stopped"}
    run = actions.compare.start(plan, dataset_id=bring(3000), by=LOCAL)
    wait(run, lambda s: any(row["status"] == "finished" for row in s["rows"]))
    actions.compare.stop(run, by=LOCAL)
    state = wait(run, lambda s: s["job"].is_settled)
    assert (state["job"].state, state["job"].error) == ("stopped", None)
    best = state["rows"][0]
    assert (best["rank"], best["status"]) == (1, "finished")
    assert state["registered"].startswith("stopped@")
    assert best["holdout"]["AUC"] is not None
    assert [row["model"] for row in state["rows"] if row["status"] == "stopped"]


def test_without_a_target_the_next_step_is_said(bring: Callable[..., str]) -> None:
    with pytest.raises(ExperimentError, match="choose on the data page"):
        actions.compare.defaults(bring(target=None), by=LOCAL)


def test_the_name_of_a_shipped_model_is_refused_before_anything_runs(bring: Callable[..., str]) -> None:
    with pytest.raises(RegistryError, match="spam-filter"):
        actions.compare.start({"name": "spam-filter"}, dataset_id=bring(), by=LOCAL)
    assert actions.runs.mine(by=LOCAL) == []


def test_a_small_table_is_offered_as_many_folds_as_it_has_rows_for(bring: Callable[..., str]) -> None:
    assert actions.compare.defaults(bring(120), by=LOCAL).folds == 10
    assert actions.compare.defaults(bring(26), by=LOCAL).folds == 5
    with pytest.raises(ExperimentError, match="10 folds need at least 29"):
        actions.compare.defaults(bring(8), by=LOCAL)


def test_everything_that_is_wrong_is_said_at_once_the_name_and_the_rows_too(bring: Callable[..., str]) -> None:
    wrong = {"name": "a/b", "switches": {"pca": 2.5}, "folds": 50, "train_size": 0.1}
    with pytest.raises(ExperimentError, match="3 settings cannot work") as caught:
        actions.compare.start(wrong, dataset_id=bring(120), by=LOCAL)
    for part in ("neither a share below 1", "50 folds need at least", "a/b"):
        assert part in str(caught.value)


def test_columns_left_out_by_their_roles_are_left_out_of_the_plan(bring: Callable[..., str]) -> None:
    plan = actions.compare.defaults(bring(), by=LOCAL)
    assert plan.ignore == ("顧客番号",)
    assert plan.name == "顧客"
    assert plan.event == "はい"
