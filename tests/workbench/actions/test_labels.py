"""The search for wrong labels and outliers as a run, its rows, and its files."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench import actions
from workbench.actions import label_rows, labels
from workbench.data import Roles
from workbench.data.reading import read
from workbench.errors import AccessDenied, CheckError, JobNotFound
from workbench.principal import LOCAL, Principal

Bring = Callable[..., str]
ROWS = 300


def keep(frame: pl.DataFrame, **roles: object) -> str:
    """Upload a table and give it a target."""
    data = frame.write_csv().encode()
    upload = actions.uploads.create(by=LOCAL, size=len(data), name="表.csv")
    actions.uploads.append(upload, by=LOCAL, at=0, data=data)
    dataset = actions.datasets.from_upload(upload, by=LOCAL)
    actions.datasets.set_roles(dataset, Roles(**roles), by=LOCAL)  # type: ignore[arg-type]
    return dataset


def risky() -> pl.DataFrame:
    """Labels and a column that a spreadsheet would run, and two rows with the wrong label."""
    x = np.random.default_rng(1).normal(size=ROWS)
    y = np.where(x > 0, "=1+1", "いいえ")
    for place in np.argsort(x)[[5, -5]]:
        y[place] = "いいえ" if y[place] == "=1+1" else "=1+1"
    return pl.DataFrame({"x": x, "@z": ["+cmd" if i % 2 else "-a" for i in range(ROWS)], "行": range(ROWS), "y": y})


class Finished:
    """A run that has ended, without a process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dataset: str, tmp_path: Path) -> None:
        roles = actions.datasets.get(dataset, by=LOCAL).roles.to_dict()
        told: list[float] = []
        recorder = type("Silent", (), {"progress": lambda _, share, note=None: told.append(share)})()
        by = {"who": LOCAL.who, "kind": LOCAL.kind, "role": LOCAL.role}
        self.result = labels.work({"dataset": dataset, "roles": roles, "by": by}, recorder)
        self.told = told
        monkeypatch.setattr(label_rows, "result", lambda run_id, *, by: self.result)


def test_the_run_tells_how_far_it_is_and_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = Finished(monkeypatch, keep(risky(), target="y", exclude=("行",)), tmp_path)
    assert run.told == sorted(run.told)
    assert run.told[-1] >= 0.8
    told = label_rows.told("any", by=LOCAL)
    assert told is not None
    assert told.counts["wrong"] >= 2
    assert [said.code for said in told.outcomes] == ["WB601", "WB602"]


def test_rows_on_screen_are_numbered_from_one_and_hold_what_matters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frame = risky()
    run = Finished(monkeypatch, keep(frame, target="y", exclude=("行",)), tmp_path)
    shown = label_rows.table("any", "wrong", "en", by=LOCAL, most=2)
    assert shown.columns[:5] == ["Row", "Given label", "Suggested label", "Probability", "Label quality"]
    assert shown.height == 2
    assert frame["y"][shown["Row"][0] - 1] == shown["Given label"][0]
    assert "x" in shown.columns
    assert run.result["columns"][0] == "x"


def test_a_column_of_the_table_with_the_name_of_ours_keeps_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Finished(monkeypatch, keep(risky(), target="y", exclude=("行",)), tmp_path)
    whole = label_rows.table("any", "wrong", "ja", by=LOCAL)
    assert "行" in whole.columns
    assert whole.columns[0] == "行_"


def test_files_run_no_formula(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Finished(monkeypatch, keep(risky(), target="y", exclude=("行",)), tmp_path)
    text = label_rows.file("any", "wrong", "csv", "ja", by=LOCAL).decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=1+1" not in text
    assert "'@z" in text
    assert ",+cmd" not in text
    book = label_rows.file("any", "wrong", "xlsx", "ja", by=LOCAL)
    rows = read(book, name="x.xlsx", max_rows=1_000).frame
    assert set(rows["今のラベル"]) <= {"=1+1", "いいえ"}, "text stays text"
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_numbers_and_outliers_have_lists_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    x = np.random.default_rng(1).normal(size=(ROWS, 3))
    y = 3 * x[:, 0] + np.random.default_rng(2).normal(scale=0.2, size=ROWS)
    y[7] += 40
    x[9, 2] = 80
    Finished(monkeypatch, keep(pl.DataFrame(x, schema=["a", "b", "c"]).with_columns(y=pl.Series(y)), target="y"), tmp_path)
    wrong = label_rows.table("any", "wrong", "en", by=LOCAL, most=5)
    assert wrong["Row"][0] == 8
    assert "Probability" not in wrong.columns
    far = label_rows.table("any", "outliers", "en", by=LOCAL, most=5)
    assert far["Row"][0] == 10
    assert far["Set apart by"][0] == "c"
    assert label_rows.file("any", "outliers", "csv", "en", by=LOCAL)


def test_labels_that_are_whole_numbers_or_booleans_are_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frame = risky().with_columns(y=(pl.col("y") == "=1+1").cast(pl.Int64)).drop("@z", "行")
    Finished(monkeypatch, keep(frame, target="y"), tmp_path)
    assert set(label_rows.table("any", "wrong", "en", by=LOCAL)["Given label"]) <= {0, 1}
    Finished(monkeypatch, keep(frame.with_columns(y=pl.col("y") == 1), target="y"), tmp_path)
    assert label_rows.table("any", "wrong", "en", by=LOCAL).height


def test_what_cannot_be_judged_is_a_reason_and_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Finished(monkeypatch, keep(risky().with_columns(y=pl.lit("a")), target="y"), tmp_path)
    told = label_rows.told("any", by=LOCAL)
    assert told is not None
    assert told.counts == {"wrong": 0, "outliers": 0}
    reason = told.outcomes[0].reason
    assert reason is not None
    assert "only one value" in reason.say("en")
    assert label_rows.table("any", "wrong", "en", by=LOCAL).height == 0


def test_without_a_target_or_as_a_viewer_nothing_starts(bring: Bring, viewer: Principal) -> None:
    dataset = bring(60, target=None)
    with pytest.raises(CheckError, match="target"):
        labels.start(dataset, by=LOCAL)
    with pytest.raises(AccessDenied, match="analyst"):
        labels.start(dataset, by=viewer)


@pytest.mark.slow
def test_a_real_run_is_found_again_by_its_owner_alone_and_goes_with_the_table(bring: Bring, stranger: Principal) -> None:
    dataset = bring(200)
    run = labels.start(dataset, by=LOCAL)
    patience = time.monotonic() + 120
    while (job := actions.runs.find(run, by=LOCAL)).state in ("waiting", "running") and time.monotonic() < patience:
        time.sleep(0.2)
    assert job.state == "finished", job.error
    assert labels.latest(dataset, by=LOCAL) == run
    assert labels.latest(dataset, by=stranger) is None
    with pytest.raises(JobNotFound, match="run"):
        label_rows.told(run, by=stranger)
    assert label_rows.told(run, by=LOCAL) is not None
    actions.forget.forget(dataset, by=LOCAL, models=None)
    with pytest.raises(JobNotFound, match="run"):
        actions.runs.find(run, by=LOCAL)
