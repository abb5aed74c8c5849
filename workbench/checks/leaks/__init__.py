"""Checks for columns that know the answer: power alone, missingness, exact functions of the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import Context, first_seen
from workbench.checks.examples import rows_of
from workbench.checks.leaks.power import Powers, measure
from workbench.task import Task
from workbench.words import Text

# An error is at least this strong …
HIGH = {"AUC": 0.975, "R²": 0.95}
# … and what it lacks is at most a tenth of what the next honest column lacks: honest columns have rivals.
ALONE = 0.10
# Strong, but with a rival near or below the first threshold: worth the question "when is it known?".
STRONG = {"AUC": 0.925, "R²": 0.85}
# Not so strong, but so far ahead of every other column that the question is due as well.
LONELY = {"AUC": 0.85, "R²": 0.70}
LONELY_RATIO = 0.25
MISSING_STRONG = {"AUC": 0.70, "R²": 0.30}
# A difference in missingness smaller than this many standard errors is chance.
SIGNIFICANT = 5.0
# Rows that screen pairs of columns before all rows decide.
SCREEN_ROWS = 200
# A target with more labels than this share of the rows is no name for anything.
REPEATS = 0.5
# Pairs grow with the square: beyond this width only the columns that go with the target are paired.
MOST_PAIRED = 300


class Leak(Check):
    """A column that predicts the target better than an honest one should."""

    code = "WB301"
    severity = "error"
    cost = "expensive"

    def run(self, context: Context) -> Outcome:
        """Measure each column alone, out of fold, and compare the strongest with their rivals."""
        powers = measure(context)
        if powers is None:
            return NotApplicable(Text("check.reason.power"))
        exact = {name for _, names in exact_relations(context) for name in names}
        honest = [name for name in powers.rivals if not exact & set(powers.members[name])]
        rivals = sorted(
            (name for name in honest if powers.values[name] < HIGH[powers.measure]), key=lambda name: powers.values[name]
        )[-2:]
        found = []
        for name, power in sorted(powers.values.items(), key=lambda item: -item[1]):
            best = max((powers.values[other] for other in rivals if other != name), default=chance(powers))
            severity = verdict(power, best, powers.measure)
            if severity and not exact & set(powers.members[name]):
                found.append(self.described(context, powers, name, best, severity))
        return found

    def described(self, context: Context, powers: Powers, name: str, rival: float, severity: Severity) -> Finding:
        """Put one suspect into words."""
        columns, power = powers.members[name], powers.values[name]
        evidence = Text(
            "check.WB301.evidence" if len(columns) == 1 else "check.WB301.group",
            columns=list(columns),
            target=context.target,
            measure=powers.measure,
            power=power,
            rival=rival,
            sampled=context.sampled,
        )
        action = Text("check.WB301.action" if severity == "error" else "check.WB301.question")
        if severity == "warning" and context.vouched(columns):
            severity, action = "info", Text("check.WB301.known")
        return self.finding(
            columns,
            evidence,
            action,
            severity=severity,
            exclude=columns if severity == "error" else (),
            examples=different_rows(context, columns),
            chart=against_rivals(powers, name),
            power=power,
            measure=powers.measure,
        )


def against_rivals(powers: Powers, accused: str) -> marks.Chart:
    """Return the power of the strongest columns, the accused highlighted."""
    ranked = sorted(powers.values, key=lambda name: -powers.values[name])[: marks.MOST_BARS]
    ranked = ranked if accused in ranked else [*ranked[:-1], accused]
    members = [powers.members[name] for name in ranked]
    labels = [names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}" for names in members]
    x = "check.chart.power_auc" if powers.measure == "AUC" else "check.chart.power_r2"
    return marks.bars(labels, [powers.values[name] for name in ranked], highlight=[ranked.index(accused)], x=x)


def different_rows(context: Context, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the first rows of different targets, as far as there are."""
    target = context.frame[context.target]
    first = target.is_first_distinct() & target.is_not_null()
    return rows_of(context.frame, first.arg_true().head(3).to_list(), [*columns, context.target])


def chance(powers: Powers) -> float:
    """Return what a column that knows nothing scores."""
    return 0.5 if powers.measure == "AUC" else 0.0


def verdict(power: float, rival: float, measured: str) -> Severity | None:
    """Grade a column's power against the next honest column's."""
    lacks, rival_lacks = 1 - power, 1 - rival
    if power >= HIGH[measured] and lacks <= ALONE * rival_lacks:
        return "error"
    if power >= STRONG[measured] or (power >= LONELY[measured] and lacks <= LONELY_RATIO * rival_lacks):
        return "warning"
    return None


