"""A whole table as plain data: rows, columns, alerts, associations, and with a target its story per column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np
import polars as pl

from workbench.data.kinds import Kind, kind_of
from workbench.errors import ColumnNotFound
from workbench.profile import alerts, associations, by_target, columns
from workbench.profile.associations import missingness
from workbench.profile.by_target.over_time import by_time
from workbench.profile.columns.ordered import read
from workbench.profile.story import questions
from workbench.words import Lang, Text

# NumPy sorts and Polars counts without Python's lock; each hand holds one column at a time.
HANDS = 2
# So many batches of columns are told at most, each of at least a few.
MOST_BATCHES, FEWEST_COLUMNS = 25, 8
# Columns with many values rule out most rows that could repeat another.
TELLING = 3

Told = Callable[[str, dict[str, Any]], None]


def profile(
    frame: pl.DataFrame,
    *,
    target: str | None = None,
    event: object = None,
    time: str | None = None,
    told: Told | None = None,
) -> dict[str, Any]:
    """Describe a table.

    Parameters
    ----------
    frame : polars.DataFrame
        The table, as the reader made it.
    target : str, optional
        The column whose rate or mean is told per bin of every other column.
    event : object, optional
        The label counted in a binary target; by default the last in sort order.
    time : str, optional
        The column the target is told along, by default the only date column; one that holds no dates is passed over.
    told : callable, optional
        Called with each part as soon as it is there: ``overview``, ``columns`` (some at a time, in the table's order),
        ``duplicates``, ``associations``. What it raises ends the work.

    Returns
    -------
    dict
        ``rows``, ``columns`` (``name kind missing missing_rate distinct`` and what its kind adds), ``alerts`` (worst
        first, each with a `Text`), ``questions``, ``kinds``, ``missing``, ``duplicates``, ``memory``, ``associations``,
        ``missingness``, ``target`` and ``by_time``. `to_dict` makes it JSON.

    Raises
    ------
    ColumnNotFound
        If there is no column of the target's name, or of the time's.
    """
    for name in (target, time):
        if name is not None and name not in frame.columns:
            raise ColumnNotFound(name, frame.columns)
    told = told or ignored
    table = without_nan(frame)
    time = time or only_date(table, target)
    with ThreadPoolExecutor(HANDS) as pool:
        try:
            return whole(table, pool, target=target, event=event, time=time, told=told)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def ignored(stage: str, part: dict[str, Any]) -> None:
    """Tell nobody."""


def only_date(table: pl.DataFrame, target: str | None) -> str | None:
    """Return the column that says when, where a table has one date column only; of several only a person knows which."""
    dates = [column.name for column in table.iter_columns() if column.dtype.is_temporal() and column.name != target]
    return dates[0] if len(dates) == 1 else None


# The widest floats overflow on the way to a sum; what comes of it is left out.
@np.errstate(all="ignore")
def whole(
    table: pl.DataFrame, pool: ThreadPoolExecutor, *, target: str | None, event: object, time: str | None, told: Told
) -> dict[str, Any]:
    """Describe a table whose NaN are missing, telling part by part."""
    kinds = dict(zip(table.columns, pool.map(kind_of, table), strict=True))
    found: dict[str, Any] = overview(table, kinds)
    told("overview", found | {"column_count": table.width, "blanks": {s.name: s.null_count() for s in table}})
    goal = by_target.goal_of(table[target], event=event) if target is not None else None
    described = pool.map(lambda s: column(s, kinds[s.name], goal if s.name != target else None), table)
    found["columns"] = []
    while batch := list(islice(described, max(FEWEST_COLUMNS, table.width // MOST_BATCHES))):
        found["columns"] += batch
        told("columns", {"columns": batch})
    found["duplicates"] = duplicate_rows(table, found["columns"])
    told("duplicates", {"duplicates": found["duplicates"]})
    found["associations"] = associations.associations(table, kinds, target=target)
    told("associations", {"associations": found["associations"]})
    found["missingness"] = missingness.missingness(table)
    found["target"] = target_facts(target, goal)
    if goal is not None:
        found["target"]["ranking"] = ranking(found["columns"])
    found["by_time"] = by_time(table[time], goal) if time is not None and goal is not None else None
    found["questions"] = questions.questions(found)
    found["alerts"] = alerts.alerts(found)
    return found


def without_nan(frame: pl.DataFrame) -> pl.DataFrame:
    """Make NaN missing; columns without any are not copied."""
    return frame.with_columns(s.fill_nan(None) for s in frame if s.dtype.is_float() and s.is_nan().any())


def overview(table: pl.DataFrame, kinds: dict[str, Kind]) -> dict[str, Any]:
    """Return what is known of a table at once."""
    return {
        "rows": table.height,
        "kinds": dict(Counter(kinds.values())),
        "missing": sum(series.null_count() for series in table),
        "memory": table.estimated_size(),
    }


def column(series: pl.Series, kind: Kind, goal: by_target.Goal | None) -> dict[str, Any]:
    """Describe one column, and how the target goes along it."""
    reading = read(series, kind)
    facts = columns.describe(series, kind, reading)
    if goal is not None:
        facts["by_target"] = by_target.story(series, kind, goal, reading)
    return facts


def target_facts(name: str | None, goal: by_target.Goal | None) -> dict[str, Any] | None:
    """Return what is predicted and how often or how much on the whole."""
    if name is None:
        return None
    if goal is None:
        return {"name": name, "task": None, "ranking": []}
    return {
        "name": name,
        "task": str(goal.task),
        "labels": [columns.brief(label) for label in goal.labels],
        "counts": list(goal.counts),
        "rows": goal.rows,
        "overall": goal.overall,
    }


def ranking(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the columns by how much of the target's variation they explain alone, strongest first."""
    strengths = [{"column": c["name"], "strength": c["by_target"]["strength"]} for c in found if c.get("by_target")]
    return sorted(strengths, key=lambda entry: -entry["strength"])


def duplicate_rows(table: pl.DataFrame, described: list[dict[str, Any]]) -> int:
    """Count the rows that repeat an earlier one; hashes of the most telling columns find the candidates, values decide."""
    if table.height < 2 or table.width == 0:
        return 0
    telling = sorted(described, key=lambda facts: -facts["distinct"])[:TELLING]
    if telling[0]["distinct"] == table.height:
        return 0
    candidates = table
    for names in ([facts["name"] for facts in telling], table.columns):
        candidates = candidates.filter(candidates.select(names).hash_rows(seed=0).is_duplicated())
    return candidates.height - candidates.n_unique() if candidates.height else 0


def to_dict(profiled: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return a profile as JSON data, its sentences said in a language; those stand anywhere but among a column's facts."""
    return {name: part if name == "columns" else said(part, lang) for name, part in profiled.items()}


def said(part: Any, lang: Lang) -> Any:
    """Say every sentence in plain data."""
    if isinstance(part, Text):
        return part.say(lang)
    if isinstance(part, dict):
        return {name: said(value, lang) for name, value in part.items()}
    return [said(value, lang) for value in part] if isinstance(part, list | tuple) else part
