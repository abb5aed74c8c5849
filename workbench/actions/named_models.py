"""What the command line asks of a model it names: one of the registry, or a bundle of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.actions import models, predict
from workbench.actions.local_bundles import local_bundle
from workbench.predict import workbook
from workbench.principal import Principal
from workbench.words import Lang


def show(reference: str, *, by: Principal) -> dict[str, Any]:
    """Return everything about a model that a person may want to read."""
    if made := local_bundle(reference):
        return models.about(made, card=(made.folder / "card.md").read_text(encoding="utf-8"))
    return models.show(reference, by=by)


def verify(reference: str, *, by: Principal) -> dict[str, Any]:
    """Read a model from its files: hashes, trusted types and golden rows.

    Raises
    ------
    BundleError
        Says what does not hold.
    """
    if made := local_bundle(reference):
        return {"model": made.reference, "golden_rows": made.golden.height, "verified": True}
    return models.verify(reference, by=by)


def template(reference: str, out: Path, *, by: Principal, lang: Lang) -> Path:
    """Write the workbook that a person fills in to get predictions."""
    return workbook.template(predict.named_bundle(reference, by=by).signature, out, lang=lang)
