"""A comparison whose child is killed: what is finished is kept, and resumed it comes to the numbers of a run in peace."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import table
from workbench import actions, jobs
from workbench.actions import held
from workbench.cli import main
from workbench.data import Roles
from workbench.errors import ExperimentError, JobError, JobNotFound
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.words import Text

PLAN = {"models": ["nb", "gbc"], "folds": 4, "name": "kept"}
# None of these tests has a child of its own: all look at the same runs.
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Lived:
    """A run that was killed, one that waited behind it, and the one that went on."""

    dataset: str
    killed: str
    after_kill: dict[str, Any]
    waited: str
    waiting_note: str
    resumed: str
    after_resume: dict[str, Any]
    answer: dict[str, Any]
    """What the command line said of it."""


def until(condition: Callable[[], Any], seconds: float = 180) -> Any:
    """Wait for something, and return it."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.05)
    return found


def settled(run: str) -> dict[str, Any]:
    """The state of a run once it has ended."""
    until(lambda: jobs.find(held.store(), run, by=LOCAL).is_settled)
    return actions.compare.state(run, by=LOCAL)


def told(run: str, kind: str) -> list[dict[str, Any]]:
    """The events of a kind."""
    return [event for event in jobs.events(held.store(), run) if event["kind"] == kind]


def child_of(run: str) -> int:
    """The process that does a run."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if run.encode() in command:
                return int(folder.name)
    raise AssertionError("there is no such child")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One store for all tests here, in which one comparison runs at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_STORE", str(tmp_path_factory.mktemp("kept") / "store"))
        patch.setenv("WORKBENCH_MAX_COMPARISONS", "1")
        held.clear()
        yield
    held.clear()


@pytest.fixture(autouse=True)
def always(store: None) -> None:
    """Instead of the store that tests beside this one empty each time."""


@pytest.fixture(scope="module")
def lived(store: None, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Kill a comparison between two folds of its second model, and resume it."""
    # The line is the process's, and a comparison of another test may still be on its way out of it.
    until(lambda: not any(thread.name.startswith("job-") for thread in threading.enumerate()))
    data = table(2000).drop("ランク", "売上").write_csv().encode()
    upload = actions.uploads.create(by=LOCAL, size=len(data), name="kept.csv")
    actions.uploads.append(upload, by=LOCAL, at=0, data=data)
    dataset = actions.datasets.from_upload(upload, by=LOCAL)
    actions.datasets.set_roles(dataset, Roles(target="解約", exclude=("顧客番号",)), by=LOCAL)
    killed = actions.compare.start(PLAN, dataset_id=dataset, by=LOCAL)
    waited = actions.compare.start(PLAN, dataset_id=dataset, by=LOCAL)
    note = until(lambda: jobs.find(held.store(), waited, by=LOCAL).note)
    actions.compare.stop(waited, by=LOCAL)
    until(lambda: held.store().stat(records.place(killed, "oof/gbc-0.npz")))
    os.kill(child_of(killed), signal.SIGKILL)
    after_kill = settled(killed)
    out = tmp_path_factory.mktemp("answer") / "resumed.json"
    assert main(["runs", "resume", killed, "--lang", "en", "--json", str(out)]) == 0
    answer = json.loads(out.read_text())
    resumed = answer["id"]
    return Lived(dataset, killed, after_kill, waited, note.say("en"), resumed, settled(resumed), answer)


def test_a_killed_comparison_says_so_and_its_best_finished_model_is_kept(lived: Lived) -> None:
    state = lived.after_kill
    assert (state["job"].state, state["job"].error.key) == ("failed", "error.jobs.killed")
    assert [(row["model"], row["status"]) for row in state["rows"]] == [("nb", "finished"), ("gbc", "stopped")]
    assert "of 4 folds" in Text.from_dict(state["rows"][1]["reason"]).say("en")
    assert state["registered"].startswith("kept@")
    predictor = actions.predict.predictor(state["registered"], by=LOCAL)
    assert predictor.bundle.manifest.estimator == "nb"


