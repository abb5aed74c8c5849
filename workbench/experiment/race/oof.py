"""What models that had not seen a row said about it: the out-of-fold predictions of one candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Oof:
    """The predictions of one candidate, each row's by the model of the fold that judged it."""

    rows: np.ndarray
    """Which rows of the dataset, counted from 0 in its order; rows without a target and the hold-out's are not among them."""
    y: np.ndarray
    """Class codes (binary: 1 is the event), or numbers."""
    prediction: np.ndarray
    """The predicted class codes, or numbers."""
    probabilities: np.ndarray | None
    """One column for each class code; None for numbers and for models without probabilities."""
    fold: np.ndarray
    """The fold, counted from 0, that judged each row."""
    score: np.ndarray | None = None
    """The decision function of a model without probabilities."""
