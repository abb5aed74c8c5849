"""What an analyst should notice first, in sentences, worst first; computed from the profile's plain data alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from workbench.profile.story.tellings import named, percent, value_text
from workbench.words import Text

NEAR_CONSTANT = 0.99
MISSING_HIGH = 0.5
MISSING_SOME = 0.2
MANY_CATEGORIES = 50
# So many of a column's labels differ from each other: an ID or free text.
NEARLY_UNIQUE = 0.9
SKEWED = 3.0
MANY_ZEROS = 0.5
# A number with no more values than this is a grade or a code, whose zero is one of them.
FEW_VALUES = 10
MANY_OUTLIERS = 0.01
IMBALANCED = 0.1
CORRELATED = 0.95
# Columns that are nearly empty agree by chance: of the rows where not all are missing, at most this share may miss some.
MISSING_APART = 0.1
# More columns than this with the same trouble are told in one sentence.
MOST_ALIKE = 5
MOST_NAMES, MOST_GROUPS, MOST_JOINED = 5, 3, 3
OF_GROUPS = frozenset({"correlated", "redundant", "missing_together"})
# The profile lists no more pairs than this: when they all count, there may be more.
MOST_PAIRS = 300
# Worth of an alert before its amount counts: what spoils a model first.
RANKS = {
    **{"empty": 9, "constant": 8, "imbalance": 7, "missing": 6, "duplicates": 5, "infinite": 5, "near_constant": 4},
    **{"redundant": 3, "correlated": 3, "missing_together": 2},
}
TOGETHER = {"tab": "together", "column": None}


def alerts(profiled: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List what stands out in a profile.

    Parameters
    ----------
    profiled : mapping
        A profile; of parts that are not there yet nothing is said.

    Returns
    -------
    list of dict
        ``code severity columns text chart``, worst first; ``text`` is a `Text` with the figures, ``chart`` tells where they are
        drawn: ``tab`` (``columns``, ``target`` or ``together``) and ``column``, or None. What holds for more than five columns
        is one alert.
    """
    columns = profiled.get("columns") or []
    found = [*of_table(profiled), *(entry for column in columns for entry in of_column(column, profiled["rows"]))]
    found = alike(found)
    found.sort(key=lambda entry: (entry["severity"] != "warning", -RANKS.get(entry["code"], 0), -entry.pop("amount")))
    return found


