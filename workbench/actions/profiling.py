"""Profiles as they are made and kept: at once of a small table, as one run that everybody follows who sees a large one.

What belongs to a table's content and the roles that matter is `profiles/FINGERPRINT/KEY.json`, and `KEY.run.json` names the
run that makes it: two people who open equal tables at the same time share both. A run is its starter's, but what it tells is
for everybody who may see the table; the caller has looked whether that is so.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from workbench import jobs, profile, telemetry
from workbench.actions import audit, datasets, held
from workbench.data import DatasetRecord
from workbench.data import datasets as tables
from workbench.errors import AccessDenied, DatasetNotFound, ObjectNotFound, PreconditionFailed, StoreError
from workbench.jobs import Job, Recorder, records
from workbench.principal import Principal
from workbench.profile import kept
from workbench.settings import get_settings
from workbench.store import get_json, put_json
from workbench.words import Text

KIND = LANE = "profile"
# Cells from which on a child makes the profile, where every column costs as much as so many rows more: fewer take this process
# well below a second, about as long as a child's start.
LARGE, EACH_COLUMN = 3_000_000, 10_000
# Seconds: a run is looked at again after so many, however often a page asks; a run that is promised begins within so many.
LOOK, PROMISE = 0.5, 30.0
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


@dataclass(frozen=True)
class Key:
    """Which profile is meant: of which content, and how it was looked at."""

    fingerprint: str
    name: str

    @property
    def place(self) -> str:
        """Where the profile is kept."""
        return f"{tables.PROFILES}{self.fingerprint}/{self.name}.json"

    @property
    def pointer(self) -> str:
        """Where it is said which run makes it."""
        return f"{tables.PROFILES}{self.fingerprint}/{self.name}.run.json"

    @property
    def held(self) -> tuple[str, str, str]:
        """Under what this process remembers it."""
        return ("profile", self.fingerprint, self.name)


def key_of(known: DatasetRecord) -> Key:
    """Return which profile a dataset has with its roles as they are."""
    seen = json.dumps([known.roles.target, known.roles.event, known.roles.time], ensure_ascii=False)
    return Key(known.fingerprint, hashlib.blake2b(seen.encode(), digest_size=16).hexdigest())


def is_large(known: DatasetRecord) -> bool:
    """Tell whether a child makes a table's profile; samples that are not stored are small."""
    return (known.rows + EACH_COLUMN) * len(known.columns) >= LARGE and not known.id.startswith(datasets.UNKEPT)


def remembered(key: Key) -> dict[str, Any] | None:
    """Return a profile that this process holds, or None without asking the store."""
    return found(key) if held.profiles.has(key.held) else None


def found(key: Key) -> dict[str, Any] | None:
    """Return a profile that is kept, or None."""
    try:
        return cast("dict[str, Any]", held.profiles.get(key.held, lambda: read(key)))
    except ObjectNotFound:
        return None


def read(key: Key) -> dict[str, Any]:
    """Return a profile as the store keeps it.

    Raises
    ------
    ObjectNotFound
        If there is none, or only one of another formula.
    """
    profiled = kept.from_json(held.store().get(key.place))
    if profiled is None:
        raise ObjectNotFound("error.store.no_object", name=key.place)
    return profiled


def at_once(known: DatasetRecord, *, by: Principal) -> dict[str, Any]:
    """Return the profile of a small table, made in this process where none is kept; it is kept unless nothing may be."""
    key = key_of(known)

    def make() -> dict[str, Any]:
        with suppress(ObjectNotFound):
            return read(key)
        made = profile.profile(
            datasets.get(known.id, by=by).frame, target=known.roles.target, event=known.roles.event, time=known.roles.time
        )
        data = kept.to_json(made)
        if not known.id.startswith(datasets.UNKEPT) and not get_settings().demo:
            try:
                keep(key, data, dataset_id=known.id)
            except DatasetNotFound:
                raise
            except StoreError as problem:  # who looks has their profile, kept or not
                telemetry.event("profile_not_kept", dataset=known.id, problem=problem)
        return cast("dict[str, Any]", kept.from_json(data))

    return cast("dict[str, Any]", held.profiles.get(key.held, make))


def keep(key: Key, data: bytes, *, dataset_id: str) -> None:
    """Store a profile; where its table was deleted in the meantime, nothing of it stays.

    Raises
    ------
    DatasetNotFound
        If the dataset is gone.
    """
    store = held.store()
    store.put(key.place, data)
    try:
        tables.find(store, dataset_id)
    except DatasetNotFound:
        tables.remove_profiles(store, {key.fingerprint} - {one.fingerprint for one in tables.everything(store)})
        raise


