"""The check for categories that settle the target: one column, or two or three together, each of whose values has one label."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import SEED, Context, first_seen
from workbench.checks.examples import rows_of
from workbench.checks.leaks import renamings
from workbench.checks.leaks.moments import SMELLS, speaks_of
from workbench.words import Text

# A column of more values, or a combination that occurs in more forms, names rows rather than kinds of rows.
MOST_VALUES = 50
FEWEST_ROWS = 50
# Rows that each value needs before it says anything: rarer ones count as not told.
SUPPORT = 5
# Rows that may be told wrongly: of all, and of those that do not have the commonest label (a rare label must be told too).
EXCEPTIONS, MISSED = 0.005, 0.05
# Of those, what each part of a combination must miss alone: otherwise the part is the story (WB301 tells it).
NEEDED = 0.25
# So improbable in shuffled labels, however many combinations were tried.
CHANCE = 1e-6
# Triples grow with the cube: beyond so many columns only those that go with the target most are combined.
MOST_COMBINED = 40
# Rows, as many of each label, on which combinations are tried before all rows decide; twice the exceptions may happen there.
SCREEN_ROWS, SCREEN_EXCEPTIONS = 500, 0.10
# With fewer labels one column and a copy of it would do.
FEWEST_LABELS_NAMED = 3
MOST_FINDINGS = 5


@dataclass(frozen=True)
class Told:
    """How far the values of one code tell the labels, each row judged by the others of its value."""

    wrong: int
    values: int
    fewest: int
    """Rows of the rarest value."""
    chance: float
    """Logarithm of the probability that shuffled labels leave as many values with one label."""
    is_name: bool
    """Whether each label belongs to one value as well."""


@dataclass(frozen=True)
class Goal:
    """The labels of the rows looked at."""

    codes: np.ndarray
    labels: int

    @property
    def others(self) -> int:
        """Rows that do not have the commonest label."""
        return int(len(self.codes) - np.bincount(self.codes).max())

    def is_told(self, told: Told, tried: int) -> bool:
        """Tell whether values settle the labels, and not by chance."""
        few = told.wrong <= EXCEPTIONS * len(self.codes) and told.wrong <= MISSED * self.others
        return few and told.values >= 2 and told.chance + np.log(max(tried, 1)) < np.log(CHANCE)


class Determines(Check):
    """A category, or several together, that leave the target no choice.

    Notes
    -----
    The thresholds are stricter than chance needs, as honest categories are strong too. Of seventeen public tables (poker,
    income, Telco churn, Home Credit and Taiwan credit among them; six have no such columns) they accuse one: the mice, whose
    class is written as their three treatments. An error says that the target *is* the combination, or that the name speaks of
    the outcome.
    """

    code = "WB305"
    severity = "error"
    cost = "expensive"

    def run(self, context: Context) -> Outcome:
        """Try every category alone, then pairs and triples of those that do not settle it alone."""
        table = context.sample
        goal = Goal(first_seen(table[context.target]), int(table[context.target].n_unique())) if table.height else None
        if goal is None or table.height < FEWEST_ROWS or goal.labels < 2:
            return NotApplicable(Text("check.reason.power"))
        if goal.labels > MOST_VALUES:
            return NotApplicable(Text("check.reason.many_labels", count=goal.labels, most=MOST_VALUES))
        codes = categories(context, table)
        if not codes:
            return NotApplicable(Text("check.reason.no_categories", most=MOST_VALUES))
        found = []
        alone = {name: judged(column, goal) for name, column in codes.items()}
        settled = [name for name, told in alone.items() if goal.is_told(told, len(codes))]
        known = set(renamings(context, context.labelled))
        for name in settled:
            if name not in known:
                found.append(self.described(context, (name,), alone[name], goal))
        rest = strongest({name: column for name, column in codes.items() if name not in settled}, goal)
        for names, told in itertools.islice(combined(rest, goal), MOST_FINDINGS):
            found.append(self.described(context, names, told, goal))
        return sorted(found[:MOST_FINDINGS], key=lambda one: ("error", "warning", "info").index(one.severity))

    def described(self, context: Context, columns: tuple[str, ...], told: Told, goal: Goal) -> Finding:
        """Put one column or combination into words."""
        severity = grade(context, columns, told, goal)
        kind = "alone" if len(columns) == 1 else "name" if severity == "error" else "together"
        evidence = Text(
            f"check.WB305.{kind}",
            columns=list(columns),
            target=context.target,
            values=told.values,
            fewest=told.fewest,
            rows=len(goal.codes),
            right=1 - told.wrong / len(goal.codes),
            sampled=context.sampled,
        )
        if severity == "info":
            action = Text("check.WB305.known")
        else:
            action = Text("check.WB305.action" if severity == "error" else "check.WB305.question")
        together = joined(context.sample, columns)
        excluded = columns if severity == "error" else ()
        return self.finding(
            columns,
            evidence,
            action,
            severity=severity,
            exclude=excluded,
            examples=examples(context, columns, together),
            chart=marks.pairing(together, context.sample[context.target]),
            values=told.values,
            wrong=told.wrong,
        )


def grade(context: Context, columns: tuple[str, ...], told: Told, goal: Goal) -> Severity:
    """Grade a finding: an error needs a second sign beside the determination, and a category may settle a target honestly."""
    if len(columns) == 1:
        is_error = bool(SMELLS.search(columns[0])) or speaks_of(columns[0], context.target)
    else:
        is_error = told.is_name and goal.labels >= FEWEST_LABELS_NAMED
    if is_error:
        return "error"
    return "info" if context.vouched(columns) else "warning"


def categories(context: Context, table: pl.DataFrame) -> dict[str, np.ndarray]:
    """Return the codes of the features that have few values and no fractions, those that only rename another aside."""
    found: dict[str, np.ndarray] = {}
    seen: set[bytes] = set()
    for name in context.varying:
        if name == context.time or context.kinds[name] == "date" or not 2 <= values_of(context, name) <= MOST_VALUES:
            continue
        series = table[name]
        if series.dtype.is_float() and not series.drop_nulls().eq(series.drop_nulls().floor()).all():
            continue
        codes = dense(first_seen(series) + 1)
        if codes.max() and (look := codes.tobytes()) not in seen:
            seen.add(look)
            found[name] = codes
    return found


def values_of(context: Context, name: str) -> int:
    """Return how many values a column has, missing being one."""
    return context.distinct[name] + (context.frame[name].null_count() > 0)


def dense(codes: np.ndarray) -> np.ndarray:
    """Return the codes that occur, numbered from 0."""
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def judged(codes: np.ndarray, goal: Goal) -> Told:
    """Judge each row by the other rows of its value; a value with too few rows tells nothing."""
    values = int(codes.max()) + 1
    table = np.bincount(codes * goal.labels + goal.codes, minlength=values * goal.labels).reshape(values, goal.labels)
    sizes = table.sum(axis=1)
    ranked = np.sort(table, axis=1)
    most, next_most = ranked[:, -1], ranked[:, -2]
    told = (sizes >= SUPPORT) & (most - 1 > next_most)
    pure = told & (most == sizes)
    shares = np.bincount(goal.codes, minlength=goal.labels) / len(goal.codes)
    likely = (shares[None, :] ** sizes[pure][:, None]).sum(axis=1)
    chance = float(np.log(np.maximum(likely, 1e-300)).sum())
    is_name = values == goal.labels and bool(pure.all()) and len(set(table.argmax(axis=1))) == goal.labels
    return Told(int(len(codes) - most[told].sum()), values, int(sizes.min()), chance, is_name)


def strongest(codes: dict[str, np.ndarray], goal: Goal) -> dict[str, np.ndarray]:
    """Return the columns to combine: all, or of many those that go with the labels most (by chi-square)."""
    if len(codes) <= MOST_COMBINED:
        return codes
    ranked = sorted(codes, key=lambda name: -association(codes[name], goal))[:MOST_COMBINED]
    return {name: column for name, column in codes.items() if name in set(ranked)}


def association(codes: np.ndarray, goal: Goal) -> float:
    """Return chi-square above its degrees of freedom, in standard deviations."""
    values = int(codes.max()) + 1
    table = np.bincount(codes * goal.labels + goal.codes, minlength=values * goal.labels).reshape(values, goal.labels)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / len(codes)
    freedom = (values - 1) * (goal.labels - 1)
    return float((((table - expected) ** 2 / np.maximum(expected, 1e-12)).sum() - freedom) / np.sqrt(2 * freedom))


def combined(codes: dict[str, np.ndarray], goal: Goal) -> Iterator[tuple[tuple[str, ...], Told]]:
    """Yield the pairs, then the triples, that settle the labels where none of their parts comes near."""
    names = list(codes)
    rows = screen(goal)
    some, small = {name: codes[name][rows] for name in names}, Goal(goal.codes[rows], goal.labels)
    tried = sum(len(names) ** size for size in (2, 3))
    settled: list[set[str]] = []
    wide: list[tuple[tuple[str, ...], np.ndarray]] = [((name,), some[name]) for name in names]
    for size in (2, 3):
        wide_next: list[tuple[tuple[str, ...], np.ndarray]] = []
        for columns, looked in extended(wide, names, some):
            if size == 2:
                wide_next.append((columns, looked))
            if any(one <= set(columns) for one in settled) or errors(looked, small) > SCREEN_EXCEPTIONS * len(rows):
                continue
            told = judged(crossed(codes, columns), goal)
            if told.values <= MOST_VALUES and goal.is_told(told, tried) and is_needed(codes, columns, goal):
                settled.append(set(columns))
                yield columns, told
        wide = wide_next


def extended(
    wide: Sequence[tuple[tuple[str, ...], np.ndarray]], names: Sequence[str], some: dict[str, np.ndarray]
) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """Yield each combination with one later column more, as far as it occurs in few forms."""
    for columns, codes in wide:
        for name in names[names.index(columns[-1]) + 1 :]:
            both = dense(codes * (int(some[name].max()) + 1) + some[name])
            if both.max() < MOST_VALUES:
                yield (*columns, name), both


def screen(goal: Goal) -> np.ndarray:
    """Return rows to try on, as many of each label as there are."""
    each, random = max(SCREEN_ROWS // goal.labels, SUPPORT), np.random.default_rng(SEED)
    rows = [np.flatnonzero(goal.codes == label) for label in range(goal.labels)]
    return np.sort(np.concatenate([of if len(of) <= each else random.choice(of, each, replace=False) for of in rows]))


def errors(codes: np.ndarray, goal: Goal) -> int:
    """Return the rows that do not have their value's commonest label."""
    table = np.bincount(codes * goal.labels + goal.codes, minlength=(int(codes.max()) + 1) * goal.labels)
    return int(len(codes) - table.reshape(-1, goal.labels).max(axis=1).sum())


