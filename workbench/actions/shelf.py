"""What this process knows of datasets: their records and list, asked for again after seconds, and rows that all share."""

from __future__ import annotations

from workbench.actions import held
from workbench.data import Dataset, DatasetRecord, datasets
from workbench.principal import Principal

LISTING = "datasets"


def find(dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Return what is known of a dataset that somebody may see; what another instance changed is known within ten seconds.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    """
    return datasets.seen(held.records.get(dataset_id, lambda: fresh(dataset_id)), by)


def fresh(dataset_id: str) -> DatasetRecord:
    """Ask the store what is known of a dataset; a child may have made it, so the list is asked for again as well."""
    held.listings.drop(LISTING)
    return datasets.find(held.store(), dataset_id)


def opened(dataset_id: str, *, by: Principal) -> Dataset:
    """Return a dataset that somebody may see; people who look at equal tables share one copy of the rows.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's.
    """
    known = find(dataset_id, by=by)
    return known.with_frame(held.tables.get(known.fingerprint, lambda: datasets.rows(held.store(), dataset_id)))


def listed() -> list[DatasetRecord]:
    """List every dataset there is, newest first; the caller says who may see which."""
    found: list[DatasetRecord] = held.listings.get(LISTING, lambda: datasets.everything(held.store()))
    return found


def let_go(known: DatasetRecord) -> None:
    """Forget what this process knows of a dataset that has changed, and of the other versions of its family."""
    held.records.drop(known.id)
    held.records.drop_where(lambda one: one.family == known.family)
    held.listings.drop(LISTING)
