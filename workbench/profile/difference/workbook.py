"""The numbers of two tables beside each other as an Excel workbook: what was compared, every column, every bin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.profile import sheets
from workbench.profile.difference import charts
from workbench.profile.sheets import Cells, Sheet
from workbench.words import Lang, say

COLUMNS = {
    **{"place": "count", "column": "text", "kind": "text", "distance": "number", "low": "number", "high": "number"},
    **{"noise": "number", "p": "number", "adjusted": "number", "psi": "number", "what_differs": "text"},
    **{"first_missing": "share", "second_missing": "share", "first_typical": "text", "second_typical": "text"},
    **{"first_mean": "number", "second_mean": "number", "first_median": "number", "second_median": "number"},
    **{"new_values": "count", "gone_values": "count", "sentence": "text"},
}
BINS = {"column": "text", "value": "text", "from": "number", "to": "number", "first_share": "share", "second_share": "share"}
TARGET = {
    **{"label": "text", "measure": "text", "first_side": "number", "first_low": "number", "first_high": "number"},
    **{"second_side": "number", "second_low": "number", "second_high": "number"},
    **{"difference": "number", "low": "number", "high": "number"},
}


def workbook(found: Mapping[str, Any], lang: Lang, *, title: str) -> bytes:
    """Return a comparison's numbers as an Excel file.

    Parameters
    ----------
    found : mapping
        What `workbench.actions.difference.of` returned.
    lang : {"ja", "en"}
        The language of sheets, heads and sentences.
    title : str
        What was compared.

    Returns
    -------
    bytes
        The ``.xlsx`` file.
    """
    return sheets.book(title, lang, overview(found, lang, title), parts(found, lang))


def parts(found: Mapping[str, Any], lang: Lang) -> Iterator[Sheet]:
    """Yield the sheets."""
    yield "columns", COLUMNS, columns(found, lang)
    yield "target_change", TARGET, target(found, lang)
    yield "distribution", BINS, bins(found, lang)


def overview(found: Mapping[str, Any], lang: Lang, title: str) -> Iterator[tuple[str, Any, str]]:
    """Yield what was compared and what came of it: name, value, kind of number."""
    yield sheets.said("title", lang), title, "text"
    for place, side in enumerate(("first", "second")):
        yield sheets.said(f"{side}_side", lang), found["sides"][place].say(lang), "text"
        yield sheets.said(f"{side}_rows", lang), found["rows"][place], "count"
    yield sheets.said("columns", lang), len(found["columns"]), "count"
    for text in (found["verdict"], *found["told"], *found["notes"]):
        yield sheets.said("sentence", lang), text.say(lang), "text"


def columns(found: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield every column that was compared, most different first."""
    for place, column in enumerate(found["columns"], start=1):
        yield [
            place,
            column["name"],
            say(f"profile.kind.{column['kind']}", lang),
            *(column[name] for name in ("distance", "low", "high", "noise", "p", "adjusted", "psi")),
            say(f"profile.difference.measure_name.{column['measure']}", lang),
            *column["missing"],
            *(text.say(lang) for text in column["typical"]),
            *(side.get("mean") for side in column["summary"]),
            *(side.get("median") for side in column["summary"]),
            *((column["new_count"], column["gone_count"]) if column["kind"] in ("category", "boolean") else (None, None)),
            " ".join(text.say(lang) for text in column["told"]),
        ]


def target(found: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield how the target changed, label by label."""
    if told := found["target"]:
        measure = say(f"profile.export.measure.{told['measure']}", lang)
        sides = zip(told["first"], told["second"], told["difference"], strict=True)
        for label, estimates in zip(told["labels"] or [None], sides, strict=True):
            numbers = [estimate.get(name) for estimate in estimates for name in ("value", "low", "high")]
            yield [label, measure, *numbers]


def bins(found: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield the share of both tables in each bin of each column."""
    for column in found["columns"]:
        for entry in column["bins"]:
            is_range = entry["kind"] == "range"
            ends = [entry["low"], entry["high"]] if is_range else [None, None]
            name = None if is_range else charts.bin_name(entry, lang).replace("&lt;", "<")
            yield [column["name"], name, *ends, *entry["shares"]]
