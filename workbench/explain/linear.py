"""Effects of a linear model: each coefficient times the distance from the background's mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.explain.margins import Margins


class LinearForm:
    """A model with coefficients, seen from the middle of its background.

    Parameters
    ----------
    model : estimator
        Anything with ``coef_`` and ``intercept_``.
    background : numpy.ndarray
        Prepared rows whose mean is where every effect is zero.

    Notes
    -----
    These are exact Shapley values as long as columns are switched independently of each other.
    """

    def __init__(self, model: Any, background: np.ndarray) -> None:
        coefficients = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
        if coefficients.shape[1] != background.shape[1]:
            coefficients = coefficients.T  # partial least squares keeps them the other way round
        self.coefficients = coefficients.T
        self.middle = background.mean(axis=0, dtype=np.float64)
        self.base = self.middle @ self.coefficients + np.ravel(model.intercept_)

    def margins(self, matrix: np.ndarray) -> Margins:
        """Return the effects for prepared rows."""
        distance = matrix.astype(np.float64) - self.middle
        return Margins(distance[:, :, None] * self.coefficients[None, :, :], self.base)


def is_linear(model: Any) -> bool:
    """Tell whether a model has coefficients for its columns."""
    return hasattr(model, "coef_") and hasattr(model, "intercept_")
