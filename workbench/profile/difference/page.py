"""Two tables beside each other as sections of a printable page: what they are, what differs most, every column, its chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.figure import number
from workbench.profile.difference import charts
from workbench.profile.difference.words import probability, share
from workbench.words import Lang, Text, say

Section = dict[str, Any]

# A page with charts for each of hundreds of columns would not open; the table still lists all of them.
MOST_CHARTS = 40
# The places of numbers among a listed column's cells.
NUMBERS = (1, 5, 6, 7, 8)


def sections(found: Mapping[str, Any], lang: Lang) -> list[Section]:
    """Return a comparison's sections for `workbench.report.html.page`.

    Parameters
    ----------
    found : mapping
        What `workbench.actions.difference.of` returned: the comparison with its sentences and the names of both sides.
    lang : {"ja", "en"}
        The language of the page.
    """
    columns = found["columns"]
    parts = [overview(found, lang)]
    if not columns:
        return parts
    ranked = {"title": said("ranking", lang), "figures": [charts.ranking_chart(dict(found), lang)]}
    drawn = columns[:MOST_CHARTS]
    heading: Section = {"title": said("charts", lang)}
    if len(drawn) < len(columns):
        heading["texts"] = [said("some_charts", lang, shown=len(drawn), count=len(columns))]
    return [*parts, ranked, listing(found, lang), heading, *(one(found, place, lang) for place in range(len(drawn)))]


def overview(found: Mapping[str, Any], lang: Lang) -> Section:
    """Return what was compared, how the target changed, and how many columns differ."""
    names = [(said(f"side_{place}", lang), sized(found, place, lang)) for place in (0, 1)]
    texts = [text.say(lang) for text in (found["verdict"], *found["told"])]
    return {"title": said("overview", lang), "texts": texts, "facts": names, "list": [n.say(lang) for n in found["notes"]]}


def sized(found: Mapping[str, Any], place: int, lang: Lang) -> str:
    """Return a side's name with its rows."""
    return said("sized", lang, name=found["sides"][place], count=found["rows"][place])


def listing(found: Mapping[str, Any], lang: Lang) -> Section:
    """Return the table of all columns that were compared, to search and to sort, and how they are measured."""
    heads = ("distance", "interval", "first", "second", "first_missing", "second_missing", "adjusted", "psi", "measure")
    keys = ("profile.head.name", *(f"ui.difference.{name}" for name in heads), "profile.head.kind")
    rows = [line(column, lang) for column in found["columns"]]
    to = [f"column-{place}" if place < MOST_CHARTS else None for place in range(len(rows))]
    table = {"head": [say(key, lang) for key in keys], "rows": rows, "numbers": NUMBERS, "to": to, "tools": True}
    return {"title": said("columns", lang), "texts": [say("ui.difference.how", lang)], "table": table}


def line(column: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return one column's cells."""
    p, psi = column["adjusted"], column["psi"]
    return [
        column["name"],
        f"{column['distance']:.3f}",
        f"{column['low']:.3f} – {column['high']:.3f}",
        *(text.say(lang) for text in column["typical"]),
        *(share(rate) for rate in column["missing"]),
        number(None) if p is None else probability(p).removeprefix("= "),
        number(None) if psi is None else f"{psi:.3f}",
        say(f"profile.difference.measure_name.{column['measure']}", lang),
        say(f"profile.kind.{column['kind']}", lang),
    ]


def one(found: Mapping[str, Any], place: int, lang: Lang) -> Section:
    """Return one column's chart and sentences."""
    column = found["columns"][place]
    texts = [text.say(lang) for text in column["told"]]
    chart = charts.column_chart(column, found["sides"], lang)
    return {"title": column["name"], "texts": texts, "figures": [chart], "anchor": f"column-{place}", "level": 3}


def said(name: str, lang: Lang, /, **values: object) -> str:
    """Return a sentence of the page."""
    return Text(f"profile.difference.page.{name}", **values).say(lang)
