"""Profiles as they are made: of a small table at once, of a large one as one run that everybody follows who sees it."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any, cast

from workbench import profile
from workbench.actions import datasets, shared_runs
from workbench.actions.shared_runs import Key, Product
from workbench.data import DatasetRecord
from workbench.errors import StoreError
from workbench.jobs import Recorder
from workbench.principal import Principal
from workbench.profile import kept
from workbench.words import Text

# Cells from which on a child makes the profile, where every column costs as much as so many rows more: fewer take this process
# well below a second, about as long as a child's start.
LARGE, EACH_COLUMN = 3_000_000, 10_000
# What a profile consists of; a part that is not there yet is None.
OVERVIEW = ("rows", "kinds", "missing", "memory", "column_count", "blanks")
PARTS = (
    *OVERVIEW,
    "columns",
    "duplicates",
    "associations",
    "missingness",
    "target",
    "by_time",
    "alerts",
    "questions",
)
# What part of the way each stage begins at.
LOADING, COLUMNS, DUPLICATES, ASSOCIATIONS, SAVING = 0.02, 0.3, 0.7, 0.75, 0.95


def key_of(known: DatasetRecord) -> Key:
    """Return which profile a dataset has with its roles as they are."""
    return Key(PROFILE, known.fingerprint, shared_runs.name_of(list(seen(known).values())), str(kept.VERSION))


def seen(known: DatasetRecord) -> dict[str, Any]:
    """Return the roles that matter for a profile."""
    roles = known.roles
    return {"target": roles.target, "event": roles.event, "time": roles.time}


def is_large(known: DatasetRecord) -> bool:
    """Tell whether a child makes a table's profile; samples that are not stored are small."""
    return (known.rows + EACH_COLUMN) * len(known.columns) >= LARGE and shared_runs.is_storable(known)


def at_once(known: DatasetRecord, *, by: Principal) -> dict[str, Any]:
    """Return the profile of a small table, made in this process where none is kept."""

    def make() -> bytes:
        return kept.to_json(profile.profile(datasets.get(known.id, by=by).frame, **seen(known)))

    return cast("dict[str, Any]", shared_runs.at_once(key_of(known), known, make))


class Parts:
    """The parts of a profile as its run told them."""

    def __init__(self) -> None:
        self.columns: list[dict[str, Any]] = []
        self.parts: dict[str, Any] = {}

    def hear(self, event: dict[str, Any]) -> None:
        """Add what an event tells."""
        part = kept.from_json(event["part"].encode()) if "part" in event else None
        if part is None:
            return
        self.columns += part.get("columns", ()) if event["kind"] == "columns" else ()
        told = part if event["kind"] not in PARTS or event["kind"] in part else {event["kind"]: part}
        self.parts |= {name: value for name, value in told.items() if name in PARTS and name != "columns"}

    def so_far(self) -> dict[str, Any]:
        """Return the parts that were told."""
        return {**self.parts, "columns": list(self.columns)}


PROFILE = Product("profile", "", lambda data, _: kept.from_json(data), Parts, "error.profile.demo")


def partial(known: DatasetRecord, parts: dict[str, Any]) -> dict[str, Any]:
    """Return a profile in its whole shape: what the record tells at once, what the run told, None for what is to come."""
    first = {
        "rows": known.rows,
        "columns": [],
        "kinds": dict(Counter(known.kinds.values())),
        "missing": None if known.blanks is None else sum(known.blanks.values()),
        "column_count": len(known.columns),
        "blanks": known.blanks,
    }
    return dict.fromkeys(PARTS) | first | parts


def begin(key: Key, known: DatasetRecord, *, by: Principal, instead: str | None) -> str:
    """Start the run of a profile instead of another, unless somebody else was faster, and return whose it is now.

    Raises
    ------
    AccessDenied
        In a read-only demonstration.
    """
    return shared_runs.begin(key, known, {"seen": seen(known)}, by=by, instead=instead)


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Make the profile of a job, in its child process; what is there is told at once."""
    recorder.progress(LOADING, Text("profile.job.stage.loading"))
    dataset = datasets.get(spec["dataset"], by=Principal(**spec["by"]))
    teller = Teller(recorder, columns=len(dataset.columns))
    made = profile.profile(dataset.frame, **spec["seen"], told=teller.tell)
    recorder.progress(SAVING, Text("profile.job.stage.saving"))
    data = kept.to_json(made)
    shared_runs.keep(Key(PROFILE, **spec["key"]), data, dataset_id=dataset.id)
    return {"dataset": dataset.id, "rows": dataset.rows, "columns": len(dataset.columns), "bytes": len(data)}


class Teller:
    """Tells a run's followers the parts of a profile; the first ones without waiting for the recorder's next pulse."""

    def __init__(self, recorder: Recorder, *, columns: int) -> None:
        self.recorder, self.columns, self.done = recorder, max(columns, 1), 0

    def tell(self, stage: str, part: dict[str, Any]) -> None:
        """Tell a part."""
        is_first = self.done == 0
        self.recorder.emit(stage, part=kept.to_json(part).decode())
        if stage == "overview":
            self.recorder.progress(COLUMNS, Text("profile.job.stage.columns"))
        elif stage == "columns":
            self.done += len(part["columns"])
            self.recorder.progress(COLUMNS + self.done / self.columns * (DUPLICATES - COLUMNS))
            if self.done >= self.columns:
                self.recorder.progress(DUPLICATES, Text("profile.job.stage.duplicates"))
        elif stage == "duplicates":
            self.recorder.progress(ASSOCIATIONS, Text("profile.job.stage.associations"))
        if is_first:
            with suppress(StoreError):  # told again with the next pulse
                self.recorder.flush()
