"""A bundle gives back what was written, and refuses whatever is not."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import skops.io
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from workbench.bundle import Fitted, Manifest, bundle, read, read_manifest
from workbench.bundle.manifest import FILES, dumps, sha256, version_id
from workbench.data.repairs import Repair, Repairs
from workbench.errors import BundleError
from workbench.task import Task

MakeTable = Callable[..., pl.DataFrame]
CASES = [(Task.BINARY, "svm"), (Task.BINARY, "lightgbm"), (Task.MULTICLASS, "lightgbm"), (Task.REGRESSION, "linear")]


@pytest.mark.parametrize(("task", "model"), CASES)
def test_what_was_written_comes_back(
    tmp_path: Path, make_table: MakeTable, fitted: Any, write_bundle: Any, task: Task, model: str
) -> None:
    frame = make_table(300, 1)
    made = fitted(frame, task, model)
    manifest = write_bundle(tmp_path / "b", made, frame)
    found = read(tmp_path / "b")
    assert found.manifest == manifest
    assert found.program == made.program
    new = make_table(100, 2)
    expected = bundle.Replay(made.program, made.model, task=task, labels=made.labels).outputs(new)
    answer = found.replay.outputs(new)
    assert answer.prediction.tolist() == expected.prediction.tolist()
    if expected.probabilities is not None:
        np.testing.assert_array_equal(answer.probabilities, expected.probabilities)
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == sorted([*FILES, "manifest.json"])


def test_names_with_signs_of_every_kind_survive(folder: Path) -> None:
    found = read(folder)
    assert found.manifest.name == "顧客,[x]"
    assert found.manifest.target == "解約"
    assert found.signature.names == ["年齢", "収入", "職業", "都道府県", "登録日", "会員"]
    assert '京都府 "洛中"' in next(c["values"] for c in found.program["columns"] if c.get("source") == "都道府県")


def test_a_bundle_holds_what_judging_a_model_takes(folder: Path) -> None:
    found = read(folder)
    assert (found.background.height, found.golden.height) == (200, 50)
    assert found.manifest.metrics == {"AUC": 0.8, "MCC": None}
    assert found.manifest.labels == ["いいえ", "はい"]
    assert found.contract["excluded"] == ["顧客番号"]
    assert found.decision["threshold"] == 0.5
    age, place = found.profile["columns"]["年齢"], found.profile["columns"]["都道府県"]
    assert 0 < age["missing_rate"] < 0.2
    assert len(age["quantiles"]) == 21
    assert sum(entry["share"] for entry in place["top"]) == pytest.approx(1)
    assert found.profile["columns"]["登録日"]["quantiles"][0].startswith("20")
    card = (folder / "card.md").read_text(encoding="utf-8")
    assert "学習" in card
    assert "Trained on" in card


def test_a_small_table_gives_a_small_bundle(tmp_path: Path, make_table: MakeTable, fitted: Any, write_bundle: Any) -> None:
    frame = make_table(30, 1)
    write_bundle(tmp_path / "b", fitted(frame, Task.BINARY, "lr"), frame)
    assert read(tmp_path / "b").golden.height == 30


def test_a_taken_folder_is_left_alone(folder: Path, make_table: MakeTable, fitted: Any, write_bundle: Any) -> None:
    before = read_manifest(folder)
    frame = make_table(100, 2)
    with pytest.raises(BundleError, match="exists already and is not empty"):
        write_bundle(folder, fitted(frame, Task.BINARY, "lr"), frame)
    assert read_manifest(folder) == before


def test_no_manifest_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="holds no model"):
        read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"format": 1}', b"[" * 100_000])
def test_a_damaged_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"manifest\.json cannot be read"):
        read(folder)


def test_a_later_format_is_refused_by_its_number(folder: Path) -> None:
    change_manifest(folder, format=4)
    with pytest.raises(BundleError, match="format 4; formats 1, 2, 3 can be read"):
        read(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused_before_it_is_read(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(BundleError, match=f"not the ones that were written: {name}"):
        read(folder)


def test_missing_and_unknown_files_are_named(folder: Path) -> None:
    (folder / "golden.parquet").unlink()
    (folder / "run.py").write_text("")
    with pytest.raises(BundleError, match=r"golden.parquet, run.py"):
        read(folder)


@pytest.mark.parametrize("name", ["preparation.json", "signature.json", "golden.parquet", "model.skops"])
def test_rubbish_with_the_right_hash_is_refused(folder: Path, name: str) -> None:
    forge(folder, name, b"rubbish")
    with pytest.raises(BundleError, match=f"{name} cannot be read"):
        read(folder)


def test_a_program_that_cannot_be_followed_is_refused(folder: Path) -> None:
    program = json.loads((folder / "preparation.json").read_bytes())
    program["columns"][1]["scale"] = 0
    forge(folder, "preparation.json", dumps(program))
    with pytest.raises(BundleError, match="preparation is not complete"):
        read(folder)


class Hostile(ClassifierMixin, BaseEstimator):
    """Something that must never be built from a file."""

    built = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        type(self).built = True


def test_an_untrusted_type_is_named_and_never_built(folder: Path) -> None:
    forge(folder, "model.skops", skops.io.dumps(Hostile()))
    with pytest.raises(BundleError, match=r"types that are not trusted: .*Hostile"):
        read(folder)
    assert not Hostile.built


def test_a_pickle_is_not_a_model(folder: Path) -> None:
    import pickle

    forge(folder, "model.skops", pickle.dumps({"a": 1}))
    with pytest.raises(BundleError, match=r"model\.skops cannot be read"):
        read(folder)


def test_a_model_that_predicts_otherwise_is_refused(folder: Path, make_table: MakeTable, fitted: Any) -> None:
    other = fitted(make_table(300, 9), Task.BINARY, "lr").model
    forge(folder, "model.skops", skops.io.dumps(other))
    with pytest.raises(BundleError, match="does not repeat its own predictions"):
        read(folder)
    assert read(folder, verify=False).manifest.name == "顧客,[x]"


class Unstorable(ClassifierMixin, BaseEstimator):
    """A model of a type that no bundle may hold."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> Unstorable:
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.full((len(X), 2), 0.5)


