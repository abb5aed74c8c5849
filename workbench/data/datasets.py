"""Datasets in the store: made of a reading, saved version by version, found by those who may see them, shared and deleted.

A version is `datasets/ID/`: its table, its roles and, last, its record; beside them the repairs that were proposed and the rows
that did not fit, where there are any. All versions of a dataset are a family, named by the id of the first: `families/ID/`
holds the mark that it is shared, and the numbers of versions that are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import polars as pl

from workbench.data import uploads
from workbench.data.dataset import Dataset, DatasetRecord
from workbench.data.documents import documents
from workbench.data.making import carried as carried
from workbench.data.making import make as make
from workbench.data.repairs import Proposal
from workbench.data.roles import Roles
from workbench.data.tables import get_frame, put_frame
from workbench.errors import AccessDenied, DatasetNotFound, ObjectNotFound, PreconditionFailed, RolesChanged
from workbench.principal import Principal
from workbench.store import ObjectStore, Stat, get_json, put_json

FOLDER, FAMILIES = "datasets/", "families/"
# What is made of a table's content alone, in a folder of its fingerprint: whoever has an equal table finds it.
PROFILES = "profiles/"
ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}\Z")
TABLE, RECORD, ROLES, PROPOSALS, MISFITS = "table.parquet", "dataset.json", "roles.json", "proposals.json", "misfits.parquet"
SHARED, VERSIONS = "shared.json", "versions/"
# What an unfinished saving left behind is removed when nobody can be at it any more.
ABANDONED = timedelta(days=1)


def save(
    store: ObjectStore, dataset: Dataset, *, proposals: Sequence[Proposal] = (), misfits: pl.DataFrame | None = None
) -> None:
    """Store a dataset: its record comes last, so that a half-written one is never found.

    Parameters
    ----------
    store : ObjectStore
        Where to.
    dataset : Dataset
        A table that is stored once.
    proposals : sequence of Proposal
        What could be repaired in the table as it was read.
    misfits : polars.DataFrame, optional
        The rows that did not fit.
    """
    place = folder(dataset.id)
    put_frame(store, place + TABLE, dataset.frame)
    if proposals:
        put_json(store, place + PROPOSALS, [proposal.to_dict() for proposal in proposals], if_generation=0)
    if misfits is not None and misfits.height:
        put_frame(store, place + MISFITS, misfits)
    put_json(store, place + ROLES, dataset.roles.to_dict(), if_generation=0)
    put_json(store, place + RECORD, dataset.to_dict(), if_generation=0)


def folder(dataset_id: str) -> str:
    """Return where a version's objects are."""
    return f"{FOLDER}{dataset_id}/"


def take_number(store: ObjectStore, family: str, dataset_id: str) -> int:
    """Return the number of a family's next version, and note which that is; two who ask at once get two numbers."""
    place = f"{FAMILIES}{family}/{VERSIONS}"
    taken = [stat.name.removeprefix(place).removesuffix(".json") for stat in store.list(place)]
    number = max(map(int, taken), default=1) + 1
    while True:
        try:
            put_json(store, f"{place}{number:06d}.json", {"id": dataset_id}, if_generation=0)
        except PreconditionFailed:
            number += 1
        else:
            return number


def last_of(store: ObjectStore, family: str) -> DatasetRecord | None:
    """Return the newest version of a family, without looking at what there is beside it."""
    noted = [stat.name for stat in store.list(f"{FAMILIES}{family}/{VERSIONS}")]
    for name in reversed(noted):
        with suppress(DatasetNotFound):  # deleted, or still being made
            return find(store, (get_json(store, name) or {}).get("id", ""))
    with suppress(DatasetNotFound):
        return find(store, family)
    return None


def find(store: ObjectStore, dataset_id: str) -> DatasetRecord:
    """Return what is known of a dataset; who may see it is `seen`'s to say.

    Raises
    ------
    DatasetNotFound
        If there is none.
    """
    found = get_json(store, folder(dataset_id) + RECORD) if ID.match(dataset_id) else None
    if found is None:
        raise DatasetNotFound("error.data.no_dataset", id=dataset_id)
    roles = Roles.from_dict(get_json(store, folder(dataset_id) + ROLES) or {})
    return DatasetRecord.from_dict(found, roles, shared=store.stat(mark(found.get("family") or dataset_id)) is not None)


