"""What two tables beside each other show, in sentences: how the target changed, how many columns differ, and how one does."""

from __future__ import annotations

from typing import Any

from workbench.figure import number
from workbench.words import Text

# Below this an adjusted p is called more than chance.
SURE = 0.05
MOST_NAMES = 8
TINY = 0.001


def differing(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns that differ by more than chance does, most different first."""
    return [c for c in found["columns"] if c["adjusted"] is not None and c["adjusted"] < SURE and c["distance"] > 0]


def verdict(found: dict[str, Any]) -> Text:
    """Say how many columns differ beyond chance."""
    count = len(found["columns"])
    if not count:
        return Text("profile.difference.nothing_left")
    if not any(column["distance"] for column in found["columns"]):
        return Text("profile.difference.identical", count=count)
    if not (sure := differing(found)):
        return Text("profile.difference.by_chance", count=count)
    return Text("profile.difference.differ", count=len(sure), all=count)


def target_sentences(found: dict[str, Any], *, is_rest: bool) -> list[Text]:
    """Say how the target's rates or mean differ, with the interval of the difference.

    Parameters
    ----------
    found : dict
        What `difference` returned.
    is_rest : bool
        Whether the second table is the rest of the first: then the rest is what the first is held against.
    """
    told = found["target"]
    if told is None:
        return []
    labels = told["labels"] or [None]
    return [
        target_sentence(told, label, *entry, is_rest)
        for label, entry in zip(labels, zip(told["first"], told["second"], told["difference"], strict=True), strict=True)
    ]


def target_sentence(
    told: dict[str, Any], label: Any, first: dict[str, Any], second: dict[str, Any], change: dict[str, Any], is_rest: bool
) -> Text:
    """Say one rate or mean."""
    is_rate = told["measure"] == "rate"
    ends = [change["value"], change["low"], change["high"]]
    if is_rest:
        ends = [None if v is None else -v for v in (change["value"], change["high"], change["low"])]
    values = {
        "target": told["name"],
        "first": share(first["value"]) if is_rate else number(first["value"]),
        "second": share(second["value"]) if is_rate else number(second["value"]),
        "change": signed(ends[0], ends, is_rate),
        "low": signed(ends[1], ends, is_rate),
        "high": signed(ends[2], ends, is_rate),
    }
    kind = "rate" if is_rate else "mean"
    if is_rate:
        values["label"] = str(label)
    if change["low"] is None:
        return Text(f"profile.difference.target.{kind}_unknown", **values)
    place = "rest" if is_rest else "change"
    sure = "" if change["low"] > 0 or change["high"] < 0 else "_unsure"
    return Text(f"profile.difference.target.{kind}_{place}{sure}", **values)


def share(value: float | None) -> str:
    """Return a share in percent."""
    return number(None) if value is None else f"{value:.2%}" if 0 < value < 0.01 else f"{value:.1%}"


def signed(value: float | None, ends: list[float | None], is_rate: bool) -> str:
    """Return a change with its sign: in points for rates, all three with as many digits as the change needs."""
    if value is None:
        return number(None)
    if not is_rate:
        return ("+" if value > 0 else "") + number(value)
    largest = max(abs(end) for end in ends if end is not None)
    digits = 1 if largest >= 0.01 else 2 if largest >= 0.001 else 3
    return f"{100 * value:+.{digits}f}"


def notes(found: dict[str, Any]) -> list[Text]:
    """Say which columns only one table has, and which are of another kind in the other."""
    texts = [
        Text(f"profile.difference.{side}", count=len(found[side]), names=named(found[side]))
        for side in ("only_first", "only_second")
        if found[side]
    ]
    changed = [column["name"] for column in found["columns"] if column["kind_changed"]]
    return [*texts, Text("profile.difference.kind_changed", count=len(changed), names=named(changed))] if changed else texts


def named(names: list[str]) -> list[str]:
    """Return the first few names, and a sign where there are more."""
    return [*names[:MOST_NAMES], *["…"] * (len(names) > MOST_NAMES)]


def column_sentences(column: dict[str, Any]) -> list[Text]:
    """Say how one column differs: the distance with its interval, missing values, new and gone labels."""
    distance = Text(
        f"profile.difference.measure.{column['measure']}",
        value=f"{column['distance']:.3f}",
        low=f"{column['low']:.3f}",
        high=f"{column['high']:.3f}",
        noise=f"{column['noise']:.3f}",
    )
    texts = [distance]
    if column["adjusted"] is not None:
        texts.append(Text("profile.difference.p", p=probability(column["adjusted"])))
    if any(column["missing"]):
        first, second = (share(rate) for rate in column["missing"])
        texts.append(Text("profile.difference.missing", first=first, second=second))
    if column["kind_changed"]:
        texts.append(Text("profile.difference.as_text"))
    if column["kind"] in ("category", "boolean"):
        texts += [
            Text(f"profile.difference.{name}", count=column[f"{name}_count"], names=named(column[f"{name}_values"]))
            for name in ("new", "gone")
            if column[f"{name}_count"]
        ]
    return texts


def probability(p: float) -> str:
    """Return a p with three digits; a smaller one as below them."""
    return f"< {TINY}" if p < TINY else f"= {p:.3f}"


def typical(column: dict[str, Any], side: int) -> Text:
    """Return what is typical of a column in one of the tables (0 or 1)."""
    facts = column["summary"][side]
    if "distinct" in facts:
        return Text("profile.difference.typical.text", distinct=facts["distinct"])
    if "share" in facts:
        if facts["share"] is None:
            return Text("profile.difference.typical.none")
        return Text("profile.difference.typical.label", value=spoken(facts["value"]), share=share(facts["share"]))
    if facts["median"] is None:
        return Text("profile.difference.typical.none")
    if "mean" in facts:
        return Text("profile.difference.typical.number", median=number(facts["median"]), mean=number(facts["mean"]))
    return Text("profile.difference.typical.date", median=facts["median"][:10])


def spoken(value: object) -> Text | str:
    """Return a label; yes and no as words."""
    if isinstance(value, bool):
        return Text("profile.bin.yes") if value else Text("profile.bin.no")
    return str(value)