def test_a_model_that_could_not_be_read_again_leaves_nothing_behind(
    tmp_path: Path, make_table: MakeTable, fitted: Any, write_bundle: Any
) -> None:
    frame = make_table(100, 1)
    made = fitted(frame, Task.BINARY, "lr")
    model = Unstorable().fit(np.zeros((2, 1)), np.array([0, 1]))
    with pytest.raises(BundleError, match="types that are not trusted"):
        write_bundle(tmp_path / "b", Fitted(**{**vars(made), "model": model}), frame)
    assert list(tmp_path.iterdir()) == []


def test_feature_names_do_not_travel(tmp_path: Path, make_table: MakeTable, fitted: Any, write_bundle: Any) -> None:
    frame = make_table(100, 1)
    made = fitted(frame, Task.BINARY, "lr")
    made.model.feature_names_in_ = np.array(["x"] * made.model.n_features_in_, dtype=object)
    write_bundle(tmp_path / "b", made, frame)
    assert not hasattr(read(tmp_path / "b").model, "feature_names_in_")
    assert hasattr(made.model, "feature_names_in_")


@given(st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=2, max_size=9))
def test_version_ids_sort_in_time_order(moments: list[datetime]) -> None:
    seconds = sorted({m.replace(microsecond=0) for m in moments})
    ids = [version_id(m, {"a": str(m)}) for m in seconds]
    assert ids == sorted(ids)


def test_a_version_is_utc_time_and_content(folder: Path) -> None:
    version = read_manifest(folder).version
    assert version.startswith("20260901T101500Z-")
    assert version_id(datetime(2026, 9, 1, 10, 15, tzinfo=UTC), {"a": "1"}) != version


def test_the_process_may_live_in_any_time_zone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read(folder).manifest.created == "2026-09-01T10:15:00+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_manifest_survives_json(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert Manifest.from_dict(json.loads(dumps(manifest.to_dict()))) == manifest


def forge(folder: Path, name: str, content: bytes) -> None:
    """Replace a file and its hash, as somebody with bad intent would."""
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    change_manifest(folder, sha256=manifest["sha256"] | {name: sha256(content)})


REPAIRS = Repairs.of([Repair("収入", "thousands"), Repair("職業", "missing", {"values": ["なし"]}), Repair("解約", "width")])


def test_the_repairs_of_the_features_travel_with_the_model_and_are_named(
    tmp_path: Path, make_table: MakeTable, fitted: Any, write_bundle: Any
) -> None:
    frame = make_table(60, 1)
    manifest = write_bundle(tmp_path / "b", fitted(frame, Task.BINARY, "lr"), frame, repairs=REPAIRS)
    found = read(tmp_path / "b")
    assert found.repairs == REPAIRS.only(found.signature.names)
    assert found.repairs.names == ("収入", "職業")
    assert found.contract["repairs"] == json.loads((tmp_path / "b" / "repairs.json").read_bytes()) == found.repairs.to_list()
    assert manifest.format == 2  # who does not know repairs must not open it
    card = (tmp_path / "b" / "card.md").read_text(encoding="utf-8")
    assert "`収入`（桁区切り）、`職業`（欠損を表す値）" in card
    assert "`収入` (Thousand separators)" in card


def test_a_model_without_repairs_is_of_the_first_format(folder: Path) -> None:
    found = read(folder)
    assert not found.repairs
    assert found.manifest.format == 1
    assert json.loads((folder / "repairs.json").read_bytes()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"null",
        b"7",
        b"[1]",
        b'["thousands"]',
        b"not json",
        b'[{"column": "\xe5\x8f\x8e\xe5\x85\xa5", "rule": "no such rule"}]',
        b'[{"column": "\xe5\x8f\x8e\xe5\x85\xa5", "rule": "unit", "options": {}}]',
        b'[{"column": "somebody elses", "rule": "thousands"}]',
        b'[{"column": "\xe5\x8f\x8e\xe5\x85\xa5", "rule": "unit", "options": {"unit": "a"}},'
        b' {"column": "\xe5\x8f\x8e\xe5\x85\xa5", "rule": "unit", "options": {"unit": "b"}}]',
    ],
)
def test_repairs_that_are_none_are_refused(folder: Path, content: bytes) -> None:
    (folder / "repairs.json").write_bytes(content)
    hashes = json.loads((folder / "manifest.json").read_bytes())["sha256"]
    change_manifest(folder, sha256=hashes | {"repairs.json": sha256(content)})
    with pytest.raises(BundleError, match=r"repairs\.json"):
        read(folder)


def change_manifest(folder: Path, **changes: Any) -> None:
    """Change the manifest alone."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(dumps(manifest | changes))
