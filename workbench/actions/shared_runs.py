"""What is made once of a table's content and looked at by everybody who sees the table: kept, or made by one run all follow.

A result is `profiles/FINGERPRINT/NAME.json`, where NAME says how the content was looked at, and `NAME.run.json` names the run
that makes it: two people who open equal tables at the same time share both. A run is its starter's, but what it tells is for
everybody who may see the table; the caller has looked whether that is so.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from workbench import jobs, telemetry
from workbench.actions import audit, datasets, held
from workbench.data import DatasetRecord
from workbench.data import datasets as tables
from workbench.errors import AccessDenied, DatasetNotFound, ObjectNotFound, PreconditionFailed, StoreError
from workbench.jobs import Job, records
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.store import get_json, put_json
from workbench.words import Text

# Seconds: a run is looked at again after so many, however often a page asks; a run that is promised begins within so many.
LOOK, PROMISE = 0.5, 30.0
GOING = ("waiting", "running")


class Ear(Protocol):
    """Puts together what one run tells."""

    def hear(self, event: dict[str, Any]) -> None:
        """Add what an event tells."""

    def so_far(self) -> Any:
        """Return what was told until now, which later events leave as it is."""


@dataclass(frozen=True)
class Product:
    """A kind of result."""

    kind: str
    """Of its runs, which have a lane of their own by this name."""
    prefix: str
    """Before the names of what is kept."""
    revive: Callable[[bytes, str], Any]
    """Makes a result of its bytes and an edition, or None where they are of another."""
    ear: Callable[[], Ear]
    refusal: str
    """The sentence where a read-only demonstration is asked to start a run."""


@dataclass(frozen=True)
class Key:
    """Which result is meant: of which content, how it was looked at, and in which edition."""

    product: Product
    fingerprint: str
    name: str
    edition: str
    """The formula, and the day where the result depends on it; what another edition left is made anew."""

    @property
    def place(self) -> str:
        """Where the result is kept."""
        return f"{tables.PROFILES}{self.fingerprint}/{self.product.prefix}{self.name}.json"

    @property
    def pointer(self) -> str:
        """Where it is said which run makes it."""
        return f"{tables.PROFILES}{self.fingerprint}/{self.product.prefix}{self.name}.run.json"

    @property
    def held(self) -> tuple[str, ...]:
        """Under what this process remembers it."""
        return (self.product.kind, self.fingerprint, self.name, self.edition)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a result is."""

    whole: bool
    run: str | None
    """The run that makes it; None once it is whole."""
    state: str
    """``finished``, ``running``, ``waiting``, ``stopped``, ``failed`` or ``lost``."""
    progress: float | None = None
    """How far the run is, from 0 to 1."""
    note: Text | None = None
    """What it is doing now."""
    error: Text | None = None
    """Why there is no more of it."""
    may_stop: bool = False
    """The run is this person's; whoever else sees the table only sees how far it is."""

    @property
    def is_going(self) -> bool:
        """True while more may come by itself."""
        return not self.whole and self.state in GOING


