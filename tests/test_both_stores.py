"""The main journey on both stores, with real parts: a file in chunks, a comparison and a batch in children, the result back."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.gcs_emulator import emulated
from workbench import actions
from workbench.actions import held
from workbench.data import Roles
from workbench.jobs import Job
from workbench.principal import LOCAL

# The client leaves the connection of a broken or refused download to the garbage collector.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]

ROWS = 400
NAME = "部署 A の顧客.csv"


@pytest.fixture(params=["folder", "bucket"])
def location(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each kind of store, which this process and its children find by their environment."""
    with emulated() as address:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        where = str(tmp_path / "保存 先") if request.param == "folder" else in_a_bucket()
        monkeypatch.setenv("WORKBENCH_STORE", where)
        held.clear()
        yield where
        for thread in threading.enumerate():
            if thread.name.startswith("job-"):  # it writes how its job ended, and the bucket is about to go
                thread.join(60)
        held.clear()


def in_a_bucket() -> str:
    """Return a place in an empty bucket."""
    from google.cloud import storage

    storage.Client().create_bucket("tables")
    return "gs://tables/分析 1"


def brought(data: bytes) -> str:
    """Upload a file in two chunks and return its dataset's id."""
    upload = actions.uploads.create(by=LOCAL, size=len(data), name=NAME)
    middle = actions.uploads.append(upload, by=LOCAL, at=0, data=data[: len(data) // 2])
    assert actions.uploads.offset(upload, by=LOCAL) == (middle, len(data))
    actions.uploads.append(upload, by=LOCAL, at=middle, data=data[middle:])
    return actions.datasets.from_upload(upload, by=LOCAL)


def finished(run: str, seconds: float = 180) -> Job:
    """Wait until a run is finished, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = actions.runs.find(run, by=LOCAL)
        if job.is_settled:
            assert job.state == "finished", job.error
            return job
        time.sleep(0.2)
    raise AssertionError(f"{run} is still {job.state} after {seconds} s")


def test_from_a_file_to_a_scored_file_and_on_after_a_restart(location: str, make_table: Callable[..., pl.DataFrame]) -> None:
    assert location in repr(held.store())
    table = make_table(ROWS).drop("ランク", "売上")
    dataset = brought(table.write_csv().encode("cp932"))
    roles = Roles(target="解約", exclude=("顧客番号",))
    actions.datasets.set_roles(dataset, roles, by=LOCAL)

    run = actions.compare.start({"models": ["lr", "dt"], "folds": 2, "name": "解約-予測"}, dataset_id=dataset, by=LOCAL)
    finished(run)
    compared = actions.compare.state(run, by=LOCAL)
    assert [row["rank"] for row in compared["rows"]] == [1, 2]
    model = compared["registered"]
    assert model.startswith("解約-予測@")

    batch = actions.predict.start_file(model, dataset_id=dataset, by=LOCAL, out="csv", lang="ja")
    assert finished(batch).result["report"]["rows_out"] == ROWS  # type: ignore[index]

    held.clear()  # what a new process knows: the store alone
    assert [(known.id, known.name) for known in actions.datasets.mine(by=LOCAL)] == [(dataset, NAME)]
    again = actions.datasets.get(dataset, by=LOCAL)
    assert again.frame.drop("登録日").equals(table.drop("登録日"), null_equal=True)
    assert (again.roles.target, again.roles.exclude) == (roles.target, roles.exclude)
    assert model in {f"{record.name}@{record.version}" for record in actions.models.list(by=LOCAL)}

    blocks, name, _ = actions.predict.result(batch, by=LOCAL)
    scored = pl.read_csv(io.BytesIO(b"".join(blocks)), infer_schema_length=None)
    assert name.startswith(Path(NAME).stem)
    assert scored["顧客番号"].to_list() == table["顧客番号"].to_list()
    answer = actions.predict.rows(
        model, table.head(3).drop("解約", "登録日").with_columns(登録日=pl.lit("2024-01-05")).to_dicts(), by=LOCAL
    )
    assert len(answer["predictions"]) == 3


def test_a_large_tables_profile_is_made_in_a_child_kept_and_deleted(
    location: str, make_table: Callable[..., pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.actions import profiling

    monkeypatch.setattr(profiling, "LARGE", 1)
    dataset = brought(make_table(ROWS).drop("ランク", "売上").write_csv().encode("cp932"))
    run = actions.profile.shown(dataset, by=LOCAL).run
    assert actions.profile.of(dataset, by=LOCAL)["rows"] == ROWS
    assert finished(str(run)).kind == "profile"
    held.clear()
    again = actions.profile.shown(dataset, by=LOCAL)
    assert (again.whole, len(again.profile["columns"])) == (True, 8)
    assert len(actions.runs.mine(by=LOCAL)) == 1
    actions.forget.forget(dataset, by=LOCAL, models=None)
    assert {stat.name.split("/")[0] for stat in held.store().list()} == {"audit"}


def test_what_checks_found_and_what_was_decided_stay_with_the_table(
    location: str, make_table: Callable[..., pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.actions import checking

    monkeypatch.setattr(checking, "LARGE", 1)
    table = make_table(ROWS).drop("ランク", "売上").with_columns(解約手続=pl.col("解約"))
    dataset = brought(table.write_csv().encode("cp932"))
    actions.datasets.set_roles(dataset, Roles(target="解約"), by=LOCAL)
    run = actions.checks.shown(dataset, by=LOCAL).run
    assert finished(str(run)).kind == "checks"
    leaks = [found for found in actions.checks.shown(dataset, by=LOCAL).report.findings if found.severity == "error"]
    assert "解約手続" in {column for leak in leaks for column in leak.columns}

    actions.decisions.exclude(dataset, ["解約手続"], code=leaks[0].code, reason="契約が終わってから入る", by=LOCAL)
    held.clear()
    assert [made.reason for made in actions.decisions.of(dataset, by=LOCAL)] == ["契約が終わってから入る"]
    assert "契約が終わってから入る" in actions.contract.yaml(dataset, by=LOCAL)
    again = actions.checks.shown(dataset, by=LOCAL).run
    finished(str(again))
    after = actions.checks.shown(dataset, by=LOCAL).report.findings
    assert "解約手続" not in {column for found in after if found.severity == "error" for column in found.columns}
    actions.forget.forget(dataset, by=LOCAL, models=None)
    assert {stat.name.split("/")[0] for stat in held.store().list()} == {"audit"}
