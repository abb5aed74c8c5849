"""Checks of the target: rows without one, classes too rare to learn, numbers of which a few outweigh the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, NotApplicable, Outcome
from workbench.checks.context import Context
from workbench.checks.examples import rows_of
from workbench.checks.leaks.power import squarable
from workbench.task import Task
from workbench.words import Text

# With fewer rows than folds, some folds never see the class.
FEWEST_ROWS = 10
RARE = 0.1
SMALL_SHARE = 0.4
# More labels than this make no sentence.
MOST_LABELS_NAMED = 5
# A skewness from which squared errors are made by a few rows; a logarithm helps where it at least halves it.
SKEWED, HELPS = 2.0, 0.5
FEWEST_FOR_SKEW = 30
TOP = 0.01


class TargetMissing(Check):
    """Rows without a target, or a target that cannot be learnt."""

    code = "WB201"
    severity = "error"

    def run(self, context: Context) -> Outcome:
        """Count the rows without a target; one value only cannot be predicted."""
        if not context.rows:
            return NotApplicable(Text("check.reason.rows", rows=0, needed=1))
        labelled = context.labelled.height
        missing, name = context.rows - labelled, context.target
        found = []
        if missing:
            evidence = Text("check.WB201.evidence", column=name, rows=missing, total=context.rows, share=missing / context.rows)
            y = context.frame[name]
            unknown = (y.is_null() | ~y.is_finite()) if y.dtype.is_float() else y.is_null()
            shown = rows_of(context.frame, unknown.arg_true().head(3).to_list(), [name, *context.features])
            sides = ("check.chart.is_missing", "check.chart.is_known")
            chart = marks.two([name], [missing / context.rows], [labelled / context.rows], sides, share=True)
            more: dict[str, Any] = {"examples": shown, "chart": chart, "rows": missing}
            found.append(self.finding([name], evidence, Text("check.WB201.action"), severity="warning", **more))
        if context.distinct[name] < 2 or not labelled:
            evidence = Text("check.WB201.single", column=name, distinct=context.distinct[name], rows=labelled)
            shown = rows_of(context.frame, [0, 1, 2][: context.rows], [name, *context.features])
            chart = marks.frequent(context.frame[name])
            found.append(self.finding([name], evidence, Text("check.WB201.single_action"), examples=shown, chart=chart))
        return found


class RareClass(Check):
    """A label with few rows."""

    code = "WB202"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look for labels with too few rows for folds, and for a small share."""
        if context.task is Task.REGRESSION:
            return NotApplicable(Text("check.reason.regression"))
        counts = context.labelled[context.target].alias("label").value_counts().sort(["count", "label"])
        if counts.height < 2:
            return NotApplicable(Text("check.reason.one_class"))
        total = context.labelled.height
        scarce = [(str(label), count) for label, count in counts.iter_rows() if count < FEWEST_ROWS]
        if scarce:
            labels = [f"{label} ({count})" for label, count in scarce[:MOST_LABELS_NAMED]]
            evidence = Text("check.WB202.scarce", count=len(scarce), labels=labels, needed=FEWEST_ROWS)
            shown, chart = rows_with(context, counts["label"].to_list()[0]), shares(counts, len(scarce), total)
            more: dict[str, Any] = {"examples": shown, "chart": chart, "labels": dict(scarce)}
            return [self.finding([context.target], evidence, Text("check.WB202.scarce_action"), **more)]
        label, count = counts.row(0)
        # Of many labels none is large: rare is what is far below an equal share.
        if count >= min(RARE, SMALL_SHARE / counts.height) * total:
            return []
        evidence = Text("check.WB202.rare", label=str(label), rows=count, total=total, share=count / total)
        action = Text("check.WB202.rare_action", commonest=str(counts["label"][-1]), accuracy=counts["count"][-1] / total)
        more = {"examples": rows_with(context, label), "chart": shares(counts, 1, total)}
        return [self.finding([context.target], evidence, action, severity="info", **more, label=str(label), rows=count)]


def rows_with(context: Context, label: object) -> list[dict[str, Any]]:
    """Return rows with a label."""
    places = (context.frame[context.target] == label).fill_null(False).arg_true().head(3).to_list()
    return rows_of(context.frame, places, [context.target, *context.features])


def shares(counts: pl.DataFrame, rare: int, total: int) -> marks.Chart:
    """Return the labels' shares, the rarest first; those that are too rare are highlighted."""
    shown = counts.head(marks.MOST_BARS)
    values = (shown["count"] / total).to_list()
    return marks.bars(
        shown["label"].to_list(), values, highlight=range(min(rare, shown.height)), share=True, x="check.chart.rows_share"
    )


class SkewedTarget(Check):
    """A target of which a few rows make most of every squared error."""

    code = "WB203"
    severity = "info"

    def run(self, context: Context) -> Outcome:
        """Measure the skewness, as it is and after a logarithm."""
        if context.task is not Task.REGRESSION:
            return NotApplicable(Text("check.reason.classes"))
        y = context.labelled[context.target].cast(pl.Float64)
        if len(y) < FEWEST_FOR_SKEW:
            return NotApplicable(Text("check.reason.rows", rows=len(y), needed=FEWEST_FOR_SKEW))
        values = y.to_numpy()
        small = squarable(values)
        skew = float(pl.Series(small).skew(bias=False) or 0.0)
        if abs(skew) < SKEWED:
            return []
        apart = np.sort((small - small.mean()) ** 2)[::-1]
        few = max(1, int(TOP * len(apart)))
        share = float(apart[:few].sum() / apart.sum())
        facts = {"column": context.target, "skew": skew, "count": few, "rows": few, "part": few / len(apart), "share": share}
        helps = values.min() >= 0 and abs(float(pl.Series(np.log1p(values)).skew(bias=False) or 0.0)) < HELPS * abs(skew)
        action = Text("check.WB203.log_action") if helps else Text("check.WB203.action")
        extremes = context.labelled_places[np.argsort(-np.abs(small - small.mean()), kind="stable")[:3]].tolist()
        examples = rows_of(context.frame, extremes, [context.target, *context.features])
        evidence, chart = Text("check.WB203.evidence", **facts), marks.spread(values)
        return [self.finding([context.target], evidence, action, examples=examples, chart=chart, skew=skew)]
