"""Events, progress and heartbeats on their way out, also while the store fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workbench.jobs.real_children import ANA, Children
from workbench import jobs
from workbench.errors import StoreError
from workbench.jobs import Recorder, recorder
from workbench.store import FolderStore, Stat, get_json
from workbench.words import Text

JOB = "20260101T000000Z-abcdef"


class Shaky(FolderStore):
    """A store that loses answers: what it wrote or refused, nobody hears."""

    failures = 0
    writes_first = False

    def put(self, name: str, data: bytes, *, if_generation: int | None = None) -> Stat:
        if self.failures:
            self.failures -= 1
            if self.writes_first:
                super().put(name, data, if_generation=if_generation)
            raise StoreError("error.store.folder_failed", folder="x", problem="no answer")
        return super().put(name, data, if_generation=if_generation)


@pytest.fixture
def store(tmp_path: Path) -> Shaky:
    """A store that can be told to fail."""
    return Shaky(tmp_path / "store")


@pytest.fixture
def telling(store: Shaky, tmp_path: Path) -> Recorder:
    """A recorder whose thread is not running: the test sends."""
    return Recorder(store, JOB, kind="test", folder=tmp_path)


def kinds(store: FolderStore) -> list[str]:
    """The kinds of all events, in order."""
    return [event["kind"] for event in jobs.events(store, JOB)]


def test_events_travel_together_and_once(store: Shaky, telling: Recorder) -> None:
    telling.emit("fold", model="lr", metrics={"AUC": 0.7, "MCC": float("nan")}, note=Text("task.binary"))
    telling.emit("fold", model="dt")
    telling.flush()
    telling.flush()
    telling.emit("row")
    telling.flush()
    assert [stat.name for stat in store.list()] == [f"jobs/{JOB}/events/0000000{n}.jsonl" for n in (0, 2)]
    first = jobs.events(store, JOB)[0]
    assert {name: value for name, value in first.items() if name != "at"} == {
        "n": 0,
        "kind": "fold",
        "model": "lr",
        "metrics": {"AUC": 0.7, "MCC": None},
        "note": {"key": "task.binary", "values": {}},
    }


def test_a_field_does_not_overwrite_the_number(store: Shaky, telling: Recorder) -> None:
    telling.emit("fold", n=99, at="never")
    telling.flush()
    (event,) = jobs.events(store, JOB)
    assert event["n"] == 0
    assert event["at"] != "never"


@pytest.mark.parametrize("writes_first", [False, True], ids=["refused", "answer lost"])
def test_a_failing_store_loses_and_doubles_nothing(store: Shaky, telling: Recorder, writes_first: bool) -> None:
    telling.emit("a")
    store.failures, store.writes_first = 1, writes_first
    with pytest.raises(StoreError, match="no answer"):
        telling.flush()
    telling.emit("b")
    telling.close()
    assert kinds(store) == ["a", "b"]


def test_the_last_events_are_sent_patiently(store: Shaky, telling: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "PATIENCE", (0, 0))
    telling.emit("a")
    store.failures = 2
    telling.close()
    assert kinds(store) == ["a"]
    telling.emit("b")
    store.failures = 3
    with pytest.raises(StoreError, match="no answer"):
        telling.close()


def test_progress_and_note_are_in_the_heartbeat(store: Shaky, telling: Recorder) -> None:
    telling.progress(0.25, Text("task.binary"))
    telling.progress(1.7)
    telling.beat_if_due()
    heart = get_json(store, f"jobs/{JOB}/heartbeat.json")
    assert heart
    assert (heart["state"], heart["progress"], heart["note"]) == ("running", 1.0, {"key": "task.binary", "values": {}})
    store.delete(f"jobs/{JOB}/heartbeat.json")
    telling.beat_if_due()
    assert get_json(store, f"jobs/{JOB}/heartbeat.json") is None


def test_a_live_recorder_outlasts_a_failing_store(store: Shaky, telling: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "PULSE", 0.01)
    store.failures = 3
    telling.emit("a")
    telling.thread.start()
    Children(str(store.root), telling.folder).until(lambda: kinds(store) == ["a"])
    telling.close()
    telling.thread.join()
    assert store.failures == 0


def test_two_readers_see_the_same_events_while_they_come(children: Children) -> None:
    job_id = children.start("""
        for fold in range(30):
            recorder.emit("fold", fold=fold, text="改行\\n\\u2028入り")
            recorder.progress(fold / 30, Text("task.binary"))
            time.sleep(0.1)
        return {}
    """)
    other = FolderStore(children.location)
    seen: dict[str, list[int]] = {"here": [], "there": []}
    children.running(job_id)
    progress = set()
    while not children.job(job_id).is_settled:
        for reader, store in (("here", children.store), ("there", other)):
            seen[reader] += [event["n"] for event in jobs.events(store, job_id, after=len(seen[reader]) - 1)]
        progress.add(jobs.find(other, job_id, by=ANA).progress)
    for reader, store in (("here", children.store), ("there", other)):
        seen[reader] += [event["n"] for event in jobs.events(store, job_id, after=len(seen[reader]) - 1)]
    assert seen["here"] == seen["there"] == list(range(30))
    assert jobs.events(other, job_id)[7]["text"] == "改行\n\u2028入り"
    batches = list(children.store.list(f"jobs/{job_id}/events/"))
    assert 3 <= len(batches) <= 6, "about one object a second"
    assert len({p for p in progress if p}) >= 1
    assert json.loads(children.store.get(batches[0].name).splitlines()[0])["fold"] == 0
