"""The one way from rows to predictions, with what cannot be trusted marked; and whole files of them.

The names below are loaded when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.predict.batch import score
    from workbench.predict.predictions import Predictions
    from workbench.predict.predictor import Predictor
    from workbench.predict.report import BatchReport
    from workbench.predict.workbook import template

__all__ = ["BatchReport", "Predictions", "Predictor", "score", "template"]

HOMES = {
    "BatchReport": "report",
    "Predictions": "predictions",
    "Predictor": "predictor",
    "score": "batch",
    "template": "workbook",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"workbench.predict.{HOMES[name]}"), name)
