"""Tables: open a sample, an upload or a file of the inbox, read and repair it again, give columns roles, share, delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import polars as pl

from workbench.actions import audit, held, reading, runs, shelf
from workbench.actions.reading import from_upload as from_upload
from workbench.actions.reading import open_upload as open_upload
from workbench.actions.reading import revise as revise
from workbench.actions.reading import start_revision as start_revision
from workbench.data import SAMPLES, Dataset, DatasetRecord, Roles, Sample, datasets, read_sample, sample
from workbench.data import uploads as upload_store
from workbench.data.repairs import Proposal, propose
from workbench.errors import AccessDenied, DataError, closest
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.store import Stat
from workbench.words import Lang, say

# A sample that is looked at without being kept: the id of a reader who may store nothing.
UNKEPT = "sample-"
# Where an operator or a pipeline puts files; nothing else of the store can be opened as a table.
INBOX = "inbox/"
MOST_LISTED = 1_000
MB = 1_000_000
# Runs that make what is kept of a table's content alone.
MADE_OF_CONTENT = ("profile", "checks")
MISFITS = {"line": pl.Int64, "problem": pl.String, "content": pl.String}


def samples(*, by: Principal) -> tuple[Sample, ...]:
    """Return the samples that ship."""
    by.require("viewer")
    return SAMPLES


def open_sample(name: str, *, by: Principal) -> str:
    """Open a sample and return its dataset's id; the same person opens the same one again."""
    chosen = sample(name)
    if not audit.may_change(by):
        return UNKEPT + chosen.name
    for known in mine(by=by):
        if known.source == {"sample": chosen.name}:
            return known.id
    return reading.of_source({"sample": chosen.name}, by=by)


def from_sample(name: str, *, by: Principal) -> Dataset:
    """Return a sample as a dataset that is not stored."""
    chosen = sample(name)
    return datasets.make(read_sample(name), name=chosen.name, owner=by.who, roles=chosen.roles, source={"sample": chosen.name})


def get(dataset_id: str, *, by: Principal) -> Dataset:
    """Return a dataset that this person may see.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    if dataset_id.startswith(UNKEPT):
        made: Dataset = held.tables.get(dataset_id, lambda: from_sample(dataset_id.removeprefix(UNKEPT), by=by))
        return replace(made, id=dataset_id, family=dataset_id, owner=by.who)
    return shelf.opened(dataset_id, by=by)


def record(dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Return what is known of a dataset that this person may see, without its rows.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    return get(dataset_id, by=by) if dataset_id.startswith(UNKEPT) else shelf.find(dataset_id, by=by)


def mine(*, by: Principal) -> list[DatasetRecord]:
    """List this person's datasets, each in its newest version, newest first."""
    return datasets.newest(known for known in shelf.listed() if known.owner == by.who)


def shared(*, by: Principal) -> list[DatasetRecord]:
    """List the datasets that others share, each in its newest version, newest first."""
    return datasets.newest(known for known in shelf.listed() if known.shared and known.owner != by.who)


def versions(dataset_id: str, *, by: Principal) -> list[DatasetRecord]:
    """List every version of a dataset, newest first.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    known = record(dataset_id, by=by)
    family = {one.id: one for one in shelf.listed() if one.family == known.family} | {known.id: known}
    return sorted(family.values(), key=lambda one: one.version, reverse=True)


def proposals(dataset_id: str, *, by: Principal) -> list[Proposal]:
    """Return what could be repaired in a table as it was read; what is accepted already stands in its record.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    known = record(dataset_id, by=by)
    if dataset_id.startswith(UNKEPT):
        return list(held.profiles.get(("proposals", known.fingerprint), lambda: propose(get(dataset_id, by=by).frame)))
    return list(held.profiles.get(("proposals", known.id), lambda: datasets.proposals(held.store(), known.id)))