def test_a_resumed_comparison_comes_to_the_numbers_of_a_run_in_peace(lived: Lived) -> None:
    dataset = actions.datasets.get(lived.dataset, by=LOCAL)
    plan = actions.compare.checked(dataset, PLAN)
    in_peace = actions.compare.run(dataset.frame, plan, emit=lambda kind, **fields: None).to_dict()
    state = lived.after_resume
    assert state["job"].state == "finished", state["job"].error
    for mine, theirs in zip(state["rows"], in_peace["leaderboard"], strict=True):
        assert {k: mine[k] for k in ("model", "rank", "metrics", "metrics_std", "folds")} == {
            k: theirs[k] for k in ("model", "rank", "metrics", "metrics_std", "folds")
        }
    assert state["baseline"]["metrics"] == in_peace["baseline"]["metrics"]
    assert state["holdout"] == in_peace["holdout"]


def test_finished_folds_are_taken_along_and_not_done_again(lived: Lived) -> None:
    before = {(event["model"], event["fold"]) for event in told(lived.killed, "fold")}
    along = {(event["model"], event["fold"]) for event in told(lived.resumed, "fold") if event["kept"]}
    assert {("nb", fold) for fold in range(4)} | {("gbc", 0)} <= along
    assert before <= along
    assert len(along) < 8
    assert told(lived.resumed, "started")[0]["kept"] >= len(along)
    lines = [line.text.say("en") for line in actions.run_log.told(lived.resumed, by=LOCAL).lines]
    assert any("taken along from the run before" in line for line in lines)


def test_the_predictions_of_finished_folds_can_be_read(lived: Lived, stranger: Principal) -> None:
    whole, part = (actions.compare.oof(run, "gbc", by=LOCAL) for run in (lived.resumed, lived.killed))
    assert len(whole.rows) == len(set(whole.rows.tolist())) == 1400
    assert whole.probabilities is not None
    assert whole.probabilities.shape == (1400, 2)
    assert set(np.unique(whole.fold)) == {0, 1, 2, 3}
    known = np.isin(whole.fold, part.fold)
    assert np.array_equal(whole.rows[known], part.rows)
    assert np.array_equal(whole.probabilities[known], part.probabilities)
    frame = actions.datasets.get(lived.dataset, by=LOCAL).frame
    assert np.array_equal(whole.y, (frame["解約"] == "はい").to_numpy()[whole.rows])
    with pytest.raises(ExperimentError, match="no finished fold"):
        actions.compare.oof(lived.killed, "rf", by=LOCAL)
    with pytest.raises(JobNotFound, match=lived.killed):
        actions.compare.oof(lived.killed, "nb", by=stranger)


def test_a_comparison_waits_its_turn_says_its_place_and_can_be_cancelled(lived: Lived) -> None:
    assert lived.waiting_note == "Waiting: place 1 of 1 in the line."
    state = actions.compare.state(lived.waited, by=LOCAL)
    assert state["job"].state == "stopped"
    assert state["rows"] == []
    assert not jobs.events(held.store(), lived.waited)


def test_what_is_complete_or_somebody_elses_is_not_resumed(lived: Lived, stranger: Principal) -> None:
    with pytest.raises(JobError, match="every fold of every model"):
        actions.resuming.resume(lived.resumed, by=LOCAL)
    with pytest.raises(JobNotFound, match=lived.killed):
        actions.resuming.resume(lived.killed, by=stranger)
    assert actions.resuming.may_resume(lived.after_kill["job"], by=LOCAL)
    assert not actions.resuming.may_resume(lived.after_resume["job"], by=LOCAL)
    assert not actions.resuming.may_resume(lived.after_kill["job"], by=stranger)


def test_the_command_line_resumes_and_says_how_it_ended(lived: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    assert (lived.answer["state"], lived.answer["error"]) == ("finished", None)
    assert lived.answer["registered"] == lived.after_resume["registered"]
    assert [row["model"] for row in lived.answer["leaderboard"]] == [row["model"] for row in lived.after_resume["rows"]]
    assert main(["runs", "resume", lived.resumed, "--lang", "en"]) == 2
    assert "so there is nothing left to do" in capsys.readouterr().err
    assert main(["runs", "resume", "--lang", "en"]) == 2


def test_a_deleted_run_takes_its_predictions_with_it(lived: Lived) -> None:
    actions.runs.delete(lived.waited, by=LOCAL)
    store = held.store()
    assert not list(store.list(records.place(lived.waited, "")))
