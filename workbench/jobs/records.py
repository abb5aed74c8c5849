"""A job as its folder in the store tells it: who may see it, where it stands, what happened, and the wish to stop it."""

from __future__ import annotations

import json
import re
import secrets
import threading
import weakref
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from workbench.errors import AccessDenied, JobNotFound, ObjectNotFound, PreconditionFailed
from workbench.jobs.plain import plain
from workbench.principal import Principal
from workbench.store import ObjectStore, get_json, put_json
from workbench.store.carrying import parsed
from workbench.words import Text

State = Literal["waiting", "running", "finished", "failed", "stopped", "lost"]
Settled = Literal["finished", "failed", "stopped"]

FORM = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
# The team sees a job while this marker is there; one folder for all, so that one listing tells which they are.
SHARED = "shared/jobs/"
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
    shared: bool = False
    """The team may look at it; stopping, sharing and deleting stay its owner's."""

    @property
    def is_settled(self) -> bool:
        """True once nothing will change any more."""
        return self.state in get_args(Settled)


def find(store: ObjectStore, job_id: str, *, by: Principal) -> Job:
    """Return a job of this person, or one that is shared with the team.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's and not shared: the two look the same.
    """
    spec = written_once(store, place(job_id, SPEC)) if FORM.fullmatch(job_id) else None
    is_shared = spec is not None and store.stat(SHARED + job_id) is not None
    if spec is None or not (is_shared or spec["owner"] == by.who):
        raise JobNotFound("error.jobs.not_found", id=job_id[:MOST_SHOWN])
    job = described(store, spec, is_shared=is_shared)
    if (job.is_settled or job.state == "lost") and store.stat(place(job_id, SPEC)) is None:  # remembered, but deleted since
        drop(store, job_id)
        raise JobNotFound("error.jobs.not_found", id=job_id[:MOST_SHOWN])
    return job


def owned(store: ObjectStore, job_id: str, *, by: Principal) -> Job:
    """Return a job that this person may change.

    Raises
    ------
    JobNotFound
        If this person does not even see it.
    AccessDenied
        If it is shared with them, and somebody else's.
    """
    job = find(store, job_id, by=by)
    if job.owner != by.who:
        raise AccessDenied("error.jobs.owner_only", title=job.title, owner=job.owner)
    return job


def mine(store: ObjectStore, *, by: Principal, limit: int = 50) -> list[Job]:
    """List this person's jobs, newest first."""
    team = shared_ids(store)
    found: list[Job] = []
    for spec in specs(store):
        if spec["owner"] == by.who:
            found.append(described(store, spec, is_shared=spec["id"] in team))
        if len(found) == limit:
            break
    return sorted(found, key=lambda job: job.created, reverse=True)


def shared(store: ObjectStore, *, by: Principal, limit: int = 50) -> list[Job]:
    """List the jobs that others share with the team, newest first."""
    found = []
    for job_id in sorted(shared_ids(store), reverse=True):
        spec = written_once(store, place(job_id, SPEC))
        if spec is not None and spec["owner"] != by.who:
            found.append(described(store, spec, is_shared=True))
        if len(found) == limit:
            break
    return found


def everybodys(store: ObjectStore) -> Iterator[Job]:
    """Yield whoever's jobs, newest first: for what follows the data and not the person."""
    team = shared_ids(store)
    for spec in specs(store):
        yield described(store, spec, is_shared=spec["id"] in team)


def anybodys(store: ObjectStore, job_id: str) -> Job | None:
    """Return whoever's job, or None where there is none: for what follows the data, when that may be seen."""
    spec = written_once(store, place(job_id, SPEC)) if FORM.fullmatch(job_id) else None
    job = described(store, spec) if spec else None
    if job and (job.is_settled or job.state == "lost") and store.stat(place(job_id, SPEC)) is None:
        drop(store, job_id)
        return None
    return job


def stopping(store: ObjectStore, job_id: str) -> bool:
    """Tell whether somebody has asked for a job's end."""
    return store.stat(place(job_id, STOP)) is not None


def has_ended(store: ObjectStore, job_id: str) -> bool:
    """Tell whether a job's end is written, or the job is no longer there."""
    return store.stat(place(job_id, RESULT)) is not None or store.stat(place(job_id, SPEC)) is None


