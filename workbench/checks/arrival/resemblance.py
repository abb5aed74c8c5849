"""Checks of new data against the table a model learns from, as a whole: shifted columns, rows told apart, rows seen before."""

from __future__ import annotations

from typing import Any

import polars as pl

from workbench.checks.arrival import CLEAR, MOSTLY, NewData, at_least_p
from workbench.checks.arrival.adversary import FEWEST_ROWS, Apart, tell_apart
from workbench.checks.arrival.arrived import MOST_ROWS, SEED, Arrived, Column
from workbench.checks.arrival.shift import LARGE, MODERATE, SIDES
from workbench.checks.check import Finding, NotApplicable, Outcome
from workbench.checks.examples import rows_of
from workbench.words import Text

# Rows seen before that are worth a warning.
MANY_SEEN = 0.01


class ShiftedColumn(NewData):
    """A column whose values are distributed otherwise."""

    code = "WB505"
    severity = "warning"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Judge the stability index above chance, where the test allowing for all columns is clear as well."""
        columns = [column for column in arrived.columns if column.shift.psi is not None]
        if not columns:
            return NotApplicable(Text("check.reason.nothing_to_compare"))
        shifted = [c for c in columns if (c.adjusted or 0.0) < CLEAR and c.shift.beyond >= MODERATE]
        shifted.sort(key=lambda column: -column.shift.beyond)
        return self.together([self.described(arrived, column) for column in shifted])

    def described(self, arrived: Arrived, column: Column) -> Finding:
        """Put one shifted column into words."""
        p = column.adjusted or 0.0
        evidence = Text(
            "check.WB505.median" if column.kind == "number" else "check.WB505.label",
            column=column.name,
            psi=column.shift.psi,
            noise=column.shift.noise,
            p="< 0.001" if p < 0.001 else f"= {p:.3f}",
            before=typical(column.typical[0]),
            after=typical(column.typical[1]),
            sampled=sampled(arrived),
        )
        return self.finding(
            [column.name],
            evidence,
            Text("check.WB505.action"),
            severity="warning" if column.shift.beyond >= LARGE else "info",
            chart=chart(column),
            psi=column.shift.psi,
            adjusted=p,
        )


def typical(value: object) -> object:
    """Return a median or a label as a sentence shows it."""
    if isinstance(value, bool):
        return Text(f"check.arrival.{str(value).lower()}")
    if isinstance(value, int | float):
        return f"{value:,.6g}"
    return Text("check.missing_value") if value is None else str(value)[:40]


def sampled(arrived: Arrived) -> Text | str:
    """Return the sentence that says a sample was compared, or nothing."""
    return Text("check.arrival.sampled", rows=MOST_ROWS, seed=SEED) if arrived.is_sampled else ""


def chart(column: Column) -> dict[str, object]:
    """Return both distributions as bars beside each other."""
    return {
        "kind": "two",
        "labels": ["–" if label is None else str(label) for label in column.shift.labels],
        "first": list(column.shift.first),
        "second": list(column.shift.second),
        "names": list(SIDES),
        "share": True,
    }


class ToldApart(NewData):
    """New rows that a small model tells from the table's."""

    code = "WB506"
    severity = "warning"
    cost = "expensive"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Fit a small model that tells them apart, and name the columns it goes by."""
        rows = min(arrived.frame.height, arrived.new.height)
        if rows < FEWEST_ROWS:
            return NotApplicable(Text("check.reason.few_arrived", rows=rows, needed=FEWEST_ROWS))
        names = [name for name in arrived.common if self.is_fair(arrived, name)]
        apart = tell_apart(arrived.before.select(names), arrived.after.select(names), groups=groups(arrived))
        if apart is None:
            return NotApplicable(Text("check.reason.nothing_to_compare"))
        return [self.described(apart)] if apart.grade else []

    def is_fair(self, arrived: Arrived, name: str) -> bool:
        """Tell whether a column may be used: names of rows, texts and moments differ by nature, unreadable ones are told."""
        is_unread = len(arrived.unread.get(name, ())) >= MOSTLY * arrived.new.height
        by_nature = name in arrived.naming or arrived.kinds[name] in ("date", "text") or name == arrived.time
        return not by_nature and not is_unread

    def described(self, apart: Apart) -> Finding:
        """Put it into words."""
        columns = [name for name, _ in apart.telling]
        evidence = Text(
            "check.WB506.evidence",
            auc=apart.auc,
            low=apart.low,
            high=apart.high,
            columns=[f"{name} ({share:.0%})" for name, share in apart.telling],
            sampled=apart.sampled,
        )
        return self.finding(
            columns,
            evidence,
            Text("check.WB506.action"),
            severity="warning" if apart.grade == "strong" else "info",
            chart=apart.chart(),
            auc=apart.auc,
            low=apart.low,
            high=apart.high,
        )


def groups(arrived: Arrived) -> tuple[pl.Series, pl.Series] | None:
    """Return what the rows of both belong to, where the new data says it as well."""
    if arrived.group is None or arrived.group not in arrived.new.columns:
        return None
    return arrived.frame[arrived.group], arrived.new[arrived.group]


class SeenBefore(NewData):
    """New rows that the table holds already."""

    code = "WB507"
    severity = "warning"

    def held_against(self, arrived: Arrived) -> Outcome:
        """Look for new rows that equal one of the table in every column a model learns from."""
        names = [name for name in arrived.common if name not in arrived.naming]
        if arrived.gone or not names or not arrived.new.height:
            return NotApplicable(Text("check.reason.no_whole_rows"))
        known, new = (side.select(names).hash_rows(seed=SEED) for side in (arrived.before, arrived.after))
        places = new.is_in(known.unique().implode()).arg_true()
        # Rows of few columns repeat by chance: as often as the table's own rows do.
        usual = 1 - float(known.is_unique().mean() or 0.0) if len(known) else 0.0  # type: ignore[arg-type]
        share = len(places) / len(new)
        if not len(places) or at_least_p(len(places), len(new), usual) >= CLEAR:
            return []
        values: dict[str, Any] = {
            "rows": len(places),
            "count": len(places),
            "total": len(new),
            "share": share,
            "usual": usual,
            "features": len(names),
        }
        return [
            self.finding(
                [],
                Text("check.WB507.evidence", **values),
                Text("check.WB507.action"),
                severity="warning" if share >= MANY_SEEN else "info",
                examples=rows_of(arrived.new, places.head(3).to_list(), names),
                **values,
            )
        ]
