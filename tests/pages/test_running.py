"""A comparison's run on its page: waiting, going, stopping, and ended too early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions, jobs
from workbench.actions import held
from workbench.jobs import Recorder
from workbench.jobs.records import SPEC, beat, place, settle
from workbench.principal import LOCAL
from workbench.store import get_json, put_json
from workbench.words import Text

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]
RUN = "20260101T000000Z-abcdef"


@pytest.fixture
def plan(keep_table: Callable[..., str]) -> dict[str, Any]:
    """A run of two models in two folds that nobody does; its table is there."""
    dataset = keep_table(rows=120, target="解約", exclude=("顧客番号",))
    made = actions.compare.checked(actions.datasets.get(dataset, by=LOCAL), {"models": ["lr", "dt"], "folds": 2}).to_dict()
    spec = {"id": RUN, "kind": "compare", "title": "顧客.csv: 解約", "owner": LOCAL.who}
    now = datetime.now(UTC).isoformat()
    put_json(held.store(), place(RUN, SPEC), spec | {"created": now, "spec": {"dataset": dataset, "plan": made}})
    return made


def tell(plan: dict[str, Any], tmp_path: Path) -> None:
    """What a run tells that has done the first model's folds and one of the second's."""
    recorder = Recorder(held.store(), RUN, kind="compare", folder=tmp_path)
    recorder.emit("started", models=plan["models"], folds=2, rows=120, features=6, plan=plan, test_share=0.5, kept=0)
    values = dict.fromkeys(("Accuracy", "AUC", "Recall", "Prec.", "F1", "Kappa", "MCC"), 0.75)
    for model, fold in (("lr", 0), ("lr", 1), ("dt", 0)):
        seconds = {"seconds": 1.0, "fit_seconds": 0.9, "predict_seconds": 0.1}
        recorder.emit("fold", model=model, fold=fold, metrics=values, **seconds, memory=400_000_000, kept=False)
        if (model, fold) == ("lr", 1):
            from workbench.experiment import leaderboard
            from workbench.task import Task

            row = leaderboard.finished("lr", Task.BINARY, [values, values], 2.0, fit_seconds=1.8, predict_seconds=0.2, size=9)
            recorder.emit("row", row=row)
    recorder.flush_all()


def doing(at: AppTest) -> str:
    """What stands above the bar."""
    return str(at.get("progress")[0].proto.text)


def test_who_waits_sees_the_place_in_the_line_and_may_leave_it(open_page: Open, plan: dict[str, Any]) -> None:
    beat(held.store(), RUN, "waiting", note=Text("jobs.place", place=2, waiting=3))
    at = open_page("compare", run=RUN)
    assert not at.error
    assert "place 2 of 3" in doing(at)
    at.button(key=f"run.stop.{RUN}").click().run()
    assert jobs.records.stopping(held.store(), RUN)


def test_a_run_that_goes_shows_its_rows_the_time_left_its_memory_and_its_log(
    open_page: Open, plan: dict[str, Any], tmp_path: Path, texts: Read
) -> None:
    tell(plan, tmp_path)
    beat(held.store(), RUN, "running", progress=0.75, note=Text("progress.seconds", done=3, total=4, seconds=5))
    at = open_page("compare", run=RUN)
    assert not at.error
    assert "About 5 s left" in doing(at)
    assert len(at.dataframe[0].value) == 2
    shown = texts(at)
    assert "this run has taken up to 0.4 GB" in shown
    assert "Decision tree, fold 1 of 2: AUC 0.7500 in 1.0 s" in shown
    assert shown.index("Decision tree, fold 1") < shown.index("Logistic regression, fold 1"), "the newest first"


def test_a_second_stop_gives_up_what_would_be_kept(open_page: Open, plan: dict[str, Any]) -> None:
    beat(held.store(), RUN, "running")
    actions.compare.stop(RUN, by=LOCAL)
    at = open_page("compare", run=RUN, lang="ja")
    assert "停止しています" in doing(at)
    at.button(key=f"run.stop.{RUN}.now").click().run()
    assert get_json(held.store(), place(RUN, "stop.json"))["keep"] is False


def test_a_killed_run_says_so_names_what_is_complete_and_is_resumed_by_a_button(
    open_page: Open,
    plan: dict[str, Any],
    tmp_path: Path,
    texts: Read,
    query: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(plan, tmp_path)
    settle(held.store(), RUN, "failed", at=datetime.now(UTC), result={}, error=Text("error.jobs.killed"))
    at = open_page("compare", run=RUN)
    assert "killed from outside" in at.error[0].value
    shown = texts(at)
    assert "Every fold done: Logistic regression." in shown
    assert "Not finished: Decision tree." in shown
    assert "This run took up to 0.4 GB of memory" in shown
    asked: dict[str, Any] = {}
    # What the new run then does is the business of its own tests.
    monkeypatch.setattr(jobs, "start", lambda *args, **kwargs: asked.update(kwargs["spec"]) or RUN)
    at.button(key=f"run.resume.{RUN}").click().run()
    assert (asked["before"], asked["plan"]["models"]) == (RUN, ["lr", "dt"])
