"""Checks of new data against the table a model learnt from: columns, kinds, categories, missing values."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.data.kinds import kind_of
from workbench.words import Text

# Percentage points by which missing values must rise or fall, and the rows below which a share means little.
MISSING_CHANGE = 0.10
FEWEST_ROWS = 20
MOST_NAMED = 5
# Fewer rows than this share with unknown categories change little.
MANY_UNSEEN = 0.05


class NewData(Check):
    """New data that does not look like what was learnt from."""

    code = "WB501"
    severity = "error"

    def run(self, context: Context) -> Outcome:
        """Compare columns, kinds, categories and missing values."""
        if context.new is None:
            return NotApplicable(Text("check.reason.no_new_data"))
        return [*self.schema(context, context.new), *self.contents(context, context.new)]

    def schema(self, context: Context, new: pl.DataFrame) -> Iterator[Finding]:
        """Yield columns that are gone or came."""
        gone = [name for name in context.features if name not in new.columns]
        if gone:
            evidence = Text("check.WB501.gone", count=len(gone), columns=gone)
            yield self.finding(gone, evidence, Text("check.WB501.gone_action"))
        extra = [name for name in new.columns if name not in context.frame.columns]
        if extra:
            evidence = Text("check.WB501.extra", count=len(extra), columns=extra)
            yield self.finding(extra, evidence, Text("check.WB501.extra_action"), severity="info")

    def contents(self, context: Context, new: pl.DataFrame) -> Iterator[Finding]:
        """Yield what changed inside the columns both have."""
        for name in context.features:
            if name not in new.columns or not new.height:
                continue
            before, after = context.frame[name], new[name]
            kind, new_kind = context.kinds[name], kind_of(after)
            if readable(kind) != readable(new_kind) and after.null_count() < len(after) and before.null_count() < len(before):
                kinds = {"before": Text(f"check.kind.{kind}"), "after": Text(f"check.kind.{new_kind}")}
                yield self.finding([name], Text("check.WB501.kind", column=name, **kinds), Text("check.WB501.kind_action"))
                continue
            if kind == "category":
                yield from self.unseen(before, after)
            yield from self.gaps(before, after)

    def unseen(self, before: pl.Series, after: pl.Series) -> Iterator[Finding]:
        """Yield categories that training never saw."""
        known = before.drop_nulls().cast(pl.String).unique()
        values = after.drop_nulls().cast(pl.String)
        strange = values.filter(~values.is_in(known.implode()))
        if not len(strange):
            return
        counted = strange.alias("value").value_counts().sort(["count", "value"], descending=[True, False])
        named = [f"{value[:40]} ({count:,})" for value, count in counted.head(MOST_NAMED).iter_rows()]
        share = len(strange) / len(after)
        evidence = Text(
            "check.WB501.unseen", column=before.name, count=counted.height, rows=len(strange), share=share, values=named
        )
        severity: Severity = "warning" if share >= MANY_UNSEEN else "info"
        yield self.finding([before.name], evidence, Text("check.WB501.unseen_action"), severity=severity, rows=len(strange))

    def gaps(self, before: pl.Series, after: pl.Series) -> Iterator[Finding]:
        """Yield missing values that became many more or many fewer."""
        if min(len(before), len(after)) < FEWEST_ROWS:
            return
        old, now = before.null_count() / len(before), after.null_count() / len(after)
        if abs(now - old) >= MISSING_CHANGE:
            evidence = Text("check.WB501.missing", column=before.name, before=old, after=now)
            yield self.finding([before.name], evidence, Text("check.WB501.missing_action"), severity="warning")


def readable(kind: str) -> str:
    """Return a kind as far as a changed file matters: few or many texts are both texts."""
    return "category" if kind == "text" else kind
