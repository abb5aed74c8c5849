"""What an analyst should notice first, in sentences, worst first; computed from the profile's plain data alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.profile.associations import pairs
from workbench.words import Text

NEAR_CONSTANT = 0.99
MISSING_HIGH = 0.5
MISSING_SOME = 0.2
MANY_CATEGORIES = 50
SKEWED = 3.0
MANY_ZEROS = 0.5
MANY_OUTLIERS = 0.01
IMBALANCED = 0.1
CORRELATED = 0.95
# More pairs than this are one block of columns; the matrix shows it better.
MOST_PAIRS = 20
# Worth of an alert before its amount counts: what spoils a model first.
RANKS = {"empty": 9, "constant": 8, "imbalance": 7, "missing": 6, "duplicates": 5, "infinite": 5, "near_constant": 4}


def alerts(profiled: dict[str, Any]) -> list[dict[str, Any]]:
    """List what stands out in a profile.

    Returns
    -------
    list of dict
        ``code severity columns text``, worst first; ``text`` is a `Text` with the figures.
    """
    found = [*of_table(profiled), *(alert for column in profiled["columns"] for alert in of_column(column, profiled["rows"]))]
    found.sort(key=lambda entry: (entry["severity"] != "warning", -RANKS.get(entry["code"], 0), -entry.pop("amount")))
    return found


def of_table(profiled: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what concerns several columns or rows."""
    rows, duplicates = profiled["rows"], profiled["duplicates"]
    if duplicates:
        text = Text("profile.alert.duplicates", count=duplicates, rows=rows, share=duplicates / rows)
        yield alert("duplicates", [], text, duplicates / rows, serious=duplicates / rows >= 0.01)
    target = profiled["target"]
    if target and target.get("counts"):
        yield from imbalance(target)
    strong = pairs(profiled["associations"], at_least=CORRELATED)
    for a, b, r in strong[:MOST_PAIRS]:
        yield alert("correlated", [a, b], Text("profile.alert.correlated", first=a, second=b, r=r), abs(r))
    if len(strong) > MOST_PAIRS:
        text = Text("profile.alert.correlated_more", count=len(strong) - MOST_PAIRS, limit=CORRELATED)
        yield alert("correlated", [], text, 0.0)


def imbalance(target: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the target's rarest label where it is rare."""
    counts = dict(zip(target["labels"], target["counts"], strict=True))
    if target["task"] == "binary":
        event, hits = next(iter(counts.items()))
        counts = {event: hits} if hits <= target["rows"] / 2 else {}
        rest = target["rows"] - hits
        if not counts and rest / target["rows"] < IMBALANCED:
            text = Text("profile.alert.imbalance_rest", label=str(event), rows=rest, share=rest / target["rows"])
            yield alert("imbalance", [target["name"]], text, 1 - rest / target["rows"], serious=True)
    for label, hits in sorted(counts.items(), key=lambda item: item[1])[:1]:
        share = hits / target["rows"]
        if share < IMBALANCED:
            text = Text("profile.alert.imbalance", label=str(label), rows=hits, share=share)
            yield alert("imbalance", [target["name"]], text, 1 - share, serious=True)


def of_column(column: dict[str, Any], rows: int) -> Iterator[dict[str, Any]]:
    """Yield what stands out in one column."""
    name, rate = column["name"], column["missing_rate"]
    if rows and column["missing"] == rows:
        yield alert("empty", [name], Text("profile.alert.empty", column=name), 1.0, serious=True)
        return
    if rows > 1 and column["distinct"] == 1 and not column["missing"]:
        yield alert("constant", [name], Text("profile.alert.constant", column=name, value=single(column)), 1.0, serious=True)
        return
    if rate >= MISSING_SOME:
        text = Text("profile.alert.missing", column=name, share=rate, rows=column["missing"])
        yield alert("missing", [name], text, rate, serious=rate >= MISSING_HIGH)
    yield from of_labels(column, rows) if "top" in column else of_numbers(column, rows)


def of_labels(column: dict[str, Any], rows: int) -> Iterator[dict[str, Any]]:
    """Yield what stands out among a column's labels."""
    name, known = column["name"], rows - column["missing"]
    first = column["top"][0] if column["top"] else None
    if first and NEAR_CONSTANT * known <= first["count"] < known:
        text = Text("profile.alert.near_constant", column=name, value=str(first["value"]), share=first["count"] / known)
        yield alert("near_constant", [name], text, first["count"] / known)
    if column["kind"] == "text" or column["distinct"] > MANY_CATEGORIES:
        text = Text("profile.alert.cardinality", column=name, count=column["distinct"], rows=known)
        yield alert("cardinality", [name], text, column["distinct"] / max(known, 1))


def of_numbers(column: dict[str, Any], rows: int) -> Iterator[dict[str, Any]]:
    """Yield what stands out in a column's distribution."""
    name, known = column["name"], rows - column["missing"]
    if column["kind"] != "number":
        return
    if column["infinite"]:
        text = Text("profile.alert.infinite", column=name, count=column["infinite"])
        yield alert("infinite", [name], text, column["infinite"] / known, serious=True)
    if column["zeros"] >= MANY_ZEROS * known and column["distinct"] > 2:
        text = Text("profile.alert.zeros", column=name, share=column["zeros"] / known)
        yield alert("zeros", [name], text, column["zeros"] / known)
    elif column["skew"] is not None and abs(column["skew"]) >= SKEWED and column["distinct"] > 2:
        yield alert("skew", [name], Text("profile.alert.skew", column=name, skew=column["skew"]), abs(column["skew"]) / 100)
    if column["outliers"] >= MANY_OUTLIERS * known and column["outliers"]:
        share = column["outliers"] / known
        yield alert(
            "outliers", [name], Text("profile.alert.outliers", column=name, count=column["outliers"], share=share), share
        )


def single(column: dict[str, Any]) -> str:
    """Return a constant column's only value."""
    if column.get("top"):
        return str(column["top"][0]["value"])
    value = column.get("min")
    return f"{value:g}" if isinstance(value, float) else str(value)


def alert(code: str, columns: list[str], text: Text, amount: float, *, serious: bool = False) -> dict[str, Any]:
    """Return one alert; its amount orders it among its like and is dropped."""
    severity = "warning" if serious else "info"
    return {"code": code, "severity": severity, "columns": columns, "text": text, "amount": amount}
