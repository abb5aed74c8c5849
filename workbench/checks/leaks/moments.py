"""Checks of when a column is known: by its role, by its name, by what the sheet says, and by its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.checks.examples import rows_of
from workbench.checks.leaks import LONELY, SIGNIFICANT, gap_power
from workbench.words import Text

# Words that name what is only known afterwards.
SMELLS = re.compile(
    r"(^|[_\W])(target|label|outcome|result|predicted|prediction|score[ds]?_?out|actual|ground_?truth|y_true|y_pred)($|[_\W])"
    r"|(^|[_\W])(closed|resolved|cancell?ed|terminated|churned|settled|paid_?off)_?(at|on|date|reason)?($|[_\W])"
    r"|予測|結果|正解|判定|実績値|事後|確定後|(解約|退会|退職|離職|死亡|完済|終了|中止|返品)(手続)?(日|日時|理由|区分)",
    re.IGNORECASE,
)
# Words by which an analyst says that a column is filled in afterwards.
AFTERWARDS = re.compile(
    r"\b(after|afterwards|later|post|ex[ -]?post)\b|後(?!半|期|方|払|続)|翌|のちに|のち$|結果が出", re.IGNORECASE
)
# Words that set a limit the other way, or say both: no ground to ask.
BEFORE = re.compile(r"\b(before|prior|not\s+(after|later)|until|up to)\b|前|まで|時点", re.IGNORECASE)
# Dates after the row's own moment in this share of the rows that have both; in fewer, entries are merely late or mistaken.
MOST_LATER = 0.5
FEWEST_DATED = 20
FEWEST_GAPS = 5
MILLISECONDS = 86_400_000


class KnownLater(Check):
    """A column that its role or its name says is known only afterwards."""

    code = "WB304"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Report marked columns, and names that speak of the target or an outcome where nobody said that they are in time."""
        found = []
        if context.unknown:
            evidence = Text("check.WB304.marked", columns=list(context.unknown))
            action = Text("check.WB304.marked_action")
            shown = rows_of(context.frame, range(min(context.rows, 3)), [*context.unknown, context.target])
            chart = marks.outcome(context, context.unknown[0]) if len(context.unknown) == 1 else None
            marked: dict[str, Any] = {"exclude": context.unknown, "examples": shown, "chart": chart}
            found.append(self.finding(context.unknown, evidence, action, **marked))
        for name in context.features:
            if context.vouched([name]) or not (SMELLS.search(name) or speaks_of(name, context.target)):
                continue
            evidence = Text("check.WB304.smells", column=name, target=context.target)
            shown = rows_of(context.frame, filled(context.frame[name]), [name, context.target])
            marked = {"severity": "info", "examples": shown, "chart": marks.outcome(context, name)}
            found.append(self.finding([name], evidence, Text("check.WB304.smells_action"), **marked))
        return found


def filled(series: pl.Series) -> list[int]:
    """Return the first rows that have a value."""
    return series.is_not_null().arg_true().head(3).to_list()


def speaks_of(name: str, target: str) -> bool:
    """Tell whether a column's name holds the target's, as a word of its own or, in Japanese, anywhere."""
    if target.isascii():
        return len(target) >= 3 and bool(re.search(rf"(^|[_\W]){re.escape(target)}($|[_\W])", name, re.IGNORECASE))
    return len(target) >= 2 and target in name


class AfterMoment(Check):
    """A column that comes after the row's own moment: by its dates, or by what the sheet says of it."""

    code = "WB306"
    severity = "error"

    def run(self, context: Context) -> Outcome:
        """Hold date columns against the time column, and read when each column is said to be known."""
        said = [name for name in context.features if name != context.time and context.when.get(name)]
        dates = [name for name in context.features if context.kinds[name] == "date" and name != context.time]
        has_moment = context.time is not None and context.kinds[context.time] == "date"
        if not said and not (has_moment and dates):
            return NotApplicable(Text("check.reason.no_moment"))
        found = list(self.dated(context, dates)) if has_moment else []
        return [*found, *self.told(context, [name for name in said if not {name} & {c for f in found for c in f.columns}])]

    def dated(self, context: Context, names: list[str]) -> Iterator[Finding]:
        """Yield date columns that lie after the row's moment in most rows."""
        assert context.time is not None
        for name in names:
            days = days_after(context.frame[name], context.frame[context.time])
            both = days[np.isfinite(days)]
            later = both > 0
            if len(both) < FEWEST_DATED or later.mean() <= MOST_LATER:
                continue
            severity = self.grade(context, name)
            values = {"column": name, "time": context.time, "rows": int(later.sum()), "total": len(both)}
            values |= {"share": float(later.mean()), "days": float(np.median(both[later]))}
            evidence = Text(f"check.WB306.{'telling' if severity == 'error' else 'evidence'}", target=context.target, **values)
            action = Text("check.WB306.known" if severity == "info" else "check.WB306.action", column=name)
            places = np.flatnonzero(np.nan_to_num(days) > 0)[:3].tolist()
            yield self.finding(
                [name],
                evidence,
                action,
                severity=severity,
                exclude=[name] if severity == "error" else (),
                examples=rows_of(context.frame, places, [context.time, name, context.target]),
                chart=marks.along(both, "check.chart.days_after"),
                share=float(later.mean()),
            )

    def grade(self, context: Context, name: str) -> Severity:
        """Grade a later date: planned dates are known in time, so an error needs gaps that tell the target as well."""
        table = context.labelled
        gap = table[name].is_null().to_numpy()
        if FEWEST_GAPS <= gap.sum() <= len(gap) - FEWEST_GAPS:
            power, deviations = gap_power(gap, table[context.target], context.task)
            if power >= LONELY["AUC" if context.task.is_classification else "R²"] and deviations >= SIGNIFICANT:
                return "error"
        return "info" if context.vouched([name]) else "warning"

    def told(self, context: Context, names: list[str]) -> Iterator[Finding]:
        """Yield features of which the sheet says that they are known only after something."""
        for name in names:
            when = context.when[name]
            if context.vouched([name]) or not AFTERWARDS.search(when) or BEFORE.search(when):
                continue
            evidence = Text("check.WB306.said", column=name, when=when[:80])
            shown = rows_of(context.frame, filled(context.frame[name]), [name, context.target])
            action = Text("check.WB306.said_action", column=name)
            yield self.finding(
                [name], evidence, action, severity="warning", examples=shown, chart=marks.outcome(context, name), when=when[:80]
            )


def days_after(dates: pl.Series, moments: pl.Series) -> np.ndarray:
    """Return the days from a moment to a date, NaN where one is not known; by whole days where one has no time of day."""
    if pl.Date in (dates.dtype, moments.dtype):
        dates, moments = dates.cast(pl.Date), moments.cast(pl.Date)
    stamps = [series.cast(pl.Datetime("ms")).dt.timestamp("ms").cast(pl.Float64) for series in (dates, moments)]
    return ((stamps[0] - stamps[1]) / MILLISECONDS).fill_null(float("nan")).to_numpy()
