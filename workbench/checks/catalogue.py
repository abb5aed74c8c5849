"""Every check there is, in the order of its code."""

from __future__ import annotations

from workbench.checks.arrival import MoreMissing, OutOfRange, Schema, UnseenCategories
from workbench.checks.check import Check
from workbench.checks.columns import Constant, DisguisedMissing, DuplicateColumn, IdLike, NearConstant
from workbench.checks.copies import NearDuplicateColumn
from workbench.checks.determines import Determines
from workbench.checks.label_checks import Outliers, WrongLabels
from workbench.checks.leaks import ExactLeak, Leak, MissingnessLeak
from workbench.checks.moments import AfterMoment, KnownLater
from workbench.checks.order import OrderCarriesTarget
from workbench.checks.over_time import DriftAlongTime, TimeGaps
from workbench.checks.ranges import FutureDate, ImpossibleRange
from workbench.checks.relations import RepeatedEntity, TimeOrder
from workbench.checks.resemblance import SeenBefore, ShiftedColumn, ToldApart
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
    Determines(),
    AfterMoment(),
    RepeatedEntity(),
    TimeOrder(),
    TimeGaps(),
    DriftAlongTime(),
    Schema(),
    UnseenCategories(),
    OutOfRange(),
    MoreMissing(),
    ShiftedColumn(),
    ToldApart(),
    SeenBefore(),
    WrongLabels(),
    Outliers(),
    OutcomeByGroup(),
    Proxy(),
)
