"""Deleting a dataset means deleted: what goes with it, models that hold rows of it, and a receipt of what is gone.

The order is such that nothing looks alive once it has begun. First an object says what is to go (`deletions/ID.json`, names
and counts); then the dataset's records go, by which it is found; then what was made from it, and at last the rows themselves.
Whoever calls again, after whatever came in between, finishes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from workbench.actions import audit, held, runs
from workbench.actions.consequences import BATCH, Consequences, holding, is_replaceable, made_from, uploads_of
from workbench.actions.consequences import consequences as consequences
from workbench.actions.deletion import Choice, Deletion, Receipt, begun, deletions, done, note
from workbench.bundle import read
from workbench.bundle.without_rows import without_rows
from workbench.data import datasets
from workbench.data import uploads as upload_store
from workbench.errors import DataError, DatasetNotFound, JobError, ModelNotFound
from workbench.jobs import Job, records
from workbench.principal import Principal
from workbench.registry import ModelRecord

# How long running work may take to stop, in seconds; a child that does not hear is killed after five.
PATIENCE, LOOK = 20.0, 0.3


def forget(dataset_id: str, *, by: Principal, models: Choice | None, whole_family: bool = True) -> Receipt:
    """Delete a dataset with everything that holds its rows.

    Parameters
    ----------
    dataset_id : str
        One of its versions; also one whose deletion was interrupted.
    by : Principal
        Its owner, an analyst.
    models : {"delete", "replace"} or None
        What becomes of models that hold rows of it: they go, or each gets a new version whose rows are drawn from the columns'
        distributions; a model that consists of training rows goes in any case. None only where there is no such model.
    whole_family : bool
        All versions of the dataset, or this one alone.

    Returns
    -------
    Receipt
        What is gone.

    Raises
    ------
    DatasetNotFound
        If there is none.
    AccessDenied
        If somebody else shares it.
    DataError
        If models hold rows of it, and nobody has said what becomes of them.
    JobError
        If work on it does not stop.
    """
    audit.allow_change(by)
    deletion = begun(dataset_id, by=by) or begin(dataset_id, by=by, models=models, whole_family=whole_family)
    return carry_out(deletion, by=by)


def unfinished(*, by: Principal) -> dict[str, str]:
    """Return what this person's interrupted deletions are of: the dataset's id and its name."""
    return {deletion.id: deletion.name for deletion in deletions(by=by)}


def begin(dataset_id: str, *, by: Principal, models: Choice | None, whole_family: bool) -> Deletion:
    """Stop what runs, and say what is to go."""
    found = chosen(consequences(dataset_id, by=by, whole_family=whole_family), models)
    if stopped([*found.runs, *found.batches], by=by):  # and may have registered a model until then
        found = chosen(consequences(dataset_id, by=by, whole_family=whole_family), models)
    deletion = Deletion(
        id=dataset_id,
        name=found.records[0].name,
        owner=by.who,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        choice=models,
        family=found.records[0].family,
        datasets=tuple(record.id for record in found.records),
        fingerprints=tuple(record.fingerprint for record in found.records),
        uploads=tuple(sorted(uploads_of(found.records))),
        rows=found.records[0].rows,
        models=tuple((model.name, model.version) for model in found.models),
        kept=tuple((model.name, model.version) for model in found.others or ()),
        runs=tuple(job.id for job in found.runs),
        batches=tuple(job.id for job in found.batches),
    )
    note(deletion)
    return deletion


def chosen(found: Consequences, models: Choice | None) -> Consequences:
    """Return the consequences, if it is said what becomes of models."""
    if found.models and models is None:
        raise DataError("error.forget.choose", models=[model.reference for model in found.models])
    return found


def stopped(made: Iterable[Job], *, by: Principal) -> bool:
    """Stop the runs that still go, and wait for it; tell whether there were any.

    Raises
    ------
    JobError
        If one does not stop.
    """
    going = {job.id: job for job in made if not job.is_settled}
    for job in going.values():
        records.ask_to_stop(held.store(), job, who=by.who, keep=False)  # a result would hold what is to go
    until = time.monotonic() + PATIENCE
    while waiting := [job for job in going.values() if not records.has_ended(held.store(), job.id)]:
        if time.monotonic() > until:
            raise JobError("error.forget.still_going", titles=[job.title for job in waiting])
        time.sleep(LOOK)
    return bool(going)


def carry_out(deletion: Deletion, *, by: Principal) -> Receipt:
    """Do everything that a deletion says, in an order in which nothing looks alive; again, to finish it."""
    store = held.store()
    for dataset_id in deletion.datasets:
        store.delete(datasets.folder(dataset_id) + datasets.RECORD)
    held.drop_tables(deletion.datasets, deletion.fingerprints)
    deletion = with_latecomers(deletion, by=by)
    for run_id in (*deletion.runs, *deletion.batches):
        runs.remove(run_id)
    for name, version in deletion.models:
        let_go(name, version, deletion, by=by)
    for upload in deletion.uploads:
        upload_store.release(store, upload)
    left = datasets.everything(store)
    datasets.remove_profiles(store, {*deletion.fingerprints} - {one.fingerprint for one in left})
    for dataset_id in deletion.datasets:
        datasets.remove(store, datasets.folder(dataset_id))
    if all(one.family != deletion.family for one in left):
        datasets.remove(store, f"{datasets.FAMILIES}{deletion.family}/")
    receipt = receipt_of(deletion)
    tell(deletion, receipt, by=by)
    done(deletion)
    return receipt


def with_latecomers(deletion: Deletion, *, by: Principal) -> Deletion:
    """Add what was made from the dataset until its records were gone, and note it before it is touched."""
    made = list(made_from(set(deletion.datasets), set(deletion.uploads)))
    stopped(made, by=by)
    models, others = holding(set(deletion.fingerprints), set(deletion.datasets), by=by)
    more = replace(
        deletion,
        models=joined(deletion.models, ((m.name, m.version) for m in models)),
        kept=joined(deletion.kept, ((m.name, m.version) for m in others)),
        runs=joined(deletion.runs, (job.id for job in made if job.kind != BATCH)),
        batches=joined(deletion.batches, (job.id for job in made if job.kind == BATCH)),
    )
    if more != deletion:
        note(more)
    return more


def joined(known: tuple[Any, ...], more: Iterable[Any]) -> tuple[Any, ...]:
    """Return what is known, with what is new behind it."""
    return tuple(dict.fromkeys([*known, *more]))


def let_go(name: str, version: str, deletion: Deletion, *, by: Principal) -> None:
    """Delete a version of a model or replace it, as the person chose; where that was begun before, finish it."""
    registry = held.registry()
    try:
        record = registry.resolve(f"{name}@{version}")
    except ModelNotFound:
        registry.finish(name, version, by=by)
    else:
        if deletion.choice == "replace" and is_replaceable(record):
            put_in_place(record, deletion, by=by)
        else:
            registry.delete(record, by=by)
    held.drop_model(name, version)


def put_in_place(record: ModelRecord, deletion: Deletion, *, by: Principal) -> None:
    """Replace a version of a model by one without its rows; one that was made before an interruption will do."""
    registry = held.registry()
    if registry.replacement(record.name, record.version):
        registry.finish(record.name, record.version, by=by)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        model = read(registry.folder(record), verify=False)
        without_rows(model, folder, now=datetime.now(UTC), training=training(record.fingerprint, deletion))
        registry.replace(record, folder, by=by)


def training(fingerprint: str, deletion: Deletion) -> pl.DataFrame | None:
    """Return the rows a model was trained on, for the last time, to count labels by; None where they are gone."""
    dataset_id = deletion.datasets[deletion.fingerprints.index(fingerprint)]
    try:
        return datasets.rows(held.store(), dataset_id)
    except DatasetNotFound:
        return None


def receipt_of(deletion: Deletion) -> Receipt:
    """Say what is gone, whichever call did it."""
    registry = held.registry()
    instead = {(n, v): registry.replacement(n, v) for n, v in deletion.models}
    names = dict.fromkeys(name for name, _ in deletion.models)
    return Receipt(
        name=deletion.name,
        owner=deletion.owner,
        at=deletion.at,
        versions=len(deletion.datasets),
        rows=deletion.rows,
        models_deleted=tuple(f"{n}@{v}" for (n, v), new in instead.items() if new is None),
        models_replaced=tuple((f"{n}@{v}", f"{n}@{new}") for (n, v), new in instead.items() if new),
        without_champion=tuple(name for name in names if registry.is_vacant(name)),
        runs=len(deletion.runs),
        batches=len(deletion.batches),
        uploads=len(deletion.uploads),
    )


def tell(deletion: Deletion, receipt: Receipt, *, by: Principal) -> None:
    """Write the audit line: names and counts."""
    audit.record(
        "dataset_deleted",
        by,
        dataset=deletion.id,
        name=deletion.name,
        versions=list(deletion.datasets),
        models_deleted=list(receipt.models_deleted),
        models_replaced=[list(pair) for pair in receipt.models_replaced],
        runs=receipt.runs,
        batches=receipt.batches,
        uploads=receipt.uploads,
    )
