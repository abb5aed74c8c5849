"""Deleted means deleted: no byte of a row is left, whatever the person chose and whatever came in between."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench import actions, jobs
from workbench.actions import held, predict
from workbench.actions.forget import Choice
from workbench.bundle import Fitted, prepare, write
from workbench.data import Roles, Signature
from workbench.data.repairs import Repair
from workbench.errors import AccessDenied, DataError, DatasetNotFound, JobNotFound, ModelNotFound, NoChampion, StoreError
from workbench.experiment import preparation
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.registry import ModelRecord
from workbench.store import FolderStore, put_json
from workbench.task import Task

BEN = Principal("ben@example.com")
FEATURES = ["年齢", "収入", "職業", "都道府県", "会員"]
# An id of one row, a label of one row, and a number of one row.
SECRETS = ("C00-000007", "宇宙飛行士タロウ", "31415.9265")
Bring = Callable[..., str]


@pytest.fixture
def bring_secret(make_table: Callable[..., pl.DataFrame]) -> Bring:
    """Upload a table that holds the secrets, as one person, and return its dataset's id."""

    def bringing(by: Principal = LOCAL, rows: int = 200) -> str:
        table = make_table(rows).drop("ランク", "売上", "登録日")
        job = pl.when(pl.col("顧客番号") == SECRETS[0]).then(pl.lit(SECRETS[1])).otherwise("職業").alias("職業")
        income = pl.when(pl.col("顧客番号") == SECRETS[0]).then(float(SECRETS[2])).otherwise("収入").alias("収入")
        data = table.with_columns(job, income).with_columns(pl.lit(1e5).alias("上限")).write_csv().encode("cp932")
        upload = actions.uploads.create(by=by, size=len(data), name="顧客.csv")
        actions.uploads.append(upload, by=by, at=0, data=data)
        dataset = actions.datasets.from_upload(upload, by=by)
        actions.datasets.set_roles(dataset, Roles(target="解約", exclude=("顧客番号",)), by=by)
        return dataset

    return bringing


@pytest.fixture
def register(tmp_path: Path) -> Callable[..., ModelRecord]:
    """Train a small model on a dataset and register it, as a comparison does."""
    made: list[Path] = []

    def registering(dataset_id: str, by: Principal = LOCAL, *, knn: bool = False, name: str = "解約予測") -> ModelRecord:
        from sklearn.neighbors import KNeighborsClassifier
        from sklearn.tree import DecisionTreeClassifier

        dataset = actions.datasets.get(dataset_id, by=by)
        made.append(tmp_path / f"bundle-{len(made)}")
        family: Any = "linear" if knn else "tree"
        program = preparation.fit(family, dataset.frame.select(FEATURES), dataset.kinds)
        y = (dataset.frame["解約"] == "はい").to_numpy().astype(int)
        model = KNeighborsClassifier(3) if knn else DecisionTreeClassifier(max_depth=4, random_state=0)
        model.fit(prepare(program, dataset.frame.select(FEATURES)), y)
        write(
            made[-1],
            fitted=Fitted(
                "knn" if knn else "dt", "Model", family, program, model, Task.BINARY, ["いいえ", "はい"], "はい", {"AUC": 0.7}
            ),
            frame=dataset.frame.select([*FEATURES, "解約"]),
            signature=Signature.of(dataset.frame, FEATURES),
            name=name,
            plan={"target": "解約", "sort": "AUC", "folds": 5},
            fingerprint=dataset.fingerprint,
            now=datetime(2026, 9, 1, 10, 15, len(made), tzinfo=UTC),
            roles=dataset.roles.to_dict(),
        )
        return held.registry().add(made[-1], by=by)

    return registering


@pytest.fixture
def score(tmp_path: Path) -> Callable[..., str]:
    """Score a dataset with a model in this process, as a job's child does, and return the run's id."""

    def scoring(dataset_id: str, model: ModelRecord, by: Principal = LOCAL) -> str:
        spec = {
            "model": model.reference,
            "dataset": dataset_id,
            "upload": None,
            "out": "xlsx",
            "reasons": 2,
            "encoding_out": "utf-8-sig",
            "force": False,
            "lang": "ja",
            "by": {"who": by.who, "kind": by.kind, "role": by.role},
        }
        job_id = started("batch", spec, by)
        recorder = jobs.Recorder(held.store(), job_id, kind="batch", folder=tmp_path)
        records.settle(held.store(), job_id, "finished", at=datetime.now(UTC), result=predict.work(spec, recorder))
        return job_id

    return scoring


