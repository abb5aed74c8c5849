"""What a resumed comparison takes over and what it tries again; and that pressing twice resumes once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from workbench import actions, jobs
from workbench.actions import compare, held, kept_folds
from workbench.actions.failed_before import FailedBefore
from workbench.errors import JobError
from workbench.experiment import leaderboard
from workbench.experiment.race import failure_text
from workbench.jobs import records
from workbench.principal import LOCAL
from workbench.store import put_json
from workbench.task import Task
from workbench.words import LANGUAGES, Text

PLAN = {"models": ["lr", "nb", "dt"], "folds": 2, "name": "resumed"}
REFUSED = Text("experiment.failed", problem="only takes whole numbers")
Started = list[dict[str, Any]]


def failed(model: str, reason: Text) -> dict[str, Any]:
    """The row of a model that failed."""
    return leaderboard.unfinished(model, Task.BINARY, "failed", reason, 60.0)


def died(dataset_id: str, rows: list[dict[str, Any]], *, stamp: str | None = None, **spec: Any) -> str:
    """A comparison that was stopped after some rows."""
    dataset = actions.datasets.get(dataset_id, by=LOCAL)
    plan = compare.checked(dataset, PLAN)
    store, now = held.store(), datetime.now(UTC)
    run = records.new_id(now)
    told = {"dataset": dataset_id, "plan": plan.to_dict(), "by": {"who": LOCAL.who, "kind": LOCAL.kind, "role": LOCAL.role}}
    job = {"id": run, "kind": "compare", "title": "顧客.csv: 解約", "owner": LOCAL.who, "created": now.isoformat()}
    put_json(store, records.place(run, records.SPEC), job | {"spec": told | spec})
    begun = {
        "kind": "started",
        "plan": plan.to_dict(),
        "folds": 2,
        "rows": dataset.rows,
        "features": 6,
        "models": PLAN["models"],
        "stamp": stamp or kept_folds.stamp_of(dataset.fingerprint, plan),
    }
    events = [begun, *({"kind": "row", "row": row} for row in rows)] if rows else []
    lines = [json.dumps(records.plain({**event, "n": n, "at": now.isoformat()})) for n, event in enumerate(events)]
    if lines:
        store.put(records.batch_name(run, 0), "\n".join(lines).encode())
    records.settle(store, run, "stopped", at=now)
    return run


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The specs of comparisons that would have been started; as long as one is there it goes."""
    found: Started = []

    def begun(name: str, spec: dict[str, Any], *, by: Any, job_id: str) -> str:
        time.sleep(0.05)
        now = datetime.now(UTC).isoformat()
        told = {"id": job_id, "kind": "compare", "title": name, "owner": by.who, "created": now, "spec": records.plain(spec)}
        put_json(held.store(), records.place(job_id, records.SPEC), told)
        found.append(told["spec"])
        return job_id

    monkeypatch.setattr(compare, "begun", begun)
    return found


def test_who_failed_by_itself_is_left_alone_and_who_ran_out_of_memory_is_tried_again(
    bring: Callable[..., str], started: Started
) -> None:
    reasons = {
        "lr": REFUSED,
        "nb": Text("experiment.no_memory"),
        "gpc": Text("experiment.too_many_rows", rows=9, most=5),
        "knn": Text("experiment.hindered", problem="No space left on device"),
        "svm": Text("experiment.no_numbers"),
    }
    run = died(bring(), [failed(model, reason) for model, reason in reasons.items()])
    actions.resuming.resume(run, by=LOCAL)
    before = FailedBefore.of_spec(started[0])
    assert set(before.lasting) == {"lr", "svm"}
    assert set(before.passing) == {"nb", "knn"}
    assert before.lasting["lr"] == REFUSED
    assert before.rows == 300


def test_what_had_failed_before_a_run_that_never_began_still_counts(bring: Callable[..., str], started: Started) -> None:
    first = FailedBefore("s", 300, {"lr": REFUSED}, ("nb",))
    run = died(bring(), [], failed=records.plain(first.to_dict()))
    actions.resuming.resume(run, by=LOCAL)
    assert FailedBefore.of_spec(started[0]) == first


