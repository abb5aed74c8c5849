"""The leaderboard on the compare page: ranked, filtered, doubted, beside another run, a row put to use."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.evaluation.metrics import nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.jobs import records
from workbench.principal import LOCAL
from workbench.store import put_json
from workbench.task import Task
from workbench.words import Text

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Ran = Callable[..., str]
SECONDS = itertools.count()
FOLDS = {"lr": [0.80, 0.82, 0.81], "rf": [0.83, 0.81, 0.83], "nb": [0.60, 0.62, 0.58]}


@pytest.fixture
def ran(keep_table: Callable[..., str]) -> Ran:
    """Write a comparison down as its child leaves it; `table` is what `keep_table` returned."""

    def running(table: str, folds: dict[str, list[float]] = FOLDS, **settings: Any) -> str:
        base = actions.compare.defaults(table, by=LOCAL).to_dict()
        plan = Plan.from_dict(base | {"models": [*folds, "dt"], "folds": 3} | settings)
        rows = [
            leaderboard.finished(model, Task.BINARY, [nothing(Task.BINARY) | {"AUC": v, "F1": 1 - v} for v in each], 1.0)
            for model, each in folds.items()
        ]
        rows.append(leaderboard.unfinished("dt", Task.BINARY, "failed", Text("experiment.failed", problem="boom"), 0.1))
        board = leaderboard.with_ties(leaderboard.ranked(rows, "AUC"), {r["model"]: r["folds"] for r in rows}, "AUC", 0.5)
        dummy = leaderboard.finished("dummy", Task.BINARY, [nothing(Task.BINARY) | {"AUC": 0.5}] * 3, 0.1)
        best = leaderboard.best_of(board)
        made = Comparison(plan, board, dummy, best, best, None, ["年齢"], [], 0, 200, 1.0, test_share=0.5, splits="s")
        now = datetime.now(UTC) + timedelta(seconds=next(SECONDS))
        job_id = records.new_id(now)
        record = {"id": job_id, "kind": "compare", "title": "顧客.csv: 解約", "owner": LOCAL.who, "created": now.isoformat()}
        put_json(
            held.store(),
            records.place(job_id, records.SPEC),
            record | {"spec": {"dataset": table, "plan": plan.to_dict()}},
        )
        records.settle(held.store(), job_id, "finished", at=now, result=made.to_dict() | {"registered": None})
        return job_id

    return running


@pytest.fixture
def table(keep_table: Callable[..., str]) -> str:
    """A table with a target."""
    return keep_table(target="解約", exclude=("顧客番号",))


def models(at: AppTest) -> list[str]:
    """The models of the leaderboard's table, from the top."""
    return list(at.dataframe[0].value["title"])


def test_the_table_is_ranked_filtered_and_the_failed_row_keeps_its_reason(
    open_page: Open, ran: Ran, table: str, texts: Read
) -> None:
    run = ran(table)
    at = open_page("compare", run=run)
    assert not at.error
    assert models(at) == [
        "Random forest",
        "Logistic regression",
        "Naive Bayes",
        "Decision tree",
        "Baseline: looks at no column",
    ]
    assert "Take Logistic regression: it is the simplest of the 2 models" in texts(at)
    assert "Decision tree: " in texts(at)
    assert "boom" in texts(at)
    assert "Each model ran with the preparation that suits it." in texts(at)
    assert any("run's recipe and fill the form with it" in one.value for one in at.info), "no fold of a made-up run is kept"
    at.selectbox(key=f"compare.metric.{run}").set_value("F1").run()
    assert models(at)[0] == "Naive Bayes"
    assert "Ranked by F1 here." in texts(at)
    at.selectbox(key=f"compare.shown.{run}").set_value("finished").run()
    at.text_input(key=f"compare.named.{run}").set_value("forest").run()
    assert models(at) == ["Random forest", "Baseline: looks at no column"]
    at.text_input(key=f"compare.named.{run}").set_value("nobody").run()
    assert "No row passes this filter." in texts(at)
    assert not at.error


def test_a_score_that_is_too_good_leads_to_the_checks(open_page: Open, ran: Ran, table: str, texts: Read) -> None:
    at = open_page("compare", lang="ja", run=ran(table, {"lr": [0.999, 0.998, 0.997]}))
    assert "実際のデータでこれほど高いスコアはまれです" in texts(at)
    assert any(link.proto.label == "列を確認する" for link in at.get("page_link"))


def test_two_runs_stand_beside_each_other(open_page: Open, ran: Ran, table: str, texts: Read) -> None:
    first = ran(table)
    second = ran(table, {"lr": [0.85, 0.87, 0.86], "nb": [0.60, 0.63, 0.59]}, class_weight="balanced")
    at = open_page("compare", run=second)
    at.selectbox(key=f"compare.beside.{second}").set_value(first).run()
    assert not at.error
    assert "Both runs judged their models on the same 3 folds" in texts(at)
    assert "1 setting differs" in texts(at)


def test_any_row_can_be_put_to_use_under_a_name(open_page: Open, ran: Ran, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = ran(table), []
    monkeypatch.setattr(actions.adoption, "start", lambda *arguments, by: asked.append(arguments))
    at = open_page("compare", run=run)
    at.selectbox(key=f"compare.row.{run}").set_value("nb").run()
    name = at.text_input(key=f"compare.take.name.{run}.nb")
    assert name.value.endswith("-nb")
    name.set_value("三番手")
    next(button for button in at.button if button.label == "Register Naive Bayes").click().run()
    assert not at.error
    assert asked == [(run, "nb", "三番手")]
