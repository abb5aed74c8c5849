"""How to split this table for an honest score, and which columns to leave out, from what the checks found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.checks.check import Finding
from workbench.checks.context import Context
from workbench.words import Text


def advice(context: Context, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the advised split and exclusions.

    Returns
    -------
    dict
        ``folds`` (``stratified``, ``grouped``, ``time`` or ``random``), ``group`` and ``time`` (columns or None),
        ``group_part`` (where only a part of the group's column names the entity: ``column``, ``part`` before or after,
        ``separator``), ``exclude`` (columns) and ``reasons`` (texts).
    """
    entity = next((f for f in findings if f.facts.get("group")), None)
    moment = next((f for f in findings if f.facts.get("time")), None)
    group = context.group or (entity.facts["group"] if entity else None)
    time = context.time or (moment.facts["time"] if moment else None)
    wanted = {name for finding in findings for name in finding.exclude} | set(context.unknown)
    # The split needs its columns; whether a model learns from them is the split's business.
    exclude = [name for name in context.frame.columns if name in wanted and name not in (group, time, context.target)]
    folds = strategy(context, group, time)
    return {
        "folds": folds,
        "group": group,
        "group_part": entity.facts["group_part"] if entity else None,
        "time": time,
        "exclude": exclude,
        "reasons": reasons(folds, group, time, exclude),
    }


def strategy(context: Context, group: str | None, time: str | None) -> str:
    """Return the split: what the analyst named first, then time, then groups."""
    if context.group and not context.time:
        return "grouped"
    if time:
        return "time"
    if group:
        return "grouped"
    return "stratified" if context.task.is_classification else "random"


def reasons(folds: str, group: str | None, time: str | None, exclude: Sequence[str]) -> list[Text]:
    """Return the advice as sentences."""
    said = [Text(f"check.advice.{folds}", group=group or "", time=time or "")]
    if folds == "time" and group:
        said.append(Text("check.advice.also_grouped", group=group))
    if exclude:
        said.append(Text("check.advice.exclude", count=len(exclude), columns=list(exclude)))
    return said
