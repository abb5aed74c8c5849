"""What a job's folder tells, and to whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.workbench.jobs.real_children import ANA, BEN
from workbench import jobs
from workbench.errors import AccessDenied, JobNotFound, StoreError
from workbench.jobs import records
from workbench.jobs.plain import plain
from workbench.store import FolderStore, put_json
from workbench.task import Task
from workbench.words import Text

NOBODYS = "20260101T000000Z-abcdef"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """An empty store."""
    return FolderStore(tmp_path)


def written(store: FolderStore, *, ago: float = 0, owner: str = ANA.who, **heart: object) -> str:
    """A job's folder as some process somewhere left it."""
    when = datetime.now(UTC) - timedelta(seconds=ago)
    job_id = records.new_id(when)
    spec = {"id": job_id, "kind": "compare", "title": "t", "owner": owner, "created": when.isoformat(), "spec": {"n": 1}}
    put_json(store, f"jobs/{job_id}/spec.json", spec)
    if heart:
        put_json(store, f"jobs/{job_id}/heartbeat.json", {"at": when.isoformat(), **heart})
    return job_id


def test_a_job_of_somebody_else_is_not_found(store: FolderStore) -> None:
    job_id = written(store)
    assert jobs.find(store, job_id, by=ANA).owner == ANA.who
    for call in (lambda: jobs.find(store, job_id, by=BEN), lambda: jobs.stop(store, job_id, by=BEN)):
        with pytest.raises(JobNotFound, match=f"There is no run '{job_id}' of yours"):
            call()
    assert jobs.mine(store, by=BEN) == []
    assert store.stat(f"jobs/{job_id}/stop.json") is None


@pytest.mark.parametrize("job_id", ["", "x", "../models", "20260101T000000Z-abcdef/..", "20260101T000000Z-AB0DEF", NOBODYS])
def test_an_id_that_is_none_is_not_found(store: FolderStore, job_id: str) -> None:
    with pytest.raises(JobNotFound, match="There is no run"):
        jobs.find(store, job_id, by=ANA)


@pytest.mark.parametrize(
    ("ago", "heart", "state"),
    [
        (1, {}, "waiting"),
        (1, {"state": "waiting"}, "waiting"),
        (1, {"state": "running", "progress": 0.5, "note": {"key": "task.binary", "values": {}}}, "running"),
        (29, {"state": "running"}, "running"),
        (31, {"state": "running"}, "lost"),
        (31, {"state": "waiting"}, "lost"),
        (31, {}, "lost"),
    ],
)
def test_a_heartbeat_tells_the_state(store: FolderStore, ago: float, heart: dict[str, object], state: str) -> None:
    job = jobs.find(store, written(store, ago=ago, **heart), by=ANA)
    assert job.state == state
    assert job.progress == heart.get("progress")
    assert (job.note == Text("task.binary")) is ("note" in heart)
    assert (job.error == Text("error.jobs.lost")) is (state == "lost")


def test_a_result_outweighs_a_silent_heart(store: FolderStore) -> None:
    job_id = written(store, ago=60, state="running")
    assert records.settle(store, job_id, "finished", at=datetime.now(UTC), result={"a": 1})
    assert not records.settle(store, job_id, "failed", at=datetime.now(UTC))
    job = jobs.find(store, job_id, by=ANA)
    assert (job.state, job.result, job.is_settled) == ("finished", {"a": 1}, True)
    jobs.stop(store, job_id, by=ANA)
    assert store.stat(f"jobs/{job_id}/stop.json") is None


def test_stopping_a_lost_job_settles_it(store: FolderStore) -> None:
    job_id = written(store, ago=60, state="running")
    jobs.stop(store, job_id, by=ANA)
    jobs.stop(store, job_id, by=ANA)
    assert jobs.find(store, job_id, by=ANA).state == "stopped"


def test_mine_are_newest_first_and_at_most_so_many(store: FolderStore) -> None:
    ids = [written(store, ago=ago) for ago in (30, 20, 10, 0)]
    written(store, owner=BEN.who)
    store.put("jobs/not-a-job/spec.json", b"{}")
    assert [job.id for job in jobs.mine(store, by=ANA)] == ids[::-1]
    assert [job.id for job in jobs.mine(store, by=ANA, limit=2)] == [ids[3], ids[2]]


