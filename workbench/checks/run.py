"""Runs the checks on a table and gathers what they said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from workbench.checks.advice import advice
from workbench.checks.catalogue import CHECKS
from workbench.checks.check import SEVERITIES, Check, CheckReport, Finding, NotApplicable
from workbench.checks.context import Context
from workbench.data import Roles
from workbench.errors import ColumnNotFound
from workbench.words import Text


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
    progress: Callable[[float, Text], None] | None = None,
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
    progress : callable, optional
        Told the finished share and the next check's title.

    Returns
    -------
    CheckReport
        Findings, gravest first; what did not apply, passed and was skipped; the advice.

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
    context = Context(table, target, group, time, event, tuple(exclude), tuple(unknown), new, marked)
    chosen = [check for check in CHECKS if not (fast and check.cost == "expensive")]
    findings: list[Finding] = []
    not_applicable: list[tuple[Check, Text]] = []
    passed: list[Check] = []
    for number, check in enumerate(chosen):
        if progress:
            progress(number / len(chosen), check.title)
        outcome = check.run(context)
        if isinstance(outcome, NotApplicable):
            not_applicable.append((check, outcome.reason))
        elif outcome:
            findings += outcome
        else:
            passed.append(check)
    findings.sort(key=lambda found: SEVERITIES.index(found.severity))
    skipped = tuple(check for check in CHECKS if check not in chosen)
    return CheckReport(tuple(findings), tuple(not_applicable), tuple(passed), skipped, advice(context, findings))
