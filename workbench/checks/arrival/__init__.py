"""Checks of new data against the table a model learns from, column by column: schema, labels, ranges, missing values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.arrival import shift
from workbench.checks.arrival.arrived import Arrived, Column
from workbench.checks.check import SEVERITIES, Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.checks.examples import plain, rows_of
from workbench.data.kinds import kind_of
from workbench.words import Text

# Percentage points by which missing values must rise or fall.
MISSING_CHANGE = 0.10
MOST_NAMED = 5
# Fewer rows than this share with unknown labels, or beyond the range, change little.
MANY = 0.05
# A share of unreadable cells from which the column is not what it was.
MOSTLY = 0.5
# A test adjusted for the number of columns says more than chance below this; a single one needs to be clearer.
SIGNIFICANT, CLEAR = 0.05, 0.01
# Columns that get a finding of their own; the others are named together.
MOST_FINDINGS = 10
NO_NEW = "check.reason.no_new_data"


class NewData(Check):
    """A check that needs new data."""

    def run(self, context: Context) -> Outcome:
        """Look at the new data, if there are any."""
        if context.arrived is None:
            return NotApplicable(Text(NO_NEW))
        return self.held_against(context.arrived)

    def held_against(self, arrived: Arrived) -> Outcome:
        """Look at the new data."""
        raise NotImplementedError

    def together(self, findings: list[Finding]) -> list[Finding]:
        """Return the gravest findings, and one that names the columns of all others."""
        ordered = sorted(findings, key=lambda found: SEVERITIES.index(found.severity))
        rest = [name for found in ordered[MOST_FINDINGS:] for name in found.columns]
        if not rest:
            return ordered
        evidence = Text("check.arrival.more", count=len(rest), columns=[*rest[:MOST_NAMED], *["…"] * (len(rest) > MOST_NAMED)])
        more = self.finding(rest, evidence, ordered[MOST_FINDINGS].action, severity=ordered[MOST_FINDINGS].severity)
        return [*ordered[:MOST_FINDINGS], more]


class Schema(NewData):
    """Columns that are gone or came, and cells that cannot be read as they were."""

    code = "WB501"
    severity = "error"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Compare the columns and their kinds."""
        return [
            *self.columns(arrived),
            *self.together([f for name in arrived.common for f in self.kinds(arrived, name)]),
        ]

    def columns(self, arrived: Arrived) -> Iterator[Finding]:
        """Yield columns that are gone or came."""
        if arrived.gone:
            evidence = Text("check.WB501.gone", count=len(arrived.gone), columns=arrived.gone)
            yield self.finding(arrived.gone, evidence, Text("check.WB501.gone_action"))
        if arrived.extra:
            evidence = Text("check.WB501.extra", count=len(arrived.extra), columns=arrived.extra)
            yield self.finding(arrived.extra, evidence, Text("check.WB501.extra_action"), severity="info")

    def kinds(self, arrived: Arrived, name: str) -> Iterator[Finding]:
        """Yield what one column holds that cannot be read as it was."""
        before, after = arrived.frame[name], arrived.new[name]
        filled = len(after) - after.null_count()
        if not filled or before.null_count() == len(before):
            return
        old, now = arrived.kinds[name], kind_of(after)
        rows = arrived.unread.get(name, np.empty(0, np.intp))
        share = len(rows) / filled
        is_other = readable(old) != readable(now)
        if is_other and (share >= MOSTLY or (readable(old) == "category" and nothing_known(arrived, name))):
            kinds = {"before": Text(f"check.kind.{old}"), "after": Text(f"check.kind.{now}")}
            evidence = Text("check.WB501.kind", column=name, **kinds)
            some = after.is_not_null().arg_true().head(3).to_list()
            more: dict[str, Any] = {"examples": rows_of(after.to_frame(), some, [name]), "chart": marks.frequent(after)}
            yield self.finding([name], evidence, Text("check.WB501.kind_action"), **more)
        elif len(rows):
            values = [str(plain(v)) for v in after.gather(rows).unique(maintain_order=True).head(MOST_NAMED)]
            kind = Text(f"check.kind.{old}")
            evidence = Text("check.WB501.cells", column=name, kind=kind, rows=len(rows), share=share, values=values)
            severity: Severity = "error" if share >= MOSTLY else "warning"
            examples = rows_of(arrived.new, rows.tolist()[:3], [name])
            chart = marks.frequent(after.gather(rows))
            more = {"severity": severity, "examples": examples, "chart": chart}
            yield self.finding([name], evidence, Text("check.WB501.cells_action"), **more)


def readable(kind: str) -> str:
    """Return a kind as far as a changed file matters: few or many texts are both texts."""
    return "category" if kind == "text" else kind


def nothing_known(arrived: Arrived, name: str) -> bool:
    """Tell whether not one of the new values, read as text, is known."""
    return not arrived.after[name].drop_nulls().is_in(arrived.before[name].drop_nulls().unique().implode()).any()