class Followed:
    """A run as this process follows it: what it told until now, and how it stood when it was last looked at."""

    def __init__(self, run: str) -> None:
        self.run, self.lock = run, threading.Lock()
        self.last, self.looked = -1, float("-inf")
        self.job: Job | None = None
        self.columns: list[dict[str, Any]] = []
        self.parts: dict[str, Any] = {}

    def look(self) -> tuple[Job | None, dict[str, Any]]:
        """Return the run, None where it is not there, and the parts it told; the store is asked about twice a second."""
        with self.lock:
            is_over = self.job is not None and self.job.is_settled
            if not is_over and time.monotonic() - self.looked >= LOOK:
                self.job = records.anybodys(held.store(), self.run)
                for event in jobs.events(held.store(), self.run, after=self.last):
                    self.hear(event)
                self.looked = time.monotonic()
            return self.job, {**self.parts, "columns": list(self.columns)}

    def hear(self, event: dict[str, Any]) -> None:
        """Add what an event tells."""
        self.last = event["n"]
        part = kept.from_json(event["part"].encode()) if "part" in event else None
        if part is None:
            return
        self.columns += part.get("columns", ()) if event["kind"] == "columns" else ()
        told = part if event["kind"] not in PARTS or event["kind"] in part else {event["kind"]: part}
        self.parts |= {name: value for name, value in told.items() if name in PARTS and name != "columns"}


def follow(key: Key, run: str) -> tuple[Job | None, dict[str, Any]]:
    """Return a profile's run as it stands, and the parts it told."""
    followed: Followed = held.followed.get((key.fingerprint, run), lambda: Followed(run))
    return followed.look()


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


def pointed(key: Key) -> str | None:
    """Return the run that makes a profile with our formula, as far as anybody said until a moment ago."""
    return cast("str | None", held.pointers.get(key.held, lambda: read_pointer(key)))


def read_pointer(key: Key) -> str | None:
    """Ask the store which run makes a profile."""
    said = get_json(held.store(), key.pointer) or {}
    return str(said["run"]) if said.get("version") == kept.VERSION else None


def is_promised(run: str) -> bool:
    """Tell whether a run that is not there yet may still come: its id was taken a moment ago."""
    taken = datetime.strptime(run.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - taken).total_seconds() < PROMISE


def begin(key: Key, known: DatasetRecord, *, by: Principal, instead: str | None) -> str:
    """Start the run of a profile, unless somebody else was faster, and return whose it is now.

    Parameters
    ----------
    key : Key
        The profile.
    known : DatasetRecord
        A table that has it.
    by : Principal
        Who looks; also a viewer, as a profile changes nothing.
    instead : str or None
        The run that made none, which this one follows.

    Raises
    ------
    AccessDenied
        In a read-only demonstration.
    """
    if get_settings().demo:
        raise AccessDenied("error.profile.demo", name=known.name)
    store, run = held.store(), records.new_id(datetime.now(UTC))
    held.pointers.drop(key.held)
    before = store.stat(key.pointer)
    if before is not None and (other := read_pointer(key)) != instead and other is not None:
        return other
    claim = {"run": run, "version": kept.VERSION}
    try:
        put_json(store, key.pointer, claim, if_generation=before.generation if before else 0)
    except PreconditionFailed:
        return read_pointer(key) or run
    roles = known.roles
    jobs.start(
        store,
        kind=KIND,
        title=known.name,
        spec={
            "dataset": known.id,
            "profile": {"fingerprint": key.fingerprint, "name": key.name},
            "seen": {"target": roles.target, "event": roles.event, "time": roles.time},
            "by": {"who": by.who, "kind": by.kind, "role": by.role},
        },
        by=by,
        environment=get_settings().environment(),
        lane=LANE,
        job_id=run,
    )
    audit.record("profile_started", by, run=run, dataset=known.id)
    return run


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Make the profile of a job, in its child process; what is there is told at once."""
    recorder.progress(LOADING, Text("profile.job.stage.loading"))
    dataset = datasets.get(spec["dataset"], by=Principal(**spec["by"]))
    teller = Teller(recorder, columns=len(dataset.columns))
    made = profile.profile(dataset.frame, **spec["seen"], told=teller.tell)
    recorder.progress(SAVING, Text("profile.job.stage.saving"))
    data = kept.to_json(made)
    keep(Key(**spec["profile"]), data, dataset_id=dataset.id)
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
