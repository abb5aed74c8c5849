"""Datasets in the store: made from a reading, saved, found again by their owner, given roles, deleted."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import polars as pl

from workbench.data.dataset import Dataset, DatasetRecord, fingerprint
from workbench.data.kinds import kinds_of
from workbench.data.reading import Reading
from workbench.data.roles import Roles
from workbench.errors import DatasetNotFound, ObjectNotFound
from workbench.principal import Principal
from workbench.store import ObjectStore, get_json, put_json

FOLDER = "datasets/"
ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}\Z")
TABLE, RECORD, ROLES = "table.parquet", "dataset.json", "roles.json"


def make(reading: Reading, *, name: str, owner: str, now: datetime | None = None, roles: Roles | None = None) -> Dataset:
    """Make a dataset of a table that was read; nothing is stored yet.

    Parameters
    ----------
    reading : Reading
        The table, and how it was read.
    name : str
        What the person calls it.
    owner : str
        Who may open it.
    now : datetime, optional
        When it was made; this moment by default.
    roles : Roles, optional
        What the columns are for, where it is known already.
    """
    created = now or datetime.now(UTC)
    frame = reading.frame
    return Dataset(
        id=f"{created:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        name=name,
        owner=owner,
        created=created,
        fingerprint=fingerprint(frame),
        rows=frame.height,
        columns=tuple(frame.columns),
        kinds=kinds_of(frame),
        reading=reading.to_dict(),
        roles=roles or Roles(),
        frame=frame,
    )


def save(store: ObjectStore, dataset: Dataset) -> None:
    """Store a dataset: its record comes last, so that a half-written one is never found."""
    buffer = io.BytesIO()
    dataset.frame.write_parquet(buffer, compression="zstd")
    place = FOLDER + dataset.id + "/"
    store.put(place + TABLE, buffer.getvalue(), if_generation=0)
    put_json(store, place + ROLES, dataset.roles.to_dict(), if_generation=0)
    put_json(store, place + RECORD, dataset.to_dict(), if_generation=0)


def record(store: ObjectStore, dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Return what is known of somebody's dataset, without its rows.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's: the two look the same.
    """
    found = get_json(store, f"{FOLDER}{dataset_id}/{RECORD}") if ID.match(dataset_id) else None
    if found is None or found["owner"] != by.who:
        raise DatasetNotFound("error.data.no_dataset", id=dataset_id)
    return of_json(found, get_json(store, f"{FOLDER}{dataset_id}/{ROLES}") or {})


def of_json(found: Mapping[str, Any], roles: Mapping[str, Any]) -> DatasetRecord:
    """Make a record of plain data."""
    values = {**found, "created": datetime.fromisoformat(found["created"]), "columns": tuple(found["columns"])}
    return DatasetRecord(**values, roles=Roles.from_dict(roles))


def load(store: ObjectStore, dataset_id: str, *, by: Principal) -> Dataset:
    """Return somebody's dataset with its rows.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    """
    known = record(store, dataset_id, by=by)
    try:
        frame = pl.read_parquet(io.BytesIO(store.get(f"{FOLDER}{dataset_id}/{TABLE}")))
    except ObjectNotFound as problem:  # deleted in this very moment
        raise DatasetNotFound("error.data.no_dataset", id=dataset_id) from problem
    return Dataset(**{f.name: getattr(known, f.name) for f in fields(known)}, frame=frame)


def records(store: ObjectStore, *, by: Principal) -> list[DatasetRecord]:
    """List somebody's datasets, newest first."""
    found = []
    for stat in store.list(FOLDER):
        if stat.name.endswith("/" + RECORD):
            try:
                found.append(record(store, stat.name.split("/")[1], by=by))
            except DatasetNotFound:
                continue  # somebody else's, or deleted in this very moment
    return sorted(found, key=lambda known: known.id, reverse=True)


def set_roles(store: ObjectStore, dataset_id: str, roles: Roles, *, by: Principal) -> None:
    """Say what the columns of somebody's dataset are for.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    ColumnNotFound
        If a role names a column that is not there.
    """
    roles.check(record(store, dataset_id, by=by).columns)
    put_json(store, f"{FOLDER}{dataset_id}/{ROLES}", roles.to_dict())


def delete(store: ObjectStore, dataset_id: str, *, by: Principal) -> None:
    """Delete somebody's dataset: its record goes first, so that nobody finds half of it.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    """
    record(store, dataset_id, by=by)
    for part in (RECORD, ROLES, TABLE):
        store.delete(f"{FOLDER}{dataset_id}/{part}")
