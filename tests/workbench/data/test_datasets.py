"""Datasets in the store, seen by their owner alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from workbench.data import Dataset, DatasetRecord, Reading, Repair, Repairs, Roles, datasets, uploads
from workbench.data.repairs import propose
from workbench.errors import AccessDenied, ColumnNotFound, DatasetNotFound, PreconditionFailed, RolesChanged, UploadNotFound
from workbench.principal import Principal
from workbench.store import ObjectStore, Stat, get_json, put_json

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FAMILY = "20260102T030405Z-abcdef"


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


def test_roles_that_somebody_else_changed_meanwhile_are_not_overwritten(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal
) -> None:
    datasets.save(tmp_store, dataset)
    seen = datasets.load(tmp_store, dataset.id, by=analyst).roles
    datasets.set_roles(tmp_store, dataset.id, Roles(target="解約"), by=analyst, instead_of=seen)
    with pytest.raises(RolesChanged, match="were saved meanwhile"):
        datasets.set_roles(tmp_store, dataset.id, Roles(target="売上"), by=analyst, instead_of=seen)
    assert datasets.load(tmp_store, dataset.id, by=analyst).roles == Roles(target="解約")
    datasets.set_roles(tmp_store, dataset.id, Roles(target="解約"), by=analyst, instead_of=seen)  # the same may be said twice


def test_of_two_who_save_roles_at_once_one_is_told(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.save(tmp_store, dataset)
    look = type(tmp_store).stat

    def other_first(store: ObjectStore, name: str) -> Stat | None:
        found = look(store, name)
        if name.endswith("roles.json"):
            put_json(store, name, Roles(target="ランク").to_dict())
        return found

    monkeypatch.setattr(type(tmp_store), "stat", other_first)
    with pytest.raises(RolesChanged, match="were saved meanwhile"):
        datasets.set_roles(tmp_store, dataset.id, Roles(target="売上"), by=analyst, instead_of=dataset.roles)
    assert datasets.load(tmp_store, dataset.id, by=analyst).roles == Roles(target="ランク")


def test_deleting_leaves_nothing(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    datasets.save(tmp_store, dataset)
    datasets.delete(tmp_store, dataset.id, by=analyst)
    assert list(tmp_store.list("datasets/")) == []


def test_a_record_says_how_many_cells_of_each_column_are_blank(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal
) -> None:
    datasets.save(tmp_store, dataset)
    blanks = datasets.record(tmp_store, dataset.id, by=analyst).blanks
    assert blanks == {column.name: column.null_count() for column in dataset.frame}
    assert blanks["年齢"] > 0


def test_profiles_go_with_the_last_table_of_their_content(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    same = replace(dataset, id=f"{FAMILY[:-1]}0", family=f"{FAMILY[:-1]}0", name="same.csv")
    mine, other = (f"{datasets.PROFILES}{fingerprint}/a.json" for fingerprint in (dataset.fingerprint, "0" * 64))
    for name in (mine, other):
        tmp_store.put(name, b"{}")
    for one in (dataset, same):
        datasets.save(tmp_store, one)
    datasets.delete(tmp_store, dataset.id, by=analyst)
    assert [stat.name for stat in tmp_store.list(datasets.PROFILES)] == sorted([mine, other])
    datasets.delete(tmp_store, same.id, by=analyst)
    assert [stat.name for stat in tmp_store.list(datasets.PROFILES)] == [other]


def test_a_profile_of_no_table_is_removed_after_a_day(tmp_store: ObjectStore, dataset: Dataset) -> None:
    datasets.save(tmp_store, dataset)
    mine, other = (f"{datasets.PROFILES}{fingerprint}/a.json" for fingerprint in (dataset.fingerprint, "0" * 64))
    for name in (mine, other):
        tmp_store.put(name, b"{}")
    assert datasets.sweep(tmp_store, now=datetime.now(UTC) + timedelta(hours=23)) == []
    assert datasets.sweep(tmp_store, now=datetime.now(UTC) + timedelta(hours=25)) == [other]


def versions(dataset: Dataset, count: int) -> list[Dataset]:
    """The versions of a family, made a second apart, the first one first."""
    later = [
        replace(dataset, id=f"{dataset.created + timedelta(seconds=i):%Y%m%dT%H%M%SZ}-{i:06x}", version=i + 1)
        for i in range(1, count)
    ]
    return [dataset, *later]


def test_a_record_of_before_there_were_versions_is_a_first_version_without_a_source(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal
) -> None:
    datasets.save(tmp_store, dataset)
    place = f"datasets/{dataset.id}/dataset.json"
    old = get_json(tmp_store, place)
    for name in ("family", "version", "source", "settings", "repairs", "counts", "blanks"):
        del old[name]
    put_json(tmp_store, place, old)
    found = datasets.load(tmp_store, dataset.id, by=analyst)
    assert (found.family, found.version, found.source, found.repairs, found.shared) == (dataset.id, 1, {}, Repairs(), False)
    assert found.blanks is None
    assert replace(found, blanks=dataset.blanks) == dataset
    assert [known.id for known in datasets.records(tmp_store, by=analyst)] == [dataset.id]


def test_a_record_of_a_later_product_is_read_as_far_as_it_is_known(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal
) -> None:
    datasets.save(tmp_store, dataset)
    place = f"datasets/{dataset.id}/dataset.json"
    put_json(tmp_store, place, {**get_json(tmp_store, place), "mood": "good"})
    assert datasets.load(tmp_store, dataset.id, by=analyst) == dataset


def test_repairs_are_made_counted_and_come_back(tmp_store: ObjectStore, analyst: Principal) -> None:
    frame = pl.DataFrame({"店": [" 東京", "大阪", "東京 "], "額": ["10", "20", "不明"], "数": [1, 2, 3]})
    steps = Repairs.of([Repair("店", "spaces", {}), Repair("額", "type", {"kind": "number"}), Repair("無い列", "spaces", {})])
    made = datasets.make(Reading(frame), name="店.csv", owner=analyst.who, now=NOW, repairs=steps)
    assert made.frame["店"].to_list() == ["東京", "大阪", "東京"]
    assert made.frame["額"].to_list() == [10, 20, None]
    assert made.repairs.names == ("店", "額")
    assert {(c["column"], c["rule"]): c["cells"] for c in made.counts}["店", "spaces"] == 2
    assert next(c for c in made.counts if c["rule"] == "type")["lost"] == 1
    assert next(c for c in made.counts if c["rule"] == "type")["examples"] == ["不明"]
    datasets.save(tmp_store, made)
    assert datasets.load(tmp_store, made.id, by=analyst) == made


def test_proposals_and_misfits_are_stored_where_there_are_any(tmp_store: ObjectStore, analyst: Principal) -> None:
    offered = propose(pl.DataFrame({"店": [" 東京", "大阪", "東京 "] * 20}))
    assert offered
    misfits = pl.DataFrame({"line": [3], "problem": ["short"], "content": ["東京"]})
    made = datasets.make(Reading(pl.DataFrame({"店": ["東京"]})), name="a", owner=analyst.who, now=NOW)
    datasets.save(tmp_store, made, proposals=offered, misfits=misfits)
    assert datasets.proposals(tmp_store, made.id) == offered
    assert_frame_equal(datasets.misfits(tmp_store, made.id), misfits)
    plain = datasets.make(Reading(pl.DataFrame({"店": ["東京"]})), name="b", owner=analyst.who, now=NOW + timedelta(seconds=1))
    datasets.save(tmp_store, plain, misfits=misfits.clear())
    assert datasets.proposals(tmp_store, plain.id) == []
    assert datasets.misfits(tmp_store, plain.id) is None
    assert sorted(s.name.rpartition("/")[2] for s in tmp_store.list(f"datasets/{plain.id}/")) == [
        "dataset.json", "roles.json", "table.parquet"
    ]  # fmt: skip


def test_a_version_takes_the_next_number_also_when_many_ask_at_once(tmp_store: ObjectStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda i: datasets.take_number(tmp_store, FAMILY, f"{i}"), range(8)))
    assert sorted(numbers) == list(range(2, 10))
    assert datasets.take_number(tmp_store, "20260102T030405Z-000000", "a") == 2


def test_the_last_version_is_found_without_a_listing(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    def last(family: str) -> str | None:
        found = datasets.last_of(tmp_store, family)
        return found.id if found else None

    first, second, third = versions(dataset, 3)
    for one in (first, second):
        datasets.save(tmp_store, one)
    assert last(first.id) == first.id
    for one in (second, third):  # the third is still being made
        datasets.take_number(tmp_store, first.id, one.id)
    assert last(first.id) == second.id
    datasets.delete(tmp_store, second.id, by=analyst)
    assert last(first.id) == first.id
    assert last(FAMILY) is None


def test_only_the_newest_version_of_each_family_is_listed(tmp_store: ObjectStore, dataset: Dataset, analyst: Principal) -> None:
    first, second = versions(dataset, 2)
    other = replace(dataset, id="20260103T030405Z-abcdef", family="20260103T030405Z-abcdef")
    for one in (first, second, other):
        datasets.save(tmp_store, one)
    known = datasets.records(tmp_store, by=analyst)
    assert [(r.id, r.version) for r in datasets.newest(known)] == [(other.id, 1), (second.id, 2)]
    assert len(known) == 3


def test_a_shared_dataset_is_read_by_everybody_and_changed_by_its_owner(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal, stranger: Principal
) -> None:
    first, second = versions(dataset, 2)
    datasets.save(tmp_store, first)
    datasets.share(tmp_store, first.id, by=analyst, shared=True)
    datasets.save(tmp_store, second)
    for one in (first, second):
        assert datasets.load(tmp_store, one.id, by=stranger).shared
    refusal = rf"shared by {analyst.who}: everybody may look at it, only its owner can change it"
    for change in (
        lambda: datasets.set_roles(tmp_store, first.id, Roles(), by=stranger),
        lambda: datasets.share(tmp_store, first.id, by=stranger, shared=False),
        lambda: datasets.delete(tmp_store, first.id, by=stranger),
    ):
        with pytest.raises(AccessDenied, match=refusal):
            change()
    datasets.share(tmp_store, second.id, by=analyst, shared=False)
    for one in (first, second):
        with pytest.raises(DatasetNotFound, match="no dataset"):
            datasets.load(tmp_store, one.id, by=stranger)


def test_the_file_goes_with_the_last_version_that_was_read_from_it(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal
) -> None:
    upload = uploads.create(tmp_store, owner=analyst.who, size=1, name="a.csv", limit=10)
    uploads.append(tmp_store, upload, owner=analyst.who, at=0, data=b"a")
    uploads.keep(tmp_store, upload, owner=analyst.who)
    first, second = versions(replace(dataset, source={"upload": upload}), 2)
    datasets.save(tmp_store, first)
    datasets.save(tmp_store, second)
    datasets.share(tmp_store, first.id, by=analyst, shared=True)
    datasets.take_number(tmp_store, first.id, second.id)
    datasets.delete(tmp_store, first.id, by=analyst)
    assert uploads.offset(tmp_store, upload, owner=analyst.who) == (1, 1)
    assert datasets.find(tmp_store, second.id).shared
    assert datasets.take_number(tmp_store, first.id, "a") == 3
    datasets.delete(tmp_store, second.id, by=analyst)
    with pytest.raises(UploadNotFound, match="no such upload"):
        uploads.offset(tmp_store, upload, owner=analyst.who)
    assert list(tmp_store.list()) == []


def test_the_list_of_many_reads_each_small_object_once(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in versions(dataset, 40):
        put_json(tmp_store, f"datasets/{one.id}/dataset.json", one.to_dict())
        put_json(tmp_store, f"datasets/{one.id}/roles.json", {})
    assert len(datasets.records(tmp_store, by=analyst)) == 40
    read: list[str] = []
    monkeypatch.setattr(tmp_store, "get", lambda name, **_: read.append(name))
    monkeypatch.setattr(tmp_store, "stream", lambda name, **_: read.append(name))
    assert len(datasets.records(tmp_store, by=analyst)) == 40
    assert read == []


def test_what_was_left_half_written_is_removed_after_a_day(
    tmp_store: ObjectStore, dataset: Dataset, analyst: Principal
) -> None:
    datasets.save(tmp_store, dataset)
    datasets.share(tmp_store, dataset.id, by=analyst, shared=True)
    half = "20260102T030405Z-000000"
    tmp_store.put(f"datasets/{half}/table.parquet", b"half")
    datasets.take_number(tmp_store, half, "a")
    assert datasets.sweep(tmp_store, now=datetime.now(UTC) + timedelta(hours=23)) == []
    swept = datasets.sweep(tmp_store, now=datetime.now(UTC) + timedelta(hours=25))
    assert swept == [f"datasets/{half}/table.parquet", f"families/{half}/versions/000002.json"]
    assert datasets.load(tmp_store, dataset.id, by=analyst).shared


@pytest.mark.parametrize(
    ("event", "labels", "kept"),
    [
        ("はい", ["はい", "いいえ"], "はい"),
        (" はい", ["はい", "いいえ"], "はい"),
        ("1", [0.0, 1.0], "1"),
        ("True", [True, False], "True"),
        ("y", ["はい", "いいえ"], None),
        ("y", [0, 1], None),
    ],
)
def test_roles_are_carried_over_as_far_as_they_still_fit(event: str, labels: list[object], kept: str | None) -> None:
    frame = pl.DataFrame({"解約": labels, "年齢": [1, 2]})
    steps = Repairs.of([Repair("解約", "spaces", {})])
    made = replace(datasets.make(Reading(frame), name="a", owner="a", now=NOW), repairs=steps)
    roles = Roles(target="解約", event=event, group="世帯", exclude=("番号", "年齢"))
    assert datasets.carried(roles, made) == Roles(target="解約", event=kept, exclude=("年齢",))


def test_a_dataset_lives_in_a_file_only_while_it_is_saved(
    tmp_store: ObjectStore, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analyst: Principal
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    datasets.save(tmp_store, dataset)
    found = datasets.load(tmp_store, dataset.id, by=analyst)
    assert list(scratch.iterdir()) == []
    assert_frame_equal(found.frame, dataset.frame)
    assert isinstance(found, DatasetRecord)
