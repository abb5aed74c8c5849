"""Checks of rows: the same row more than once, nearly so, and equal rows with different answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.checks.examples import rows_of
from workbench.words import Text

# Fewer repeated rows than this share do no harm to a score.
MANY = 0.01
# Rows of a few coarse columns repeat by chance.
FEWEST_COLUMNS = 3
# Rows that differ in one column only are no chance where a table has at least so many columns that vary.
FEWEST_FOR_NEAR = 6
NEARLY = 0.01
# Rows whose columns agree with another's but for one: looked for in a sample of this many rows.
LOOKED_AT = 50_000
CONFLICTS = 0.01
# Rows that agree in all columns but one count where they are so many times what chance would make of independent columns.
BEYOND_CHANCE = 10.0


class DuplicateRows(Check):
    """Rows that repeat an earlier one in every column."""

    code = "WB110"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Count the rows that would stand in training and test part at once."""
        if context.rows < 2:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=2))
        if context.frame.width < FEWEST_COLUMNS:
            return NotApplicable(Text("check.reason.columns", columns=context.frame.width, needed=FEWEST_COLUMNS))
        hashes = context.frame.hash_rows(seed=0)
        candidates = context.frame.filter(hashes.is_duplicated())
        repeats = candidates.height - candidates.n_unique() if candidates.height else 0
        if not repeats:
            return []
        severity: Severity = "warning" if repeats >= MANY * context.rows else "info"
        # Hashes found the candidates: one that merely collided does not count as repeated.
        distinct = candidates.filter(candidates.is_duplicated()).n_unique()
        evidence = Text(
            "check.WB110.evidence", count=repeats, rows=context.rows, share=repeats / context.rows, distinct=distinct
        )
        commonest = marks.counts(hashes, 1)["value"][0]
        places = (hashes == commonest).arg_true().head(3).to_list()
        shown = rows_of(context.frame, places, [context.target, *context.features])
        more: dict[str, Any] = {
            "examples": shown,
            "chart": marks.repeats(hashes, "check.chart.different_rows"),
            "rows": repeats,
        }
        return [self.finding([], evidence, Text("check.WB110.action"), severity=severity, **more)]


class NearDuplicateRows(Check):
    """Rows that repeat another in every feature but one."""

    code = "WB120"
    severity = "warning"
    cost = "expensive"

    def run(self, context: Context) -> Outcome:
        """Leave out one column after the other by taking its hash out of the row's sum of hashes."""
        names = [name for name in context.varying if name != context.time]
        if context.rows < 2 or len(names) < FEWEST_FOR_NEAR:
            return NotApplicable(Text("check.reason.columns", columns=len(names), needed=FEWEST_FOR_NEAR))
        table = context.frame.select(names)
        places = np.arange(table.height)
        if table.height > LOOKED_AT:
            places = np.sort(np.random.default_rng(0).choice(table.height, LOOKED_AT, replace=False))
            table = table[places]
        hashes = [column.hash(seed=i).to_numpy() for i, column in enumerate(table.iter_columns())]
        whole = np.sum(hashes, axis=0, dtype=np.uint64)
        equal = repeats(whole)
        near = np.zeros(table.height, bool)
        alike, differing = [sum_of_squares(own) for own in hashes], {}
        for place, own in enumerate(hashes):
            found = repeats(whole - own)
            # Coarse columns agree by chance: so many rows would, were the columns independent of each other.
            by_chance = table.height**2 * float(np.prod(alike[:place] + alike[place + 1 :]))
            if found.sum() > BEYOND_CHANCE * by_chance:
                near |= found
                differing[names[place]] = int((found & ~equal).sum())
        near &= ~equal
        count = int(near.sum())
        if count < max(2, NEARLY * table.height):
            return []
        sampled = Text("check.WB120.sampled", rows=LOOKED_AT, total=context.rows) if context.rows > LOOKED_AT else ""
        evidence = Text("check.WB120.evidence", rows=count, total=table.height, share=count / table.height, sampled=sampled)
        examples = rows_of(context.frame, places[np.flatnonzero(near)[:3]].tolist(), [context.target, *names])
        ranked = sorted((name for name in differing if differing[name]), key=lambda name: -differing[name])[: marks.MOST_BARS]
        chart = marks.bars(ranked, [differing[name] for name in ranked], x="check.chart.rows_differing")
        return [self.finding([], evidence, Text("check.WB120.action"), examples=examples, chart=chart, near=count)]


class ConflictingLabels(Check):
    """Rows that are equal in every feature and have different targets."""

    code = "WB121"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Group equal rows and count those whose answers differ."""
        names = context.varying
        table = context.labelled
        if not context.task.is_classification:
            return NotApplicable(Text("check.reason.regression"))
        if table.height < 2 or not names:
            return NotApplicable(Text("check.reason.rows", rows=table.height, needed=2))
        keyed = pl.DataFrame({"key": table.select(names).hash_rows(seed=0), "y": table[context.target]})
        counted = keyed.group_by("key", "y").len()
        groups = counted.group_by("key").agg(
            pl.col("len").sum().alias("rows"), pl.col("len").max().alias("most"), pl.len().alias("labels")
        )
        torn = groups.filter(pl.col("labels") > 1)
        rows = int(torn["rows"].sum())
        if not rows:
            return []
        best = 1 - float((torn["rows"] - torn["most"]).sum()) / table.height
        severity: Severity = "warning" if rows >= CONFLICTS * table.height else "info"
        first = np.flatnonzero((keyed["key"] == torn.sort(["rows", "key"], descending=[True, False])["key"][0]).to_numpy())
        examples = rows_of(context.frame, context.labelled_places[first[:3]].tolist(), [context.target, *names])
        evidence = Text(
            "check.WB121.evidence",
            rows=rows,
            count=torn.height,
            groups=torn.height,
            total=table.height,
            share=rows / table.height,
            best=best,
        )
        answers = keyed.filter(pl.col("key").is_in(torn["key"].implode()))["y"].cast(pl.String)
        more: dict[str, Any] = {"examples": examples, "chart": marks.frequent(answers), "rows": rows, "best": best}
        return [self.finding([], evidence, Text("check.WB121.action"), severity=severity, **more)]


def sum_of_squares(values: np.ndarray) -> float:
    """Return the chance that two rows have the same value."""
    counts = np.unique(values, return_counts=True)[1]
    return float(((counts / len(values)) ** 2).sum())


def repeats(keys: np.ndarray) -> np.ndarray:
    """Tell which keys occur more than once."""
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    found = np.zeros(len(keys), bool)
    found[order[1:][same]] = True
    found[order[:-1][same]] = True
    return found