def specs(store: ObjectStore) -> Iterator[dict[str, Any]]:
    """Yield what every job was started with, newest first."""
    for job_id in sorted((name for name in store.folders("jobs/") if FORM.fullmatch(name)), reverse=True):
        spec = written_once(store, place(job_id, SPEC))
        if spec is not None:
            yield spec


def shared_ids(store: ObjectStore) -> set[str]:
    """Return the ids of all jobs that the team sees."""
    return {stat.name.removeprefix(SHARED) for stat in store.list(SHARED)}


def share(store: ObjectStore, job_id: str, *, by: Principal, shared: bool) -> None:
    """Let the team look at a job and its result, or no longer; doing it again changes nothing.

    Raises
    ------
    JobNotFound
        If this person does not see it.
    AccessDenied
        If it is somebody else's.
    """
    owned(store, job_id, by=by)
    if shared:
        put_json(store, SHARED + job_id, {"by": by.who, "at": datetime.now(UTC).isoformat()})
    else:
        store.delete(SHARED + job_id)


def stop(store: ObjectStore, job_id: str, *, by: Principal, keep: bool = True) -> None:
    """Ask for a job's end; asking again, or after its end, changes nothing.

    Parameters
    ----------
    store : ObjectStore
        Where the job is.
    job_id : str
        The job.
    by : Principal
        Who asks.
    keep : bool
        Whether the work may take some time to make a result of what is finished; False asks for the end at once.

    Raises
    ------
    JobNotFound
        If this person does not see it.
    AccessDenied
        If it is somebody else's.
    """
    ask_to_stop(store, owned(store, job_id, by=by), who=by.who, keep=keep)


def ask_to_stop(store: ObjectStore, job: Job, *, who: str, keep: bool = True) -> None:
    """Ask for the end of a job, whoever's it is."""
    if job.is_settled:
        return
    now = datetime.now(UTC)
    wish = {"at": now.isoformat(), "by": who, "keep": keep}
    with suppress(PreconditionFailed):
        put_json(store, place(job.id, STOP), wish, if_generation=0 if keep else None)
    if job.state == "lost":  # nobody is left who would end it
        settle(store, job.id, "stopped", at=now)


def remove(store: ObjectStore, job_id: str) -> None:
    """Remove a job with all that is kept of it; its record goes first, so that nobody finds half of it."""
    for name in (place(job_id, SPEC), SHARED + job_id):
        store.delete(name)
    for stat in list(store.list(place(job_id, ""))):
        store.delete(stat.name)
    drop(store, job_id)


def drop(store: ObjectStore, job_id: str) -> None:
    """Forget what this process remembers of a job."""
    with REMEMBERING:
        known = REMEMBERED.setdefault(store, {})
        for name in [name for name in known if name.startswith(place(job_id, ""))]:
            del known[name]


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
        lines = (bytes_written_once(store, batch_name(job_id, first)) or b"").splitlines()
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


def described(store: ObjectStore, spec: dict[str, Any], *, is_shared: bool = False) -> Job:
    """Read where a job stands."""
    job_id, created = spec["id"], datetime.fromisoformat(spec["created"])
    known = {
        "id": job_id,
        "kind": spec["kind"],
        "owner": spec["owner"],
        "title": spec["title"],
        "created": created,
        "spec": spec["spec"],
        "shared": is_shared,
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
    data = bytes_written_once(store, name)
    return None if data is None else parsed(data, name)


def bytes_written_once(store: ObjectStore, name: str) -> bytes | None:
    """Return what an object holds that nobody ever changes, or None where there is none yet."""
    with REMEMBERING:
        data = REMEMBERED.setdefault(store, {}).get(name)
    if data is None:
        try:
            data = store.get(name)
        except ObjectNotFound:
            return None
        if len(data) <= LARGEST_REMEMBERED:
            remember(store, name, data)
    return data


def remember(store: ObjectStore, name: str, data: bytes) -> None:
    """Keep a document, and forget the oldest when there are too many."""
    with REMEMBERING:
        known = REMEMBERED[store]
        known[name] = data
        if len(known) > MOST_REMEMBERED:
            del known[next(iter(known))]
