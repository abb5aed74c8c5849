"""Can this table be trusted: one small class per check, run together, with the split and the exclusions they advise."""

from __future__ import annotations

from workbench.checks.check import Check, CheckReport, Failed, Finding, NotApplicable
from workbench.checks.gathering import Step
from workbench.checks.run import run

__all__ = ["Check", "CheckReport", "Failed", "Finding", "NotApplicable", "Step", "run"]
