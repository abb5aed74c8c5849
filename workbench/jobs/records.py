"""A job as its folder in the store tells it: who may see it, where it stands, what happened, and the wish to stop it."""

from __future__ import annotations

import json
import re
import secrets
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from workbench.errors import JobNotFound, ObjectNotFound, PreconditionFailed
from workbench.jobs.plain import plain
from workbench.principal import Principal
from workbench.store import ObjectStore, get_json, put_json
from workbench.store.carrying import parsed
from workbench.words import Text

State = Literal["waiting", "running", "finished", "failed", "stopped", "lost"]
Settled = Literal["finished", "failed", "stopped"]

FORM = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
SPEC, HEARTBEAT, STOP, RESULT, EVENTS = "spec.json", "heartbeat.json", "stop.json", "result.json", "events/"
# Whoever holds a job writes its heartbeat every few seconds; after this long nobody does.
LOST_AFTER = timedelta(seconds=30)
MOST_SHOWN = 60
# What is written once and never again is read from a bucket once: so many documents, each at most so large.
MOST_REMEMBERED, LARGEST_REMEMBERED = 2_000, 50_000


@dataclass(frozen=True)
class Job:
    """One long piece of work and where it stands."""

    id: str
    kind: str
    owner: str
    title: str
    created: datetime
    state: State
    spec: dict[str, Any]
    progress: float | None = None
    """From 0 to 1, where the work knows."""
    note: Text | None = None
    """What it is doing now."""
    result: dict[str, Any] | None = None
    """What the work returned; of a stopped or failed job, what it had handed over until then."""
    error: Text | None = None
    ended: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """True once nothing will change any more."""
        return self.state in get_args(Settled)


def find(store: ObjectStore, job_id: str, *, by: Principal) -> Job:
    """Return a job of this person.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's.
    """
    spec = written_once(store, place(job_id, SPEC)) if FORM.fullmatch(job_id) else None
    if spec is None or spec["owner"] != by.who:
        raise JobNotFound("error.jobs.not_found", id=job_id[:MOST_SHOWN])
    return described(store, spec)


def mine(store: ObjectStore, *, by: Principal, limit: int = 50) -> list[Job]:
    """List this person's jobs, newest first."""
    found: list[Job] = []
    for job_id in sorted((name for name in store.folders("jobs/") if FORM.fullmatch(name)), reverse=True):
        spec = written_once(store, place(job_id, SPEC))
        if spec is not None and spec["owner"] == by.who:
            found.append(described(store, spec))
        if len(found) == limit:
            break
    return sorted(found, key=lambda job: job.created, reverse=True)


def stop(store: ObjectStore, job_id: str, *, by: Principal) -> None:
    """Ask for a job's end; asking again, or after its end, changes nothing.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's.
    """
    job = find(store, job_id, by=by)
    if job.is_settled:
        return
    now = datetime.now(UTC)
    with suppress(PreconditionFailed):
        put_json(store, place(job_id, STOP), {"at": now.isoformat(), "by": by.who}, if_generation=0)
    if job.state == "lost":  # nobody is left who would end it
        settle(store, job_id, "stopped", at=now)


def events(store: ObjectStore, job_id: str, *, after: int = -1) -> list[dict[str, Any]]:
    """Return what happened in a job since an event.

    Parameters
    ----------
    store : ObjectStore
        Where the job is.
    job_id : str
        The job; who may see it is `find`'s to say.
    after : int
        The last event known already; -1 for none.

    Returns
    -------
    list of dict
        In order and without gaps, each with its number ``n``, ``at`` (ISO) and ``kind``.
    """
    prefix = place(job_id, EVENTS)
    firsts = [int(stat.name.removeprefix(prefix).removesuffix(".jsonl")) for stat in store.list(prefix)]
    begin = max((first for first in firsts if first <= after + 1), default=0)
    found: list[dict[str, Any]] = []
    for first in (first for first in firsts if first >= begin):
        # Bytes: text has more line ends than the one we wrote (U+2028 in a label).
        lines = store.get(batch_name(job_id, first)).splitlines()
        for event in map(json.loads, lines):
            if event["n"] == after + 1 + len(found):
                found.append(event)
    return found


def batch_name(job_id: str, first: int) -> str:
    """Name the object of a batch of events after its first one."""
    return place(job_id, f"{EVENTS}{first:08d}.jsonl")


def settle(
    store: ObjectStore,
    job_id: str,
    state: Settled,
    *,
    at: datetime,
    result: dict[str, Any] | None = None,
    error: Text | None = None,
) -> bool:
    """Write how a job ended; False where somebody has said so before, and that stands."""
    ended = {"state": state, "at": at.isoformat(), "result": plain(result), "error": plain(error)}
    try:
        put_json(store, place(job_id, RESULT), ended, if_generation=0)
    except PreconditionFailed:
        return False
    return True


def beat(
    store: ObjectStore,
    job_id: str,
    state: Literal["waiting", "running"],
    *,
    progress: float | None = None,
    note: Text | None = None,
) -> None:
    """Say that somebody holds a job, and how far it is."""
    now = datetime.now(UTC).isoformat()
    put_json(store, place(job_id, HEARTBEAT), {"at": now, "state": state, "progress": progress, "note": plain(note)})


def new_id(now: datetime) -> str:
    """Make an id; ids sort in the order of time."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def place(job_id: str, name: str) -> str:
    """Name one of a job's objects."""
    return f"jobs/{job_id}/{name}"


def described(store: ObjectStore, spec: dict[str, Any]) -> Job:
    """Read where a job stands."""
    job_id, created = spec["id"], datetime.fromisoformat(spec["created"])
    known = {
        "id": job_id,
        "kind": spec["kind"],
        "owner": spec["owner"],
        "title": spec["title"],
        "created": created,
        "spec": spec["spec"],
    }
    if ended := written_once(store, place(job_id, RESULT)):
        done = 1.0 if ended["state"] == "finished" else None
        at = datetime.fromisoformat(ended["at"])
        return Job(**known, state=ended["state"], progress=done, result=ended["result"], error=text(ended["error"]), ended=at)
    heart = get_json(store, place(job_id, HEARTBEAT)) or {"at": spec["created"], "state": "waiting"}
    is_lost = datetime.now(UTC) - datetime.fromisoformat(heart["at"]) > LOST_AFTER
    error = Text("error.jobs.lost") if is_lost else None
    state: State = "lost" if is_lost else heart["state"]
    return Job(**known, state=state, progress=heart.get("progress"), note=text(heart.get("note")), error=error)


def text(data: dict[str, Any] | None) -> Text | None:
    """Make a text again of its plain data."""
    return Text.from_dict(data) if data else None


REMEMBERED: weakref.WeakKeyDictionary[ObjectStore, dict[str, bytes]] = weakref.WeakKeyDictionary()
REMEMBERING = threading.Lock()


def written_once(store: ObjectStore, name: str) -> Any | None:
    """Return what a JSON object holds that nobody ever changes, or None where there is none yet."""
    with REMEMBERING:
        data = REMEMBERED.setdefault(store, {}).get(name)
    if data is None:
        try:
            data = store.get(name)
        except ObjectNotFound:
            return None
        if len(data) <= LARGEST_REMEMBERED:
            remember(store, name, data)
    return parsed(data, name)


def remember(store: ObjectStore, name: str, data: bytes) -> None:
    """Keep a document, and forget the oldest when there are too many."""
    with REMEMBERING:
        known = REMEMBERED[store]
        known[name] = data
        if len(known) > MOST_REMEMBERED:
            del known[next(iter(known))]
