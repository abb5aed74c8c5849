"""A comparison's leaderboard as pages and programs get it: ranked anew, judged on demand, put to use, beside another."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workbench import actions, jobs
from workbench.actions import adoption, held, holdouts
from workbench.errors import ExperimentError, JobNotFound, RegistryError
from workbench.evaluation.metrics import nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.jobs import Recorder, records
from workbench.principal import LOCAL, Principal
from workbench.store import put_json
from workbench.task import Task
from workbench.words import Text

Ran = Callable[..., str]
SECONDS = itertools.count()


@pytest.fixture
def ran(bring: Callable[..., str]) -> Ran:
    """Write a comparison down as its child leaves it, with made-up folds: `ran({"lr": [0.7, 0.8]}, dataset=ID, seed=5)`."""

    def running(folds: dict[str, list[float]], dataset: str | None = None, **settings: Any) -> str:
        table = dataset or bring(120)
        plan = Plan.from_dict(
            actions.compare.defaults(table, by=LOCAL).to_dict() | {"models": list(folds), "folds": 2} | settings
        )
        rows = [
            leaderboard.finished(model, Task.BINARY, [nothing(Task.BINARY) | {"AUC": v, "F1": 1 - v} for v in each], 1.0)
            for model, each in folds.items()
        ]
        rows.append(leaderboard.unfinished("dt", Task.BINARY, "failed", Text("experiment.failed", problem="boom"), 0.1))
        board = leaderboard.with_ties(leaderboard.ranked(rows, "AUC"), {r["model"]: r["folds"] for r in rows}, "AUC", 0.5)
        base = leaderboard.finished("dummy", Task.BINARY, [nothing(Task.BINARY) | {"AUC": 0.5}] * 2, 0.1)
        best = leaderboard.best_of(board)
        made = Comparison(
            plan, board, base, best, best, None, ["年齢"], [], 0, 120, 1.0, test_share=0.5, splits=f"s{plan.seed}"
        )
        now = datetime.now(UTC) + timedelta(seconds=next(SECONDS))
        job_id = records.new_id(now)
        record = {"id": job_id, "kind": "compare", "title": "顧客.csv: 解約", "owner": LOCAL.who, "created": now.isoformat()}
        spec = {"dataset": table, "plan": plan.to_dict()}
        put_json(held.store(), records.place(job_id, records.SPEC), record | {"spec": spec})
        records.settle(held.store(), job_id, "finished", at=now, result=made.to_dict() | {"registered": None})
        return job_id

    return running


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What runs were to be started with; nobody does them."""
    found: list[dict[str, Any]] = []

    def start(store: Any, *, kind: str, spec: dict[str, Any], **_: Any) -> str:
        found.append(spec | {"kind": kind})
        return records.new_id(datetime.now(UTC))

    monkeypatch.setattr(jobs, "start", start)
    return found


def test_a_leaderboard_is_ranked_by_any_of_its_metrics(ran: Ran) -> None:
    run = ran({"lr": [0.9, 0.8], "nb": [0.6, 0.5]})
    found = actions.leaderboards.board(run, by=LOCAL)
    assert (found.standing.sort, found.standing.best, found.metrics) == ("AUC", "lr", ("AUC", "F1"))
    assert actions.leaderboards.board(run, by=LOCAL, metric="F1").standing.best == "nb"
    assert actions.leaderboards.board(run, by=LOCAL, metric="nonsense").standing.sort == "AUC"


def test_what_failed_stays_with_its_reason(ran: Ran) -> None:
    rows = actions.leaderboards.board(ran({"lr": [0.9, 0.8]}), by=LOCAL).standing.rows
    assert [(row["model"], row["rank"]) for row in rows] == [("lr", 1), ("dt", None)]
    assert "boom" in Text.from_dict(rows[1]["reason"]).say("en")


def test_a_leaderboard_of_somebody_else_is_not_there(ran: Ran, stranger: Principal) -> None:
    run = ran({"lr": [0.9, 0.8]})
    for ask in (actions.leaderboards.board, actions.leaderboards.comparable):
        with pytest.raises(JobNotFound, match=run):
            ask(run, by=stranger)
    with pytest.raises(JobNotFound, match=run):
        actions.leaderboards.beside(run, run, by=stranger)


def test_its_files_hold_its_rows(ran: Ran) -> None:
    found = actions.leaderboards.board(ran({"lr": [0.9, 0.8]}), by=LOCAL)
    assert "ロジスティック回帰" in found.file("csv", "ja").decode("utf-8-sig")
    assert found.file("xlsx", "ja").startswith(b"PK")


