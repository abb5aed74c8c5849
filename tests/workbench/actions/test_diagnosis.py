"""The diagnosis of a run's candidate: from kept folds to figures, charts, reports and files, for those who may see the run."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from sklearn import metrics
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from workbench import actions
from workbench.actions import held, judged, kept_folds
from workbench.actions.kept_folds import KeptFolds
from workbench.cli import main
from workbench.data import Roles
from workbench.errors import ColumnNotFound, ExperimentError, JobNotFound
from workbench.experiment import leaderboard
from workbench.experiment.plan import Plan
from workbench.experiment.race.units import Judged, Scored
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.store import put_json
from workbench.task import Task
from workbench.words import Lang, Text

RUN = "20260101T000000Z-abcdef"
FEATURES = ["年齢", "収入"]
FOLDS = 3


@dataclass(frozen=True)
class Kept:
    """A run that is over, with what its model said of each row."""

    dataset: str
    frame: pl.DataFrame
    y: np.ndarray
    prediction: np.ndarray
    probabilities: np.ndarray | None


Keep = Callable[..., Kept]


@pytest.fixture
def keep(make_table: Callable[..., pl.DataFrame]) -> Keep:
    """Keep a run of one quick model on a small table, as a comparison keeps it."""

    def keeping(target: str = "解約", model: str = "rf", rows: int = 300) -> Kept:
        data = make_table(rows).write_csv().encode()
        upload = actions.uploads.create(by=LOCAL, size=len(data), name="顧客.csv")
        actions.uploads.append(upload, by=LOCAL, at=0, data=data)
        dataset_id = actions.datasets.from_upload(upload, by=LOCAL)
        actions.datasets.set_roles(dataset_id, Roles(target=target, exclude=("顧客番号",), sensitive=("会員",)), by=LOCAL)
        dataset = actions.datasets.get(dataset_id, by=LOCAL)
        plan = actions.compare.checked(dataset, {"models": [model], "folds": FOLDS})
        known = judged.labels_of(dataset.frame[target], plan)[0]
        y = judged.codes(dataset.frame[target], known) if known else dataset.frame[target].to_numpy()
        prediction, probabilities = write(dataset_id, plan, dataset.frame, y, model)
        return Kept(dataset_id, dataset.frame, y, prediction, probabilities)

    return keeping


def write(dataset: str, plan: Plan, frame: pl.DataFrame, y: np.ndarray, model: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Write a run that is over, with its folds; return what was said of each row."""
    now = datetime.now(UTC)
    spec = {"dataset": dataset, "plan": plan.to_dict(), "by": {"who": LOCAL.who, "kind": LOCAL.kind, "role": LOCAL.role}}
    told = {"id": RUN, "kind": "compare", "title": "顧客.csv: x", "owner": LOCAL.who, "created": now.isoformat(), "spec": spec}
    put_json(held.store(), records.place(RUN, records.SPEC), told)
    records.settle(held.store(), RUN, "stopped", at=now)
    x = frame.select(FEATURES).fill_null(0).to_numpy()
    said, probabilities = np.zeros_like(y), None if y.dtype.kind == "f" or model == "svm" else np.zeros((len(y), y.max() + 1))
    for fold, (train, valid) in enumerate(KFold(FOLDS, shuffle=True, random_state=0).split(x)):
        if model == "svm":
            fitted = LinearSVC(dual=False).fit(x[train], y[train])
        else:
            kind = RandomForestRegressor if y.dtype.kind == "f" else RandomForestClassifier
            fitted = kind(20, min_samples_leaf=5, random_state=0).fit(x[train], y[train])
        said[valid] = fitted.predict(x[valid])
        if probabilities is not None:
            probabilities[valid] = fitted.predict_proba(x[valid])
        score = fitted.decision_function(x[valid]) if model == "svm" else None
        own = Judged(valid, y[valid], said[valid], None if probabilities is None else probabilities[valid], score)
        KeptFolds(held.store(), RUN, "stamp").keep(Scored(model, fold, {"AUC": 0.5}, judged=own))
    return said, probabilities


def test_two_classes_are_diagnosed_and_every_figure_is_scikit_learns(keep: Keep) -> None:
    kept = keep()
    about = actions.diagnosis.about(RUN, "rf", by=LOCAL)
    assert about.views == ("threshold", "roc", "pr", "calibration", "gain", "scores")
    assert (about.classes[about.event], about.sensitive, about.rows, about.folds) == ("はい", ("会員",), len(kept.y), FOLDS)
    assert kept.probabilities is not None
    roc = actions.diagnosis.figures(RUN, "rf", "roc", by=LOCAL)
    assert roc.pooled.area == pytest.approx(metrics.roc_auc_score(kept.y, kept.probabilities[:, 1]))
    left = actions.diagnosis.counts(RUN, "rf", by=LOCAL)
    assert left.f1 == pytest.approx(metrics.f1_score(kept.y, kept.prediction))
    moved = actions.diagnosis.counts(RUN, "rf", by=LOCAL, threshold=0.3)
    assert moved.precision.value == pytest.approx(metrics.precision_score(kept.y, kept.probabilities[:, 1] >= 0.3))
    assert actions.diagnosis.slider(RUN, "rf", by=LOCAL) == (0.0, 1.0, 0.5)
    cheap = actions.diagnosis.cheapest(RUN, "rf", by=LOCAL, false_alarm=1, miss=5)
    assert cheap.cost(1, 5) <= moved.cost(1, 5)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("target", ["解約", "ランク", "売上"])
