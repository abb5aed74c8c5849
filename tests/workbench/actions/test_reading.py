"""A file becomes a dataset and each change of it a new version: at once, or in a child where the file is large."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from workbench import actions
from workbench.actions import held, reading
from workbench.data import Repair, Roles
from workbench.errors import AccessDenied, ColumnNotFound, DataError, DatasetNotFound, JobNotFound, UploadConflict
from workbench.jobs import Job
from workbench.principal import LOCAL, Principal
from workbench.store import get_json, put_json

CODES = "店,コード,額\n 東京,0012,1.50\n大阪 ,0034,2.25\n".encode("cp932")
STRIPPED = Repair("店", "spaces", {})


@pytest.fixture
def send() -> Callable[..., str]:
    """Upload a file and return the upload's id."""

    def sending(data: bytes = CODES, name: str = "店.csv", by: Principal = LOCAL) -> str:
        upload = actions.uploads.create(by=by, size=len(data), name=name)
        at = 0
        while at < len(data):
            at = actions.uploads.append(upload, by=by, at=at, data=data[at : at + 25_000_000])
        return upload

    return sending


def settled(run: str, *, by: Principal = LOCAL, seconds: float = 60) -> Job:
    """Wait for a run's end."""
    end = time.monotonic() + seconds
    while not (job := actions.runs.find(run, by=by)).is_settled:
        assert time.monotonic() < end, f"still {job.state} after {seconds} s"
        time.sleep(0.1)
    return job


def large(rows: int = 300_000) -> bytes:
    """A file that is read in a child."""
    return "番号,店,額\n".encode() + b"".join(f"{i:08d},「東京都」千代田区 {i % 97},{i}.50\n".encode() for i in range(rows))


def test_a_small_file_is_a_dataset_at_once_and_stays_its_source(send: Callable[..., str]) -> None:
    upload = send()
    kind, dataset = actions.datasets.open_upload(upload, by=LOCAL, settings={"encoding": "cp932"})
    made = actions.datasets.get(dataset, by=LOCAL)
    assert kind == "dataset"
    assert (made.source, made.settings, made.version, made.family) == ({"upload": upload}, {"encoding": "cp932"}, 1, dataset)
    assert actions.uploads.offset(upload, by=LOCAL) == (len(CODES), len(CODES))
    with pytest.raises(UploadConflict, match="kept with it"):
        actions.uploads.abort(upload, by=LOCAL)


def test_a_setting_that_is_none_is_named(send: Callable[..., str]) -> None:
    upload = send()
    with pytest.raises(DataError, match=r"'encodng' is not a setting.* Closest names: encoding"):
        actions.datasets.open_upload(upload, by=LOCAL, settings={"encodng": "cp932"})
    with pytest.raises(DataError, match="'first' cannot be the setting 'header'"):
        actions.datasets.open_upload(upload, by=LOCAL, settings={"header": "first"})


def test_a_file_that_is_not_whole_is_not_begun(send: Callable[..., str]) -> None:
    upload = actions.uploads.create(by=LOCAL, size=20_000_000, name="a.csv")
    with pytest.raises(UploadConflict, match="Only 0 of 20,000,000 bytes are in"):
        actions.datasets.open_upload(upload, by=LOCAL, settings={})
    assert actions.runs.mine(by=LOCAL) == []