def test_runs_of_one_table_with_the_same_folds_are_paired(ran: Ran, bring: Callable[..., str]) -> None:
    table = bring(120)
    a, b = ran({"lr": [0.6, 0.62]}, table), ran({"lr": [0.8, 0.83]}, table, class_weight="balanced")
    assert [one.run for one in actions.leaderboards.comparable(a, by=LOCAL)] == [b]
    answer = actions.run_answer.beside(a, b, "en", by=LOCAL)
    assert answer["is_paired"]
    assert answer["best"]["difference"]["mean"] == pytest.approx(0.205)
    assert answer["differences"] == ["Class weights: none in the other run, balanced in this one."]
    other = ran({"lr": [0.8, 0.83]}, table, seed=5)
    assert not actions.run_answer.beside(a, other, "en", by=LOCAL)["is_paired"]


def test_runs_without_a_score_do_not_crowd_out_those_to_compare_with(
    ran: Ran, bring: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = bring(120)
    scored = ran({"lr": [0.6, 0.62]}, table)
    for _ in range(2):
        ran({}, table)
    monkeypatch.setattr(actions.leaderboards, "MOST_EARLIER", 2)
    assert [one.run for one in actions.leaderboards.comparable(ran({"lr": [0.7, 0.7]}, table), by=LOCAL)] == [scored]


def test_a_run_s_answer_has_the_leaderboard_with_the_new_keys(ran: Ran) -> None:
    answer = actions.run_answer.comparison(ran({"lr": [0.999, 0.998]}), "en", by=LOCAL)
    assert answer["best"] == "lr"
    assert answer["leaderboard"][0]["too_good"] is True
    assert {"folds", "difference", "fit_seconds", "predict_seconds", "size", "holdout", "blank"} <= set(
        answer["leaderboard"][0]
    )
    assert "So good a score is rare" in answer["too_good"]
    assert answer["is_higher_better"] is True
    assert answer["baseline"]["metrics"]["AUC"] == 0.5


def test_a_row_is_judged_by_the_plan_that_was_carried_out(ran: Ran, started: list[dict[str, Any]]) -> None:
    run = ran({"lr": [0.9, 0.8], "nb": [0.6, 0.5]}, sample=100)
    holdouts.start(run, "nb", by=LOCAL)
    assert (started[0]["model"], started[0]["plan"]["sample"]) == ("nb", 100)
    with pytest.raises(ExperimentError, match="has no model 'rf'"):
        holdouts.start(run, "rf", by=LOCAL)
    holdouts.remember(run, "nb", {"AUC": 0.61})
    row = next(r for r in actions.leaderboards.board(run, by=LOCAL).standing.rows if r["model"] == "nb")
    assert row["holdout"] == {"AUC": 0.61}


def test_a_model_without_a_score_cannot_be_put_to_use(ran: Ran, started: list[dict[str, Any]]) -> None:
    run = ran({"lr": [0.9, 0.8]})
    with pytest.raises(ExperimentError, match="has no model 'dt'"):
        adoption.start(run, "dt", "解約", by=LOCAL)
    with pytest.raises(RegistryError, match="spam-filter"):
        adoption.start(run, "lr", "spam-filter", by=LOCAL)
    assert started == []


@pytest.mark.slow
def test_any_row_s_model_is_registered_under_a_name_and_predicts(
    ran: Ran, started: list[dict[str, Any]], tmp_path: Path
) -> None:
    run = ran({"lr": [0.9, 0.8], "nb": [0.6, 0.5]})
    adoption.start(run, "nb", "二番手", by=LOCAL)
    recorder = Recorder(held.store(), run, kind="adopt", folder=tmp_path)
    done = adoption.work(started[0], recorder)
    assert done["registered"].startswith("二番手@")
    shown = actions.models.show(done["registered"], by=LOCAL)
    assert shown["estimator"] == "nb"
    assert shown["metrics"]["AUC"] == pytest.approx(0.55)
    assert shown["holdout"] == done["holdout"] == holdouts.found(run)["nb"]
    model = actions.predict.predictor(done["registered"], by=LOCAL)
    row = {field.name: field.example for field in model.signature.fields}
    assert model.rows([row])["predictions"][0]["prediction"] in {"はい", "いいえ"}


def test_names_for_models_are_names(ran: Ran) -> None:
    found = actions.leaderboards.board(ran({"lr": [0.9, 0.8]}, name="解約 A"), by=LOCAL)
    assert found.name_for("lr") == "解約-A-lr"
    assert isinstance(held.registry().check_name(found.name_for("lr")), str)


def test_a_table_that_is_gone_leaves_its_leaderboard(
    ran: Ran, bring: Callable[..., str], make_table: Callable[..., pl.DataFrame]
) -> None:
    table = bring(120)
    a, b = ran({"lr": [0.6, 0.62]}, table), ran({"lr": [0.8, 0.83]}, table)
    held.store().delete(f"datasets/{table}/dataset.json")
    held.clear()
    two = actions.leaderboards.beside(a, b, by=LOCAL)
    assert two.is_paired
    assert two.data == []