def started(kind: str, spec: dict[str, Any], by: Principal = LOCAL) -> str:
    """Write a job's record."""
    now = datetime.now(UTC)
    job_id = records.new_id(now)
    record = {"id": job_id, "kind": kind, "title": "顧客.csv", "owner": by.who, "created": now.isoformat(), "spec": spec}
    put_json(held.store(), records.place(job_id, records.SPEC), record, if_generation=0)
    return job_id


def compared(dataset_id: str, model: ModelRecord) -> str:
    """Write a comparison's folder, with a failure that quotes a cell."""
    job_id = started("compare", {"dataset": dataset_id, "plan": {}})
    event = {"n": 0, "kind": "row", "reason": f"could not convert {SECRETS[1]}"}
    held.store().put(records.batch_name(job_id, 0), json.dumps(event, ensure_ascii=False).encode())
    done = {"leaderboard": [], "registered": model.reference}
    records.settle(held.store(), job_id, "finished", at=datetime.now(UTC), result=done)
    return job_id


def unpacked(name: str, data: bytes) -> Iterator[str]:
    """Everything that an object says: archives, tables and workbooks opened."""
    yield name + data.decode("utf-8", "ignore") + data.decode("cp932", "ignore")
    if data[:4] == b"PAR1":
        yield pl.read_parquet(io.BytesIO(data)).write_csv()
    if data[:2] == b"\x1f\x8b":
        yield from unpacked(name, gzip.decompress(data))
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.namelist():
                yield from unpacked(entry, archive.read(entry))
    if data[:6] == b"\x93NUMPY":
        yield str(np.load(io.BytesIO(data), allow_pickle=False).tolist())


def found(secrets: tuple[str, ...] = SECRETS) -> dict[str, set[str]]:
    """The secrets that the store still holds, each with the objects that hold it."""
    left: dict[str, set[str]] = {}
    for stat in held.store().list():
        text = "\n".join(unpacked(stat.name, held.store().get(stat.name)))
        for secret in secrets:
            if secret in text:
                left.setdefault(secret, set()).add(stat.name)
    return left


@pytest.mark.parametrize("choice", ["delete", "replace"])
def test_no_cell_of_a_row_is_left_anywhere(
    bring_secret: Bring, register: Callable[..., ModelRecord], score: Callable[..., str], choice: Choice
) -> None:
    dataset_id = bring_secret()
    model = register(dataset_id)
    batch, comparison = score(dataset_id, model), compared(dataset_id, model)
    actions.profile.of(dataset_id, by=LOCAL)
    jobs.share(held.store(), batch, by=LOCAL, shared=True)
    frame = actions.datasets.get(dataset_id, by=LOCAL).frame
    rows = frame.select(FEATURES).filter(pl.col("職業") != SECRETS[1]).head(40).to_dicts()
    before = actions.predict.rows("解約予測", rows, by=LOCAL)["predictions"]
    assert {"datasets", "models", "batches", "jobs", "profiles"} <= {
        name.split("/")[0] for names in found().values() for name in names
    }

    asked = actions.forget.consequences(dataset_id, by=LOCAL)
    assert [r.id for r in asked.records] == [dataset_id]
    assert ([m.reference for m in asked.models], asked.irreplaceable) == ([model.reference], ())
    assert ([j.id for j in asked.runs], [j.id for j in asked.batches]) == ([comparison], [batch])

    receipt = actions.forget.forget(dataset_id, by=LOCAL, models=choice)
    assert found() == {}
    for call in (actions.datasets.get, actions.forget.consequences):
        with pytest.raises(DatasetNotFound, match=dataset_id):
            call(dataset_id, by=LOCAL)
    for run in (batch, comparison):
        with pytest.raises(JobNotFound, match="no run"):
            actions.runs.find(run, by=LOCAL)
    assert {stat.name.split("/")[0] for stat in held.store().list()} <= {"audit", "models"}
    if choice == "delete":
        assert receipt.models_deleted == (model.reference,)
        with pytest.raises(ModelNotFound, match="解約予測"):
            actions.models.resolve("解約予測", by=LOCAL)
        return
    (new,) = actions.models.versions("解約予測", by=LOCAL)
    assert receipt.models_replaced == ((model.reference, new.reference),)
    assert (new.aliases, new.drawn_from, new.metrics) == (("champion",), model.version, {"AUC": 0.7})
    assert actions.models.verify("解約予測", by=LOCAL)["verified"]
    after = actions.predict.rows("解約予測", rows, by=LOCAL)["predictions"]
    assert [p["probability"] for p in after] == [p["probability"] for p in before]
    assert actions.explain.row("解約予測", rows[0], by=LOCAL)["reasons"]
    assert actions.explain.overview("解約予測", by=LOCAL)["rows"] == 200
    assert "drawn from the distributions" in actions.models.show("解約予測", by=LOCAL)["card"]