def name_of(seen: list[Any]) -> str:
    """Name a way of looking at a table, of which everything that matters is given as plain data."""
    said = json.dumps(seen, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def is_storable(known: DatasetRecord) -> bool:
    """Tell whether anything may be kept beside a table; samples that are not stored leave nothing."""
    return not known.id.startswith(datasets.UNKEPT)


def remembered(key: Key) -> Any:
    """Return a result that this process holds, or None without asking the store."""
    return found(key) if held.profiles.has(key.held) else None


def found(key: Key) -> Any:
    """Return a result that is kept, or None."""
    try:
        return held.profiles.get(key.held, lambda: read(key))
    except ObjectNotFound:
        return None


def read(key: Key) -> Any:
    """Return a result as the store keeps it.

    Raises
    ------
    ObjectNotFound
        If there is none, or only one of another edition.
    """
    result = key.product.revive(held.store().get(key.place), key.edition)
    if result is None:
        raise ObjectNotFound("error.store.no_object", name=key.place)
    return result


def at_once(key: Key, known: DatasetRecord, make: Callable[[], bytes]) -> Any:
    """Return a result, made in this process where none is kept; it is kept unless nothing may be."""

    def making() -> Any:
        with suppress(ObjectNotFound):
            return read(key)
        data = make()
        if is_storable(known) and not get_settings().demo:
            try:
                keep(key, data, dataset_id=known.id)
            except DatasetNotFound:
                raise
            except StoreError as problem:  # who looks has the result, kept or not
                telemetry.event(f"{key.product.kind}_not_kept", dataset=known.id, problem=problem)
        return key.product.revive(data, key.edition)

    return held.profiles.get(key.held, making)


def keep(key: Key, data: bytes, *, dataset_id: str) -> None:
    """Store a result; where its table was deleted in the meantime, nothing of it stays.

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

    def __init__(self, run: str, ear: Ear) -> None:
        self.run, self.ear, self.lock = run, ear, threading.Lock()
        self.last, self.looked = -1, float("-inf")
        self.job: Job | None = None

    def look(self) -> tuple[Job | None, Any]:
        """Return the run, None where it is not there, and what it told; the store is asked about twice a second."""
        with self.lock:
            is_over = self.job is not None and self.job.is_settled
            if not is_over and time.monotonic() - self.looked >= LOOK:
                self.job = records.anybodys(held.store(), self.run)
                for event in jobs.events(held.store(), self.run, after=self.last):
                    self.last = event["n"]
                    self.ear.hear(event)
                self.looked = time.monotonic()
            return self.job, self.ear.so_far()


def follow(key: Key, run: str) -> tuple[Job | None, Any]:
    """Return a result's run as it stands, and what it told."""
    followed: Followed = held.followed.get((key.fingerprint, run), lambda: Followed(run, key.product.ear()))
    return followed.look()


def pointed(key: Key) -> str | None:
    """Return the run that makes this edition of a result, as far as anybody said until a moment ago."""
    run: str | None = held.pointers.get(key.held, lambda: read_pointer(key))
    return run


def read_pointer(key: Key) -> str | None:
    """Ask the store which run makes a result."""
    said = get_json(held.store(), key.pointer) or {}
    return str(said["run"]) if said.get("version") == key.edition else None


def is_promised(run: str) -> bool:
    """Tell whether a run that is not there yet may still come: its id was taken a moment ago."""
    taken = datetime.strptime(run.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - taken).total_seconds() < PROMISE


def standing(key: Key, begin: Callable[[str | None], str], *, by: Principal) -> tuple[Standing, Any]:
    """Return how far a large table's result is, and it as a whole or what its run told; where there was none, it is started.

    Parameters
    ----------
    key : Key
        The result.
    begin : callable
        Starts its run instead of another (None for none), and returns whose it is now.
    by : Principal
        Who looks.
    """
    run = pointed(key)
    job, told = follow(key, run) if run else (None, key.product.ear().so_far())
    if not (job and job.state in GOING) and (whole := found(key)) is not None:
        return complete(), whole
    if run is None or (job is None and not is_promised(run)) or (job and job.state == "finished"):
        run = begin(run)
        job, told = follow(key, run)
    return incomplete(run, job, by=by), told


def complete() -> Standing:
    """Return how a result stands that is whole."""
    return Standing(whole=True, run=None, state="finished", progress=1.0)


def incomplete(run: str, job: Job | None, *, by: Principal) -> Standing:
    """Return how a result stands that is not whole."""
    if job is None:
        return Standing(whole=False, run=run, state="waiting")
    return Standing(
        whole=False,
        run=run,
        state=job.state,
        progress=job.progress,
        note=job.note,
        error=job.error,
        may_stop=job.owner == by.who and job.state in GOING,
    )


def begin(key: Key, known: DatasetRecord, spec: dict[str, Any], *, by: Principal, instead: str | None) -> str:
    """Start the run of a result, unless somebody else was faster, and return whose it is now.

    Parameters
    ----------
    key : Key
        The result.
    known : DatasetRecord
        A table that has it.
    spec : dict
        What its child needs beside the table, the key and who looks.
    by : Principal
        Who looks; also a viewer, as a result changes nothing.
    instead : str or None
        The run that made none, which this one follows.

    Raises
    ------
    AccessDenied
        In a read-only demonstration.
    """
    if get_settings().demo:
        raise AccessDenied(key.product.refusal, name=known.name)
    store, run = held.store(), records.new_id(datetime.now(UTC))
    held.pointers.drop(key.held)
    before = store.stat(key.pointer)
    if before is not None and (other := read_pointer(key)) != instead and other is not None:
        return other
    try:
        put_json(store, key.pointer, {"run": run, "version": key.edition}, if_generation=before.generation if before else 0)
    except PreconditionFailed:
        return read_pointer(key) or run
    kind, whose = key.product.kind, {"who": by.who, "kind": by.kind, "role": by.role}
    meant = {"fingerprint": key.fingerprint, "name": key.name, "edition": key.edition}
    jobs.start(
        store,
        kind=kind,
        title=known.name,
        spec={"dataset": known.id, "key": meant, "by": whose, **spec},
        by=by,
        environment=get_settings().environment(),
        lane=kind,
        job_id=run,
    )
    audit.record(f"{kind}_started", by, run=run, dataset=known.id)
    return run
