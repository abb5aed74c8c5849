"""Profiles: of a small table at once, of a large one by a run that all follow who see it; kept until the table is deleted."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workbench import actions, jobs, profile
from workbench.actions import held, profiling, shared_runs
from workbench.actions.profile import Shown
from workbench.data import Roles
from workbench.errors import AccessDenied, ColumnNotFound, DatasetNotFound, JobError, JobNotFound
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.profile import kept
from workbench.store import put_json
from workbench.words import Text

Bring = Callable[..., str]
BEN = Principal("ben@example.com")
# A child like the product's own that waits behind its first columns until somebody opens the gate.
GATED = """
import sys, time
from pathlib import Path
from workbench import jobs, profile, telemetry
from workbench.actions import held, profiling

whole = profile.profile

def slowly(frame, *, told, **how):
    def tell(stage, part):
        told(stage, part)
        while stage == "columns" and not Path({gate!r}).exists():
            time.sleep(0.02)
    return whole(frame, told=tell, **how)

profile.profile = slowly
telemetry.set_up(on_cloud_run=False)
sys.exit(jobs.work(held.store(), sys.argv[1], profiling.work))
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
    monkeypatch.setattr(profiling, "LARGE", 1)
    monkeypatch.setattr(shared_runs, "LOOK", 0.0)
    monkeypatch.setattr(held.pointers, "seconds", 0.0)


