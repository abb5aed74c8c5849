"""From a file to a dataset, and from there to its next version: at once, or as a run where the file is large."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import polars as pl

from workbench import jobs
from workbench.actions import audit, held, shelf, sources
from workbench.data import Dataset, DatasetRecord, bounds, datasets, decisions
from workbench.data import uploads as upload_store
from workbench.data.repairs import Proposal, Repair, Repairs, propose
from workbench.errors import ColumnNotFound, ColumnsNotFound, DataError, StoreError, UploadConflict, UploadNotFound
from workbench.jobs import Recorder
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Text

KIND = LANE = "read"
Made = tuple[Literal["dataset", "run"], str]
Told = Callable[[float, Text], None]
# From these sizes on a child reads the file: what is packed holds several times what it weighs.
LARGE, LARGE_PACKED = 10_000_000, 5_000_000
# How Excel workbooks and archives, old workbooks, gzip, Parquet and Feather begin.
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1", b"ARROW1")
# What part of the way each stage begins at; reading is the longest.
FETCHING, READING, REPAIRING, SAVING = 0.0, 0.1, 0.7, 0.85


@dataclass(frozen=True)
class Work:
    """A table as it was read and repaired, with what is kept beside it."""

    dataset: Dataset
    offered: list[Proposal]
    misfits: pl.DataFrame
    columns: tuple[str, ...]
    """As they were read."""


def quietly(fraction: float, note: Text) -> None:
    """Tell nobody: who asked is waiting for the answer."""


def open_upload(upload_id: str, *, by: Principal, settings: Mapping[str, Any]) -> Made:
    """Make a dataset of a whole upload: at once where it is small, as a run where it is large.

    Parameters
    ----------
    upload_id : str
        The file.
    by : Principal
        Who sent it; an analyst.
    settings : mapping
        What they decided instead of the reader: `sheet`, `encoding`, `header`, `delimiter`.

    Returns
    -------
    tuple of str
        `("dataset", id)`, or `("run", id)` whose result will name the dataset.

    Raises
    ------
    UploadNotFound
        If there is no such upload of this person.
    UploadConflict
        If it is not whole yet.
    DataError
        If it holds no table, or a setting is not one.
    """
    audit.allow_change(by)
    wanted = sources.decided(settings)
    there, size = upload_store.offset(held.store(), upload_id, owner=by.who)
    if there < size:
        raise UploadConflict("error.data.upload_incomplete", offset=there, size=size)
    if not is_large(upload_id, size):
        return "dataset", of_source({"upload": upload_id}, by=by, settings=wanted)
    name = str(upload_store.info(held.store(), upload_id, owner=by.who)["name"])
    return "run", start({"upload": upload_id, "settings": wanted}, title=name, by=by)


def from_upload(
    upload_id: str,
    *,
    by: Principal,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
    delimiter: str | None = None,
) -> str:
    """Read a whole upload into a dataset at once and return its id; the file stays as the dataset's source."""
    audit.allow_change(by)
    wanted = sources.decided({"sheet": sheet, "encoding": encoding, "header": header, "delimiter": delimiter})
    return of_source({"upload": upload_id}, by=by, settings=wanted)


def is_large(upload_id: str, size: int) -> bool:
    """Tell whether a file is read in a child: by its size, and by what it is."""
    if not LARGE_PACKED <= size < LARGE:
        return size >= LARGE
    first = next(upload_store.chunks(held.store(), upload_id), None)
    return first is not None and held.store().get(first.object, end=8).startswith(PACKED)


def of_source(
    source: Mapping[str, str], *, by: Principal, settings: Mapping[str, Any] | None = None, told: Told = quietly
) -> str:
    """Make the first version of a dataset and return its id."""
    return keep(read(source, by=by, settings=settings or {}, repairs=Repairs(), told=told), by=by, told=told)


def read(source: Mapping[str, str], *, by: Principal, settings: Mapping[str, Any], repairs: Repairs, told: Told) -> Work:
    """Read a source, look for repairs, and make those that were accepted."""
    as_written = [step.column for step in repairs.steps if step.rule == "type" and step.options.get("kind") == "text"]
    told(FETCHING, Text("reading.stage.fetching"))

    def progress(fraction: float) -> None:
        told(READING + fraction * (REPAIRING - READING), Text("reading.stage.reading"))

    found = sources.reopen(source, by=by, text=as_written, progress=progress, **settings)
    told(REPAIRING, Text("reading.stage.repairing"))
    offered = propose(found.reading.frame)
    made = datasets.make(
        found.reading,
        name=found.name,
        owner=by.who,
        roles=found.roles,
        repairs=repairs,
        source=source,
        settings=settings,
    )
    return Work(made, offered, found.reading.misfits, tuple(found.reading.frame.columns))


def keep(work: Work, *, by: Principal, told: Told = quietly) -> str:
    """Store a dataset and return its id; its source is kept first, so that no dataset is without it."""
    told(SAVING, Text("reading.stage.saving"))
    made = work.dataset
    if upload := made.source.get("upload"):
        upload_store.keep(held.store(), upload, owner=by.who)
    datasets.save(held.store(), made, proposals=work.offered, misfits=work.misfits)
    shelf.let_go(made)
    size = {"rows": made.rows, "columns": len(made.columns)}
    if made.version == 1:
        audit.record("dataset_opened", by, dataset=made.id, **size)
    else:
        repairs = len(made.repairs.steps)
        audit.record("dataset_revised", by, dataset=made.id, family=made.family, version=made.version, repairs=repairs, **size)
    return made.id


