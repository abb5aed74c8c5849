"""Every check there is, in the order of its code."""

from __future__ import annotations

from workbench.checks.arrival import MoreMissing, OutOfRange, Schema, UnseenCategories
from workbench.checks.arrival.resemblance import SeenBefore, ShiftedColumn, ToldApart
from workbench.checks.check import Check
from workbench.checks.columns import Constant, DisguisedMissing, DuplicateColumn, IdLike, NearConstant
from workbench.checks.columns.copies import NearDuplicateColumn
from workbench.checks.columns.ranges import FutureDate, ImpossibleRange
from workbench.checks.columns.texts import FreeText, MixedTypes, SpecialCharacters
from workbench.checks.labels.checks import Outliers, WrongLabels
from workbench.checks.leaks import ExactLeak, Leak, MissingnessLeak
from workbench.checks.leaks.determines import Determines
from workbench.checks.leaks.moments import AfterMoment, KnownLater
from workbench.checks.relations import RepeatedEntity, TimeOrder
from workbench.checks.relations.over_time import DriftAlongTime, TimeGaps
from workbench.checks.rows import ConflictingLabels, DuplicateRows, NearDuplicateRows
from workbench.checks.rows.order import OrderCarriesTarget
from workbench.checks.sensitive import OutcomeByGroup, Proxy
from workbench.checks.target import RareClass, SkewedTarget, TargetMissing

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
