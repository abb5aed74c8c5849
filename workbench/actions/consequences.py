"""What hangs on a dataset: the versions, runs, scored files and models that go when it is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbench.actions import held
from workbench.bundle.without_rows import is_made_of_rows
from workbench.data import DatasetRecord, datasets
from workbench.errors import BundleError
from workbench.jobs import Job, records
from workbench.principal import Principal
from workbench.registry import ModelRecord

# The kind of the runs that score a file.
BATCH = "batch"


@dataclass(frozen=True)
class Consequences:
    """What deleting a dataset takes along."""

    records: list[DatasetRecord]
    """The versions that go, newest first."""
    models: list[ModelRecord]
    """Versions of models that hold rows of it: what explanations compare with, and what proves the model."""
    runs: list[Job]
    """Comparisons and other runs made from it, whoever's."""
    batches: list[Job]
    """Scored files made from it, whoever's."""
    irreplaceable: tuple[str, ...] = ()
    """Those of the models, as ``name@version``, that consist of training rows: also who replaces loses them."""
    others: list[ModelRecord] | None = None
    """Models of people who hold the same table themselves: they stay, as does that table."""


def consequences(dataset_id: str, *, by: Principal, whole_family: bool = True) -> Consequences:
    """Say what deleting a dataset takes along.

    Parameters
    ----------
    dataset_id : str
        One of its versions.
    by : Principal
        Its owner.
    whole_family : bool
        All of its versions, or this one alone.

    Raises
    ------
    DatasetNotFound
        If there is none.
    AccessDenied
        If somebody else shares it.
    """
    going = versions(dataset_id, by=by, whole_family=whole_family)
    made = list(made_from({r.id for r in going}, uploads_of(going)))
    models, others = holding({r.fingerprint for r in going}, {r.id for r in going}, by=by)
    return Consequences(
        records=going,
        models=models,
        runs=[job for job in made if job.kind != BATCH],
        batches=[job for job in made if job.kind == BATCH],
        irreplaceable=tuple(model.reference for model in models if not is_replaceable(model)),
        others=others,
    )


def versions(dataset_id: str, *, by: Principal, whole_family: bool) -> list[DatasetRecord]:
    """Return the versions that go, newest first; only the owner may ask."""
    known = datasets.owned(datasets.find(held.store(), dataset_id), by)
    if not whole_family:
        return [known]
    return [one for one in datasets.records(held.store(), by=by) if one.family == known.family]


def uploads_of(going: Iterable[DatasetRecord]) -> set[str]:
    """Return the files that only these versions were read from."""
    wanted = {one.source["upload"] for one in going if "upload" in one.source}
    ids = {one.id for one in going}
    return wanted - {one.source.get("upload") for one in datasets.everything(held.store()) if one.id not in ids}


def made_from(ids: set[str], uploads: set[str]) -> Iterator[Job]:
    """Yield everybody's runs that read one of these datasets or uploads, or made one of them."""
    for job in records.everybodys(held.store()):
        touched = {job.spec.get("dataset"), job.spec.get("upload"), (job.result or {}).get("dataset")}
        if touched & (ids | uploads):
            yield job


def holding(fingerprints: set[str], going: set[str], *, by: Principal) -> tuple[list[ModelRecord], list[ModelRecord]]:
    """Return (models that hold rows of these contents, those among them whose owners have the same table themselves)."""
    found = [r for r in held.registry().all_versions() if r.fingerprint in fingerprints and r.drawn_from is None]
    if all(record.owner == by.who for record in found):
        return found, []
    tables = [one for one in datasets.everything(held.store()) if one.fingerprint in fingerprints and one.id not in going]
    owners = {one.owner for one in tables}
    kept = [record for record in found if record.owner != by.who and record.owner in owners]
    return [record for record in found if record not in kept], kept


def is_replaceable(record: ModelRecord) -> bool:
    """Tell whether a model can do without its rows; one that cannot even be read is not worth keeping."""
    try:
        return not is_made_of_rows(held.bundle(record).model)
    except BundleError:
        return False
