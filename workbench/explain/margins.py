"""Effects in a model's own margin, before its link makes probabilities or target units of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Margins:
    """Effects of every prepared column for some rows; base + sum of effects is the model's margin."""

    values: np.ndarray
    """(rows, columns, outputs)"""
    base: np.ndarray
    """(outputs,)"""

    @property
    def total(self) -> np.ndarray:
        """Return the margin itself, (rows, outputs)."""
        return self.base + self.values.sum(axis=1)


class Form(Protocol):
    """A shape of model whose margin splits exactly into effects of its columns."""

    def margins(self, matrix: np.ndarray) -> Margins:
        """Return the effects for prepared rows."""
        ...
