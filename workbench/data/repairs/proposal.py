"""A repair that a table seems to need: where, how often, what it would change and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.data.repairs.repair import Repair
from workbench.words import Text


@dataclass(frozen=True)
class Proposal:
    """A repair that a table seems to need; a person accepts or refuses it."""

    repair: Repair
    cells: int
    """How many cells it changes, after the repairs of this column that come before it."""
    rows: int
    """How many cells of the column are filled."""
    examples: tuple[tuple[str, str | None], ...]
    """Up to three cells before and after this rule, the most frequent first."""
    why: Text
    recommended: bool
    """Whether it does good and no harm; the others may, and are for the person to judge."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same proposal."""
        return {
            "repair": self.repair.to_dict(),
            "cells": self.cells,
            "rows": self.rows,
            "examples": [list(example) for example in self.examples],
            "why": self.why.to_dict(),
            "recommended": self.recommended,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Proposal:
        """Return the proposal that `to_dict` described."""
        return cls(
            repair=Repair.from_dict(data["repair"]),
            cells=data["cells"],
            rows=data["rows"],
            examples=tuple((before, after) for before, after in data["examples"]),
            why=Text.from_dict(data["why"]),
            recommended=data["recommended"],
        )
