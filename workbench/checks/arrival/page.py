"""The verdict on new data as sections of a printable page: the reasons, and every column on both sides."""

from __future__ import annotations

from typing import Any

from workbench import figure
from workbench.checks.check import CheckReport
from workbench.words import Lang, Text

HEAD = ("column", "psi", "p", "missing_before", "missing_after", "typical_before", "typical_after", "beyond")
NUMBERS = [1, 2, 3, 4, 7]


def sections(report: CheckReport, lang: Lang) -> list[dict[str, Any]]:
    """Return the verdict with its reasons, and a table with a row for each column; nothing without new data."""
    if report.arrival is None:
        return []
    verdict = Text(f"check.arrival.verdict.{report.arrival['verdict']}").say(lang)
    found: list[dict[str, Any]] = [
        {
            "title": Text("check.arrival.title").say(lang),
            "texts": [Text("check.arrival.said", verdict=verdict, count=report.arrival["rows"]).say(lang)],
            "list": [reason.say(lang) for reason in report.arrival["reasons"]],
        }
    ]
    if report.arrival["columns"]:
        head = [Text(f"check.arrival.{name}").say(lang) for name in HEAD]
        rows = [row(column) for column in report.arrival["columns"]]
        table = {"head": head, "rows": rows, "numbers": NUMBERS, "tools": True}
        found.append({"title": Text("check.arrival.columns").say(lang), "table": table})
    return found


def row(column: dict[str, Any]) -> list[str]:
    """Return one column's cells."""
    psi = "–" if column["psi"] is None else f"{column['psi']:.3f}"
    # Two digits that count: a small p is not nought.
    p = "–" if column["adjusted"] is None else f"{column['adjusted']:.2g}"
    missing = [f"{column[name]:.1%}" for name in ("missing_before", "missing_after")]
    typical = [shown(column[name]) for name in ("before", "after")]
    return [column["column"], psi, p, *missing, *typical, f"{column['unseen'] + column['outside']:,}"]


def shown(value: Any) -> str:
    """Return a median or a label as it is read."""
    return figure.number(value) if value is None or isinstance(value, float) else str(value)