def crossed(codes: dict[str, np.ndarray], columns: Sequence[str]) -> np.ndarray:
    """Return one code for the combination of columns."""
    made = codes[columns[0]]
    for name in columns[1:]:
        made = dense(made * (int(codes[name].max()) + 1) + codes[name])
    return made


def is_needed(codes: dict[str, np.ndarray], columns: tuple[str, ...], goal: Goal) -> bool:
    """Tell whether a combination without any one of its columns misses much."""
    parts = itertools.combinations(columns, len(columns) - 1)
    return all(judged(crossed(codes, part), goal).wrong >= NEEDED * goal.others for part in parts)


def joined(table: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return the combination of columns as text."""
    if len(columns) == 1:
        return table[columns[0]]
    shown = [pl.col(name).cast(pl.String).fill_null(marks.MISSING) for name in columns]
    return table.select(pl.concat_str(shown, separator=" · ").alias("together"))["together"]


def examples(context: Context, columns: Sequence[str], together: pl.Series) -> list[dict[str, object]]:
    """Return a row of each of the commonest values."""
    commonest = marks.counts(together, 3)["value"].to_list()
    text = together.cast(pl.String)
    places = [int(text.eq_missing(None if value is None else str(value)).arg_max() or 0) for value in commonest]
    return rows_of(context.frame, context.sample_places[places].tolist(), [*columns, context.target])
