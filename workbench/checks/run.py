"""Runs the checks on a table and gathers what they said."""

from __future__ import annotations

import secrets
import time as clock
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

import polars as pl

from workbench import telemetry
from workbench.checks.advice import advice
from workbench.checks.arrival.verdict import verdict
from workbench.checks.catalogue import CHECKS
from workbench.checks.check import Check, CheckReport, Failed, Finding, Outcome
from workbench.checks.context import Context
from workbench.checks.gathering import Gathering, Step, in_order, no_advice
from workbench.checks.labels import LabelScores
from workbench.data import Roles
from workbench.errors import ColumnNotFound, WorkbenchError
from workbench.words import Text

# One check's mistake must not cost all the others; Polars' panics are no ordinary exceptions.
BREAKS = (Exception, pl.exceptions.PanicException)


def run(
    frame: pl.DataFrame,
    *,
    target: str,
    group: str | None = None,
    time: str | None = None,
    event: object = None,
    roles: Roles | None = None,
    fast: bool = False,
    new: pl.DataFrame | None = None,
    sensitive: Sequence[str] = (),
    told: Callable[[Step], None] | None = None,
    labels: LabelScores | None = None,
    only: Collection[str] | None = None,
    today: date | None = None,
) -> CheckReport:
    """Run every check on a table.

    Parameters
    ----------
    frame : polars.DataFrame
        The table, as the reader made it.
    target, group, time : str
        Columns with these roles.
    event : object, optional
        The target's label of interest.
    roles : Roles, optional
        Its ids, its columns left out, and its columns not known when a prediction is made, are not features.
    fast : bool
        Only the cheap checks.
    new : polars.DataFrame, optional
        New data to hold against the table.
    sensitive : sequence of str
        Columns marked as sensitive, beside those of the roles.
    only : collection of str, optional
        Codes of the checks that are wanted, instead of all.
    told : callable, optional
        Told of every check as it begins, and what it said; the cheap ones come first.
    labels : LabelScores, optional
        Out-of-fold predictions, where wrong labels and outliers are asked about.
    today : date, optional
        The day on which the table is looked at.

    Returns
    -------
    CheckReport
        Findings, gravest first; what did not apply, passed, was skipped and broke; the advice.

    Raises
    ------
    ColumnNotFound
        If a named column is not in the table.
    """
    exclude = (*roles.ids, *roles.exclude) if roles else ()
    unknown = tuple(name for name in roles.unknown_at_prediction if name != target) if roles else ()
    marked = tuple(dict.fromkeys((*sensitive, *(roles.sensitive if roles else ()))))
    for name in (target, group, time, *exclude, *unknown, *marked):
        if name is not None and name not in frame.columns:
            raise ColumnNotFound(name, frame.columns)
    table = frame.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None))
    said: dict[str, Any] = {"known": roles.known_at_prediction, "when": roles.when} if roles else {}
    said |= {"labels": labels} | ({"today": today} if today else {})
    part = roles.group_part if roles and roles.group == group else None
    context = Context(table, target, group, time, event, tuple(exclude), tuple(unknown), new, marked, group_part=part, **said)
    wanted = [check for check in CHECKS if only is None or check.code in only]
    return look(context, [check for check in wanted if is_wanted(check, context, fast=fast)], told or ignored)


def is_wanted(check: Check, context: Context, *, fast: bool) -> bool:
    """Tell whether a check runs: an expensive one not in a hurry, one on demand where what it needs was handed in."""
    if check.cost == "on_demand":
        return getattr(context, check.needs or "none", None) is not None
    return not (fast and check.cost == "expensive")


def look(context: Context, chosen: Sequence[Check], told: Callable[[Step], None]) -> CheckReport:
    """Run some checks, the cheap ones first; one that breaks leaves the others alone."""
    gathering = Gathering(no_advice(context.group, context.time))
    for number, check in enumerate(in_order(chosen), start=1):
        told(Step(check, None, number, len(chosen)))
        began = clock.perf_counter()
        outcome = outcome_of(check, context)
        gathering.add(check, outcome)
        gathering.advice = advised(context, gathering.sorted())
        told(Step(check, outcome, number, len(chosen), clock.perf_counter() - began, gathering.advice))
    if not chosen:
        gathering.advice = advised(context, [])
    return gathering.report(day=context.today, arrival=judged(context, gathering))


def advised(context: Context, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the advice; one that breaks says so and costs no finding."""
    try:
        return advice(context, findings)
    except BREAKS:
        text = Text("check.advice.broke", incident=logged("advice_broke"))
        return no_advice(context.group, context.time) | {"reasons": [text]}


def judged(context: Context, gathering: Gathering) -> dict[str, Any] | None:
    """Return what new data are worth; a judgement that breaks is never a go."""
    try:
        return verdict(context, gathering.findings, failed=gathering.failed())
    except BREAKS:
        text = Text("check.arrival.broke", incident=logged("verdict_broke"))
        rows = 0 if context.new is None else context.new.height
        return {"verdict": "look", "reasons": [text], "rows": rows, "columns": []}


def outcome_of(check: Check, context: Context) -> Outcome | Failed:
    """Run a check."""
    try:
        return check.run(context)
    except WorkbenchError as problem:
        telemetry.event("check_failed", check=check.code, problem=problem)
        return Failed(Text(problem.key, **problem.values))
    except BREAKS:
        return broken(check)


def broken(check: Check) -> Failed:
    """Log what broke in a check, and return the sentence with the number under which it is found there."""
    return Failed(Text("check.could_not_run", incident=logged("check_broke", check=check.code)))


def logged(what: str, **fields: str) -> str:
    """Log the problem at hand, and return the number under which it is found."""
    incident = secrets.token_hex(4)
    telemetry.problem(what, incident=incident, **fields)
    return incident


def ignored(step: Step) -> None:
    """Tell nobody."""
