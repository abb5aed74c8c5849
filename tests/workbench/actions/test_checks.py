"""Checks: of a small table at once, of a large one by a run that all follow who see it; kept until the table is deleted."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workbench import actions, checks, jobs
from workbench.actions import checking, held, shared_runs
from workbench.actions.checks import Shown
from workbench.checks import CheckReport, kept
from workbench.data import Roles
from workbench.errors import AccessDenied, CheckError, DatasetNotFound, JobNotFound
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.store import put_json
from workbench.words import Text

Bring = Callable[..., str]
BEN = Principal("ben@example.com")
# A child like the product's own that waits behind its fifth check until somebody opens the gate.
GATED = """
import sys, time
from pathlib import Path
from workbench import checks, jobs, telemetry
from workbench.actions import checking, held

whole = checks.run

def slowly(frame, *, told, **how):
    def tell(step):
        told(step)
        while step.outcome is not None and step.number == 5 and not Path({gate!r}).exists():
            time.sleep(0.02)
    return whole(frame, told=tell, **how)

checks.run = slowly
telemetry.set_up(on_cloud_run=False)
sys.exit(jobs.work(held.store(), sys.argv[1], checking.work))
"""


@pytest.fixture(autouse=True)
def no_child_left(always: None) -> Iterator[None]:
    """Stop what still runs, and wait for whoever watches it: the store is about to go."""
    yield
    for job in records.everybodys(held.store()):
        records.ask_to_stop(held.store(), job, who="test")
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join(30)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is a large one, and a run is looked at whenever somebody asks."""
    monkeypatch.setattr(checking, "LARGE", 1)
    monkeypatch.setattr(shared_runs, "LOOK", 0.0)
    monkeypatch.setattr(held.pointers, "seconds", 0.0)


