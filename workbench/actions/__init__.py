"""The product's verbs: the one place where rooms meet, the role is checked and the audit line is written.

Each subject is a module (`actions.compare.start`) and is imported when it is first used, because the port has to open before
anything heavy is loaded.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.actions import (
        adoption,
        arrival,
        check_report,
        checks,
        compare,
        contract,
        datasets,
        decisions,
        diagnosis,
        diagnosis_report,
        difference,
        explain,
        explore,
        forget,
        holdouts,
        honest,
        label_rows,
        labels,
        leaderboards,
        learning,
        models,
        people,
        plan_choices,
        plan_said,
        predict,
        prepare,
        profile,
        recipes,
        rerun,
        roles,
        run_answer,
        run_log,
        runs,
        status,
        uploads,
        weak_spots,
    )

SUBJECTS = (
    "adoption",
    "arrival",
    "check_report",
    "checks",
    "compare",
    "contract",
    "datasets",
    "decisions",
    "diagnosis",
    "diagnosis_report",
    "difference",
    "explain",
    "explore",
    "forget",
    "holdouts",
    "honest",
    "label_rows",
    "labels",
    "leaderboards",
    "learning",
    "models",
    "people",
    "plan_choices",
    "plan_said",
    "predict",
    "prepare",
    "profile",
    "recipes",
    "rerun",
    "roles",
    "run_answer",
    "run_log",
    "runs",
    "status",
    "uploads",
    "weak_spots",
)

__all__ = [
    "adoption",
    "arrival",
    "check_report",
    "checks",
    "compare",
    "contract",
    "datasets",
    "decisions",
    "diagnosis",
    "diagnosis_report",
    "difference",
    "explain",
    "explore",
    "forget",
    "holdouts",
    "honest",
    "label_rows",
    "labels",
    "leaderboards",
    "learning",
    "models",
    "people",
    "plan_choices",
    "plan_said",
    "predict",
    "prepare",
    "profile",
    "recipes",
    "rerun",
    "roles",
    "run_answer",
    "run_log",
    "runs",
    "status",
    "uploads",
    "weak_spots",
]


def __getattr__(name: str) -> ModuleType:
    """Import a subject at its first use."""
    if name in SUBJECTS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