def test_every_view_of_every_task_is_drawn_with_title_and_axes(keep: Keep, target: str, lang: Lang) -> None:
    keep(target)
    about = actions.diagnosis.about(RUN, "rf", by=LOCAL)
    for view in about.views:
        drawn = actions.diagnosis.chart(RUN, "rf", view, lang, by=LOCAL, code=about.event, threshold=0.4)
        assert drawn.layout.title.text, view
        assert drawn.layout.xaxis.title.text, view
        assert sum(len(trace.x) for trace in drawn.data) < 5_000, view
    found = actions.weak_spots.by_segment(RUN, "rf", "都道府県", about.measures[0], by=LOCAL, code=about.event)
    assert actions.weak_spots.segment_chart(found or [], about.measures[0], lang, by=LOCAL).layout.title.text
    groups = actions.weak_spots.by_group(RUN, "rf", "会員", by=LOCAL, code=about.event)
    assert actions.weak_spots.group_chart(groups or [], lang, by=LOCAL).layout.xaxis.title.text


def test_several_classes_have_a_matrix_and_each_against_the_rest(keep: Keep) -> None:
    kept = keep("ランク")
    about = actions.diagnosis.about(RUN, "rf", by=LOCAL)
    assert about.views[0] == "matrix"
    assert kept.probabilities is not None
    for code, one in enumerate(actions.diagnosis.by_class(RUN, "rf", by=LOCAL)):
        assert one.label == about.classes[code]
        assert one.area.value == pytest.approx(metrics.roc_auc_score(kept.y == code, kept.probabilities[:, code]))
        assert one.counts.recall.value == pytest.approx(metrics.recall_score(kept.y == code, kept.prediction == code))
    found = actions.weak_spots.by_segment(RUN, "rf", "会員", "Accuracy", by=LOCAL) or []
    own = (kept.frame["会員"].cast(pl.String) == found[0].name).fill_null(False).to_numpy()
    assert found[0].value.value == pytest.approx(metrics.accuracy_score(kept.y[own], kept.prediction[own]))


def test_numbers_have_errors_by_range_and_by_segment(keep: Keep) -> None:
    kept = keep("売上")
    assert actions.diagnosis.about(RUN, "rf", by=LOCAL).views == ("actual", "residuals", "ranges")
    pooled = actions.diagnosis.figures(RUN, "rf", "actual", by=LOCAL)
    assert pooled["MAE"] == pytest.approx(metrics.mean_absolute_error(kept.y, kept.prediction))
    assert sum(one.rows for one in actions.diagnosis.ranges(RUN, "rf", "actual", by=LOCAL)) == len(kept.y)
    found, looked = actions.weak_spots.weakest(RUN, "rf", "MAE", by=LOCAL)
    assert looked > 10
    assert all(one.is_weaker("MAE") for one in found)
    with pytest.raises(ExperimentError, match="no such class"):
        actions.diagnosis.counts(RUN, "rf", by=LOCAL)


def test_a_model_without_probabilities_has_ranks_but_no_calibration(keep: Keep) -> None:
    keep(model="svm")
    about = actions.diagnosis.about(RUN, "svm", by=LOCAL)
    assert not about.is_probability
    assert "roc" in about.views
    assert "calibration" not in about.views
    low, high, start = actions.diagnosis.slider(RUN, "svm", by=LOCAL)
    assert low < start < high
    at_start = actions.diagnosis.counts(RUN, "svm", by=LOCAL, threshold=start)
    left = actions.diagnosis.counts(RUN, "svm", by=LOCAL)
    assert (at_start.true_positive, at_start.false_positive) == (left.true_positive, left.false_positive)
    assert "Score" in actions.diagnosis_report.table(RUN, "svm", "en", by=LOCAL).columns


def test_the_file_has_every_row_with_its_number_and_its_probabilities(keep: Keep) -> None:
    kept = keep()
    found = pl.read_csv(io.BytesIO(actions.diagnosis_report.file(RUN, "rf", "ja", by=LOCAL)))
    assert found.columns == ["行", "分割", "実際", "予測", "「いいえ」の確率", "「はい」の確率"]
    assert found["行"].to_list() == list(range(1, len(kept.y) + 1))
    assert found["実際"].to_list() == kept.frame["解約"].to_list()
    assert kept.probabilities is not None
    assert found["「はい」の確率"].to_numpy() == pytest.approx(kept.probabilities[:, 1])
    assert set(found["分割"]) == {1, 2, 3}