def mark(family: str) -> str:
    """Return the object that says that a family is shared."""
    return f"{FAMILIES}{family}/{SHARED}"


def seen(known: DatasetRecord, by: Principal) -> DatasetRecord:
    """Return a record to who may see it: its owner, and everybody where it is shared.

    Raises
    ------
    DatasetNotFound
        To anybody else: it looks as if there were none.
    """
    if known.owner != by.who and not known.shared:
        raise DatasetNotFound("error.data.no_dataset", id=known.id)
    return known


def owned(known: DatasetRecord, by: Principal) -> DatasetRecord:
    """Return a record to its owner.

    Raises
    ------
    DatasetNotFound
        If it is somebody else's.
    AccessDenied
        If it is somebody else's and shared: it may be looked at, not changed.
    """
    if seen(known, by).owner != by.who:
        raise AccessDenied("error.data.not_yours", name=known.name, owner=known.owner)
    return known


def record(store: ObjectStore, dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Return what is known of a dataset that somebody may see, without its rows.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's: the two look the same.
    """
    return seen(find(store, dataset_id), by)


def rows(store: ObjectStore, dataset_id: str) -> pl.DataFrame:
    """Return the rows of a dataset; who may see them is `seen`'s to say.

    Raises
    ------
    DatasetNotFound
        If there is none.
    """
    try:
        return get_frame(store, folder(dataset_id) + TABLE)
    except ObjectNotFound as problem:  # deleted in this very moment
        raise DatasetNotFound("error.data.no_dataset", id=dataset_id) from problem


def load(store: ObjectStore, dataset_id: str, *, by: Principal) -> Dataset:
    """Return a dataset that somebody may see, with its rows.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    """
    return record(store, dataset_id, by=by).with_frame(rows(store, dataset_id))


def proposals(store: ObjectStore, dataset_id: str) -> list[Proposal]:
    """Return what could be repaired in the table as it was read; who may see it is `seen`'s to say."""
    return [Proposal.from_dict(data) for data in get_json(store, folder(dataset_id) + PROPOSALS) or ()]


def misfits(store: ObjectStore, dataset_id: str) -> pl.DataFrame | None:
    """Return the rows that did not fit, or None where all did; who may see them is `seen`'s to say."""
    try:
        return get_frame(store, folder(dataset_id) + MISFITS)
    except ObjectNotFound:
        return None


def everything(store: ObjectStore) -> list[DatasetRecord]:
    """List every dataset there is, newest first; who may see which is `seen`'s to say.

    A listing tells what is there and what has changed since it was read, so that little is read again.
    """
    stats = list(store.list(FOLDER))
    marks = {stat.name for stat in store.list(FAMILIES)}
    whole = {part_of(stat)[0] for stat in stats if part_of(stat)[1] == RECORD}
    read = documents(store, [stat for stat in stats if part_of(stat)[1] in (RECORD, ROLES) and part_of(stat)[0] in whole])
    found = []
    for dataset_id in sorted(whole, reverse=True):
        if (data := read.get(folder(dataset_id) + RECORD)) is not None:
            roles = Roles.from_dict(read.get(folder(dataset_id) + ROLES, {}))
            found.append(DatasetRecord.from_dict(data, roles, shared=mark(data.get("family") or dataset_id) in marks))
    return found


def part_of(stat: Stat) -> tuple[str, str]:
    """Return (dataset, what of it) of an object's name."""
    dataset_id, _, part = stat.name.removeprefix(FOLDER).partition("/")
    return dataset_id, part


def records(store: ObjectStore, *, by: Principal) -> list[DatasetRecord]:
    """List every version of somebody's own datasets, newest first."""
    return [known for known in everything(store) if known.owner == by.who]


def newest(known: Iterable[DatasetRecord]) -> list[DatasetRecord]:
    """Return the newest version of each family, in the order of the versions given."""
    last: dict[str, DatasetRecord] = {}
    for one in known:
        last[one.family] = max(last.get(one.family, one), one, key=lambda version: version.version)
    return sorted(last.values(), key=lambda one: one.id, reverse=True)


def set_roles(store: ObjectStore, dataset_id: str, roles: Roles, *, by: Principal, instead_of: Roles | None = None) -> None:
    """Say what the columns of somebody's dataset are for.

    Parameters
    ----------
    store : ObjectStore
        Where it is.
    dataset_id : str
        The dataset.
    roles : Roles
        What is said of it now.
    by : Principal
        Who says so.
    instead_of : Roles, optional
        What was seen when the change began: where something else is saved by now, nothing is written. Without it, whatever is
        there is replaced.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    AccessDenied
        If it is somebody else's and shared.
    ColumnNotFound
        If a role names a column that is not there.
    RolesChanged
        If something else was saved since.
    """
    stat = store.stat(folder(dataset_id) + ROLES)  # before it is read: what comes in between is noticed when it is written
    known = owned(find(store, dataset_id), by)
    roles.check(known.columns)
    if known.roles == roles:
        return
    if instead_of not in (None, known.roles):
        raise RolesChanged("error.roles.changed", name=known.name)
    generation = None if instead_of is None else stat.generation if stat else 0
    try:
        put_json(store, folder(dataset_id) + ROLES, roles.to_dict(), if_generation=generation)
    except PreconditionFailed as problem:
        raise RolesChanged("error.roles.changed", name=known.name) from problem


def share(store: ObjectStore, dataset_id: str, *, by: Principal, shared: bool, now: datetime | None = None) -> DatasetRecord:
    """Let everybody see somebody's dataset in all its versions, or nobody but its owner any more.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    AccessDenied
        If it is somebody else's and shared.
    """
    known = owned(find(store, dataset_id), by)
    if shared:
        put_json(store, mark(known.family), {"at": (now or datetime.now(UTC)).isoformat(), "by": by.who})
    else:
        store.delete(mark(known.family))
    return known


def delete(store: ObjectStore, dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Delete one version of somebody's dataset and return what was known of it.

    Its record goes first, so that nobody finds half of it. With the last version of a family goes what belongs to all of them,
    and with the last one that was read from a file the file.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    AccessDenied
        If it is somebody else's and shared.
    """
    known = owned(find(store, dataset_id), by)
    store.delete(folder(dataset_id) + RECORD)
    remove(store, folder(dataset_id))
    left = everything(store)
    if all(one.family != known.family for one in left):
        remove(store, f"{FAMILIES}{known.family}/")
    upload = known.source.get("upload")
    if upload and all(one.source.get("upload") != upload for one in left):
        uploads.release(store, upload)
    remove_profiles(store, {known.fingerprint} - {one.fingerprint for one in left})
    return known


def remove_profiles(store: ObjectStore, fingerprints: Iterable[str]) -> None:
    """Remove the profiles of tables that nobody has any more: a profile quotes values."""
    for fingerprint in fingerprints:
        remove(store, f"{PROFILES}{fingerprint}/")


def remove(store: ObjectStore, prefix: str) -> None:
    """Remove every object below a prefix."""
    for stat in list(store.list(prefix)):
        store.delete(stat.name)


def sweep(store: ObjectStore, *, now: datetime) -> list[str]:
    """Remove what was left half-written or half-deleted more than a day ago, and return the names of it."""
    known = everything(store)
    before = f"{now - ABANDONED:%Y%m%dT%H%M%SZ}"
    lost = []
    for top, live in ((FOLDER, {one.id for one in known}), (FAMILIES, {one.family for one in known})):
        for stat in store.list(top):
            if stat.name.split("/")[1] not in live and stat.name.split("/")[1] < before and stat.updated < now - ABANDONED:
                lost.append(stat.name)
    contents = {one.fingerprint for one in known}
    profiles = store.list(PROFILES)
    lost += [s.name for s in profiles if s.name.split("/")[1] not in contents and s.updated < now - ABANDONED]
    for name in lost:
        store.delete(name)
    return lost
