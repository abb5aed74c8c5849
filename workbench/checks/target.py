"""Checks of the target: rows without one, classes too rare to learn, numbers of which a few outweigh the rest."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import Check, NotApplicable, Outcome, rows_of
from workbench.checks.context import Context
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
            found.append(self.finding([name], evidence, Text("check.WB201.action"), severity="warning", rows=missing))
        if context.distinct[name] < 2 or not labelled:
            evidence = Text("check.WB201.single", column=name, distinct=context.distinct[name], rows=labelled)
            found.append(self.finding([name], evidence, Text("check.WB201.single_action")))
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
            return [self.finding([context.target], evidence, Text("check.WB202.scarce_action"), labels=dict(scarce))]
        label, count = counts.row(0)
        # Of many labels none is large: rare is what is far below an equal share.
        if count >= min(RARE, SMALL_SHARE / counts.height) * total:
            return []
        evidence = Text("check.WB202.rare", label=str(label), rows=count, total=total, share=count / total)
        action = Text("check.WB202.rare_action", accuracy=1 - count / total)
        return [self.finding([context.target], evidence, action, severity="info", label=str(label), rows=count)]


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
        skew = float(y.skew(bias=False) or 0.0)
        if abs(skew) < SKEWED:
            return []
        values = y.to_numpy()
        apart = np.sort((values - values.mean()) ** 2)[::-1]
        few = max(1, int(TOP * len(apart)))
        share = float(apart[:few].sum() / apart.sum())
        facts = {"column": context.target, "skew": skew, "rows": few, "share": share}
        helps = values.min() >= 0 and abs(float(pl.Series(np.log1p(values)).skew(bias=False) or 0.0)) < HELPS * abs(skew)
        action = Text("check.WB203.log_action") if helps else Text("check.WB203.action")
        extremes = np.argsort(-np.abs(values - values.mean()), kind="stable")[:3].tolist()
        examples = rows_of(context.labelled, extremes, [context.target, *context.features])
        return [self.finding([context.target], Text("check.WB203.evidence", **facts), action, examples=examples, skew=skew)]
