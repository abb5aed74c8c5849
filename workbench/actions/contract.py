"""The data contract: of a dataset, of a model, of a file; the bounds an analyst sets; the contract as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from workbench.actions import agreement, audit, datasets, held, predict
from workbench.actions.agreement import Agreement
from workbench.actions.datasets import UNKEPT
from workbench.actions.sources import Source
from workbench.bundle import Bundle
from workbench.data import Dataset, Roles, Signature, contract_files, decisions
from workbench.data import bounds as kept
from workbench.data import datasets as tables
from workbench.data.bounds import Bounds
from workbench.data.contract import Contract
from workbench.data.decisions import Decision
from workbench.errors import AccessDenied, BundleError, ColumnNotFound, ColumnsNotFound, DataError
from workbench.principal import Principal

FORMATS = ("yaml", "pandera", "json")


def of_dataset(dataset_id: str, *, by: Principal) -> Contract:
    """Return the contract of a dataset as its roles, bounds and decisions make it now.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    dataset = datasets.get(dataset_id, by=by)
    agreed = Agreement(dataset.name) if dataset_id.startswith(UNKEPT) else agreement.of_dataset(dataset)
    return agreed.contract(seen(dataset), dataset.frame, dataset.roles, rows=dataset.rows, fingerprint=dataset.fingerprint)


def seen(dataset: Dataset) -> Signature:
    """Return the fields of a table that is learned from, kept by content: a wide one takes a second."""
    names = dataset.features
    found: Signature = held.profiles.get(("fields", dataset.fingerprint, names), lambda: Signature.of(dataset.frame, names))
    return found


def of_model(reference: str, *, by: Principal) -> Contract:
    """Return the contract that a registered model holds, or a bundle of this machine for the command line.

    Raises
    ------
    ModelNotFound
        Names the closest models.
    """
    return of_bundle(predict.named_bundle(reference, by=by))


def of_bundle(model: Bundle) -> Contract:
    """Return the contract of a bundle; of one that is older than the document, what it says all the same.

    Raises
    ------
    BundleError
        If the document is none of ours.
    """
    if "columns" in model.contract:
        try:
            return Contract.from_dict(model.contract)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise BundleError("error.bundle.unreadable", file="contract.json") from problem
    manifest, known = model.manifest, Roles.from_dict(model.contract.get("roles") or {})
    plan = manifest.plan
    roles = replace(
        known, target=manifest.target, group=plan.get("group"), group_part=plan.get("group_part"), time=plan.get("time")
    )
    target = {"column": manifest.target, "kind": "category" if manifest.labels else "number", "event": manifest.event}
    names = [*model.signature.names, *(name for name in (*roles.aside(), roles.group) if name)]
    return Contract.of(
        model.signature.fields,
        columns=list(dict.fromkeys(names)),
        roles=roles,
        bounds={},
        table={"name": manifest.name, "rows": manifest.rows, "fingerprint": manifest.fingerprint},
        target={**target, "labels": [*manifest.labels] or None, "range": None},
    )


def of_source(source: Source, target: str, *, event: str | None = None, by: Principal) -> Contract:
    """Return the contract of a table that is not stored, for the command line.

    Raises
    ------
    ColumnNotFound
        If the target is not in the table.
    """
    by.require("viewer")
    frame = source.reading.frame
    if target not in frame.columns:
        raise ColumnNotFound(target, frame.columns)
    roles = replace(source.roles, target=target, event=event or source.roles.event)
    made = tables.make(source.reading, name=source.name, owner=by.who, roles=roles)
    return Agreement(source.name).contract(seen(made), frame, roles, rows=made.rows, fingerprint=made.fingerprint)


def bounds(dataset_id: str, *, by: Principal) -> dict[str, Bounds]:
    """Return what an analyst allowed in the columns of a dataset, by column; columns without are absent.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    known = datasets.record(dataset_id, by=by)
    return {} if dataset_id.startswith(UNKEPT) else kept.load(held.store(), known.id)


def set_bounds(dataset_id: str, wanted: Mapping[str, Bounds], *, by: Principal) -> dict[str, Bounds]:
    """Say what is allowed in columns of a dataset; those of other columns stay, and `Bounds()` allows everything again.

    Returns
    -------
    dict
        What changed, by column. It is kept as a decision, with who and when.

    Raises
    ------
    ColumnNotFound
        If a column is not in the table.
    DataError
        If bounds cannot be, such as a smallest value above the largest; names every column.
    AccessDenied
        For who may not change this dataset.
    """
    audit.allow_change(by)
    if dataset_id.startswith(UNKEPT):
        raise AccessDenied("error.demo_only")
    known = tables.owned(datasets.record(dataset_id, by=by), by)
    if missing := [name for name in wanted if name not in known.columns]:
        raise ColumnNotFound(missing[0], known.columns) if len(missing) == 1 else ColumnsNotFound(missing, known.columns)
    kept.must_fit(wanted, known.kinds)
    news = kept.change(held.store(), known.id, wanted)
    if news:
        detail = {name: one.to_dict() for name, one in news.items()}
        made = Decision("bounds", "", tuple(news), "", by.who, datetime.now(UTC), detail)
        decisions.add(held.store(), known.id, made)
        audit.record("bounds_set", by, dataset=dataset_id, columns=[*news])
    return news


def yaml(dataset_id: str, *, by: Principal) -> str:
    """Return a dataset's contract as YAML, for people."""
    return contract_files.for_people(of_dataset(dataset_id, by=by))


def pandera(dataset_id: str, *, by: Principal) -> str:
    """Return a dataset's contract as a schema that pandera reads, for programs."""
    return contract_files.to_pandera(of_dataset(dataset_id, by=by))


def written(contract: Contract, form: str, *, by: Principal) -> str:
    """Return a contract as text: ``yaml``, ``pandera`` or ``json``.

    Raises
    ------
    DataError
        If there is no such form.
    """
    by.require("viewer")
    if form not in FORMATS:
        raise DataError("error.contract.form", form=form, known=[*FORMATS])
    if form == "json":
        return json.dumps(contract.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return contract_files.for_people(contract) if form == "yaml" else contract_files.to_pandera(contract)