@pytest.mark.parametrize("target", ["解約", "ランク", "売上"])
def test_the_command_line_tells_it_and_its_json_is_strict(keep: Keep, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    keep(target)
    assert main(["runs", "diagnose", RUN, "rf", "--segment", "会員", "--threshold", "0.4", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 300
    assert found["segments"]["column"] == "会員"
    assert {one["name"] for one in found["groups"]} >= {"true", "false"}
    assert ("metrics" in found) == (target == "売上")
    assert main(["runs", "diagnose", RUN, "rf", "--segment", "会員", "--lang", "ja"]) == 0
    assert "300 行" in capsys.readouterr().out


def test_the_command_line_says_what_is_missing(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep()
    assert main(["runs", "diagnose", RUN, "--lang", "en"]) == 2
    assert "Which model?" in capsys.readouterr().err
    assert main(["runs", "diagnose", RUN, "gbc", "--lang", "en"]) == 2
    assert "There is no model 'gbc' in this comparison. Its models: rf." in capsys.readouterr().err
    assert main(["runs", "diagnose", RUN, "rf", "--segment", "会因", "--lang", "en"]) == 2
    assert "会因" in capsys.readouterr().err


def test_a_run_that_ended_early_is_diagnosed_from_the_folds_it_has_and_says_so(keep: Keep) -> None:
    kept = keep()
    held.store().delete(kept_folds.name_of(RUN, "rf", 1))
    about = actions.diagnosis.about(RUN, "rf", by=LOCAL)
    assert (about.rows, about.folds) == (len(kept.y) * 2 // 3, 2)
    assert "2 of 3 folds" in " ".join(note.say("en") for note in about.notes)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("finished", "not what it said about each row: the run is from an older version"),
        ("failed", "Random forest has no score, so there is nothing to look into. Could not be trained: too odd"),
        ("stopped", "Resume the run to train it"),
    ],
)
def test_without_kept_folds_it_is_said_why_and_what_would_do(
    keep: Keep, status: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep()
    store = held.store()
    for name in kept_folds.names(store, RUN):
        store.delete(name)
    store.delete(records.place(RUN, records.RESULT))
    reason = {"failed": Text("experiment.failed", problem="too odd"), "stopped": Text("experiment.unfinished", done=0, folds=3)}
    row = leaderboard.row("rf", Task.BINARY, status, reason.get(status), {"AUC": 0.7}, {"AUC": 0.1}, 1.0)  # type: ignore[arg-type]
    records.settle(store, RUN, "stopped", at=datetime.now(UTC), result={"leaderboard": [row]})
    records.drop(store, RUN)
    found = actions.diagnosis.why_not(RUN, "rf", by=LOCAL)
    assert found
    assert why in found.say("en")
    assert found.say("ja")
    assert main(["runs", "diagnose", RUN, "rf", "--lang", "en"]) == 2
    assert why in capsys.readouterr().err


def test_nothing_is_in_the_way_of_a_diagnosis_with_one_fold(keep: Keep) -> None:
    keep()
    for fold in (0, 1):
        held.store().delete(kept_folds.name_of(RUN, "rf", fold))
    assert actions.diagnosis.why_not(RUN, "rf", by=LOCAL) is None


def test_nobody_sees_the_diagnosis_of_somebody_elses_run(keep: Keep, stranger: Principal) -> None:
    keep()
    with pytest.raises(JobNotFound, match="no run"):
        actions.diagnosis.about(RUN, "rf", by=stranger)
    with pytest.raises(JobNotFound, match="no run"):
        actions.diagnosis_report.file(RUN, "rf", "en", by=stranger)


def test_predictions_that_are_not_of_this_table_any_more_are_refused(keep: Keep) -> None:
    kept = keep()
    other = kept.frame.reverse()
    with pytest.raises(ExperimentError, match="not about this table's rows"):
        judged.checked_labels(other, judged.subject(RUN, "rf", by=LOCAL).plan, judged.subject(RUN, "rf", by=LOCAL).oof)


def test_an_unknown_column_and_a_cost_below_nothing_are_said(keep: Keep) -> None:
    keep()
    with pytest.raises(ColumnNotFound, match="会因"):
        actions.weak_spots.by_segment(RUN, "rf", "会因", "AUC", by=LOCAL)
    with pytest.raises(ExperimentError, match="below 0"):
        actions.diagnosis.cheapest(RUN, "rf", by=LOCAL, false_alarm=-1, miss=1)
    assert actions.weak_spots.by_segment(RUN, "rf", "顧客番号", "AUC", by=LOCAL) is None