def test_a_revision_is_a_new_version_and_the_old_one_stays(send: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(send(), by=LOCAL)
    actions.datasets.set_roles(first, Roles(target="額", exclude=("コード",)), by=LOCAL)
    second = actions.datasets.revise(first, by=LOCAL, repairs=[STRIPPED])
    made = actions.datasets.get(second, by=LOCAL)
    assert made.frame["店"].to_list() == ["東京", "大阪"]
    assert (made.version, made.family, made.name, made.roles.target) == (2, first, "店.csv", "額")
    assert made.roles.exclude == ("コード",)
    assert made.repairs.steps == (STRIPPED,)
    assert actions.datasets.get(first, by=LOCAL).frame["店"].to_list() == [" 東京", "大阪 "]
    assert [r.id for r in actions.datasets.versions(first, by=LOCAL)] == [second, first]
    assert [r.id for r in actions.datasets.mine(by=LOCAL)] == [second]


def test_what_changes_nothing_is_no_version(send: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(send(), by=LOCAL)
    assert actions.datasets.revise(first, by=LOCAL) == first
    assert actions.datasets.revise(first, by=LOCAL, repairs=[]) == first
    second = actions.datasets.revise(first, by=LOCAL, repairs=[STRIPPED])
    assert actions.datasets.revise(second, by=LOCAL) == second
    assert actions.datasets.revise(first, by=LOCAL, repairs=[STRIPPED]) == second
    third = actions.datasets.revise(second, by=LOCAL, repairs=[])
    assert actions.datasets.get(third, by=LOCAL).version == 3


def test_a_column_that_is_to_be_text_stays_as_it_is_written(send: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(send(), by=LOCAL)
    assert actions.datasets.get(first, by=LOCAL).kinds["額"] == "number"
    second = actions.datasets.revise(first, by=LOCAL, repairs=[Repair("額", "type", {"kind": "text"})])
    assert actions.datasets.get(second, by=LOCAL).frame["額"].to_list() == ["1.50", "2.25"]


def test_new_settings_keep_the_repairs_of_columns_that_are_still_there(send: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(send(), by=LOCAL)
    second = actions.datasets.revise(first, by=LOCAL, repairs=[STRIPPED])
    third = actions.datasets.revise(second, by=LOCAL, settings={"header": 0})
    made = actions.datasets.get(third, by=LOCAL)
    assert made.rows == 3
    assert not made.repairs
    assert made.settings == {"header": 0}
    with pytest.raises(ColumnNotFound, match="'棚' is not in the table"):
        actions.datasets.revise(first, by=LOCAL, repairs=[Repair("棚", "spaces", {})])


def test_a_dataset_whose_source_is_gone_says_so(send: Callable[..., str]) -> None:
    dataset = actions.datasets.from_upload(send(), by=LOCAL)
    place = f"datasets/{dataset}/dataset.json"
    put_json(held.store(), place, {**get_json(held.store(), place), "source": {}})
    held.clear()
    assert actions.datasets.get(dataset, by=LOCAL).rows == 2
    with pytest.raises(DataError, match=r"'店\.csv' cannot be read again, because the file it came from is no longer here"):
        actions.datasets.revise(dataset, by=LOCAL, repairs=[STRIPPED])


def test_a_sample_is_read_again_too(analyst: Principal) -> None:
    first = actions.datasets.open_sample("advertising", by=analyst)
    kind, second = actions.datasets.start_revision(first, by=analyst, repairs=[Repair("revenue", "type", {"kind": "text"})])
    assert kind == "dataset"
    assert actions.datasets.get(second, by=analyst).kinds["revenue"] == "text"
    assert actions.datasets.get(second, by=analyst).roles.target == "revenue"
    assert actions.datasets.open_sample("advertising", by=analyst) == second


def test_somebody_elses_table_is_not_revised(send: Callable[..., str], stranger: Principal) -> None:
    dataset = actions.datasets.from_upload(send(), by=LOCAL)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.revise(dataset, by=stranger)
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    with pytest.raises(AccessDenied, match="only its owner can change it"):
        actions.datasets.start_revision(dataset, by=stranger, repairs=[STRIPPED])


def test_two_revisions_at_once_get_two_numbers(send: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(send(), by=LOCAL)
    ways: list[dict[str, Any]] = [{"repairs": [STRIPPED]}, {"settings": {"header": 0}}]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda way: actions.datasets.revise(first, by=LOCAL, **way), ways))
    assert sorted(actions.datasets.get(one, by=LOCAL).version for one in made) == [2, 3]


def test_a_dataset_deleted_while_it_is_revised_does_not_come_back(
    send: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = actions.datasets.from_upload(send(), by=LOCAL)
    read = reading.read

    def slowly(*args: Any, **named: Any) -> reading.Work:
        found = read(*args, **named)
        actions.datasets.delete(dataset, by=LOCAL)
        return found

    monkeypatch.setattr(reading, "read", slowly)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.revise(dataset, by=LOCAL, repairs=[STRIPPED])
    assert not list(held.store().list("datasets/"))
    assert not list(held.store().list("uploads/"))


@pytest.mark.parametrize(
    ("size", "begins", "is_large"),
    [
        (4_999_999, b"PK\x03\x04", False),
        (5_000_000, b"PK\x03\x04", True),
        (5_000_000, b"\xd0\xcf\x11\xe0", True),
        (9_999_999, b"a,b\n", False),
        (10_000_000, b"a,b\n", True),
    ],
)
def test_what_is_large_depends_on_what_it_is(send: Callable[..., str], size: int, begins: bytes, is_large: bool) -> None:
    upload = send(begins + b"1" * 10)
    assert reading.is_large(upload, size) is is_large


@pytest.mark.slow
def test_a_large_file_is_read_in_a_child_and_revised_in_one(send: Callable[..., str], stranger: Principal) -> None:
    upload = send(large(), "大きい表.csv")
    kind, run = actions.datasets.open_upload(upload, by=LOCAL, settings={})
    assert kind == "run"
    job = settled(run)
    assert (job.state, job.kind, job.title) == ("finished", "read", "大きい表.csv"), job.error
    with pytest.raises(JobNotFound, match=run):
        actions.runs.find(run, by=stranger)
    assert job.result
    made = actions.datasets.get(job.result["dataset"], by=LOCAL)
    assert (made.rows, made.owner, made.source) == (300_000, LOCAL.who, {"upload": upload})
    assert [r.id for r in actions.datasets.mine(by=LOCAL)] == [made.id]
    kind, run = actions.datasets.start_revision(made.id, by=LOCAL, repairs=[Repair("額", "type", {"kind": "text"})])
    assert kind == "run"
    job = settled(run)
    assert job.result
    assert actions.datasets.get(job.result["dataset"], by=LOCAL).frame["額"][0] == "0.50"
    assert actions.datasets.get(job.result["dataset"], by=LOCAL).version == 2


@pytest.mark.slow
def test_a_reading_that_is_stopped_leaves_no_dataset_and_the_file(send: Callable[..., str]) -> None:
    upload = send(large(700_000))
    run = actions.datasets.open_upload(upload, by=LOCAL, settings={})[1]
    while actions.runs.find(run, by=LOCAL).state == "waiting":
        time.sleep(0.02)
    time.sleep(0.5)
    actions.runs.stop(run, by=LOCAL)
    assert settled(run).state == "stopped"
    assert actions.datasets.mine(by=LOCAL) == []
    assert not list(held.store().list("datasets/"))
    assert actions.uploads.offset(upload, by=LOCAL)[0] == len(large(700_000))


@pytest.mark.slow
def test_a_large_file_that_is_no_table_fails_with_its_sentence(send: Callable[..., str]) -> None:
    run = actions.datasets.open_upload(send(b"%PDF-1.7\n" + b"x" * 10_000_000), by=LOCAL, settings={})[1]
    job = settled(run)
    assert job.state == "failed"
    assert job.error
    assert "a PDF document" in job.error.say("en")


def test_the_work_of_a_run_tells_how_far_it_is(send: Callable[..., str]) -> None:
    told: list[tuple[float, str]] = []
    upload = send()
    made = reading.of_source({"upload": upload}, by=LOCAL, told=lambda part, note: told.append((part, note.key)))
    assert [part for part, _ in told] == sorted(part for part, _ in told)
    assert {key for _, key in told} >= {"reading.stage.fetching", "reading.stage.repairing", "reading.stage.saving"}
    assert replace(actions.datasets.get(made, by=LOCAL)).name == "店.csv"
