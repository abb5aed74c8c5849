"""Models in the registry: list, show, schema, promote, export, import of a bundle, verify."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench import bundle as bundles
from workbench.actions import audit, held
from workbench.data import Field
from workbench.errors import BundleError
from workbench.principal import Principal
from workbench.registry import ModelRecord


def list(*, by: Principal) -> Sequence[ModelRecord]:  # noqa: A001 - the verb that the command line has too
    """List the champion of every model; those that ship come first."""
    by.require("viewer")
    return held.registry().list()


def shipped(*, by: Principal) -> Sequence[ModelRecord]:
    """List the models that come with the product, which are there even when the store cannot be reached."""
    by.require("viewer")
    return held.registry().shipped_models()


def versions(name: str, *, by: Principal) -> tuple[ModelRecord, ...]:
    """List every version of a model, newest first."""
    by.require("viewer")
    return tuple(held.registry().versions(name))


def registered(*, by: Principal) -> frozenset[str]:
    """Return the names under which models are registered, from one look at the store; those that ship are not among them."""
    by.require("viewer")
    return frozenset(held.registry().stored.names())


def resolve(reference: str, *, by: Principal) -> ModelRecord:
    """Return the record of ``NAME``, ``NAME@VERSION`` or ``NAME@ALIAS``.

    Raises
    ------
    ModelNotFound
        Names the closest models.
    """
    by.require("viewer")
    return held.registry().resolve(reference)


def line(record: ModelRecord) -> dict[str, Any]:
    """Return a model as lists show it (contract of `GET /api/v1/models`)."""
    return {
        "name": record.name,
        "version": record.version,
        "aliases": [*record.aliases],
        "task": str(record.task),
        "target": record.target,
    }


def show(reference: str, *, by: Principal) -> dict[str, Any]:
    """Return everything about one model that a person may want to read."""
    record = resolve(reference, by=by)
    card = (held.registry().folder(record) / "card.md").read_text(encoding="utf-8")
    return about(held.bundle(record), card=card, aliases=record.aliases)


def about(model: bundles.Bundle, *, card: str, aliases: Sequence[str] = ()) -> dict[str, Any]:
    """Return everything about a bundle, registered or not, that a person may want to read."""
    manifest = model.manifest
    return {
        "name": manifest.name,
        "version": manifest.version,
        "aliases": [*aliases],
        "task": str(manifest.task),
        "target": manifest.target,
        "metrics": manifest.metrics,
        "metrics_std": manifest.metrics_std,
        "holdout": manifest.holdout,
        "folds": manifest.folds,
        "sample": manifest.sample,
        "estimator": manifest.estimator,
        "rows": manifest.rows,
        "labels": [*manifest.labels],
        "event": manifest.event,
        "plan": manifest.plan,
        "created": manifest.created,
        "card": card,
    }


def schema(reference: str, *, by: Principal) -> dict[str, Any]:
    """Return what a row must look like; a row made of the examples can be predicted."""
    bundle = held.bundle(resolve(reference, by=by))
    columns = [column(f) for f in bundle.signature.fields]
    return {"columns": columns, "labels": [*bundle.manifest.labels]}


def column(field: Field) -> dict[str, Any]:
    """Return one field in the schema's form."""
    return {
        "name": field.name,
        "kind": field.kind,
        "required": field.required,
        "range": [*field.range] if field.range else None,
        "categories": [*field.categories] if field.categories else None,
        "unit": field.unit,
        "example": field.example,
        "limits": [*field.limits] if field.limits else None,
        "blank": field.blank,
        "strict": field.strict,
    }


def promote(name: str, version: str, *, by: Principal, alias: str = "champion") -> ModelRecord:
    """Give an alias to a version of a model."""
    audit.allow_change(by)
    record = held.registry().promote(name, version, alias=alias, by=by)
    audit.record("model_promoted", by, model=name, version=version, alias=alias)
    return record


def delete(reference: str, *, by: Principal) -> ModelRecord:
    """Delete one version of a model with everything it holds, and return what it was.

    If it was champion, none is: the name alone answers nobody before another version is promoted.

    Raises
    ------
    ModelNotFound
        If there is no such version.
    RegistryError
        If the model comes with the product.
    """
    audit.allow_change(by)
    record = held.registry().resolve(reference)
    held.registry().delete(record, by=by)
    held.drop_model(record.name, record.version)
    audit.record("model_deleted", by, model=record.name, version=record.version)
    return record


def export(reference: str, out: Path, *, by: Principal) -> Path:
    """Write a model as one zip file."""
    record = resolve(reference, by=by)
    bundles.pack(held.registry().folder(record), out)
    return out


def bring(path: Path, *, by: Principal) -> ModelRecord:
    """Register a bundle that was exported elsewhere, once it has been verified.

    Raises
    ------
    BundleError
        If it is damaged, of an unknown format, or holds types that are not trusted. A pickle is never opened.
    """
    audit.allow_change(by)
    if path.suffix.lower() in {".joblib", ".pkl", ".pickle"}:
        raise BundleError("error.models.pickle", path=path.name)
    with tempfile.TemporaryDirectory() as scratch:
        folder = path
        if path.is_file():
            folder = Path(scratch) / "bundle"
            bundles.unpack(path, folder)
        bundles.read(folder)
        record = held.registry().add(folder, by=by)
    audit.record("model_imported", by, model=record.name, version=record.version)
    return record


def verify(reference: str, *, by: Principal) -> dict[str, Any]:
    """Read a model again from its files: hashes, trusted types and golden rows.

    Raises
    ------
    BundleError
        Says what does not hold.
    """
    record = resolve(reference, by=by)
    checked = bundles.read(held.registry().folder(record), verify=True)
    return {"model": f"{record.name}@{record.version}", "golden_rows": checked.golden.height, "verified": True}