def revise(
    dataset_id: str,
    *,
    by: Principal,
    settings: Mapping[str, Any] | None = None,
    repairs: Sequence[Repair] | None = None,
) -> str:
    """Read a dataset's source again into a new version and return its id; the old version stays.

    Parameters
    ----------
    dataset_id : str
        The version to begin from.
    by : Principal
        Its owner.
    settings : mapping, optional
        How it is to be read; as it was by default.
    repairs : sequence of Repair, optional
        What is to be repaired, types that were chosen included; as it was by default.

    Returns
    -------
    str
        The new version's id; the same one where nothing changes.

    Raises
    ------
    DataError
        If the source is gone, or cannot be read like this.
    ColumnNotFound
        If repairs name columns that are not there.
    """
    audit.allow_change(by)
    known = revisable(dataset_id, by=by)
    wanted = None if settings is None else sources.decided(settings)
    return next_version(known, settings=wanted, repairs=None if repairs is None else Repairs.of(repairs), by=by)


def start_revision(
    dataset_id: str,
    *,
    by: Principal,
    settings: Mapping[str, Any] | None = None,
    repairs: Sequence[Repair] | None = None,
) -> Made:
    """Do what `revise` does: at once where the source is small, as a run where it is large.

    Returns
    -------
    tuple of str
        `("dataset", id)`, or `("run", id)` whose result will name the dataset.
    """
    audit.allow_change(by)
    known = revisable(dataset_id, by=by)
    upload = known.source.get("upload")
    if not upload or not is_large(upload, upload_store.offset(held.store(), upload, owner=by.who)[1]):
        return "dataset", revise(dataset_id, by=by, settings=settings, repairs=repairs)
    wanted = None if settings is None else sources.decided(settings)
    steps = None if repairs is None else Repairs.of(repairs).to_list()
    return "run", start({"dataset": dataset_id, "settings": wanted, "repairs": steps}, title=known.name, by=by)


def revisable(dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Return what is known of a dataset that somebody may change and whose source is there.

    Raises
    ------
    DataError
        If the source is gone: nothing but the table as it was read is left.
    """
    known = datasets.owned(shelf.find(dataset_id, by=by), by)
    try:
        if upload := known.source.get("upload"):
            upload_store.info(held.store(), upload, owner=known.owner)
    except UploadNotFound as problem:
        raise DataError("error.data.source_gone", name=known.name) from problem
    if not known.source:
        raise DataError("error.data.source_gone", name=known.name)
    return known


def next_version(
    known: DatasetRecord, *, settings: Mapping[str, Any] | None, repairs: Repairs | None, by: Principal, told: Told = quietly
) -> str:
    """Make the next version of a dataset, unless it would be what is there already."""
    how = known.settings if settings is None else settings
    steps = known.repairs if repairs is None else repairs
    work = read(known.source, by=by, settings=how, repairs=steps, told=told)
    if repairs is not None:
        check_columns(repairs, work.columns)
    for one in (known, datasets.last_of(held.store(), known.family)):
        if one and is_same(one, work.dataset):
            return one.id
    datasets.owned(datasets.find(held.store(), known.id), by)  # deleted meanwhile, it shall not come back
    number = datasets.take_number(held.store(), known.family, work.dataset.id)
    roles = datasets.carried(known.roles, work.dataset)
    decisions.carry(held.store(), known.id, work.dataset.id, work.dataset.columns)
    made = replace(work.dataset, name=known.name, family=known.family, version=number, roles=roles)
    bounds.carry(held.store(), known.id, made.id, made.kinds)
    return keep(replace(work, dataset=made), by=by, told=told)


def check_columns(repairs: Repairs, columns: Sequence[str]) -> None:
    """Refuse repairs of columns that are not there, and name all of them."""
    missing = [name for name in repairs.names if name not in columns]
    if missing:
        raise ColumnNotFound(missing[0], columns) if len(missing) == 1 else ColumnsNotFound(missing, columns)


def is_same(known: DatasetRecord, made: Dataset) -> bool:
    """Tell whether a new reading came to the same table by the same repairs."""
    return (known.fingerprint, known.repairs, known.reading) == (made.fingerprint, made.repairs, made.reading)


def start(spec: dict[str, Any], *, title: str, by: Principal) -> str:
    """Start a reading as a run in its own lane and return the run's id."""
    run = jobs.start(
        held.store(),
        kind=KIND,
        title=title,
        spec=spec | {"by": {"who": by.who, "kind": by.kind, "role": by.role}},
        by=by,
        environment=get_settings().environment(),
        lane=LANE,
    )
    audit.record("reading_started", by, run=run, **{key: spec[key] for key in ("upload", "dataset") if key in spec})
    return run


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Do the reading of a job, in its child process; a dataset is there when all of it is."""
    by = Principal(**spec["by"])
    if dataset_id := spec.get("dataset"):
        steps = None if spec["repairs"] is None else Repairs.from_list(spec["repairs"])
        known = revisable(dataset_id, by=by)
        made = next_version(known, settings=spec["settings"], repairs=steps, by=by, told=recorder.progress)
    else:
        made = of_source({"upload": spec["upload"]}, by=by, settings=spec["settings"], told=recorder.progress)
    with suppress(StoreError):
        datasets.sweep(held.store(), now=datetime.now(UTC))
    return {"dataset": made}
