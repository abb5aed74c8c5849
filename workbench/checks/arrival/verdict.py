"""May new data be scored? Go, look first or stop, with the reasons, and every column on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from workbench.checks.arrival.arrived import Arrived
from workbench.checks.check import Finding
from workbench.checks.context import Context
from workbench.words import Text

Verdict = Literal["go", "look", "stop"]
VERDICTS: tuple[Verdict, ...] = ("go", "look", "stop")
MOST_NAMED = 5


def verdict(context: Context, findings: Sequence[Finding], *, failed: Sequence[str] = ()) -> dict[str, Any] | None:
    """Return what the new data are worth.

    Parameters
    ----------
    context : Context
        The table with its new data.
    findings : sequence of Finding
        What all checks found; those of new data count.
    failed : sequence of str
        Codes of checks that broke: what they would have said is not known.

    Returns
    -------
    dict or None
        ``verdict`` (``stop``: columns are missing, cannot be read, or no row can be scored; ``look``: a check of new data
        warns; else ``go``), ``reasons`` (texts, at least one), ``rows`` of the new data, and ``columns``: one entry for each
        that both have, with ``column kind psi p adjusted before after missing_before missing_after unread unseen outside``.
        None without new data.
    """
    arrived = context.arrived
    if arrived is None:
        return None
    ours = [found for found in findings if found.code in SAYINGS]
    reasons = stops(arrived, ours)
    grade: Verdict = "stop"
    if not reasons:
        reasons, grade = (
            [*looks(ours), *(Text("check.arrival.failed", code=code) for code in failed if code in SAYINGS)],
            "look",
        )
    if not reasons:
        reasons, grade = [Text("check.arrival.go", count=arrived.new.height, columns=len(arrived.common))], "go"
    columns = [column.to_dict() for column in arrived.columns]
    return {"verdict": grade, "reasons": reasons, "rows": arrived.new.height, "columns": columns}


def stops(arrived: Arrived, ours: Sequence[Finding]) -> list[Text]:
    """Return why nothing should be scored, if so."""
    found = [Text("check.arrival.empty")] if not arrived.new.height else []
    if arrived.gone:
        found.append(Text("check.arrival.gone", count=len(arrived.gone), columns=some(arrived.gone)))
    unread = [name for one in ours if one.severity == "error" for name in one.columns if name not in arrived.gone]
    if unread:
        found.append(Text("check.arrival.unread", count=len(unread), columns=some(unread)))
    if arrived.new.height and arrived.held == arrived.new.height:
        found.append(Text("check.arrival.all_held", count=arrived.held))
    return found


def looks(ours: Sequence[Finding]) -> list[Text]:
    """Return what somebody should look at first: a sentence for every check that warns."""
    found = []
    for code, key in SAYINGS.items():
        warnings = [one for one in ours if one.code == code and one.severity == "warning"]
        if warnings:
            columns = list(dict.fromkeys(name for one in warnings for name in one.columns))
            facts = {"auc": warnings[0].facts.get("auc"), "share": warnings[0].facts.get("share")}
            count = warnings[0].facts["rows"] if code == "WB507" else len(columns)
            found.append(Text(key, count=count, columns=some(columns), **{k: v for k, v in facts.items() if v is not None}))
    return found


def some(columns: Sequence[str]) -> list[str]:
    """Return the first few names."""
    return [*columns[:MOST_NAMED], *["…"] * (len(columns) > MOST_NAMED)]


# What each check's warnings come to.
SAYINGS = {
    "WB501": "check.arrival.cells",
    "WB502": "check.arrival.unseen",
    "WB503": "check.arrival.outside",
    "WB504": "check.arrival.missing",
    "WB505": "check.arrival.shifted",
    "WB506": "check.arrival.told_apart",
    "WB507": "check.arrival.seen",
}

NEW_DATA = tuple(SAYINGS)