def test_events_come_in_order_from_any_point_and_up_to_a_gap(store: FolderStore) -> None:
    job_id = written(store)

    def batch(*numbers: int) -> None:
        store.put(
            records.batch_name(job_id, numbers[0]),
            "".join(json.dumps({"n": n, "kind": "row"}) + "\n" for n in numbers).encode(),
        )

    assert jobs.events(store, job_id) == []
    batch(0, 1, 2)
    batch(3)
    batch(10, 11)  # 4 to 9 are not there yet
    assert [event["n"] for event in jobs.events(store, job_id)] == [0, 1, 2, 3]
    assert [event["n"] for event in jobs.events(store, job_id, after=1)] == [2, 3]
    assert [event["n"] for event in jobs.events(store, job_id, after=2)] == [3]
    assert jobs.events(store, job_id, after=3) == jobs.events(store, job_id, after=99) == []
    batch(4, 5, 6, 7, 8, 9)
    assert [event["n"] for event in jobs.events(store, job_id, after=3)] == list(range(4, 12))


def test_a_damaged_spec_is_a_store_error(store: FolderStore) -> None:
    job_id = written(store)
    store.put(f"jobs/{job_id}/spec.json", b"{half")
    with pytest.raises(StoreError, match=r"spec\.json' in the store is damaged"):
        jobs.find(store, job_id, by=ANA)


def test_a_shared_job_is_seen_by_the_team_and_changed_by_its_owner_only(store: FolderStore) -> None:
    job_id, private = written(store, ago=1), written(store)
    jobs.share(store, job_id, by=ANA, shared=True)
    jobs.share(store, job_id, by=ANA, shared=True)
    assert jobs.find(store, job_id, by=BEN).shared
    assert [(job.id, job.owner) for job in jobs.shared(store, by=BEN)] == [(job_id, ANA.who)]
    assert jobs.shared(store, by=ANA) == jobs.mine(store, by=BEN) == []
    assert {job.id: job.shared for job in jobs.mine(store, by=ANA)} == {job_id: True, private: False}
    for call in (
        lambda: jobs.stop(store, job_id, by=BEN),
        lambda: jobs.share(store, job_id, by=BEN, shared=False),
        lambda: records.owned(store, job_id, by=BEN),
    ):
        with pytest.raises(AccessDenied, match=r"only ana@example\.com can stop, share or delete it"):
            call()
    with pytest.raises(JobNotFound, match="no run"):
        jobs.share(store, private, by=BEN, shared=True)
    jobs.share(store, job_id, by=ANA, shared=False)
    with pytest.raises(JobNotFound, match="no run"):
        jobs.find(store, job_id, by=BEN)


def test_a_removed_job_is_gone_for_every_process(store: FolderStore, tmp_path: Path) -> None:
    job_id = written(store, ago=60, state="running")
    other = FolderStore(tmp_path)
    for settled in (False, True):
        if settled:
            records.settle(store, job_id, "finished", at=datetime.now(UTC), result={"a": 1})
        jobs.share(store, job_id, by=ANA, shared=True)
        assert jobs.find(other, job_id, by=ANA)
    records.remove(store, job_id)
    records.remove(store, job_id)
    assert list(store.list()) == []
    for process in (store, other):
        with pytest.raises(JobNotFound, match="no run"):
            jobs.find(process, job_id, by=ANA)
        assert jobs.mine(process, by=ANA) == jobs.shared(process, by=BEN) == []


def test_anybodys_job_is_found_for_what_follows_the_data_until_it_is_deleted(store: FolderStore) -> None:
    job_id = written(store)
    assert (found := records.anybodys(store, job_id))
    assert (found.owner, found.state) == (ANA.who, "waiting")
    records.settle(store, job_id, "finished", at=datetime.now(UTC))
    assert (found := records.anybodys(store, job_id))
    assert found.state == "finished"
    store.delete(f"jobs/{job_id}/spec.json")  # by another process: this one remembers it
    assert records.anybodys(store, job_id) is None
    assert records.anybodys(store, NOBODYS) is None
    assert records.anybodys(store, "../models") is None


def test_ids_sort_in_time() -> None:
    start = datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC)
    ids = [records.new_id(start + timedelta(seconds=s)) for s in range(4)]
    assert ids == sorted(ids)
    assert all(records.FORM.fullmatch(job_id) for job_id in ids)


def test_plain_data_holds_what_json_can() -> None:
    import numpy as np

    value = {
        "t": Text("task.binary", x=Text("task.regression")),
        "n": [float("inf"), np.float32(0.5), np.int64(3), True],
        1: Task.BINARY,
    }
    assert plain(value) == {
        "t": {"key": "task.binary", "values": {"x": {"key": "task.regression", "values": {}}}},
        "n": [None, 0.5, 3, True],
        "1": "binary",
    }
    assert plain(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    with pytest.raises(TypeError, match="set has no plain form"):
        plain({"a": {1}})
