"""Every check there is, in the order of its code."""

from __future__ import annotations

from workbench.checks.arrival import NewData
from workbench.checks.check import Check
from workbench.checks.columns import Constant, DisguisedMissing, DuplicateColumn, IdLike, NearConstant
from workbench.checks.leaks import ExactLeak, KnownLater, Leak, MissingnessLeak
from workbench.checks.relations import RepeatedEntity, TimeOrder
from workbench.checks.rows import DuplicateRows
from workbench.checks.target import RareClass, TargetMissing

CHECKS: tuple[Check, ...] = (
    Constant(),
    NearConstant(),
    IdLike(),
    DuplicateColumn(),
    DisguisedMissing(),
    DuplicateRows(),
    TargetMissing(),
    RareClass(),
    Leak(),
    MissingnessLeak(),
    ExactLeak(),
    KnownLater(),
    RepeatedEntity(),
    TimeOrder(),
    NewData(),
)
