"""Every check there is, in the order of its code."""

from __future__ import annotations

from workbench.checks.arrival import NewData
from workbench.checks.check import Check
from workbench.checks.columns import Constant, DisguisedMissing, DuplicateColumn, IdLike, NearConstant
from workbench.checks.copies import NearDuplicateColumn
from workbench.checks.leaks import ExactLeak, KnownLater, Leak, MissingnessLeak
from workbench.checks.order import OrderCarriesTarget
from workbench.checks.ranges import FutureDate, ImpossibleRange
from workbench.checks.relations import RepeatedEntity, TimeOrder
from workbench.checks.rows import ConflictingLabels, DuplicateRows, NearDuplicateRows
from workbench.checks.sensitive import OutcomeByGroup, Proxy
from workbench.checks.target import RareClass, SkewedTarget, TargetMissing
from workbench.checks.texts import FreeText, MixedTypes, SpecialCharacters

CHECKS: tuple[Check, ...] = (
    Constant(),
    NearConstant(),
    IdLike(),
    DuplicateColumn(),
    DisguisedMissing(),
    FreeText(),
    MixedTypes(),
    NearDuplicateColumn(),
    ImpossibleRange(),
    DuplicateRows(),
    FutureDate(),
    SpecialCharacters(),
    NearDuplicateRows(),
    ConflictingLabels(),
    OrderCarriesTarget(),
    TargetMissing(),
    RareClass(),
    SkewedTarget(),
    Leak(),
    MissingnessLeak(),
    ExactLeak(),
    KnownLater(),
    RepeatedEntity(),
    TimeOrder(),
    NewData(),
    OutcomeByGroup(),
    Proxy(),
)