class UnseenCategories(NewData):
    """Labels that training never saw."""

    code = "WB502"
    severity = "warning"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Look for labels that are not in the table."""
        names = [name for name, kind in arrived.kinds.items() if kind == "category" and arrived.before[name].n_unique() > 1]
        if not names:
            return NotApplicable(Text("check.reason.no_categories"))
        return self.together([found for name in names for found in self.unseen(arrived, name)])

    def unseen(self, arrived: Arrived, name: str) -> Iterator[Finding]:
        """Yield the unknown labels of one column."""
        strange = arrived.strange(name)
        if not len(strange):
            return
        counted = strange.alias("value").value_counts().sort(["count", "value"], descending=[True, False])
        named = [f"{value[:40]} ({count:,})" for value, count in counted.head(MOST_NAMED).iter_rows()]
        share = len(strange) / arrived.new.height
        values = {"count": counted.height, "rows": len(strange), "share": share, "values": named}
        expected = rare_share(arrived.before[name])
        is_many = share >= MANY and at_least_p(len(strange), arrived.new.height, expected) < CLEAR
        places = arrived.after[name].is_in(strange.unique().implode()).fill_null(value=False).arg_true()
        yield self.finding(
            [name],
            Text("check.WB502.unseen", column=name, **values),
            Text("check.WB502.action"),
            severity="warning" if is_many else "info",
            examples=rows_of(arrived.new, places.head(3).to_list(), [name]),
            chart=marks.bars(
                *(counted.head(marks.MOST_BARS)[part].to_list() for part in ("value", "count")), x="check.chart.rows"
            ),
            rows=len(strange),
        )


def rare_share(known: pl.Series) -> float:
    """Return how many rows with a new label to expect: as many as have one of their own (Good 1953, Biometrika 40, 237-264)."""
    filled = known.drop_nulls()
    return float(filled.is_unique().sum() + 1) / (len(filled) + 1)


def at_least_p(hits: int, rows: int, share: float) -> float:
    """Return how likely so many of the rows, or more, are by chance."""
    from scipy.stats import binom

    return float(binom.sf(hits - 1, rows, min(share, 1.0)))


class OutOfRange(NewData):
    """Values beyond the smallest and the largest that training saw."""

    code = "WB503"
    severity = "warning"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Look for values beyond, more of them than chance brings, or farther out than the whole range is wide."""
        columns = [
            column for column in arrived.columns if column.kind in ("number", "date") and column.name not in arrived.naming
        ]
        if not columns:
            return NotApplicable(Text("check.reason.no_ranges"))
        ends = [(column, arrived.beyond(column.name)) for column in columns]
        tests = shift.adjusted([shift.beyond_p(arrived.frame.height, arrived.new.height, max(both)) for _, both in ends])
        found = [self.beyond(arrived, column, p or 0.0) for (column, both), p in zip(ends, tests, strict=True) if max(both)]
        return self.together([one for one in found if one is not None])

    def beyond(self, arrived: Arrived, column: Column, p: float) -> Finding | None:
        """Put one column into words, if what lies beyond is more than chance."""
        known, values = arrived.before[column.name].drop_nulls(), arrived.after[column.name]
        share = column.outside / arrived.new.height
        is_far = column.kind == "number" and far(known, values)
        if p >= CLEAR and not is_far:
            return None
        low, high, lowest, highest = (shown(end) for end in (known.min(), known.max(), values.min(), values.max()))
        ends = {"low": low, "high": high, "lowest": lowest, "highest": highest}
        places = ((values < known.min()) | (values > known.max())).fill_null(value=False).arg_true()
        return self.finding(
            [column.name],
            Text("check.WB503.evidence", column=column.name, count=column.outside, rows=column.outside, share=share, **ends),
            Text("check.WB503.action_date" if column.kind == "date" else "check.WB503.action"),
            severity="warning" if share >= MANY and p < CLEAR and column.kind == "number" else "info",
            examples=rows_of(arrived.new, places.head(3).to_list(), [column.name]),
            chart=reach(known, values),
            rows=column.outside,
        )


def reach(known: pl.Series, values: pl.Series) -> marks.Chart | None:
    """Return how the new values are spread, those beyond the known ones highlighted on the side that has more of them."""
    if not values.dtype.is_numeric():
        return marks.over_time(values)
    x = values.drop_nulls().cast(pl.Float64).to_numpy()
    low, high = (float(end) for end in (known.min(), known.max()))  # type: ignore[arg-type]
    above, below = x[x > high], x[x < low]
    is_above = len(above) >= len(below)
    return marks.spread(x, beyond=float(above.min() if is_above else below.max()), above=is_above)


def far(known: pl.Series, values: pl.Series) -> bool:
    """Tell whether a value lies farther out than the known ones are wide."""
    low, high, lowest, highest = (float(end) for end in (known.min(), known.max(), values.min(), values.max()))  # type: ignore[arg-type]
    return max(low - lowest, highest - high) > high - low > 0


def shown(value: object) -> str:
    """Return an end of a range as a sentence shows it."""
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)[:10]


class MoreMissing(NewData):
    """Missing values that became many more or many fewer."""

    code = "WB504"
    severity = "warning"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Compare the shares of missing values."""
        return self.together([self.changed(arrived, column) for column in arrived.columns if is_changed(column)])

    def changed(self, arrived: Arrived, column: Column) -> Finding:
        """Put one column into words."""
        before, after = column.missing
        evidence = Text("check.WB504.missing", column=column.name, before=before, after=after)
        is_missing = arrived.after[column.name].is_null()
        places = (is_missing if after > before else ~is_missing).arg_true().head(3).to_list()
        more: dict[str, Any] = {
            "examples": rows_of(arrived.new, places, [column.name, *arrived.common]),
            "chart": marks.two([column.name], [before], [after], shift.SIDES, share=True),
            "before": before,
            "after": after,
        }
        return self.finding([column.name], evidence, Text("check.WB504.action"), **more)


def is_changed(column: Column) -> bool:
    """Tell whether missing values changed by more than matters, and by more than chance."""
    return abs(column.missing[1] - column.missing[0]) >= MISSING_CHANGE and column.missing_p < SIGNIFICANT