@pytest.mark.parametrize(("stamp", "lasting"), [("same", {"lr", "svm"}), ("other", {"svm"})])
def test_failures_of_two_runs_before_add_up_where_they_were_of_one_table_plan_and_version(
    bring: Callable[..., str], started: Started, stamp: str, lasting: set[str]
) -> None:
    first = FailedBefore("same", 300, {"lr": REFUSED})
    run = died(bring(), [failed("svm", REFUSED)], stamp=stamp, failed=records.plain(first.to_dict()))
    actions.resuming.resume(run, by=LOCAL)
    assert set(FailedBefore.of_spec(started[0]).lasting) == lasting


def test_a_finished_run_whose_model_ran_out_of_memory_can_be_resumed_and_one_that_cannot_be_trained_not(
    bring: Callable[..., str],
) -> None:
    job = jobs.find(held.store(), died(bring(), []), by=LOCAL)
    for reason, why in ((Text("experiment.no_memory"), None), (REFUSED, "error.runs_kept.complete")):
        rows = records.plain([failed("lr", reason)])
        done = records.Job(**vars(job) | {"state": "finished", "result": {"leaderboard": rows}})
        assert actions.resuming.why_not(done) == why


def test_resumed_twice_at_the_same_moment_one_run_goes_on(bring: Callable[..., str], started: Started) -> None:
    run = died(bring(), [])
    found: list[str] = []
    presses = [threading.Thread(target=lambda: found.append(actions.resuming.resume(run, by=LOCAL))) for _ in range(4)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert len(set(found)) == len(started) == 1
    assert actions.resuming.resume(run, by=LOCAL) == found[0]
    records.settle(held.store(), found[0], "stopped", at=datetime.now(UTC))
    assert actions.resuming.resume(run, by=LOCAL) != found[0]
    assert len(started) == 2
    with pytest.raises(JobError, match="still going"):
        actions.resuming.resume(json.loads(held.store().get(records.place(run, "resumed.json")))["run"], by=LOCAL)


@pytest.mark.parametrize(
    ("problem", "key"),
    [
        (MemoryError(), "experiment.no_memory"),
        (RuntimeError("std::bad_alloc"), "experiment.no_memory"),
        (OSError(28, "No space left on device"), "experiment.hindered"),
        (RuntimeError("can't start new thread"), "experiment.hindered"),
        (ValueError("only takes whole numbers"), "experiment.failed"),
    ],
)
def test_what_the_server_lacked_is_told_from_what_a_model_cannot_do(problem: Exception, key: str) -> None:
    told = failure_text(problem)
    assert told.key == key
    assert all(told.say(lang) for lang in LANGUAGES)


@pytest.mark.slow
def test_a_resumed_run_trains_what_is_left_and_its_log_says_what_is_taken_over_and_what_tried_again(
    bring: Callable[..., str],
) -> None:
    rows = [failed("lr", REFUSED), failed("nb", Text("experiment.no_memory"))]
    run = actions.resuming.resume(died(bring(), rows), by=LOCAL)
    until = time.monotonic() + 120
    while not (job := jobs.find(held.store(), run, by=LOCAL)).is_settled:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert job.state == "finished", job.error
    assert {row["model"]: row["status"] for row in job.result["leaderboard"]} == {  # type: ignore[index]
        "lr": "failed",
        "nb": "finished",
        "dt": "finished",
    }
    trained = {event["model"] for event in jobs.events(held.store(), run) if event["kind"] == "fold"}
    assert trained == {"nb", "dt"}
    lines = [line.text.say("en") for line in actions.run_log.told(run, by=LOCAL).lines]
    assert "Not tried again, because the reason would be the same: Logistic regression" in lines
    assert "Tried again, because memory or the server was the reason: Naive Bayes" in lines
    assert "only takes whole numbers" in " ".join(lines)
    assert all(line.text.say("ja") for line in actions.run_log.told(run, by=LOCAL).lines)