@pytest.fixture
def gate(large: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs wait behind their fifth check until this file is there."""
    found, script = tmp_path / "gate", tmp_path / "child.py"
    script.write_text(GATED.format(gate=str(found)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setattr(jobs, "start", partial(jobs.start, command=[sys.executable, str(script)]))
    return found


@pytest.fixture
def started(large: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Runs are only written down, nobody does them."""
    found: list[str] = []

    def start(store: Any, *, job_id: str, kind: str, title: str, spec: dict[str, Any], by: Principal, **_: Any) -> str:
        found.append(job_id)
        created = datetime.now(UTC).isoformat()
        record = {"id": job_id, "kind": kind, "title": title, "owner": by.who, "created": created, "spec": spec}
        put_json(store, records.place(job_id, records.SPEC), record)
        return job_id

    monkeypatch.setattr(jobs, "start", start)
    return found


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each table that is checked in this process."""
    found: list[int] = []
    whole = checks.run

    def counted(frame: pl.DataFrame, **how: Any) -> CheckReport:
        found.append(frame.height)
        return whole(frame, **how)

    monkeypatch.setattr(checks, "run", counted)
    return found


def until(dataset_id: str, condition: Callable[[Shown], object], by: Principal = LOCAL, seconds: float = 60) -> Shown:
    """Look until something is so."""
    end = time.monotonic() + seconds
    while not condition(now := actions.checks.shown(dataset_id, by=by)):
        assert time.monotonic() < end, f"this never happened: {now.state} {now.error}"
        time.sleep(0.05)
    return now


def objects(prefix: str) -> list[str]:
    """What the store holds below a prefix."""
    return [stat.name for stat in held.store().list(prefix)]


def emitted(run: str, report: CheckReport, codes: list[str]) -> None:
    """Write the events of a run that has done some checks, as its child does."""
    lines = []
    for n, code in enumerate(codes):
        outcome: Any = [found for found in report.findings if found.code == code]
        reasons = {check.code: reason for check, reason in report.not_applicable}
        said = checks.NotApplicable(reasons[code]) if code in reasons else outcome
        event = {"n": n, "kind": "check", "code": code, "total": 30, "said": kept.outcome_to_json(said, report.advice)}
        lines.append(json.dumps(event) + "\n")
    held.store().put(records.batch_name(run, 0), "".join(lines).encode())


def report_of(dataset: str) -> CheckReport:
    """What the checks say about a stored table in this process."""
    loaded = actions.datasets.get(dataset, by=LOCAL)
    return checks.run(loaded.frame, **checking.asked(loaded.roles, f"1 {date.today()}"))


def test_a_small_table_is_checked_at_once_and_kept(bring: Bring, made: list[int]) -> None:
    dataset = bring(200)
    now = actions.checks.shown(dataset, by=LOCAL)
    assert (now.whole, now.run, now.state, now.is_going, now.error) == (True, None, "finished", False, None)
    assert (now.done, now.total) == (now.total, now.done)
    assert "WB103" not in {check.code for check in now.report.skipped}
    made.clear()
    held.clear()  # a restart
    assert actions.checks.run(dataset, by=LOCAL) == now.report
    assert made == []
    assert [name.rpartition("/")[2].startswith("checks-") for name in objects("profiles/")] == [True]


def test_without_a_target_the_next_step_is_said(bring: Bring) -> None:
    dataset = bring(50, target=None)
    for ask in (actions.checks.shown, actions.checks.again, actions.checks.run, partial(actions.checks.run, fast=True)):
        with pytest.raises(CheckError, match="Choose the target"):
            ask(dataset, by=LOCAL)


def test_equal_tables_share_a_report_and_others_do_not(bring: Bring, made: list[int]) -> None:
    first, second, other = bring(200), bring(200), bring(150)
    for dataset in (first, second, other):
        assert actions.checks.shown(dataset, by=LOCAL).whole
    assert made == [200, 150]


@pytest.mark.parametrize(
    "other",
    [
        Roles(target="職業"),
        Roles(target="解約", event="いいえ"),
        Roles(target="解約", group="都道府県"),
        Roles(target="解約", group="都道府県", group_part={"part": "before", "separator": "_"}),
        Roles(target="解約", time="登録日"),
        Roles(target="解約", ids=("顧客番号",)),
        Roles(target="解約", exclude=("収入",)),
        Roles(target="解約", unknown_at_prediction=("収入",)),
        Roles(target="解約", known_at_prediction=("収入",)),
        Roles(target="解約", sensitive=("都道府県",)),
    ],
    ids=lambda roles: str({name: value for name, value in roles.to_dict().items() if value}),
)
def test_every_role_a_check_looks_at_makes_another_report(bring: Bring, other: Roles) -> None:
    known = actions.datasets.record(bring(20), by=LOCAL)
    before, after = (checking.key_of(replace(known, roles=roles)) for roles in (Roles(target="解約"), other))
    assert before != after
    assert before.place != after.place
    assert checking.key_of(replace(known, roles=replace(other, meaning={"収入": "年収"}))) == after


def test_a_report_on_dates_is_made_anew_the_next_day(bring: Bring, made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = bring(200)
    assert "date" in actions.datasets.record(dataset, by=LOCAL).kinds.values()
    before = actions.checks.run(dataset, by=LOCAL)

    class Tomorrow(date):
        @classmethod
        def today(cls) -> date:
            return date(2100, 1, 2)

    monkeypatch.setattr(checking, "date", Tomorrow)
    after = actions.checks.run(dataset, by=LOCAL)
    assert (before.day, after.day) == (date.today(), date(2100, 1, 2))
    assert made == [200, 200]
    assert len(objects("profiles/")) == 1, "the older one made room"


def test_what_an_older_formula_made_is_made_anew(bring: Bring, made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = bring(200)
    actions.checks.run(dataset, by=LOCAL)
    held.clear()
    monkeypatch.setattr(kept, "VERSION", kept.VERSION + 1)
    assert actions.checks.shown(dataset, by=LOCAL).whole
    assert made == [200, 200]


def test_fast_asks_only_what_is_cheap_and_keeps_nothing(bring: Bring, large: None, made: list[int]) -> None:
    dataset = bring(200)
    report = actions.checks.run(dataset, by=LOCAL, fast=True)
    assert {"WB301", "WB401"} <= {check.code for check in report.skipped}
    assert actions.checks.run(dataset, by=LOCAL, fast=True) is report
    assert made == [200]
    assert objects("profiles/") + objects("jobs/") == []


def test_who_may_not_see_a_table_sees_no_report(bring: Bring, started: list[str], stranger: Principal) -> None:
    dataset = bring(200)
    actions.checks.shown(dataset, by=LOCAL)
    for ask in (actions.checks.shown, actions.checks.again, actions.checks.run, partial(actions.checks.run, fast=True)):
        with pytest.raises(DatasetNotFound, match=dataset):
            ask(dataset, by=stranger)


@pytest.mark.slow
def test_a_large_table_is_checked_in_a_child_and_found_again_by_every_later_visit(
    bring: Bring, large: None, made: list[int]
) -> None:
    dataset = bring(200)
    held.clear()
    first = actions.checks.shown(dataset, by=LOCAL)
    assert (first.whole, first.is_going, first.done) == (False, True, 0)
    assert first.run
    assert first.report.findings == ()
    assert first.report.advice["folds"] is None
    assert not held.tables.values, "the server has no need of the rows"
    done = until(dataset, lambda now: not now.is_going)
    assert (done.whole, done.state, done.run, done.done) == (True, "finished", None, done.total), done.error
    run = actions.runs.find(first.run, by=LOCAL)
    assert (run.kind, run.title, run.state) == ("checks", "顧客.csv", "finished")
    assert run.result == {"dataset": dataset, "findings": len(done.report.findings), "failed": 0}
    held.clear()
    assert actions.checks.shown(dataset, by=LOCAL) == done
    assert actions.checks.run(dataset, by=LOCAL) == done.report
    assert made == []
    assert done.report == kept.from_json(kept.to_json(report_of(dataset)))


@pytest.mark.slow
def test_everybody_who_sees_the_table_follows_its_run_and_its_starter_stops_it(
    bring: Bring, gate: Path, viewer: Principal
) -> None:
    dataset = bring(200)
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    theirs = until(dataset, lambda now: now.done >= 5, by=viewer)
    mine = until(dataset, lambda now: now.done >= 5)
    assert (theirs.run, theirs.report) == (mine.run, mine.report)
    assert (theirs.may_stop, mine.may_stop, mine.state) == (True, False, "running")
    assert mine.done == 5
    assert mine.total > 20
    said = {check.code for check in mine.report.passed} | {found.code for found in mine.report.findings}
    assert said <= {"WB101", "WB102", "WB103", "WB104", "WB105"}
    assert "WB301" in {check.code for check in mine.report.skipped}
    with pytest.raises(CheckError, match="still running"):
        actions.honest.start(dataset, by=LOCAL)
    with pytest.raises(JobNotFound, match="no run"):
        actions.runs.stop(str(mine.run), by=LOCAL)
    actions.runs.stop(str(mine.run), by=viewer)
    ended = until(dataset, lambda now: not now.is_going)
    assert (ended.whole, ended.state, ended.may_stop) == (False, "stopped", False)
    assert (ended.report, ended.done) == (mine.report, 5), "what was found stays"
    assert actions.checks.shown(dataset, by=LOCAL).run == mine.run, "it stays stopped until somebody wants it again"
    gate.touch()
    now = actions.checks.again(dataset, by=LOCAL)
    assert now.run != mine.run
    assert now.is_going
    assert {"WB301", "WB401"}.isdisjoint(check.code for check in actions.checks.run(dataset, by=LOCAL).skipped)
    assert actions.checks.again(dataset, by=LOCAL).whole


@pytest.mark.slow
@pytest.mark.parametrize("way", ["delete", "forget"])
def test_deleting_a_table_ends_its_checks_and_leaves_nothing_of_them(bring: Bring, gate: Path, way: str) -> None:
    dataset = bring(200)
    until(dataset, lambda now: now.done >= 5)
    assert objects("profiles/")
    if way == "delete":
        actions.datasets.delete(dataset, by=LOCAL)
    else:
        assert actions.forget.forget(dataset, by=LOCAL, models=None).runs == 1
    assert {name for name in objects("") if not name.startswith("audit/")} == set()
    assert not held.followed.values
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.checks.shown(dataset, by=LOCAL)


def test_a_report_goes_with_the_last_table_of_its_content(bring: Bring) -> None:
    first, second = bring(200), bring(200)
    actions.checks.run(first, by=LOCAL)
    actions.profile.of(first, by=LOCAL)
    actions.datasets.delete(first, by=LOCAL)
    assert len(objects("profiles/")) == 2
    assert actions.checks.run(second, by=LOCAL).findings
    actions.datasets.delete(second, by=LOCAL)
    assert objects("profiles/") == []


def test_a_table_deleted_while_it_is_checked_leaves_no_report(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, whole = bring(200), checks.run

    def slowly(frame: pl.DataFrame, **how: Any) -> CheckReport:
        found = whole(frame, **how)
        actions.datasets.delete(dataset, by=LOCAL)
        return found

    monkeypatch.setattr(checks, "run", slowly)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.checks.shown(dataset, by=LOCAL)
    assert objects("profiles/") == []
    assert not held.profiles.values


def test_two_who_come_at_the_same_time_share_one_run(bring: Bring, started: list[str]) -> None:
    mine = bring(200)
    actions.datasets.share(mine, by=LOCAL, shared=True)
    barrier = threading.Barrier(6)

    def look(by: Principal) -> str | None:
        barrier.wait()
        return actions.checks.shown(mine, by=by).run

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(look, [LOCAL, BEN] * 3))
    assert len(started) == 1
    assert found == set(started)


def test_findings_are_shown_as_they_come_gravest_first_and_a_run_that_fails_says_why(bring: Bring, started: list[str]) -> None:
    dataset = bring(200)
    actions.datasets.set_roles(dataset, Roles(target="解約"), by=LOCAL)
    whole = report_of(dataset)
    run = str(actions.checks.shown(dataset, by=LOCAL).run)
    title = Text("check.WB102.title")
    records.beat(held.store(), run, "running", progress=0.2, note=title)
    emitted(run, whole, ["WB101", "WB102", "WB103"])
    now = actions.checks.shown(dataset, by=LOCAL)
    assert (now.state, now.progress, now.note, now.may_stop) == ("running", 0.2, title, True)
    assert (now.done, now.total) == (3, 30)
    assert [found.code for found in now.report.findings] == ["WB103"]
    assert now.report.findings == tuple(found for found in whole.findings if found.code == "WB103")
    assert now.report.advice == whole.advice
    records.settle(held.store(), run, "failed", at=datetime.now(UTC), error=Text("error.jobs.killed"))
    failed = actions.checks.shown(dataset, by=LOCAL)
    assert (failed.state, failed.error, failed.is_going) == ("failed", Text("error.jobs.killed"), False)
    assert failed.report == now.report


def test_a_run_that_is_lost_or_deleted_is_followed_by_another(
    bring: Bring, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = bring(200)
    first = str(actions.checks.shown(dataset, by=LOCAL).run)
    monkeypatch.setattr(records, "LOST_AFTER", records.LOST_AFTER * 0)
    lost = actions.checks.shown(dataset, by=LOCAL)
    assert (lost.state, lost.is_going, lost.error) == ("lost", False, Text("error.jobs.lost"))
    assert actions.checks.again(dataset, by=LOCAL).run == started[1]
    actions.runs.delete(started[1], by=LOCAL)
    held.clear()
    assert actions.checks.shown(dataset, by=LOCAL).run == started[1], "it was promised a moment ago"
    monkeypatch.setattr(shared_runs, "PROMISE", 0.0)
    assert actions.checks.shown(dataset, by=LOCAL).run == started[2]
    assert first == started[0]


def test_whoever_waits_for_a_report_that_cannot_be_made_is_told_why(
    bring: Bring, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, begin = bring(200), checking.begin

    def failing(*args: Any, **how: Any) -> str:
        run = begin(*args, **how)
        records.settle(held.store(), run, "failed", at=datetime.now(UTC), error=Text("error.jobs.killed"))
        return run

    monkeypatch.setattr(checking, "begin", failing)
    with pytest.raises(CheckError, match=r"killed from outside.*Start it again"):
        actions.checks.run(dataset, by=LOCAL)
    monkeypatch.setattr(checking, "begin", begin)
    monkeypatch.setattr(actions.checks, "PATIENCE", 0.0)
    with pytest.raises(CheckError, match="still running"):
        actions.checks.run(dataset, by=LOCAL)


def test_a_demonstration_stores_nothing_and_starts_nothing(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, known = bring(200), bring(150)
    actions.checks.run(known, by=LOCAL)
    before = objects("")
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    held.clear()
    assert actions.checks.shown(dataset, by=LOCAL).whole
    assert objects("") == before
    held.clear()
    monkeypatch.setattr(checking, "LARGE", 1)
    assert actions.checks.shown(known, by=LOCAL).whole
    for ask in (actions.checks.shown, actions.checks.again, actions.checks.run):
        with pytest.raises(AccessDenied, match="read-only demonstration"):
            ask(dataset, by=LOCAL)
    assert objects("") == before


def test_a_sample_that_is_not_stored_has_a_report_that_is_not_stored_either(
    viewer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LARGE", 1)
    sample = actions.datasets.open_sample("advertising", by=viewer)
    assert actions.checks.shown(sample, by=viewer).whole
    assert objects("") == []
