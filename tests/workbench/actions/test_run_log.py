"""The log of a comparison: every event is a line in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench import actions
from workbench.actions import held, run_log
from workbench.errors import JobNotFound
from workbench.jobs import Recorder
from workbench.jobs.records import SPEC, place
from workbench.principal import LOCAL, Principal
from workbench.store import put_json
from workbench.words import Text

PLAN = {"task": "binary", "sort": "AUC", "folds": 3}
RUN = "20260101T000000Z-abcdef"


def said(kind: str, **fields: Any) -> list[str]:
    """What is said of an event, in English; in Japanese it says something else."""
    texts = list(run_log.said({"kind": kind, **fields}, PLAN))
    assert all(text.say("ja") != text.say("en") for text in texts)
    return [text.say("en") for text in texts]


def row(**fields: Any) -> dict[str, Any]:
    """A row of a leaderboard."""
    return {"model": "lr", "metrics": {"AUC": 0.75}, "reason": None, **fields}


def test_every_event_is_a_line() -> None:
    assert said("started", models=["lr", "rf"], folds=3, rows=100, features=7, kept=2) == [
        "2 models, 3 folds, 100 rows, 7 columns",
        "2 finished folds were taken along from the run before",
    ]
    fold = {"model": "lr", "fold": 0, "seconds": 1.25, "kept": False}
    assert said("fold", **fold, metrics={"AUC": 0.75}) == ["Logistic regression, fold 1 of 3: AUC 0.7500 in 1.2 s"]
    assert "AUC cannot be computed there" in said("fold", **fold, metrics={"AUC": None})[0]
    assert said("row", row=row()) == ["Logistic regression: all folds done, AUC 0.7500"]
    assert said("row", row=row(metrics={"AUC": None})) == ["Logistic regression: all folds done"]
    assert "not enough memory" in said("row", row=row(reason=Text("experiment.no_memory").to_dict()))[0]
    assert said("baseline", row=row(metrics={"AUC": 0.5})) == ["Baseline: AUC 0.5000"]
    assert said("memory", text=Text("experiment.memory.waits", free=0.2).to_dict())[0].startswith("Memory is short (0.2 GB")
    assert "ranked by Accuracy" in said("sorted", wanted="AUC", used="Accuracy")[0]
    assert "trained on all rows" in said("finishing", model="lr")[0]
    assert said("holdout", model="lr", metrics={"AUC": 0.7}) == ["Logistic regression on the hold-out: AUC 0.7000"]


def test_folds_taken_along_are_not_told_one_by_one() -> None:
    assert said("fold", model="lr", fold=0, seconds=1.0, kept=True, metrics={"AUC": 0.75}) == []
    assert said("something_new") == []


def test_a_run_tells_its_lines_and_the_most_memory_it_took(own_store: None, tmp_path: Path, stranger: Principal) -> None:
    spec = {"id": RUN, "kind": "compare", "title": "t", "owner": LOCAL.who, "created": "2026-01-01T00:00:00+00:00"}
    put_json(held.store(), place(RUN, SPEC), spec | {"spec": {"plan": PLAN}})
    recorder = Recorder(held.store(), RUN, kind="compare", folder=tmp_path)
    for fold, memory in enumerate((5_000, 9_000, 7_000)):
        recorder.emit("fold", model="lr", fold=fold, metrics={"AUC": 0.7}, seconds=1.0, memory=memory, kept=False)
    recorder.flush_all()
    told = actions.run_log.told(RUN, by=LOCAL)
    assert [line.text.values["fold"] for line in told.lines] == [1, 2, 3]
    assert told.taken == 9_000
    assert 0 < told.memory.available <= told.memory.limit
    with pytest.raises(JobNotFound, match=RUN):
        actions.run_log.told(RUN, by=stranger)