class MissingnessLeak(Check):
    """A column whose gaps tell the target."""

    code = "WB302"
    severity = "error"

    def run(self, context: Context) -> Outcome:
        """Compare how often each column is missing between labels, or the target between missing and known."""
        table = context.labelled
        gaps = {name: table[name].is_null().to_numpy() for name in context.features if table[name].null_count()}
        gaps = {name: gap for name, gap in gaps.items() if 5 <= gap.sum() <= len(gap) - 5}
        if not gaps:
            return NotApplicable(Text("check.reason.no_gaps"))
        measured = "AUC" if context.task.is_classification else "R²"
        together: dict[bytes, list[str]] = {}
        for name, gap in gaps.items():
            together.setdefault(np.packbits(gap).tobytes(), []).append(name)
        found = []
        for names in together.values():
            power, deviations = gap_power(gaps[names[0]], table[context.target], context.task)
            if power < MISSING_STRONG[measured] or deviations < SIGNIFICANT:
                continue
            severity: Severity = "error" if power >= HIGH[measured] else "warning"
            share = float(gaps[names[0]].mean())
            evidence = Text(
                "check.WB302.evidence", columns=names, target=context.target, share=share, measure=measured, power=power
            )
            shown = rows_of(context.frame, gap_rows(context.frame[names[0]]), [*names, context.target])
            chart = by_gap(gaps[names[0]], table[context.target], context.task)
            more: dict[str, Any] = {
                "exclude": names if severity == "error" else (),
                "examples": shown,
                "chart": chart,
                "power": power,
            }
            found.append(self.finding(names, evidence, Text("check.WB302.action"), severity=severity, **more))
        return found


def gap_rows(series: pl.Series) -> list[int]:
    """Return two rows without a value and one with it."""
    missing = series.is_null()
    return [*missing.arg_true().head(2).to_list(), *(~missing).arg_true().head(1).to_list()]


def by_gap(gap: np.ndarray, target: pl.Series, task: Task) -> marks.Chart:
    """Return the labels' shares, or the target's mean, where a column is missing and where it is known."""
    names = ("check.chart.is_missing", "check.chart.is_known")
    sides = [target.filter(pl.Series(side)) for side in (gap, ~gap)]
    if task is Task.REGRESSION:
        means = [[float(side.cast(pl.Float64).mean() or 0.0)] for side in sides]  # type: ignore[arg-type]
        return marks.two([target.name], means[0], means[1], names, share=False)
    labels = marks.counts(target)["value"].to_list()
    shares = [[float((side == label).mean() or 0.0) for label in labels] for side in sides]
    return marks.two(labels, shares[0], shares[1], names, share=True)


def gap_power(gap: np.ndarray, target: pl.Series, task: Task) -> tuple[float, float]:
    """Return how well being missing predicts the target alone, and how many standard errors that is from chance."""
    n, missing = len(gap), int(gap.sum())
    if task is Task.REGRESSION:
        y = target.cast(pl.Float64).to_numpy()
        whole = float(((y - y.mean()) ** 2).sum())
        if not whole:
            return 0.0, 0.0
        apart = float(y[gap].mean() - y[~gap].mean())
        power = apart**2 * missing * (n - missing) / n / whole
        return power, float(np.sqrt(power / max(1 - power, 1e-12) * (n - 2)))
    aucs, deviations = [], []
    for label in target.unique():
        hit = (target == label).to_numpy()
        hits = int(hit.sum())
        if not 0 < hits < n:
            continue
        apart = abs(gap[hit].mean() - gap[~hit].mean())
        share = missing / n
        aucs.append(0.5 + apart / 2)
        deviations.append(apart / np.sqrt(share * (1 - share) * (1 / hits + 1 / (n - hits))))
    return (float(np.mean(aucs)), float(max(deviations))) if aucs else (0.5, 0.0)


class ExactLeak(Check):
    """Columns from which the target can be written down without error."""

    code = "WB303"
    severity = "error"

    def run(self, context: Context) -> Outcome:
        """Look for copies, renamings, linear functions, sums and differences that hold in every row."""
        if context.labelled.height < 10 or context.labelled[context.target].n_unique() < 2:
            return NotApplicable(Text("check.reason.power"))
        found = []
        for kind, columns in exact_relations(context):
            evidence = exact_evidence(kind, columns, context)
            more: dict[str, Any] = {
                "exclude": columns,
                "examples": different_rows(context, columns),
                "chart": exact_chart(kind, columns, context),
            }
            found.append(self.finding(columns, evidence, Text("check.WB303.action"), **more, relation=kind))
        return found