def test_who_does_not_say_what_becomes_of_models_is_asked(bring_secret: Bring, register: Callable[..., ModelRecord]) -> None:
    dataset_id = bring_secret()
    model = register(dataset_id)
    with pytest.raises(DataError, match=f"hold rows of the table: {model.reference}"):
        actions.forget.forget(dataset_id, by=LOCAL, models=None)
    assert actions.datasets.get(dataset_id, by=LOCAL).id == dataset_id
    assert actions.forget.unfinished(by=LOCAL) == {}


def test_a_table_without_models_goes_without_a_question(bring_secret: Bring) -> None:
    receipt = actions.forget.forget(bring_secret(), by=LOCAL, models=None)
    assert (receipt.models_deleted, receipt.models_replaced, receipt.versions, receipt.rows) == ((), (), 1, 200)
    assert found() == {}


@pytest.mark.parametrize("choice", ["delete", "replace"])
@pytest.mark.parametrize(
    "fails_at", ["dataset.json", "spec.json", "models/解約予測/", "golden.parquet", "profiles/", "table.parquet"]
)
def test_an_interrupted_deletion_looks_deleted_and_is_finished_by_the_next_call(
    bring_secret: Bring,
    register: Callable[..., ModelRecord],
    score: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    choice: Choice,
    fails_at: str,
) -> None:
    dataset_id = bring_secret()
    model = register(dataset_id)
    score(dataset_id, model)
    actions.profile.of(dataset_id, by=LOCAL)
    remove = FolderStore.delete

    def interrupted(store: FolderStore, name: str, **options: Any) -> None:
        if fails_at in name:
            raise StoreError("error.store.no_object", name=name)
        remove(store, name, **options)

    monkeypatch.setattr(FolderStore, "delete", interrupted)
    with pytest.raises(StoreError, match="store"):
        actions.forget.forget(dataset_id, by=LOCAL, models=choice)
    monkeypatch.setattr(FolderStore, "delete", remove)
    assert actions.forget.unfinished(by=LOCAL) == {dataset_id: "顧客.csv"}
    if fails_at != "dataset.json":
        assert actions.datasets.mine(by=LOCAL) == []
        with pytest.raises(DatasetNotFound, match=dataset_id):
            actions.datasets.get(dataset_id, by=LOCAL)
    receipt = actions.forget.forget(dataset_id, by=LOCAL, models=None)
    assert found() == {}
    assert (len(receipt.models_deleted), len(receipt.models_replaced)) == ((1, 0) if choice == "delete" else (0, 1))
    assert actions.forget.unfinished(by=LOCAL) == {}
    left = [record.drawn_from for record in held.registry().all_versions()]
    assert left == ([] if choice == "delete" else [model.version])


def test_all_versions_go_or_one_alone(bring_secret: Bring, register: Callable[..., ModelRecord]) -> None:
    first = bring_secret()
    blank = Repair("職業", "missing", {"values": ["学生"]})
    second = actions.datasets.revise(first, by=LOCAL, repairs=[blank])
    third = actions.datasets.revise(first, by=LOCAL, repairs=[Repair("職業", "missing", {"values": ["公務員"]})])
    models = [register(dataset_id, name=f"m{i}") for i, dataset_id in enumerate((first, second, third))]
    actions.datasets.share(first, by=LOCAL, shared=True)
    one = actions.forget.forget(second, by=LOCAL, models="delete", whole_family=False)
    assert (one.versions, one.models_deleted, one.uploads) == (1, (models[1].reference,), 0)
    assert [known.id for known in actions.datasets.versions(first, by=LOCAL)] == [third, first]
    all_of_it = actions.forget.forget(third, by=LOCAL, models="delete")
    assert (all_of_it.versions, all_of_it.uploads) == (2, 1)
    assert set(all_of_it.models_deleted) == {models[0].reference, models[2].reference}
    assert found() == {}
    assert {stat.name.split("/")[0] for stat in held.store().list()} == {"audit"}


def test_a_model_that_consists_of_rows_goes_in_any_case(bring_secret: Bring, register: Callable[..., ModelRecord]) -> None:
    dataset_id = bring_secret()
    knn, tree = register(dataset_id, knn=True), register(dataset_id)
    assert actions.forget.consequences(dataset_id, by=LOCAL).irreplaceable == (knn.reference,)
    receipt = actions.forget.forget(dataset_id, by=LOCAL, models="replace")
    assert receipt.models_deleted == (knn.reference,)
    assert [old for old, _ in receipt.models_replaced] == [tree.reference]
    assert receipt.without_champion == ("解約予測",)
    assert found() == {}
    with pytest.raises(NoChampion, match="was deleted"):
        actions.predict.rows("解約予測", [{}], by=LOCAL)


