"""The best model of a comparison as a bundle in the registry."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from workbench import bundle
from workbench.actions import agreement, audit, held
from workbench.actions.agreement import NOTHING_AGREED, Agreement
from workbench.actions.datasets import UNKEPT
from workbench.data import Dataset, Roles, Signature
from workbench.data import datasets as tables
from workbench.data.repairs import Repairs
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.principal import Principal
from workbench.registry import ModelRecord

UNREPAIRED = Repairs()


def keep_of(dataset: Dataset, compared: Comparison, *, by: Principal) -> ModelRecord | None:
    """Register the best model of a comparison on a dataset, with all that was agreed about it.

    Raises
    ------
    DatasetNotFound
        If the table was deleted meanwhile: no model may keep rows of it.
    """
    is_sample = dataset.id.startswith(UNKEPT)
    if not is_sample:  # the store itself is asked, and it knows of no sample, which nobody can delete
        tables.record(held.store(), dataset.id, by=by)
    return keep(
        compared,
        dataset.frame,
        fingerprint=dataset.fingerprint,
        roles=dataset.roles,
        repairs=dataset.repairs,
        by=by,
        sample=dataset.source.get("sample") if is_sample else None,
        agreed=agreement.of_dataset(dataset),
    )


def keep(
    compared: Comparison,
    frame: pl.DataFrame,
    *,
    fingerprint: str,
    roles: Roles,
    repairs: Repairs,
    by: Principal,
    sample: str | None = None,
    agreed: Agreement = NOTHING_AGREED,
) -> ModelRecord | None:
    """Write the best model as a bundle and register it; nothing where no candidate finished."""
    if compared.fitted is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        write_bundle(
            folder, compared, frame, fingerprint=fingerprint, roles=roles, repairs=repairs, sample=sample, agreed=agreed
        )
        record = held.registry().add(folder, by=by)
    audit.record("model_registered", by, model=record.name, version=record.version)
    return record


def write_bundle(
    folder: Path,
    compared: Comparison,
    frame: pl.DataFrame,
    *,
    fingerprint: str,
    roles: Roles,
    repairs: Repairs = UNREPAIRED,
    sample: str | None = None,
    agreed: Agreement = NOTHING_AGREED,
) -> bundle.Manifest:
    """Write the best model of a comparison into a folder, with what was agreed about the rows it takes."""
    plan, fitted = compared.plan, compared.fitted
    assert fitted is not None
    known = frame.filter(pl.col(plan.target).is_not_null())
    features = list(compared.features)
    signature = with_units(Signature.of(known, features), roles)
    return bundle.write(
        folder,
        fitted=fitted,
        frame=known.select([*features, plan.target]),
        signature=agreed.obeyed(signature),
        name=plan.name,
        plan=plan.to_dict(),
        fingerprint=fingerprint,
        sample=sample,
        now=datetime.now(UTC),
        roles=roles.to_dict(),
        repairs=repairs,
        contract=agreed.document(signature, frame, plan_roles(plan, roles), rows=known.height, fingerprint=fingerprint),
    )


def plan_roles(plan: Plan, roles: Roles) -> Roles:
    """Return the roles as the plan had them: it may have another target or split, and leave out more."""
    ignored = tuple(name for name in plan.ignore if name not in roles.aside())
    return replace(
        roles,
        target=plan.target,
        event=plan.event,
        group=plan.group,
        group_part=plan.group_part,
        time=plan.time,
        exclude=(*roles.exclude, *ignored),
    )


def with_units(signature: Signature, roles: Roles) -> Signature:
    """Give the fields of a signature the units that the analyst wrote."""
    return Signature(tuple(replace(field, unit=roles.unit.get(field.name)) for field in signature.fields))
