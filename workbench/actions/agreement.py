"""What was agreed about a dataset, as a comparison takes it along into the model it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from workbench.actions import held
from workbench.data import DatasetRecord, Roles, Signature, bounds, decisions
from workbench.data.bounds import Bounds
from workbench.data.contract import Contract, goal
from workbench.data.decisions import Decision
from workbench.data.repairs import Repairs


@dataclass(frozen=True)
class Agreement:
    """The bounds and decisions of a table; none of one that is not stored."""

    name: str | None = None
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    """What a person decided instead of the reader."""
    repairs: Repairs = field(default_factory=Repairs)
    """Of all columns: those of the target and the split are no part of what a model does to new rows."""

    def obeyed(self, signature: Signature) -> Signature:
        """Return a signature that obeys the bounds."""
        return Signature(tuple(bounds.applied(one, self.bounds.get(one.name)) for one in signature.fields))

    def document(
        self, signature: Signature, frame: pl.DataFrame, roles: Roles, *, rows: int, fingerprint: str
    ) -> dict[str, Any]:
        """Return the contract of a model as plain data, and what it takes to make its table again."""
        recipe = {"reading": dict(self.reading), "repairs": self.repairs.to_list(), "rows": frame.height}
        return self.contract(signature, frame, roles, rows=rows, fingerprint=fingerprint).to_dict() | {"recipe": recipe}

    def contract(self, signature: Signature, frame: pl.DataFrame, roles: Roles, *, rows: int, fingerprint: str) -> Contract:
        """Return the contract of a table with the columns of a signature."""
        return Contract.of(
            signature.fields,
            columns=frame.columns,
            roles=roles,
            bounds=self.bounds,
            decisions=self.decisions,
            table={"name": self.name, "rows": rows, "fingerprint": fingerprint},
            target=None if roles.target is None else goal(frame.get_column(roles.target), roles.event),
        )


NOTHING_AGREED = Agreement()


def of_dataset(known: DatasetRecord) -> Agreement:
    """Return what was agreed about a dataset that is stored."""
    store = held.store()
    return Agreement(
        known.name,
        bounds.load(store, known.id),
        decisions.load(store, known.id),
        reading=known.settings,
        repairs=known.repairs,
    )
