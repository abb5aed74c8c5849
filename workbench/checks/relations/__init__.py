"""Checks of relations between rows: entities that repeat, and an order in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import ORDERED, SEED, Context, first_seen, order
from workbench.checks.examples import rows_of
from workbench.evaluation.entities import entities
from workbench.words import Text

# Rows searched for entities; whole entities are kept or left, so that repeats survive the sampling.
MOST_ROWS = 60_000
FEWEST_KEYS = 10
KEYS_SHARE = 0.005
ROWS_PER_KEY = 1.15
# Agreement inside an entity, above chance, from which a column never changes there.
STEADY = 0.97
# A column of which fewer of so many neighbouring rows agree than this cannot reach it.
NEARLY_STEADY, FEW_PAIRS = 0.9, 2_000
FEWEST_STEADY = 2
COMPOUND = r"^(.*?)([_\-/:#. ])(\w+)$"
FEWEST_DATES = 10
MOST_COLUMNS_NAMED = 5


@dataclass(frozen=True)
class Key:
    """A column, or a part of a compound one, that may name an entity."""

    column: str
    values: pl.Series
    part: dict[str, str] | None = None


class RepeatedEntity(Check):
    """Several rows of the same person, machine or place."""

    code = "WB401"
    severity = "warning"
    cost = "expensive"

    def run(self, context: Context) -> Outcome:
        """Describe the declared group, or search for a key inside which other columns never change."""
        if context.group is not None:
            return declared(self, context, context.group)
        if context.rows < 30:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=30))
        names = [name for name in context.frame.columns if name != context.target]
        table, sampled = context.frame.select(names), context.rows > MOST_ROWS
        codes: dict[str, np.ndarray] = {}
        found = []
        for key in keys(table, context):
            entity = steady_columns(table, key, codes)
            if entity:
                found.append(self.described(context, key, entity, sampled=sampled))
        return found[:MOST_COLUMNS_NAMED]

    def described(self, context: Context, key: Key, steady: list[str], *, sampled: bool) -> Finding:
        """Put one entity into words."""
        count = key.values.drop_nulls().n_unique()
        values = {
            "column": key.column,
            "count": count,
            "rows": context.rows,
            "each": context.rows / max(count, 1),
            "steady": steady[:MOST_COLUMNS_NAMED],
            "sampled": Text("check.sampled_entities", rows=MOST_ROWS, seed=SEED) if sampled else "",
        }
        if key.part is None:
            evidence = Text("check.WB401.evidence", **values)
        else:
            where = Text(f"check.WB401.part.{key.part['part']}", separator=key.part["separator"])
            evidence = Text("check.WB401.compound", where=where, **values)
        action = Text("check.WB401.action", column=key.column)
        examples = of_one(context, key.column, key.values, steady)
        facts: dict[str, Any] = {"group": key.column, "group_part": key.part, "entities": count}
        return self.finding([key.column], evidence, action, examples=examples, chart=sizes(key.values), **facts)


def sizes(values: pl.Series) -> marks.Chart:
    """Return how many groups have one row, two, and so on."""
    return marks.repeats(values, "check.chart.groups")


def of_one(context: Context, column: str, values: pl.Series, steady: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return rows of the largest group, the columns that never change there first."""
    known = values.drop_nulls()
    places = values.eq_missing(marks.counts(known, 1)["value"][0]).arg_true().head(3).to_list() if len(known) else []
    return rows_of(context.frame, places, [column, *steady, context.target, *context.features])


def declared(check: Check, context: Context, group: str) -> list[Finding]:
    """Describe the group that the analyst named."""
    count, known = context.distinct[group], context.rows - context.frame[group].null_count()
    part: dict[str, str] | None = None
    values = context.frame[group]
    if context.group_part is not None:
        part = {"column": group, **context.group_part}
        values = entities(context.frame[group], part)
        count = values.drop_nulls().n_unique()
    if count >= known:
        evidence = Text("check.WB401.unique", column=group, rows=known)
        shown = rows_of(context.frame, [0, 1, 2][: context.rows], [group, context.target, *context.features])
        return [check.finding([group], evidence, Text("check.WB401.unique_action"), examples=shown, chart=sizes(values))]
    evidence = Text("check.WB401.declared", column=group, count=count, rows=known, each=known / max(count, 1))
    more: dict[str, Any] = {"examples": of_one(context, group, values), "chart": sizes(values)}
    action = Text("check.WB401.declared_action")
    return [check.finding([group], evidence, action, severity="info", **more, group=group, group_part=part)]


def keys(table: pl.DataFrame, context: Context) -> Iterator[Key]:
    """Yield what could name an entity: no fraction, no date, repeated; of an almost unique text also its parts."""
    for series in table:
        fraction = series.dtype.is_float() and not series.drop_nulls().eq(series.drop_nulls().floor()).all()
        if fraction or context.kinds[series.name] in ("date", "boolean") or is_calendar(series):
            continue
        if repeats(series):
            yield Key(series.name, series)
        if series.dtype == pl.String and context.distinct[series.name] > 0.5 * table.height:
            yield from parts(series)


def is_calendar(series: pl.Series) -> bool:
    """Tell a date kept as text: rows of one day share their month and season, which is the calendar, not an entity."""
    if series.dtype != pl.String:
        return False
    some = series.drop_nulls().head(50)
    looks = some.str.contains(r"^\s*\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")
    return bool(len(some)) and float(looks.mean() or 0) > 0.9  # type: ignore[arg-type]