def misfits(dataset_id: str, *, by: Principal) -> pl.DataFrame:
    """Return the rows of a file that did not fit its table: `line`, `problem` and `content`.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    known = record(dataset_id, by=by)
    found = datasets.misfits(held.store(), known.id) if known.reading.get("misfits") else None
    return pl.DataFrame(schema=MISFITS) if found is None else found


def misfits_file(dataset_id: str, lang: Lang, *, by: Principal) -> bytes:
    """Return the rows that did not fit as a CSV that Excel opens, with formulas disarmed."""
    from workbench.predict.formats import to_bytes  # with it comes what scores rows, which a child that reads has no use for

    found = misfits(dataset_id, by=by)
    problems = {code: say(f"reading.misfit.{code}", lang) for code in found["problem"].unique()}
    said = found.with_columns(pl.col("problem").replace(problems))
    return to_bytes(said.rename({name: say(f"reading.misfits.{name}", lang) for name in MISFITS}), "csv", lang)


def set_roles(dataset_id: str, roles: Roles, *, by: Principal, instead_of: Roles | None = None) -> None:
    """Give a dataset's columns their roles; where `instead_of` says what was seen before, nothing newer is overwritten.

    Raises
    ------
    ColumnNotFound
        If a role names a column that is not there.
    RolesChanged
        If somebody has saved other roles meanwhile; this process then knows them too.
    AccessDenied
        If the dataset is somebody else's and only shared.
    """
    audit.allow_change(by)
    if dataset_id.startswith(UNKEPT):
        raise AccessDenied("error.demo_only")
    known = shelf.find(dataset_id, by=by)
    try:
        datasets.set_roles(held.store(), dataset_id, roles, by=by, instead_of=instead_of)
    finally:
        shelf.let_go(known)
    audit.record("roles_set", by, dataset=dataset_id, target=roles.target)


def share(dataset_id: str, *, by: Principal, shared: bool) -> None:
    """Let everybody who is verified look at a dataset in all its versions, or nobody but its owner any more.

    Raises
    ------
    AccessDenied
        If the dataset is somebody else's.
    """
    audit.allow_change(by)
    if dataset_id.startswith(UNKEPT):
        raise AccessDenied("error.demo_only")
    shelf.let_go(datasets.share(held.store(), dataset_id, by=by, shared=shared, now=now()))
    audit.record("dataset_shared" if shared else "dataset_unshared", by, dataset=dataset_id)


def delete(dataset_id: str, *, by: Principal) -> None:
    """Delete one version of a dataset of this person; its file goes with the last version that was read from it.

    Raises
    ------
    AccessDenied
        If the dataset is somebody else's and only shared.
    """
    audit.allow_change(by)
    datasets.owned(datasets.find(held.store(), dataset_id), by)
    remove_profiling(dataset_id, by=by)
    known = datasets.delete(held.store(), dataset_id, by=by)
    remove_profiling(dataset_id, by=by)  # one that began meanwhile
    held.drop_tables([dataset_id], [known.fingerprint])
    audit.record("dataset_deleted", by, dataset=dataset_id)


def remove_profiling(dataset_id: str, *, by: Principal) -> None:
    """Stop and remove the runs that made a dataset's profiles and check reports: what they told quotes values."""
    # With them comes what loads models, which a child that reads has no use for.
    from workbench.actions import consequences, forget

    made = [job for job in consequences.made_from({dataset_id}, set()) if job.kind in MADE_OF_CONTENT]
    forget.stopped(made, by=by)
    for job in made:
        runs.remove(job.id)


def inbox(*, by: Principal) -> list[Stat]:
    """List the files that an operator or a pipeline put below `inbox/` of the store; nothing to who may not take one in."""
    if not audit.may_change(by):
        return []
    return list(islice((stat for stat in held.store().list(INBOX) if stat.size), MOST_LISTED))


def from_inbox(name: str, *, by: Principal) -> str:
    """Take a file of the inbox in as an upload and return the upload's id; the file stays where it is.

    Parameters
    ----------
    name : str
        As `inbox` lists it. Nothing else of the store can be named.
    by : Principal
        Who asks; an analyst.

    Raises
    ------
    DataError
        If the inbox has no such file.
    TooLarge
        If the file is over the limit.
    """
    audit.allow_change(by)
    store = held.store()
    known = {stat.name: stat for stat in store.list(INBOX)}
    if name not in known:
        raise DataError("error.source.not_in_inbox", name=name, hint=closest(name, sorted(known)))
    limit, size = get_settings().max_upload_mb * MB, known[name].size
    upload = upload_store.adopt(store, owner=by.who, name=name, blocks=store.stream(name), size=size, limit=limit)
    audit.record("inbox_taken", by, object=name, upload=upload)
    return upload


def now() -> datetime:
    """Return the moment: actions may look at the clock, rooms are given it."""
    return datetime.now(UTC)
