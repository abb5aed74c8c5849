"""From a model's margin to what a person reads: probability points or target units that add up exactly.

Every effect is integrated along the straight path from the base to the row, so a column that pushes the margin up pushes the
probability up (two classes), and what the columns share is split in proportion to what they contribute along the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit, softmax

from workbench.explain.margins import Margins

# Below this distance the secant is lost in rounding and the slope in the middle is as good.
SHORT = 1e-6
# A panel of sixteen nodes follows classes that change place as long as margins move by no more than this within it.
STEP = 8.0
# Rows whose margins move further than all of these panels keep a rest, which `settle` spreads.
MOST_PANELS = 1024
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


class Link(Protocol):
    """What turns margins into outputs."""

    def outputs(self, margins: np.ndarray) -> np.ndarray:
        """Return the outputs of some margins, both (rows, outputs)."""
        ...

    def points(self, margins: Margins, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return effects (rows, columns) and base (rows,) in units of each row's chosen output."""
        ...


@dataclass(frozen=True)
class Curve:
    """A link that bends each margin on its own: none at all, logistic, exponential."""

    function: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]

    def outputs(self, margins: np.ndarray) -> np.ndarray:
        """Return the outputs of some margins."""
        return self.function(margins)

    def points(self, margins: Margins, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Stretch each row's effects by one factor: the integral is the secant."""
        values = margins.values[np.arange(len(column)), :, column]
        start = margins.base[column]
        total = values.sum(axis=1)
        base = self.function(start)
        short = np.abs(total) < SHORT
        secant = (self.function(start + total) - base) / np.where(short, 1.0, total)
        factor = np.where(short, self.slope(start + total / 2), secant)
        return values * factor[:, None], base


@dataclass(frozen=True)
class Shares:
    """A link whose outputs share one total: softmax, or one-versus-rest made to add up."""

    function: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """(margins, chosen output) to the chosen output's derivative by every margin, both (rows, outputs)"""

    def outputs(self, margins: np.ndarray) -> np.ndarray:
        """Return the outputs of some margins."""
        return self.function(margins)

    def points(self, margins: Margins, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Integrate the gradient along the path with Gauss-Legendre nodes, more of them for longer paths."""
        total = margins.values.sum(axis=1)
        span = np.ptp(total, axis=1)
        panels = np.clip(2 ** np.ceil(np.log2(np.maximum(span / STEP, 1.0))), 4, MOST_PANELS).astype(int)
        weights = np.empty_like(total)
        for count in np.unique(panels):
            rows = panels == count
            weights[rows] = self.mean_gradient(margins.base, total[rows], column[rows], int(count))
        start = np.broadcast_to(margins.base, total.shape)
        return np.einsum("nmk,nk->nm", margins.values, weights), chosen(self.function(start), column)

    def mean_gradient(self, base: np.ndarray, total: np.ndarray, column: np.ndarray, panels: int) -> np.ndarray:
        """Return the gradient's mean over the path, (rows, outputs)."""
        found = np.zeros_like(total)
        for panel in range(panels):
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                place = (panel + (node + 1) / 2) / panels
                found += weight / (2 * panels) * self.gradient(base + place * total, column)
        return found


def chosen(values: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return each row's value in its chosen column."""
    return values[np.arange(len(column)), column]


def softmax_gradient(margins: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the derivative of each row's chosen probability by every margin."""
    shares = softmax(margins, axis=1)
    mine = chosen(shares, column)[:, None]
    hit = np.arange(margins.shape[1]) == column[:, None]
    return mine * (hit - shares)


def rest_shares(margins: np.ndarray) -> np.ndarray:
    """Return one-versus-rest probabilities made to add up to one."""
    each = expit(margins)
    return each / each.sum(axis=1, keepdims=True)


def rest_gradient(margins: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the derivative of each row's chosen share by every margin."""
    each = expit(margins)
    whole = each.sum(axis=1, keepdims=True)
    mine = chosen(each, column)[:, None] / whole
    hit = np.arange(margins.shape[1]) == column[:, None]
    return (hit - mine) * each * (1 - each) / whole


def logistic_slope(margin: np.ndarray) -> np.ndarray:
    """Return the slope of the logistic curve."""
    return expit(margin) * expit(-margin)


NONE = Curve(lambda margin: margin, np.ones_like)
LOGISTIC = Curve(expit, logistic_slope)
EXPONENTIAL = Curve(np.exp, np.exp)
SOFTMAX = Shares(lambda margins: softmax(margins, axis=1), softmax_gradient)
REST = Shares(rest_shares, rest_gradient)


def settle(effects: np.ndarray, base: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Spread what is left by rounding over a row's effects, in proportion to their size.

    Returns
    -------
    numpy.ndarray
        Effects that add up to ``output - base``; rows without any effect stay as they are.
    """
    rest = output - base - effects.sum(axis=1)
    size = np.abs(effects)
    whole = size.sum(axis=1, keepdims=True)
    share = np.divide(size, whole, out=np.zeros_like(size), where=whole > 0)
    return effects + rest[:, None] * share