def test_a_model_of_somebody_with_the_same_table_stays(bring_secret: Bring, register: Callable[..., ModelRecord]) -> None:
    mine, bens = bring_secret(), bring_secret(by=BEN)
    model, theirs = register(mine), register(bens, by=BEN, name="ben")
    asked = actions.forget.consequences(mine, by=LOCAL)
    assert ([m.reference for m in asked.models], [m.reference for m in asked.others or []]) == (
        [model.reference],
        [theirs.reference],
    )
    actions.forget.forget(mine, by=LOCAL, models="delete")
    assert actions.models.resolve("ben", by=LOCAL) == theirs
    assert actions.datasets.get(bens, by=BEN).rows == 200
    assert actions.forget.forget(bens, by=BEN, models="delete").models_deleted == (theirs.reference,)
    assert found() == {}


def test_a_model_that_was_replaced_holds_no_rows_any_more(bring_secret: Bring, register: Callable[..., ModelRecord]) -> None:
    register(dataset_id := bring_secret())
    actions.forget.forget(dataset_id, by=LOCAL, models="replace")
    again = bring_secret()
    assert actions.forget.consequences(again, by=LOCAL).models == []


def test_what_runs_is_stopped_before_anything_goes(bring_secret: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset_id = bring_secret()
    job_id = started("compare", {"dataset": dataset_id, "plan": {}}, by=BEN)
    monkeypatch.setattr(actions.forget, "PATIENCE", 0.0)
    with pytest.raises(actions.forget.JobError, match="have not stopped yet"):
        actions.forget.forget(dataset_id, by=LOCAL, models=None)
    assert held.store().stat(f"jobs/{job_id}/stop.json")
    assert actions.datasets.get(dataset_id, by=LOCAL)
    records.settle(held.store(), job_id, "stopped", at=datetime.now(UTC))
    assert actions.forget.forget(dataset_id, by=LOCAL, models=None).runs == 1


def test_only_the_owner_deletes(bring_secret: Bring, viewer: Principal) -> None:
    dataset_id = bring_secret()
    with pytest.raises(DatasetNotFound, match=dataset_id):
        actions.forget.forget(dataset_id, by=BEN, models="delete")
    with pytest.raises(AccessDenied, match="may look and predict"):
        actions.forget.forget(dataset_id, by=viewer, models=None)
    actions.datasets.share(dataset_id, by=LOCAL, shared=True)
    with pytest.raises(AccessDenied, match=LOCAL.who):
        actions.forget.forget(dataset_id, by=BEN, models="delete")
    assert actions.datasets.get(dataset_id, by=LOCAL)


def test_the_receipt_says_in_both_languages_what_is_gone_and_the_audit_counts(
    bring_secret: Bring, register: Callable[..., ModelRecord]
) -> None:
    dataset_id = bring_secret()
    model = register(dataset_id)
    receipt = actions.forget.forget(dataset_id, by=LOCAL, models="delete")
    english, japanese = (json.loads(json.dumps(receipt.to_dict(lang)))["sentences"] for lang in ("en", "ja"))
    assert english[:2] == ["The table 顧客.csv is deleted.", f"Model {model.reference}: deleted."]
    assert "削除しました" in japanese[0]
    lines = [json.loads(held.store().get(stat.name)) for stat in held.store().list("audit/")]
    (line,) = [line for line in lines if line["verb"] == "dataset_deleted"]
    assert (line["by"], line["name"], line["models_deleted"]) == (LOCAL.who, "顧客.csv", [model.reference])


def test_shared_runs_hand_their_file_to_the_team(
    bring_secret: Bring, register: Callable[..., ModelRecord], score: Callable[..., str]
) -> None:
    dataset_id = bring_secret()
    run = score(dataset_id, register(dataset_id))
    with pytest.raises(JobNotFound, match="no run"):
        actions.predict.result(run, by=BEN)
    actions.runs.share(run, by=LOCAL, shared=True)
    blocks, _, _ = actions.predict.result(run, by=BEN)
    assert zipfile.is_zipfile(io.BytesIO(b"".join(blocks)))
    assert [job.id for job in actions.runs.shared(by=BEN)] == [run]
    with pytest.raises(AccessDenied, match="can stop, share or delete it"):
        actions.runs.delete(run, by=BEN)
    actions.runs.delete(run, by=LOCAL)
    assert not list(held.store().list(f"batches/{run}"))
    assert actions.runs.shared(by=BEN) == []
