"""Tables: open a sample or an upload, list what is mine, give columns their roles, delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from workbench.actions import audit, held, sources
from workbench.data import SAMPLES, Dataset, DatasetRecord, Roles, Sample, datasets, read_sample, sample
from workbench.data import uploads as upload_store
from workbench.errors import AccessDenied
from workbench.principal import Principal

# A sample that is looked at without being kept: the id of a reader who may store nothing.
UNKEPT = "sample-"


def samples(*, by: Principal) -> tuple[Sample, ...]:
    """Return the samples that ship."""
    by.require("viewer")
    return SAMPLES


def open_sample(name: str, *, by: Principal) -> str:
    """Open a sample and return its dataset's id; the same person opens the same one again."""
    chosen = sample(name)
    if not audit.may_change(by):
        return UNKEPT + chosen.name
    made = from_sample(chosen.name, by=by)
    for known in mine(by=by):
        if known.fingerprint == made.fingerprint and known.name == made.name:
            return known.id
    return keep(made, by=by)


def from_sample(name: str, *, by: Principal) -> Dataset:
    """Return a sample as a dataset that is not stored."""
    chosen = sample(name)
    made = datasets.make(read_sample(name), name=chosen.name, owner=by.who)
    return replace(made, roles=chosen.roles)


def from_upload(
    upload_id: str, *, by: Principal, sheet: str | None = None, encoding: str | None = None, header: int | None = None
) -> str:
    """Read a whole upload into a dataset and return its id; the upload's chunks are removed."""
    audit.allow_change(by)
    source = sources.open_upload(upload_id, by=by, sheet=sheet, encoding=encoding, header=header)
    made = keep(datasets.make(source.reading, name=source.name, owner=by.who), by=by)
    upload_store.abort(held.store(), upload_id, owner=by.who)
    return made


def keep(dataset: Dataset, *, by: Principal) -> str:
    """Store a dataset and return its id."""
    datasets.save(held.store(), dataset)
    audit.record("dataset_opened", by, dataset=dataset.id, rows=dataset.rows, columns=len(dataset.columns))
    return dataset.id


def get(dataset_id: str, *, by: Principal) -> Dataset:
    """Return a dataset that is this person's.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    """
    if dataset_id.startswith(UNKEPT):
        return replace(
            held.datasets.get(dataset_id, lambda: from_sample(dataset_id.removeprefix(UNKEPT), by=by)), id=dataset_id
        )
    return held.datasets.get((dataset_id, by.who), lambda: datasets.load(held.store(), dataset_id, by=by))


def mine(*, by: Principal) -> list[DatasetRecord]:
    """List this person's datasets, newest first."""
    return datasets.records(held.store(), by=by)


def set_roles(dataset_id: str, roles: Roles, *, by: Principal) -> None:
    """Give a dataset's columns their roles.

    Raises
    ------
    ColumnNotFound
        If a role names a column that is not there.
    """
    audit.allow_change(by)
    if dataset_id.startswith(UNKEPT):
        raise AccessDenied("error.demo_only")
    roles.check(get(dataset_id, by=by).columns)
    datasets.set_roles(held.store(), dataset_id, roles, by=by)
    held.datasets.drop((dataset_id, by.who))
    audit.record("roles_set", by, dataset=dataset_id, target=roles.target)


def delete(dataset_id: str, *, by: Principal) -> None:
    """Delete a dataset of this person."""
    audit.allow_change(by)
    datasets.delete(held.store(), dataset_id, by=by)
    held.datasets.drop((dataset_id, by.who))
    audit.record("dataset_deleted", by, dataset=dataset_id)


def now() -> datetime:
    """Return the moment: actions may look at the clock, rooms are given it."""
    return datetime.now(UTC)
