"""Why a model says what it says: effects of every original column, in probability points or the target's units.

The names below are loaded when first used: NumPy, Polars and Plotly cost more than a page without an explanation should pay.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.explain.charts import importance_chart, reasons_chart
    from workbench.explain.explainer import Effects, Explainer

__all__ = ["Effects", "Explainer", "importance_chart", "reasons_chart"]

HOMES = {"Effects": "explainer", "Explainer": "explainer", "importance_chart": "charts", "reasons_chart": "charts"}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"workbench.explain.{HOMES[name]}"), name)