def alike(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tell what holds for many columns in one sentence."""

    def kind(entry: Mapping[str, Any]) -> tuple[str, str]:
        return entry["code"], entry["severity"]

    told: list[dict[str, Any]] = []
    for (code, severity), group in groupby(sorted(found, key=kind), kind):
        entries = sorted(group, key=lambda entry: -entry["amount"])
        told += entries if len(entries) <= MOST_ALIKE else [many(code, severity, entries)]
    return told


def many(code: str, severity: str, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one alert for several of a kind, the strongest named."""
    names = list(dict.fromkeys(name for entry in entries for name in entry["columns"]))
    amount, in_groups = entries[0]["amount"], code in OF_GROUPS
    key = f"profile.alert.many.{code}"
    if code == "missing" and severity == "warning":
        key = "profile.alert.many.missing_half"
    if code == "correlated" and len(entries) >= MOST_PAIRS:
        key = "profile.alert.many.correlated_least"
    values = {"most": percent(amount), "skew": amount * 100, "limit": CORRELATED}
    told = [joined(entry["columns"]) for entry in entries]
    shown = named(told, MOST_GROUPS if in_groups else MOST_NAMES, of_groups=in_groups)
    text = Text(key, count=len(entries), names=shown, columns=len(names), **values)
    chart = TOGETHER if in_groups or code == "missing" else in_column(names[0])
    return {"code": code, "severity": severity, "columns": names, "text": text, "chart": chart, "amount": amount}


def joined(names: Sequence[str]) -> str:
    """Return columns that belong together."""
    return " × ".join([*names[:MOST_JOINED], *(["…"] if len(names) > MOST_JOINED else [])])


def of_table(profiled: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what concerns several columns or rows."""
    rows, duplicates = profiled["rows"], profiled.get("duplicates")
    if duplicates:
        text = Text("profile.alert.duplicates", count=duplicates, rows=rows, share=percent(duplicates / rows))
        yield alert("duplicates", [], text, duplicates / rows, serious=duplicates / rows >= 0.01, chart=None)
    target = profiled.get("target")
    if target and target.get("counts"):
        yield from imbalance(target)
    yield from together(profiled.get("associations") or {}, target["name"] if target else None)
    yield from missing_together(profiled.get("missingness") or {}, rows)


def together(associations: Mapping[str, Any], target: str | None) -> Iterator[dict[str, Any]]:
    """Yield the groups of columns that say nearly the same, and the pairs in none of them; the target repeats nothing."""
    groups = [g | {"columns": [name for name in g["columns"] if name != target]} for g in associations.get("groups") or []]
    groups = [group for group in groups if len(group["columns"]) > 2]
    for group in groups:
        names, least = group["columns"], group["least"]
        how = Text(f"profile.measure.{group['measure']}")
        text = Text("profile.alert.redundant", names=named(names, MOST_NAMES), count=len(names), how=how, least=least)
        yield alert("redundant", names, text, least, chart=TOGETHER)
    for pair in associations.get("pairs") or []:
        both = [pair["first"], pair["second"]]
        is_told = any(set(both) <= set(group["columns"]) for group in groups)
        if abs(pair["value"]) < CORRELATED or is_told or target in both:
            continue
        how = Text(f"profile.measure.{pair['measure']}")
        text = Text("profile.alert.correlated", first=both[0], second=both[1], how=how, value=pair["value"])
        yield alert("correlated", both, text, abs(pair["value"]), chart=TOGETHER)


def missing_together(missingness: Mapping[str, Any], rows: int) -> Iterator[dict[str, Any]]:
    """Yield the columns that are missing in the same rows."""
    for group in missingness.get("groups") or []:
        apart = group["rows"] / group["same"] - group["rows"]
        if apart > MISSING_APART * (rows - group["rows"]):
            continue
        names = group["columns"]
        share, same = group["rows"] / rows, percent(group["same"])
        values = {"count": len(names), "rows": group["rows"], "share": percent(share), "same": same}
        text = Text("profile.alert.missing_together", names=named(names, MOST_NAMES), **values)
        yield alert("missing_together", names, text, share, chart=TOGETHER)


def imbalance(target: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the target's rarest label where it is rare."""
    counts = list(zip(target["labels"], target["counts"], strict=True))
    chart = {"tab": "target", "column": target["name"]}
    if target["task"] == "binary":
        event, hits = counts[0]
        rest = target["rows"] - hits
        counts = counts if hits <= rest else []
        share = rest / target["rows"]
        if not counts and 0 < share < IMBALANCED:
            text = Text("profile.alert.imbalance_rest", label=value_text(event), rows=rest, share=percent(share))
            yield alert("imbalance", [target["name"]], text, 1 - share, serious=True, chart=chart)
    for label, hits in sorted(counts, key=lambda item: item[1])[:1]:
        share = hits / target["rows"]
        if share < IMBALANCED:
            text = Text("profile.alert.imbalance", label=value_text(label), rows=hits, share=percent(share))
            yield alert("imbalance", [target["name"]], text, 1 - share, serious=True, chart=chart)


def of_column(column: Mapping[str, Any], rows: int) -> Iterator[dict[str, Any]]:
    """Yield what stands out in one column."""
    name, rate, known = column["name"], column["missing_rate"], rows - column["missing"]
    chart = in_column(name)
    if rows and not known:
        yield alert("empty", [name], Text("profile.alert.empty", column=name), 1.0, serious=True, chart=chart)
        return
    if rows > 1 and column["distinct"] == 1 and not column["missing"]:
        text = Text("profile.alert.constant", column=name, value=single(column))
        yield alert("constant", [name], text, 1.0, serious=True, chart=chart)
        return
    if rate >= MISSING_SOME:
        text = Text("profile.alert.missing", column=name, share=percent(rate), rows=column["missing"])
        yield alert("missing", [name], text, rate, serious=rate >= MISSING_HIGH, chart=chart)
    if column.get("infinite"):
        text = Text("profile.alert.infinite", column=name, count=column["infinite"])
        yield alert("infinite", [name], text, column["infinite"] / known, serious=True, chart=chart)
    first = most_frequent(column)
    if first and NEAR_CONSTANT * known <= first["count"] < known:
        share = first["count"] / known
        text = Text("profile.alert.near_constant", column=name, value=value_text(first["value"]), share=percent(share))
        yield alert("near_constant", [name], text, share, chart=chart)
    elif "top" in column:
        yield from of_labels(column, known)
    elif column["kind"] == "number" and known:
        yield from of_numbers(column, known)


def most_frequent(column: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return a column's most frequent value and its count."""
    return next(iter(column["top"]), None) if "top" in column else column.get("mode")


def of_labels(column: Mapping[str, Any], known: int) -> Iterator[dict[str, Any]]:
    """Yield what stands out among a column's labels."""
    name, distinct = column["name"], column["distinct"]
    if column["kind"] == "text" or distinct > MANY_CATEGORIES:
        kind = "identifier" if distinct >= NEARLY_UNIQUE * known else "cardinality"
        text = Text(f"profile.alert.{kind}", column=name, count=distinct, rows=known)
        yield alert("cardinality", [name], text, distinct / max(known, 1), chart=in_column(name))


def of_numbers(column: Mapping[str, Any], known: int) -> Iterator[dict[str, Any]]:
    """Yield what stands out in a column's distribution; far values are told once, with the skew they make."""
    name, chart = column["name"], in_column(column["name"])
    far = column["outliers"]
    if column["zeros"] >= MANY_ZEROS * known and column["distinct"] > FEW_VALUES:
        text = Text("profile.alert.zeros", column=name, share=percent(column["zeros"] / known))
        yield alert("zeros", [name], text, column["zeros"] / known, chart=chart)
    elif column["skew"] is not None and abs(column["skew"]) >= SKEWED and column["distinct"] > 2:
        key = "profile.alert.skew_far" if far else "profile.alert.skew"
        text = Text(key, column=name, skew=column["skew"], count=far, share=percent(far / known))
        yield alert("skew", [name], text, abs(column["skew"]) / 100, chart=chart)
        return
    if far and far >= MANY_OUTLIERS * known:
        text = Text("profile.alert.outliers", column=name, count=far, share=percent(far / known))
        yield alert("outliers", [name], text, far / known, chart=chart)


def single(column: Mapping[str, Any]) -> Text | str:
    """Return a constant column's only value."""
    first = most_frequent(column)
    return value_text(first["value"] if first else column.get("min"))


def in_column(name: str) -> dict[str, Any]:
    """Return where a column is drawn."""
    return {"tab": "columns", "column": name}


def alert(
    code: str, columns: list[str], text: Text, amount: float, *, chart: dict[str, Any] | None, serious: bool = False
) -> dict[str, Any]:
    """Return one alert; its amount orders it among its like and is dropped."""
    severity = "warning" if serious else "info"
    return {"code": code, "severity": severity, "columns": list(columns), "text": text, "chart": chart, "amount": amount}
