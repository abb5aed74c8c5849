"""Checks of columns that almost repeat another: nearly the same numbers, nearly the same labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from workbench.checks.check import Check, Finding, NotApplicable, Outcome
from workbench.checks.columns import beside, repeated
from workbench.checks.context import Context, first_seen
from workbench.checks.examples import rows_of
from workbench.words import Text

NEARLY = 0.999
# Labels that agree in this share of rows say the same.
AGREES = 0.99
# Of the rows outside the commonest pair so many must agree as well: two labels that stand nearly everywhere always agree.
AGREES_ELSEWHERE = 0.9
# Labels that do not repeat each stand beside one other, as they must.
REPEATS = 0.5
FEWEST = 50
MOST_COLUMNS = 400
# Pairs of label columns grow with the square; only those of few labels are held against each other.
MOST_LABELS, MOST_LABEL_COLUMNS = 200, 60


class NearDuplicateColumn(Check):
    """A column that says nearly the same as another."""

    code = "WB108"
    severity = "info"

    def run(self, context: Context) -> Outcome:
        """Compare numbers by correlation over a sample, then over all rows; labels by how often they agree."""
        if context.rows < FEWEST or len(context.varying) < 2:
            return NotApplicable(Text("check.reason.two_columns"))
        equal = {name for others in repeated(context).values() for name in others}
        return [*self.numbers(context, equal), *self.labels(context, equal)]

    def numbers(self, context: Context, equal: set[str]) -> Iterator[Finding]:
        """Yield pairs of numbers on almost one straight line."""
        names = [
            n for n in context.varying if n not in equal and context.frame[n].dtype.is_numeric() and context.distinct[n] > 2
        ]
        names = names[:MOST_COLUMNS]
        if len(names) < 2:
            return
        for i, j in close_pairs(context.sample, names):
            both = context.frame.select(pl.col(names[i], names[j]).cast(pl.Float64)).drop_nulls()
            both = both.filter(pl.all_horizontal(pl.all().is_finite()))
            r = float(np.corrcoef(both.to_numpy().T)[0, 1]) if both.height >= FEWEST else 0.0
            if abs(r) >= NEARLY:
                yield self.told(
                    context,
                    names[i],
                    names[j],
                    Text("check.WB108.numbers", first=names[i], other=names[j], r=r, rows=both.height),
                )

    def labels(self, context: Context, equal: set[str]) -> Iterator[Finding]:
        """Yield pairs of columns whose labels nearly always go together one to one."""
        most = min(MOST_LABELS, int(REPEATS * context.rows))
        names = [n for n in context.varying if n not in equal and 3 <= context.distinct[n] <= most][:MOST_LABEL_COLUMNS]
        table = context.sample
        codes = {name: first_seen(table[name]) + 1 for name in names}
        for place, first in enumerate(names):
            for other in names[place + 1 :]:
                if context.frame[first].dtype.is_numeric() and context.frame[other].dtype.is_numeric():
                    continue
                share = agreement(codes[first], codes[other])
                if share >= AGREES:
                    yield self.told(
                        context,
                        first,
                        other,
                        Text("check.WB108.labels", first=first, other=other, share=share, sampled=context.sampled),
                    )

    def told(self, context: Context, first: str, other: str, evidence: Text) -> Finding:
        """Return one pair's finding."""
        examples = rows_of(context.frame, [0, 1, 2][: context.rows], [first, other])
        action, chart = Text("check.WB108.action", other=other), beside(context, first, other)
        return self.finding([first, other], evidence, action, examples=examples, chart=chart)


def close_pairs(sample: pl.DataFrame, names: list[str]) -> list[tuple[int, int]]:
    """Return the pairs of numbers that correlate nearly perfectly on the sample, where both are known."""
    x = sample.select(pl.col(names).cast(pl.Float64)).to_numpy()
    known = np.isfinite(x)
    filled = np.where(known, x, 0.0)
    mean = filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, x - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    z, mask = centred / np.where(spread > 0, spread, 1.0), known.astype(np.float64)
    with np.errstate(all="ignore"):
        n = mask.T @ mask
        sx, sxx = z.T @ mask, (z * z).T @ mask
        r = (z.T @ z - sx * sx.T / n) / np.sqrt((sxx - sx**2 / n) * (sxx - sx**2 / n).T)
    close = np.argwhere(np.triu(np.nan_to_num(np.abs(r)) >= NEARLY - 0.0005, k=1) & (n >= FEWEST // 2))
    return [(int(i), int(j)) for i, j in close]


def agreement(first: np.ndarray, other: np.ndarray) -> float:
    """Return the share of rows in which each label of one column stands beside its usual partner, both ways.

    It is 0 where that is no more than the commonest pair's doing.
    """
    wide = int(other.max()) + 1
    table = np.bincount(first * wide + other, minlength=(int(first.max()) + 1) * wide).reshape(-1, wide)
    if min(table.shape) < 2:
        return 0.0
    agree, commonest = int(min(table.max(axis=0).sum(), table.max(axis=1).sum())), int(table.max())
    if agree - commonest < AGREES_ELSEWHERE * (len(first) - commonest):
        return 0.0
    return agree / len(first)