@pytest.fixture
def gate(large: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs wait behind their first columns until this file is there."""
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
    """The rows of each table that is profiled in this process."""
    found: list[int] = []
    whole = profile.profile

    def counted(frame: pl.DataFrame, **how: Any) -> dict[str, Any]:
        found.append(frame.height)
        return whole(frame, **how)

    monkeypatch.setattr(profile, "profile", counted)
    return found


def until(dataset_id: str, condition: Callable[[Shown], object], by: Principal = LOCAL, seconds: float = 60) -> Shown:
    """Look until something is so."""
    end = time.monotonic() + seconds
    while not condition(now := actions.profile.shown(dataset_id, by=by)):
        assert time.monotonic() < end, f"this never happened: {now.state} {now.error}"
        time.sleep(0.05)
    return now


def objects(prefix: str) -> list[str]:
    """What the store holds below a prefix."""
    return [stat.name for stat in held.store().list(prefix)]


def emitted(run: str, *parts: tuple[str, dict[str, Any]]) -> None:
    """Write the events of a run, as its child does: those that are not written yet, as one batch that never changes."""
    known = len(records.events(held.store(), run))
    lines = [{"n": n, "kind": kind, "part": kept.to_json(part).decode()} for n, (kind, part) in enumerate(parts)][known:]
    held.store().put(records.batch_name(run, known), "".join(json.dumps(line) + "\n" for line in lines).encode())


def test_a_small_table_is_profiled_at_once_and_kept(bring: Bring, made: list[int]) -> None:
    dataset = bring(200)
    now = actions.profile.shown(dataset, by=LOCAL)
    assert (now.whole, now.run, now.state, now.is_going) == (True, None, "finished", False)
    frame = actions.datasets.get(dataset, by=LOCAL).frame
    assert now.profile["columns"] == kept.from_json(kept.to_json(profile.profile(frame, target="解約")))["columns"]  # type: ignore[index]
    made.clear()
    held.clear()  # a restart
    again = actions.profile.of(dataset, by=LOCAL)
    assert again == now.profile
    assert made == []
    assert len(objects("profiles/")) == 1


def test_equal_tables_share_a_profile_and_others_do_not(bring: Bring, made: list[int]) -> None:
    first, second, other = bring(200), bring(200), bring(150)
    for dataset in (first, second, other):
        assert actions.profile.shown(dataset, by=LOCAL).whole
    assert made == [200, 150]
    assert len(objects("profiles/")) == 2


def test_another_target_makes_another_profile_and_the_old_one_is_found_again(bring: Bring, made: list[int]) -> None:
    dataset = bring(200)
    before = actions.profile.of(dataset, by=LOCAL)
    actions.datasets.set_roles(dataset, Roles(target="職業"), by=LOCAL)
    assert actions.profile.of(dataset, by=LOCAL)["target"]["name"] == "職業"
    actions.datasets.set_roles(dataset, Roles(target="解約"), by=LOCAL)
    assert actions.profile.of(dataset, by=LOCAL) == before
    assert made == [200, 200]


def test_what_an_older_formula_made_is_made_anew(bring: Bring, made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = bring(200)
    actions.profile.of(dataset, by=LOCAL)
    held.clear()
    monkeypatch.setattr(kept, "VERSION", kept.VERSION + 1)
    assert actions.profile.shown(dataset, by=LOCAL).whole
    assert made == [200, 200]


def test_who_may_not_see_a_table_sees_no_profile(bring: Bring, started: list[str], stranger: Principal) -> None:
    dataset = bring(200)
    actions.profile.shown(dataset, by=LOCAL)
    profiles = actions.profile
    for ask in (
        profiles.shown,
        profiles.again,
        profiles.of,
        partial(profiles.column, name="年齢"),
        partial(profiles.column_chart, name="年齢", lang="ja"),
        partial(profiles.associations_chart, lang="ja"),
        partial(profiles.html, lang="ja"),
        partial(profiles.json_data, lang="ja"),
    ):
        with pytest.raises(DatasetNotFound, match=dataset):
            ask(dataset, by=stranger)


@pytest.mark.slow
def test_a_large_table_is_profiled_in_a_child_and_found_again_by_every_later_visit(
    bring: Bring, large: None, made: list[int]
) -> None:
    dataset = bring(200)
    held.clear()
    first = actions.profile.shown(dataset, by=LOCAL)
    assert (first.whole, first.is_going, first.may_stop) == (False, True, True)
    assert first.run
    known = actions.datasets.record(dataset, by=LOCAL)
    assert (first.profile["rows"], first.profile["column_count"], first.profile["columns"]) == (200, len(known.columns), [])
    assert first.profile["missing"] == sum(known.blanks.values()) > 0  # type: ignore[union-attr]
    assert sum(first.profile["kinds"].values()) == len(known.columns)
    assert first.profile["associations"] is None
    assert not held.tables.values, "the server has no need of the rows"
    done = until(dataset, lambda now: not now.is_going)
    assert (done.whole, done.state, done.run) == (True, "finished", None), done.error
    run = actions.runs.find(first.run, by=LOCAL)
    assert (run.kind, run.title, run.state) == ("profile", "顧客.csv", "finished")
    held.clear()
    again = actions.profile.shown(dataset, by=LOCAL)
    assert again == done
    assert len(list(held.store().folders("jobs/"))) == 1
    assert made == []
    frame = actions.datasets.get(dataset, by=LOCAL).frame
    roles = known.roles
    assert again.profile == kept.from_json(
        kept.to_json(profile.profile(frame, target=roles.target, event=roles.event, time=roles.time))
    )


@pytest.mark.slow
def test_everybody_who_sees_the_table_follows_its_run_and_its_starter_stops_it(
    bring: Bring, gate: Path, viewer: Principal, stranger: Principal
) -> None:
    dataset = bring(200)
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    theirs = until(dataset, lambda now: now.profile["columns"], by=viewer)
    mine = until(dataset, lambda now: now.profile["columns"])
    assert theirs.run == mine.run
    assert theirs.profile == mine.profile
    assert (theirs.may_stop, mine.may_stop, mine.state) == (True, False, "running")
    assert {column["name"] for column in mine.profile["columns"]} <= set(actions.datasets.record(dataset, by=LOCAL).columns)
    assert mine.profile["associations"] is None
    assert actions.profile.column(dataset, mine.profile["columns"][0]["name"], by=LOCAL) == mine.profile["columns"][0]
    with pytest.raises(JobNotFound, match="no run"):
        actions.runs.stop(str(mine.run), by=LOCAL)
    actions.datasets.share(dataset, by=LOCAL, shared=False)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.profile.shown(dataset, by=viewer)
    actions.runs.stop(str(mine.run), by=viewer)
    ended = until(dataset, lambda now: not now.is_going)
    assert (ended.whole, ended.state, ended.may_stop) == (False, "stopped", False)
    assert ended.profile["columns"] == mine.profile["columns"]
    assert actions.profile.shown(dataset, by=LOCAL).run == mine.run, "it stays stopped until somebody wants it again"
    gate.touch()
    now = actions.profile.again(dataset, by=LOCAL)
    assert now.run != mine.run
    assert now.is_going
    assert actions.profile.of(dataset, by=LOCAL)["rows"] == 200
    assert actions.profile.again(dataset, by=LOCAL).whole


@pytest.mark.slow
@pytest.mark.parametrize("way", ["delete", "forget"])
def test_deleting_a_table_ends_its_profile_and_leaves_nothing_of_it(bring: Bring, gate: Path, way: str) -> None:
    dataset = bring(200)
    until(dataset, lambda now: now.profile["columns"])
    assert objects("profiles/")
    if way == "delete":
        actions.datasets.delete(dataset, by=LOCAL)
    else:
        assert actions.forget.forget(dataset, by=LOCAL, models=None).runs == 1
    assert {name for name in objects("") if not name.startswith("audit/")} == set()
    assert not held.followed.values
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.profile.shown(dataset, by=LOCAL)


@pytest.mark.parametrize("way", ["delete", "forget"])
def test_a_profile_goes_with_the_last_table_of_its_content(bring: Bring, way: str) -> None:
    first, second = bring(200), bring(200)
    actions.profile.of(first, by=LOCAL)
    actions.datasets.set_roles(first, Roles(target="職業"), by=LOCAL)
    actions.profile.of(first, by=LOCAL)

    def delete(dataset: str) -> None:
        if way == "delete":
            actions.datasets.delete(dataset, by=LOCAL)
        else:
            actions.forget.forget(dataset, by=LOCAL, models=None)

    delete(first)
    assert len(objects("profiles/")) == 2
    assert actions.profile.of(second, by=LOCAL)["target"]["name"] == "解約"
    delete(second)
    assert objects("profiles/") == []


def test_a_table_deleted_while_it_is_profiled_leaves_no_profile(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, whole = bring(200), profile.profile

    def slowly(frame: pl.DataFrame, **how: Any) -> dict[str, Any]:
        found = whole(frame, **how)
        actions.datasets.delete(dataset, by=LOCAL)
        return found

    monkeypatch.setattr(profile, "profile", slowly)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.profile.shown(dataset, by=LOCAL)
    assert objects("profiles/") == []
    assert not held.profiles.values


def test_two_who_come_at_the_same_time_share_one_run(bring: Bring, started: list[str]) -> None:
    mine = bring(200)
    actions.datasets.share(mine, by=LOCAL, shared=True)
    gate = threading.Barrier(6)

    def look(by: Principal) -> str | None:
        gate.wait()
        return actions.profile.shown(mine, by=by).run

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(look, [LOCAL, BEN] * 3))
    assert len(started) == 1
    assert found == set(started)


def test_parts_are_shown_as_they_come_and_charts_say_what_is_not_there(bring: Bring, started: list[str]) -> None:
    dataset = bring(200)
    run = actions.profile.shown(dataset, by=LOCAL).run
    assert run == started[0]
    records.beat(held.store(), run, "running", progress=0.4, note=Text("profile.job.stage.columns"))
    frame = actions.datasets.get(dataset, by=LOCAL).frame
    whole = profile.profile(frame, target="解約")
    parts: list[tuple[str, dict[str, Any]]] = [
        ("overview", {"rows": 200, "memory": 12_345, "column_count": frame.width, "missing": 3, "blanks": {"年齢": 3}}),
        ("columns", {"columns": whole["columns"][:2]}),
        ("columns", {"columns": whole["columns"][2:3]}),
    ]
    emitted(run, *parts)
    now = actions.profile.shown(dataset, by=LOCAL)
    assert (now.state, now.progress, now.note, now.may_stop) == ("running", 0.4, Text("profile.job.stage.columns"), True)
    assert [column["name"] for column in now.profile["columns"]] == frame.columns[:3]
    assert (now.profile["memory"], now.profile["duplicates"], now.profile["questions"]) == (12_345, None, None)
    assert actions.profile.column_chart(dataset, frame.columns[1], "ja", by=LOCAL).data
    for chart in (
        actions.profile.column_chart(dataset, frame.columns[5], "ja", by=LOCAL),
        actions.profile.target_chart(dataset, frame.columns[5], "ja", by=LOCAL),
        actions.profile.associations_chart(dataset, "ja", by=LOCAL),
        actions.profile.missing_chart(dataset, "ja", by=LOCAL),
        actions.profile.missing_pattern_chart(dataset, "ja", by=LOCAL),
        actions.profile.ranking_chart(dataset, "ja", by=LOCAL),
        actions.profile.time_chart(dataset, "ja", by=LOCAL),
    ):
        assert not chart.data
        assert "計算しています" in chart.layout.annotations[0].text.replace("<br>", "")
    with pytest.raises(ColumnNotFound, match="年令"):
        actions.profile.column_chart(dataset, "年令", "ja", by=LOCAL)
    emitted(run, *parts, ("duplicates", {"duplicates": 4}), ("associations", whole["associations"]))
    later = actions.profile.shown(dataset, by=LOCAL)
    assert (later.profile["duplicates"], len(later.profile["columns"])) == (4, 3)
    assert later.profile["associations"]["columns"] == whole["associations"]["columns"]
    assert actions.profile.associations_chart(dataset, "ja", by=LOCAL).data
    assert len(now.profile["columns"]) == 3, "what was shown before stays as it was"
    records.settle(held.store(), run, "failed", at=datetime.now(UTC), error=Text("error.jobs.killed"))
    failed = actions.profile.shown(dataset, by=LOCAL)
    assert (failed.state, failed.error, failed.is_going) == ("failed", Text("error.jobs.killed"), False)
    assert "計算が終わりました" in actions.profile.time_chart(dataset, "ja", by=LOCAL).layout.annotations[0].text


def test_a_run_that_never_began_or_was_deleted_is_followed_by_another(
    bring: Bring, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = bring(200)
    first = actions.profile.shown(dataset, by=LOCAL).run
    records.settle(held.store(), str(first), "stopped", at=datetime.now(UTC))
    held.clear()
    actions.runs.delete(str(first), by=LOCAL)
    assert actions.profile.shown(dataset, by=LOCAL).run == first, "it was promised a moment ago"
    monkeypatch.setattr(shared_runs, "PROMISE", 0.0)
    now = actions.profile.shown(dataset, by=LOCAL)
    assert now.run == started[1]
    assert actions.profile.shown(dataset, by=LOCAL).run == now.run
    assert len(started) == 2


def test_a_file_of_a_profile_that_cannot_be_made_says_why(
    bring: Bring, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, begin = bring(200), profiling.begin

    def failing(*args: Any, **how: Any) -> str:
        run = begin(*args, **how)
        records.settle(held.store(), run, "failed", at=datetime.now(UTC), error=Text("error.jobs.killed"))
        return run

    monkeypatch.setattr(profiling, "begin", failing)
    with pytest.raises(JobError, match=r"killed from outside.*Start it again"):
        actions.profile.json_data(dataset, "en", by=LOCAL)
    monkeypatch.setattr(profiling, "begin", begin)
    monkeypatch.setattr(actions.profile, "PATIENCE", 0.0)
    with pytest.raises(JobError, match="still being made"):
        actions.profile.html(dataset, "en", by=LOCAL)


def test_a_demonstration_stores_nothing_and_starts_nothing(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, known = bring(200), bring(150)
    actions.profile.of(known, by=LOCAL)
    before = objects("")
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    held.clear()
    assert actions.profile.shown(dataset, by=LOCAL).whole
    assert objects("") == before
    held.clear()
    monkeypatch.setattr(profiling, "LARGE", 1)
    assert actions.profile.shown(known, by=LOCAL).whole
    for ask in (actions.profile.shown, actions.profile.again, actions.profile.of):
        with pytest.raises(AccessDenied, match="read-only demonstration"):
            ask(dataset, by=LOCAL)
    assert objects("") == before


def test_a_sample_that_is_not_stored_has_a_profile_that_is_not_stored_either(viewer: Principal) -> None:
    sample = actions.datasets.open_sample("advertising", by=viewer)
    assert actions.profile.shown(sample, by=viewer).whole
    assert objects("") == []


def test_a_record_without_blanks_shows_the_rest_at_once(
    bring: Bring, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = bring(200)
    known = replace(actions.datasets.record(dataset, by=LOCAL), blanks=None)
    so_far = profiling.partial(known, {})
    assert (so_far["rows"], so_far["missing"], so_far["blanks"]) == (200, None, None)


@pytest.mark.parametrize(
    ("rows", "columns", "is_large"), [(307_511, 122, True), (12_000, 122, False), (300_000, 9, False), (100, 10_000, True)]
)
def test_a_large_table_has_many_cells_or_many_columns(bring: Bring, rows: int, columns: int, is_large: bool) -> None:
    known = actions.datasets.record(bring(20), by=LOCAL)
    assert profiling.is_large(replace(known, rows=rows, columns=tuple(map(str, range(columns))))) is is_large


def test_the_files_of_a_profile(bring: Bring) -> None:
    dataset = bring(200)
    data = json.loads(actions.profile.json_data(dataset, "ja", by=LOCAL))
    assert data["rows"] == 200
    assert all(isinstance(alert["text"], str) for alert in data["alerts"])
    assert "顧客.csv" in actions.profile.html(dataset, "ja", by=LOCAL)
    assert actions.profile.xlsx(dataset, "ja", by=LOCAL).startswith(b"PK")
