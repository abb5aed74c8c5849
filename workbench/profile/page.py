"""A profile as sections of a printable page: headings, sentences, a table and charts, in the reader's language."""

from __future__ import annotations

from typing import Any

from workbench.figure import number
from workbench.profile import charts
from workbench.words import Lang, Text

# A page with a chart for each of hundreds of columns would not open; the table still lists all of them.
MOST_CHARTS = 60
MOST_ALERTS = 40


def sections(profiled: dict[str, Any], lang: Lang) -> list[dict[str, Any]]:
    """Return a profile's sections for `workbench.report.html.page`.

    Returns
    -------
    list of dict
        ``title`` and any of ``texts``, ``table`` (``head`` and ``rows`` of strings) and ``figures``.
    """
    found = [overview(profiled, lang)]
    if profiled["target"]:
        found.append({"title": Text("profile.page.target").say(lang), "figures": [charts.ranking_chart(profiled, lang)]})
    figures = [charts.missing_chart(profiled, lang), charts.associations_chart(profiled, lang)]
    found.append({"title": Text("profile.page.together").say(lang), "figures": figures})
    found.append({"title": Text("profile.page.columns").say(lang), "table": table(profiled, lang)})
    found += [column_section(column, lang) for column in profiled["columns"][:MOST_CHARTS]]
    return found


def overview(profiled: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return the first section: size, and what stands out."""
    size = Text(
        "profile.page.size",
        rows=profiled["rows"],
        columns=len(profiled["columns"]),
        missing=profiled["missing"],
        duplicates=profiled["duplicates"],
    )
    noticed = [alert["text"].say(lang) for alert in profiled["alerts"][:MOST_ALERTS]]
    if not noticed:
        noticed = [Text("profile.page.no_alerts").say(lang)]
    return {"title": Text("profile.page.overview").say(lang), "texts": [size.say(lang)], "list": noticed}


def table(profiled: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return one line for every column."""
    head = ("name", "kind", "missing", "distinct", "typical")
    return {
        "head": [Text(f"profile.head.{name}").say(lang) for name in head],
        "rows": [line(column, lang) for column in profiled["columns"]],
    }


def line(column: dict[str, Any], lang: Lang) -> list[str]:
    """Return one column's cells."""
    kind = Text(f"profile.kind.{column['kind']}").say(lang)
    return [column["name"], kind, f"{column['missing_rate']:.1%}", number(column["distinct"]), typical(column, lang)]


def typical(column: dict[str, Any], lang: Lang) -> str:
    """Return what a column mostly holds: median with its range, first to last date, or the most frequent value."""
    if "quantiles" in column:
        return f"{number(column['median'])} ({number(column['min'])} – {number(column['max'])})"
    if column.get("periods"):
        return f"{column['min'][:10]} – {column['max'][:10]}"
    return charts.label_of(column["top"][0]["value"], lang) if column.get("top") else number(None)


def column_section(column: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return one column's charts."""
    figures = [charts.column_chart(column, lang)]
    if column.get("by_target"):
        figures.append(charts.target_chart(column, lang))
    return {"title": column["name"], "figures": figures}
