"""Datasets in the store, seen by their owner alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from workbench.data import Dataset, Reading, Roles, datasets
from workbench.errors import ColumnNotFound, DatasetNotFound, PreconditionFailed
from workbench.principal import Principal
from workbench.store import ObjectStore

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def dataset(make_table: Callable[..., pl.DataFrame], analyst: Principal) -> Dataset:
    return datasets.make(Reading(make_table(60), encoding="cp932"), name="顧客.csv", owner=analyst.who, now=NOW)


def test_a_dataset_that_was_saved_comes_back(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    datasets.save(tmp_store, dataset)
    found = datasets.load(tmp_store, dataset.id, by=analyst)
    assert found == dataset
    assert_frame_equal(found.frame, dataset.frame)
    assert dataset.id.startswith("20260102T030405Z-")
    assert found.reading["encoding"] == "cp932"
    assert found.kinds == {
        "顧客番号": "text", "年齢": "number", "収入": "number", "職業": "category", "都道府県": "category", "登録日": "date",
        "会員": "boolean", "解約": "category", "ランク": "category", "売上": "number",
    }  # fmt: skip


def test_equal_content_has_an_equal_fingerprint_under_another_id(
    dataset: Dataset, make_table: Callable[..., pl.DataFrame]
) -> None:
    other = datasets.make(Reading(make_table(60)), name="other", owner="b", now=NOW)
    assert other.fingerprint == dataset.fingerprint
    assert other.id != dataset.id


def test_somebody_elses_dataset_looks_like_none(
    tmp_store: ObjectStore, dataset: Dataset, stranger: Principal, analyst: Principal
) -> None:
    datasets.save(tmp_store, dataset)
    with pytest.raises(DatasetNotFound, match=f"no dataset '{dataset.id}'"):
        datasets.load(tmp_store, dataset.id, by=stranger)
    with pytest.raises(DatasetNotFound, match="no dataset"):
        datasets.delete(tmp_store, dataset.id, by=stranger)
    with pytest.raises(DatasetNotFound, match="no dataset"):
        datasets.set_roles(tmp_store, dataset.id, Roles(), by=stranger)
    assert datasets.records(tmp_store, by=stranger) == []
    assert len(datasets.records(tmp_store, by=analyst)) == 1


@pytest.mark.parametrize(
    "dataset_id", ["../secret", "20260102T030405Z-abc", "", "20260102T030405Z-abcdef/..", "20260102T030405Z-abcdef\n"]
)
def test_a_name_that_is_no_id_is_never_looked_up(tmp_store: ObjectStore, analyst: Principal, dataset_id: str) -> None:
    with pytest.raises(DatasetNotFound, match="no dataset"):
        datasets.load(tmp_store, dataset_id, by=analyst)


def test_records_come_newest_first(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    reading = Reading(dataset.frame)
    made = [datasets.make(reading, name=str(i), owner=analyst.who, now=NOW + timedelta(seconds=i)) for i in (1, 3, 2)]
    for one in made:
        datasets.save(tmp_store, one)
    assert [known.name for known in datasets.records(tmp_store, by=analyst)] == ["3", "2", "1"]


def test_a_half_written_dataset_is_never_found(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    tmp_store.put(f"datasets/{dataset.id}/table.parquet", b"half")
    assert datasets.records(tmp_store, by=analyst) == []
    with pytest.raises(DatasetNotFound, match="no dataset"):
        datasets.load(tmp_store, dataset.id, by=analyst)


def test_a_dataset_is_saved_once(tmp_store: ObjectStore, dataset: Dataset) -> None:
    datasets.save(tmp_store, dataset)
    with pytest.raises(PreconditionFailed, match=dataset.id):
        datasets.save(tmp_store, dataset)


def test_roles_are_kept_and_leave_the_features(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    datasets.save(tmp_store, dataset)
    roles = Roles(target="解約", event="はい", exclude=("顧客番号",), unknown_at_prediction=("売上",))
    datasets.set_roles(tmp_store, dataset.id, roles, by=analyst)
    found = datasets.load(tmp_store, dataset.id, by=analyst)
    assert found == replace(dataset, roles=roles)
    assert found.features == ("年齢", "収入", "職業", "都道府県", "登録日", "会員", "ランク")
    with pytest.raises(ColumnNotFound, match="'解約日' is not in the table"):
        datasets.set_roles(tmp_store, dataset.id, Roles(target="解約日"), by=analyst)


def test_deleting_leaves_nothing(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    datasets.save(tmp_store, dataset)
    datasets.delete(tmp_store, dataset.id, by=analyst)
    assert list(tmp_store.list("datasets/")) == []
