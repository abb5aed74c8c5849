"""A comparison with the real PyCaret: its splits, its models, our race."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import metrics
from sklearn.tree import DecisionTreeClassifier

from workbench.bundle.replay import Replay
from workbench.errors import ExperimentError
from workbench.experiment import engine
from workbench.experiment.engine import caret
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.experiment.table import table_of
from workbench.task import Task
from workbench.words import Text

pytestmark = pytest.mark.slow
MakeTable = Callable[..., pl.DataFrame]
OTHERS = {"解約": ("ランク", "売上"), "ランク": ("解約", "売上"), "売上": ("解約", "ランク")}


def compared(frame: pl.DataFrame, target: str, **settings: Any) -> tuple[Comparison, list[tuple[str, dict]]]:
    events: list[tuple[str, dict]] = []
    plan = Plan(target, **{"folds": 3, "ignore": OTHERS.get(target, ()), **settings})
    return engine.compare(frame, plan, emit=lambda kind, **fields: events.append((kind, fields))), events


def numbers(rows: int = 400) -> pl.DataFrame:
    random = np.random.default_rng(3)
    x = random.normal(size=(rows, 4)).astype("float32").astype(float)
    pull = x[:, 0] - x[:, 1] + random.normal(size=rows)
    return pl.DataFrame({f"x{i}": x[:, i] for i in range(4)} | {"y": np.where(pull > 0, "yes", "no")})


def test_getting_ready_changes_no_number() -> None:
    before, _ = compared(numbers(), "y", models=("dt", "rf"))
    caret.get_ready()
    after, _ = compared(numbers(), "y", models=("dt", "rf"))
    assert [row["folds"] for row in after.leaderboard] == [row["folds"] for row in before.leaderboard]
    assert after.splits == before.splits


def test_scores_equal_a_plain_scikit_learn_loop_over_pycaret_s_own_folds() -> None:
    frame = numbers()
    found, events = compared(frame, "y", models=("dt",))
    experiment = caret.experiment_class(True)()
    experiment._check_environment = lambda: None
    whole = frame.to_pandas().assign(y=(frame["y"] == "yes").cast(pl.Int64).to_numpy())
    with caret.quiet():
        experiment.setup(
            whole, target="y", session_id=123, preprocess=False, train_size=0.7, fold=3,
            verbose=False, html=False, n_jobs=1, system_log=False, memory=False,
        )  # fmt: skip
    folds = [fields["metrics"] for kind, fields in events if kind == "fold"]
    position = whole.drop(columns="y").loc[experiment.X_train.index].to_numpy("float32")
    y = whole["y"].loc[experiment.X_train.index].to_numpy()
    for scored, (train, valid) in zip(folds, experiment.fold_generator.split(position, y), strict=True):
        model = DecisionTreeClassifier(random_state=123).fit(position[train], y[train])
        assert scored["Accuracy"] == metrics.accuracy_score(y[valid], model.predict(position[valid]))
        assert scored["AUC"] == metrics.roc_auc_score(y[valid], model.predict_proba(position[valid])[:, 1])
    assert found.leaderboard[0]["metrics"]["Accuracy"] == np.mean([fold["Accuracy"] for fold in folds])


@pytest.mark.parametrize("target", ["y", "x0"])
def test_pycaret_splits_the_codes_as_it_splits_the_whole_table(target: str) -> None:
    frame = numbers()
    plan = Plan(target, folds=3).checked(frame)
    table = table_of(frame, plan)
    with caret.quiet():
        splits = caret.splits_of(caret.set_up(table, plan), table, plan)
        experiment = caret.experiment_class(plan.task is not Task.REGRESSION)()
        experiment._check_environment = lambda: None
        whole = frame.to_pandas().assign(**{target: table.y})
        experiment.setup(
            whole, target=target, session_id=123, preprocess=False, fold=3,
            verbose=False, html=False, n_jobs=1, system_log=False, memory=False,
        )  # fmt: skip
    assert splits.train.tolist() == experiment.X_train.index.tolist()
    assert splits.test.tolist() == experiment.X_test.index.tolist()
    for (train, valid), (a, b) in zip(
        splits.folds, experiment.fold_generator.split(experiment.X_train, experiment.y_train), strict=True
    ):
        assert train.tolist() == experiment.X_train.index[a].tolist()
        assert valid.tolist() == experiment.X_train.index[b].tolist()


def test_two_classes_with_awkward_text_are_compared_and_the_best_predicts(make_table: MakeTable) -> None:
    frame = make_table(400)
    found, events = compared(frame, "解約", event="はい", models=("lr", "dt", "svm", "lightgbm"))
    assert {row["model"] for row in found.leaderboard} == {"lr", "dt", "svm", "lightgbm"}
    assert {row["status"] for row in found.leaderboard} == {"finished"}
    assert all(0.5 < row["metrics"]["AUC"] < 1 for row in found.leaderboard)
    assert found.best == found.leaderboard[0]["model"]
    assert found.baseline["metrics"]["AUC"] == 0.5
    kinds = [kind for kind, _ in events]
    assert [kinds.count(kind) for kind in ("started", "baseline", "fold", "row", "holdout")] == [1, 1, 12, 4, 1]
    json.dumps([fields for _, fields in events], allow_nan=False)
    json.dumps(found.to_dict(), allow_nan=False)
    fitted = found.fitted
    assert fitted is not None
    assert fitted.labels == ["いいえ", "はい"]
    assert len(fitted.folds) == 3
    assert fitted.holdout["AUC"] is not None
    outputs = Replay(fitted.program, fitted.model, task=fitted.task, labels=fitted.labels, event=fitted.event).outputs(frame)
    assert set(outputs.prediction) == {"いいえ", "はい"}
    assert outputs.probabilities is not None
    assert metrics.roc_auc_score(frame["解約"] == "はい", outputs.probabilities[:, 1]) > 0.7


def test_recall_is_the_event_s_whichever_label_it_is(make_table: MakeTable) -> None:
    frame = make_table(400)
    recalls = {
        event: compared(frame, "解約", event=event, models=("dt",))[0].baseline["metrics"] for event in ("はい", "いいえ")
    }
    common = frame["解約"].mode()[0]
    assert recalls[common]["Recall"] == 1.0
    assert recalls["はい" if common == "いいえ" else "いいえ"]["Recall"] == 0.0


def test_several_classes_have_an_auc_or_none_but_never_zero(make_table: MakeTable) -> None:
    found, _ = compared(make_table(400), "ランク", models=("lr", "ridge", "lightgbm"))
    rows = {row["model"]: row for row in found.leaderboard}
    assert rows["ridge"]["metrics"]["AUC"] is None
    assert rows["ridge"]["metrics"]["Accuracy"] > 0.4
    assert all(rows[model]["metrics"]["AUC"] > 0.6 for model in ("lr", "lightgbm"))
    assert found.fitted is not None
    assert found.fitted.labels == sorted(["低", "中", "高"])


def test_numbers_are_predicted_better_than_by_the_mean(make_table: MakeTable) -> None:
    found, _ = compared(make_table(400), "売上", models=("lr", "dt", "lightgbm"), sort="MAE")
    assert found.best == "lr"
    assert found.leaderboard[0]["metrics"]["MAE"] < found.baseline["metrics"]["MAE"] / 2
    assert found.fitted is not None
    assert found.fitted.labels == []


def test_models_without_probabilities_alone_still_have_a_best(make_table: MakeTable) -> None:
    found, events = compared(make_table(300), "ランク", models=("svm", "ridge"))
    assert found.best is not None
    assert found.fitted is not None
    assert found.plan.sort == "Accuracy"
    assert ("sorted", {"wanted": "AUC", "used": "Accuracy"}) in events


def test_every_offered_candidate_finishes_or_says_why(make_table: MakeTable) -> None:
    from workbench.experiment.candidates import offered

    slow = {"gpc", "mlp", "rbfsvm", "tr", "ransac"}
    for target, task in (("解約", Task.BINARY), ("売上", Task.REGRESSION)):
        models = tuple(one.id for one in offered(task) if one.id not in slow)
        found, _ = compared(make_table(300), target, models=models)
        assert {row["model"]: row["reason"] for row in found.leaderboard if row["status"] != "finished"} == {}


def test_a_failing_candidate_is_a_row_with_its_reason(make_table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    real = caret.make_estimator

    def broken(experiment: Any, model: str, settings: Any = None) -> Any:
        made = real(experiment, model, settings)
        return made.set_params(C=-1.0) if model == "lr" else made

    monkeypatch.setattr(engine, "make_estimator", broken)
    found, _ = compared(make_table(300), "解約", models=("lr", "dt"))
    row = found.leaderboard[-1]
    assert (row["model"], row["status"], row["rank"]) == ("lr", "failed", None)
    assert set(row["metrics"].values()) == {None}
    assert "C" in Text.from_dict(row["reason"]).say("ja")
    assert found.best == "dt"


def test_when_the_time_is_over_the_unfinished_are_stopped(make_table: MakeTable) -> None:
    found, _ = compared(make_table(300), "解約", models=("lr", "dt"), budget=1e-6)
    assert [row["status"] for row in found.leaderboard] == ["stopped", "stopped"]
    assert "0 of 3 folds" in Text.from_dict(found.leaderboard[0]["reason"]).say("en")
    assert (found.best, found.recommended, found.fitted) == (None, None, None)
    assert found.baseline["status"] == "finished"


def test_groups_and_time_bring_our_own_folds(make_table: MakeTable) -> None:
    frame = make_table(300).with_columns((pl.int_range(300) % 30).cast(pl.String).alias("店舗"))
    frame = frame.with_columns((pl.col("収入").rank("ordinal") // 10).cast(pl.String).alias("時期"))
    for roles in ({"group": "店舗"}, {"time": "登録日"}, {"group": "時期", "time": "収入"}):
        found, _ = compared(frame, "解約", models=("dt",), **roles)
        assert found.leaderboard[0]["status"] == "finished", found.leaderboard[0]["reason"]
        assert not set(roles.values()) & set(found.features)


def test_groups_that_never_end_leave_nothing_to_train_on(make_table: MakeTable) -> None:
    frame = make_table(300).with_columns((pl.int_range(300) % 30).cast(pl.String).alias("店舗"))
    with pytest.raises(ExperimentError, match="Every group of '店舗' also has later rows by '収入'"):
        compared(frame, "解約", models=("dt",), group="店舗", time="収入")


def test_rows_without_a_target_do_not_reach_the_folds(make_table: MakeTable) -> None:
    frame = make_table(300).with_columns(pl.when(pl.int_range(300) < 20).then(None).otherwise(pl.col("売上")).alias("売上"))
    found, events = compared(frame, "売上", models=("lr",))
    assert (found.set_aside, found.rows) == (20, 280)
    assert events[0][1]["set_aside"] == 20


def test_no_log_file_and_no_captured_warnings_are_left_behind(
    make_table: MakeTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = warnings.showwarning
    compared(make_table(200), "解約", models=("dt",))
    assert list(tmp_path.iterdir()) == []
    assert warnings.showwarning is before
