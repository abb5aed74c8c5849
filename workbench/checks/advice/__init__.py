"""How to split this table for an honest score, and which columns to leave out, from what the checks found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from workbench.checks.check import Finding
from workbench.checks.context import Context, first_seen
from workbench.words import Text

# The folds of a comparison, and the share of the earlier rows that has to be left in each of them.
FOLDS = 5
FEWEST_LEFT = 0.2


def advice(context: Context, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the advised split and exclusions.

    Returns
    -------
    dict
        ``folds`` (``stratified``, ``grouped``, ``time``, ``grouped_time`` or ``random``), ``group`` and ``time`` (the
        columns by which to split, or None), ``group_part`` (where only a part of the group's column names the entity:
        ``column``, ``part`` before or after, ``separator``), ``exclude`` (columns), ``codes`` (of each of them the checks
        that say so) and ``reasons`` (texts).
    """
    entity = next((f for f in findings if f.facts.get("group")), None)
    moment = next((f for f in findings if f.facts.get("time")), None)
    group = context.group or (entity.facts["group"] if entity else None)
    time = context.time or (moment.facts["time"] if moment else None)
    wanted = {name for finding in findings for name in finding.exclude} | set(context.unknown)
    # The split needs its columns; whether a model learns from them is the split's business.
    exclude = [name for name in context.frame.columns if name in wanted and name not in (group, time, context.target)]
    part = part_of(context, entity)
    folds = strategy(context, group, time, part)
    is_by_group, is_by_time = folds in ("grouped", "grouped_time"), folds in ("time", "grouped_time")
    return {
        "folds": folds,
        "group": group if is_by_group else None,
        "group_part": part if is_by_group else None,
        "time": time if is_by_time else None,
        "exclude": exclude,
        "codes": codes(findings, exclude),
        "reasons": reasons(folds, named(group, part), time, exclude),
    }


def codes(findings: Sequence[Finding], columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the checks because of which each column is to be left out; none where its role says so."""
    return {name: sorted({one.code for one in findings if name in one.exclude}) for name in columns}


def part_of(context: Context, entity: Finding | None) -> dict[str, str] | None:
    """Return which part of the group's column names it: of a group that the analyst named what he said of it."""
    if context.group is not None:
        return {"column": context.group, **context.group_part} if context.group_part else None
    return entity.facts["group_part"] if entity else None


def strategy(context: Context, group: str | None, time: str | None, part: Mapping[str, str] | None) -> str:
    """Return the split: by group and time where both are there and go together; else what the analyst named, then time."""
    if group and time:
        if together(context, group, time, part):
            return "grouped_time"
        return "grouped" if context.group and not context.time else "time"
    if time:
        return "time"
    if group:
        return "grouped"
    return "stratified" if context.task.is_classification else "random"


def together(context: Context, group: str, time: str, part: Mapping[str, str] | None) -> bool:
    """Tell whether a split by group and time at once leaves rows to learn from; looked at once for each pair."""
    key = (group, time, str(part))
    if key not in context.pairs:
        context.pairs[key] = go_together(context.labelled, group, time, part)
    return context.pairs[key]


def go_together(frame: pl.DataFrame, group: str, time: str, part: Mapping[str, str] | None) -> bool:
    """Tell whether a split by time leaves rows to learn from once the groups it is judged on are left out.

    Groups that are there from the first day to the last leave none: every one of them stands on both sides of every day.
    """
    from workbench.evaluation.entities import entities
    from workbench.evaluation.folds import later_each_time, without_groups

    kept = frame.select(group, time).drop_nulls()
    if kept[time].n_unique() <= FOLDS:
        return False
    moments = kept[time].rank("dense").to_numpy()
    owners = first_seen(entities(kept[group], part))
    for split in later_each_time(moments, FOLDS):
        if len(without_groups(split, owners)[0]) < FEWEST_LEFT * len(split[0]):
            return False
    return True


def named(group: str | None, part: Mapping[str, str] | None) -> Text | None:
    """Return what names the entity: a column, or a part of it."""
    if group is None:
        return None
    if part is None:
        return Text("check.advice.by.column", column=group)
    return Text(f"check.advice.by.{part['part']}", column=group, separator=part["separator"])


def reasons(folds: str, group: Text | None, time: str | None, exclude: Sequence[str]) -> list[Text]:
    """Return the advice as sentences."""
    said = [Text(f"check.advice.{folds}", group=group or "", time=time or "")]
    if group and time and folds != "grouped_time":
        said.append(Text(f"check.advice.not_both_{folds}", group=group, time=time))
    if exclude:
        said.append(Text("check.advice.exclude", count=len(exclude), columns=list(exclude)))
    return said
