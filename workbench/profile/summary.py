"""A whole table as plain data: rows, columns, alerts, associations, and with a target its story per column."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from workbench.data.kinds import kind_of
from workbench.errors import ColumnNotFound
from workbench.profile import alerts, associations, by_target, columns
from workbench.words import Lang


def profile(frame: pl.DataFrame, *, target: str | None = None, event: object = None) -> dict[str, Any]:
    """Describe a table.

    Parameters
    ----------
    frame : polars.DataFrame
        The table, as the reader made it.
    target : str, optional
        The column whose rate or mean is told per bin of every other column.
    event : object, optional
        The label counted in a binary target; by default the last in sort order.

    Returns
    -------
    dict
        ``rows``, ``columns`` (``name kind missing missing_rate distinct`` and what its kind adds), ``alerts`` (worst
        first, each with a `Text`), ``kinds``, ``missing``, ``duplicates``, ``memory``, ``associations`` and ``target``.
        `to_dict` makes it JSON.

    Raises
    ------
    ColumnNotFound
        If there is no column of the target's name.
    """
    if target is not None and target not in frame.columns:
        raise ColumnNotFound(target, frame.columns)
    table = frame.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None))
    goal = by_target.goal_of(table[target], event=event) if target is not None else None
    found: dict[str, Any] = {
        "rows": table.height,
        "columns": [described(series, goal if series.name != target else None) for series in table],
        "duplicates": duplicate_rows(table),
        "memory": table.estimated_size(),
        "associations": associations.correlations(table),
        "target": target_facts(target, goal),
    }
    found["kinds"] = dict(Counter(column["kind"] for column in found["columns"]))
    found["missing"] = sum(column["missing"] for column in found["columns"])
    if goal is not None:
        found["target"]["ranking"] = ranking(found["columns"])
    found["alerts"] = alerts.alerts(found)
    return found


def described(series: pl.Series, goal: by_target.Goal | None) -> dict[str, Any]:
    """Describe one column, and how the target goes along it."""
    kind = kind_of(series)
    facts = columns.describe(series, kind)
    if goal is not None:
        facts["by_target"] = by_target.story(series, kind, goal)
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


def duplicate_rows(table: pl.DataFrame) -> int:
    """Count the rows that repeat an earlier one; hashes find the candidates, values decide."""
    if table.height < 2 or table.width == 0:
        return 0
    candidates = table.filter(table.hash_rows(seed=0).is_duplicated())
    return candidates.height - candidates.n_unique() if candidates.height else 0


def to_dict(profiled: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return a profile as JSON data, its alerts said in a language."""
    said = [alert | {"text": alert["text"].say(lang)} for alert in profiled["alerts"]]
    return profiled | {"alerts": said}
