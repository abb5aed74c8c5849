"""Effects of tree models, path dependent: LightGBM's own contributions, and SHAP's for scikit-learn's trees."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np

from workbench.explain.margins import Form, Margins

TREES = ("DecisionTree", "ExtraTree", "RandomForest", "ExtraTrees", "GradientBoosting", "HistGradientBoosting")
TREE_NAMES = frozenset(name + kind for name in TREES for kind in ("Classifier", "Regressor"))
# Starting OpenMP's threads costs more than a few rows' contributions.
ROWS_WORTH_THREADS = 256


class BoosterForm:
    """LightGBM, through the contributions it computes itself.

    Parameters
    ----------
    booster : lightgbm.Booster
        The fitted booster.
    """

    def __init__(self, booster: Any) -> None:
        self.booster = booster

    def margins(self, matrix: np.ndarray) -> Margins:
        """Return the effects for prepared rows."""
        # float32 rows would move effects by 0.02: contributions want the values the splits were found on
        rows = np.ascontiguousarray(matrix, dtype=np.float64)
        threads = {} if len(rows) >= ROWS_WORTH_THREADS else {"num_threads": 1}
        flat = np.asarray(self.booster.predict(rows, pred_contrib=True, **threads))
        blocks = flat.reshape(len(rows), -1, rows.shape[1] + 1)
        return Margins(blocks[:, :, :-1].transpose(0, 2, 1), blocks[0, :, -1])


class ShapForm:
    """scikit-learn's trees and forests, through shap's path dependent explainer.

    Parameters
    ----------
    model : estimator
        A fitted tree, forest or boosted trees.
    """

    def __init__(self, model: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # shap's imports warn about other people's libraries
            import shap

            self.explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
        self.base = np.ravel(np.asarray(self.explainer.expected_value, dtype=np.float64))
        self.lock = threading.Lock()  # the explainer keeps state between its steps

    def margins(self, matrix: np.ndarray) -> Margins:
        """Return the effects for prepared rows."""
        rows = np.ascontiguousarray(matrix, dtype=np.float64)
        with self.lock:
            values = np.asarray(self.explainer.shap_values(rows, check_additivity=False))
        return Margins(values.reshape(len(rows), rows.shape[1], -1), self.base)


def tree_form(model: Any) -> Form | None:
    """Return how a tree model's effects are found, or None for other models.

    Raises
    ------
    Exception
        Whatever shap says about a tree model it cannot read.
    """
    if type(model).__module__.startswith("lightgbm"):
        return BoosterForm(model.booster_)
    if type(model).__module__.startswith("sklearn.") and type(model).__name__ in TREE_NAMES:
        return ShapForm(model)
    return None