def exact_chart(kind: str, columns: tuple[str, ...], context: Context) -> marks.Chart:
    """Return which values go together, or the target along what gives it."""
    if kind == "renamed":
        return marks.pairing(context.labelled[columns[0]], context.labelled[context.target])
    table, first, last = context.sample, pl.col(columns[0]).cast(pl.Float64), pl.col(columns[-1]).cast(pl.Float64)
    made = table.select(x={"sum": first + last, "difference": first - last}.get(kind, first), y=pl.col(context.target))
    made = made.drop_nulls().unique("x").sort("x")
    some = made[np.unique(np.linspace(0, made.height - 1, min(marks.MOST_POINTS, made.height)).astype(int)).tolist()]
    title = columns[0] + {"sum": f" + {columns[-1]}", "difference": f" − {columns[-1]}"}.get(kind, "")
    return marks.line(some["x"].to_list(), some["y"].to_list(), x_title=title, y=context.target)


def exact_evidence(kind: str, columns: tuple[str, ...], context: Context) -> Text:
    """Put one exact relation into words."""
    values = {"target": context.target, "first": columns[0], "last": columns[-1], "rows": context.labelled.height}
    match kind:
        case "sum":
            return Text("check.WB303.sum", **values)
        case "difference":
            return Text("check.WB303.difference", **values)
        case "linear":
            return Text("check.WB303.linear", **values)
        case _:
            return Text("check.WB303.renamed", **values)


def exact_relations(context: Context) -> list[tuple[str, tuple[str, ...]]]:
    """List what gives the target exactly: ``renamed``, ``linear``, ``sum`` or ``difference`` with the columns."""
    table = context.labelled
    if table.height < 10 or table[context.target].n_unique() < 2:
        return []
    if context.task is not Task.REGRESSION:
        return [("renamed", (name,)) for name in renamings(context, table)]
    names = [name for name in context.varying if table[name].dtype.is_numeric()]
    if not names:
        return []
    y = table[context.target].cast(pl.Float64).to_numpy()
    x = np.nan_to_num(context.numbers(names), posinf=0.0, neginf=0.0)
    with np.errstate(all="ignore"):
        close = 1e-6 * float(y.std()) + 1e-9
    if not np.isfinite(close):  # so large that its squares are no numbers
        return []
    linear = linear_copies(x, y, close)
    found: list[tuple[str, tuple[str, ...]]] = [("linear", (names[i],)) for i in linear]
    return found + [(kind, (names[i], names[j])) for kind, i, j in pairs(x, y, close, skip=set(linear))]


def renamings(context: Context, table: pl.DataFrame) -> list[str]:
    """Return features with a value of their own for each label, missing counted as a value."""
    goal = first_seen(table[context.target])
    labels = len(np.unique(goal))
    # Columns that hardly repeat a value rename each other trivially.
    if labels > REPEATS * table.height:
        return []
    found = []
    for name in context.varying:
        if context.distinct[name] not in (labels, labels - 1):
            continue
        codes = first_seen(table[name])
        met = len(np.unique(codes * (labels + 1) + goal))
        if met == len(np.unique(codes)) == labels:
            found.append(name)
    return found


def linear_copies(x: np.ndarray, y: np.ndarray, close: float) -> list[int]:
    """Return the columns of which the target is a straight line in every row."""
    found = []
    with np.errstate(all="ignore"):
        centred = x - x.mean(axis=0)
        slope = (centred * (y - y.mean())[:, None]).sum(axis=0) / (centred**2).sum(axis=0)
    for i in np.flatnonzero(np.isfinite(slope)):
        if np.abs(slope[i] * centred[:, i] + y.mean() - y).max() < close:
            found.append(int(i))
    return found


def pairs(x: np.ndarray, y: np.ndarray, close: float, *, skip: set[int]) -> list[tuple[str, int, int]]:
    """Return pairs of columns whose sum or difference is the target in every row."""
    places = np.array([i for i in paired(x, y) if i not in skip], dtype=int)
    if len(places) < 2:
        return []
    rows = np.linspace(0, len(y) - 1, min(SCREEN_ROWS, len(y))).astype(int)
    some, goal, found = x[np.ix_(rows, places)], y[rows, None], []
    for k, i in enumerate(places):
        for kind, made in (("sum", some[:, k : k + 1] + some[:, k + 1 :]), ("difference", some[:, k : k + 1] - some)):
            first = k + 1 if kind == "sum" else 0
            for j in places[first + np.flatnonzero(np.abs(made - goal).max(axis=0, initial=0) < close)]:
                whole = x[:, i] + x[:, j] if kind == "sum" else x[:, i] - x[:, j]
                if i != j and np.abs(whole - y).max() < close:
                    found.append((kind, int(i), int(j)))
    return found


def paired(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the columns to pair: all, or of a very wide table those that go with the target most."""
    if x.shape[1] <= MOST_PAIRED:
        return np.arange(x.shape[1])
    with np.errstate(all="ignore"):
        centred = x - x.mean(axis=0)
        r = (centred * (y - y.mean())[:, None]).sum(axis=0) / np.sqrt((centred**2).sum(axis=0))
    return np.sort(np.argsort(-np.abs(np.nan_to_num(r)), kind="stable")[:MOST_PAIRED])
