"""Checks of the order of rows: whether where a row stands tells its target."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from workbench.checks import marks
from workbench.checks.check import Check, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.checks.examples import rows_of
from workbench.words import Text

FEWEST = 50
# Below this correlation of neighbours (or share of equal neighbours above chance) the order says too little to matter.
MATTERS, SORTED = 0.2, 0.9
# So improbable by chance that a table of any size may be told.
CHANCE = 1e-6


class OrderCarriesTarget(Check):
    """Rows next to each other that have the same answer more often than chance would."""

    code = "WB122"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Compare neighbours: lag-one correlation for a number, agreement above chance for classes."""
        y = context.labelled[context.target]
        if len(y) < FEWEST or y.n_unique() < 2:
            return NotApplicable(Text("check.reason.rows", rows=len(y), needed=FEWEST))
        alike, p = neighbours(y, is_class=context.task.is_classification)
        if alike < MATTERS or p > CHANCE:
            return []
        # A sorted table is shuffled by every fold of ours; what clusters is related, and shuffling hides that.
        severity: Severity = "info" if context.time is not None or alike >= SORTED else "warning"
        key = "check.WB122.sorted" if alike >= SORTED else "check.WB122.evidence"
        evidence = Text(key, column=context.target, alike=alike, rows=len(y))
        more: dict[str, Any] = {
            "examples": rows_of(context.frame, context.labelled_places[:3].tolist(), [context.target, *context.features]),
            "chart": along_rows(context),
            "alike": alike,
        }
        return [self.finding([context.target], evidence, Text("check.WB122.action"), severity=severity, **more)]


def along_rows(context: Context) -> marks.Chart:
    """Return the target's mean, or the share of its label of interest, along the rows as they stand."""
    y = context.labelled[context.target]
    if context.task.is_classification:
        event = context.event if context.event is not None else marks.counts(y)["value"].to_list()[-1]
        values, what = (y.cast(pl.String) == str(event)).cast(pl.Float64).to_numpy(), "check.chart.event_share"
    else:
        values, what = y.cast(pl.Float64).to_numpy(), "check.chart.mean"
    parts = np.array_split(values, marks.MOST_POINTS)
    ends = np.cumsum([len(part) for part in parts]).tolist()
    made = marks.line(ends, [float(part.mean()) for part in parts], x_title="check.chart.row", y=what)
    return made | {"share": context.task.is_classification}


def neighbours(y: pl.Series, *, is_class: bool) -> tuple[float, float]:
    """Return how much neighbouring rows agree above chance, 0 to 1, and how probable that is by chance.

    Notes
    -----
    For a number the lag-one correlation of ranks; times the root of n it is a standard normal under chance (Bartlett 1946);
    for classes Cohen's kappa of neighbours, with its standard error under chance (Fleiss, Cohen and Everitt 1969).
    """
    n = len(y) - 1
    if not is_class:
        ranks = stats.rankdata(y.cast(pl.Float64).to_numpy())
        r = float(np.corrcoef(ranks[1:], ranks[:-1])[0, 1])
        return r, float(stats.norm.sf(r * np.sqrt(n)))
    codes = y.rank("dense").to_numpy()
    shares = np.bincount(codes.astype(np.int64))[1:] / len(codes)
    chance = float((shares**2).sum())
    kappa = (float((codes[1:] == codes[:-1]).mean()) - chance) / (1 - chance)
    error = np.sqrt(max(chance + chance**2 - float((shares**2 * 2 * shares).sum()), 1e-12) / n) / (1 - chance)
    return kappa, float(stats.norm.sf(kappa / error))