def parts(series: pl.Series) -> Iterator[Key]:
    """Yield the parts before and after the last separator of a compound key."""
    split = series.to_frame("value").select(
        before=pl.col("value").str.extract(COMPOUND, 1),
        separator=pl.col("value").str.extract(COMPOUND, 2),
        after=pl.col("value").str.extract(COMPOUND, 3),
    )
    if split["before"].null_count() > 0.05 * len(series):
        return
    separator = str(split["separator"].drop_nulls().mode().sort()[0])
    for part in ("before", "after"):
        if repeats(split[part]):
            yield Key(series.name, split[part], {"column": series.name, "part": part, "separator": separator})


def repeats(series: pl.Series) -> bool:
    """Tell whether a column has enough values, and enough rows for each, to name entities."""
    distinct, rows = series.drop_nulls().n_unique(), len(series)
    return distinct >= max(FEWEST_KEYS, KEYS_SHARE * rows) and rows / distinct >= ROWS_PER_KEY


def steady_columns(table: pl.DataFrame, key: Key, codes: dict[str, np.ndarray]) -> list[str]:
    """Return the coarser columns that never change inside a key's values; none unless there are at least two.

    `codes` keeps the columns' codes from one key to the next, where all rows are searched.
    """
    values, chosen = key.values, None
    if table.height > MOST_ROWS:
        chosen = values.hash(seed=SEED) % 1_000 < 1_000 * MOST_ROWS // table.height
        values, codes = values.filter(chosen), {}
    entity = first_seen(values)
    here, same = neighbours(entity)
    if not same.any():
        return []
    places = here if chosen is None else chosen.arg_true().to_numpy()[here]
    pairs = np.flatnonzero(same)[:: max(int(same.sum()) // FEW_PAIRS, 1)]
    distinct, found = int(entity.max()) + 1, []
    for name in table.columns:
        if name == key.column or not looks_steady(table[name], places[pairs], places[pairs + 1]):
            continue
        if name not in codes:
            codes[name] = first_seen(table[name] if chosen is None else table[name].filter(chosen))
        column = codes[name]
        if 2 <= column.max() + 1 < 0.95 * distinct and agreement(column, here, same) > STEADY:
            found.append(name)
    return found if len(found) >= FEWEST_STEADY else []


def looks_steady(series: pl.Series, first: np.ndarray, second: np.ndarray) -> bool:
    """Tell from a few pairs of rows whether a column may hardly ever change inside an entity: most are out at once."""
    return float(series.gather(first).eq_missing(series.gather(second)).mean() or 0) > NEARLY_STEADY  # type: ignore[arg-type]


def neighbours(entity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows sorted by entity, and which of them follow a row of the same one."""
    sizes = np.bincount(entity[entity >= 0], minlength=1)
    rows = np.flatnonzero((entity >= 0) & (sizes[entity] > 1))
    rows = rows[np.argsort(entity[rows], kind="stable")]
    return rows, entity[rows][1:] == entity[rows][:-1]


def agreement(column: np.ndarray, rows: np.ndarray, same: np.ndarray) -> float:
    """Return how often two rows of one entity agree, above chance; missing is a value, and 0 where chance alone agrees."""
    chance = float(((np.bincount(column + 1) / len(column)) ** 2).sum())
    if chance > 0.9:
        return 0.0
    values = column[rows]
    return float(((values[1:] == values[:-1])[same].mean() - chance) / (1 - chance))


class TimeOrder(Check):
    """Rows that stand in the order of a date."""

    code = "WB402"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look at the date columns: rows in their order come from one stretch of time after another."""
        names = (
            [context.time]
            if context.time
            else [n for n, kind in context.kinds.items() if kind == "date" and n != context.target]
        )
        if not names:
            return NotApplicable(Text("check.reason.no_dates"))
        found = []
        for name in names:
            dates = context.frame[name].drop_nulls()
            if context.distinct[name] >= FEWEST_DATES or context.time:
                found.append(self.described(context, name, dates))
        return sorted(found, key=lambda one: one.severity == "info")

    def described(self, context: Context, name: str, dates: pl.Series) -> Finding:
        """Put one date column into words."""
        ordered = order(dates)
        first, last = (str(dates.min())[:10], str(dates.max())[:10]) if len(dates) else ("–", "–")
        values = {"column": name, "first": first, "last": last, "share": ordered}
        more: dict[str, Any] = {"examples": ends(context, name), "chart": when(context, name)}
        if context.time or ordered >= ORDERED:
            evidence, action = Text("check.WB402.evidence", **values), Text("check.WB402.action", column=name)
            severity: Severity = "info" if context.time else "warning"
            return self.finding([name], evidence, action, severity=severity, **more, time=name)
        evidence, action = Text("check.WB402.dates", **values), Text("check.WB402.dates_action", column=name)
        return self.finding([name], evidence, action, severity="info", **more)


def when(context: Context, name: str) -> marks.Chart | None:
    """Return how many rows lie in each stretch of time, which may be told in numbers."""
    series = context.frame[name]
    if context.kinds[name] == "date":
        return marks.over_time(series)
    return marks.along(series.drop_nulls().cast(pl.Float64).to_numpy(), name) if series.dtype.is_numeric() else None


def ends(context: Context, name: str) -> list[dict[str, Any]]:
    """Return the first row, one in the middle and the last, of those that have a date."""
    places = context.frame[name].is_not_null().arg_true()
    chosen = dict.fromkeys(places[at] for at in (0, len(places) // 2, -1)) if len(places) else {}
    return rows_of(context.frame, list(chosen), [name, context.target, *context.features])
