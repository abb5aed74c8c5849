"""A profile as sections of a printable page: headings, sentences, tables and charts, in the reader's language."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.figure import number
from workbench.profile import charts
from workbench.profile.associations import charts as association_charts
from workbench.profile.story import charts as story_charts
from workbench.words import Lang, Text

Section = dict[str, Any]

# A page with charts for each of hundreds of columns would not open; the table still lists all of them.
MOST_CHARTS = 60
# Longer lists are not read; the page says how many there are.
MOST_ALERTS = 40
MOST_QUESTIONS = 15
MOST_PAIRS = 30
MOST_GROUPS = 20
MOST_NAMES = 10
UNITS = ("B", "KB", "MB", "GB", "TB")
# The places of numbers among a listed column's cells.
NUMBERS = (2, 3, 4, 5, 6)


def sections(profiled: Mapping[str, Any], lang: Lang) -> list[Section]:
    """Return a profile's sections for `workbench.report.html.page`.

    Parts that a profile does not have (one that was made earlier, or without a target) have no section.

    Returns
    -------
    list of dict
        As `workbench.report.html.page` takes them.
    """
    drawn = chosen(profiled)
    found = [overview(profiled, lang), noticed(profiled, drawn, lang)]
    if profiled.get("target"):
        found.append(target(profiled, drawn, lang))
    found += [
        together(profiled, lang),
        missing(profiled, lang),
        listing(profiled, drawn, lang),
        chosen_ones(profiled, drawn, lang),
    ]
    return found + [column_section(column, place, lang) for place, column in enumerate(profiled["columns"]) if place in drawn]


def chosen(profiled: Mapping[str, Any]) -> set[int]:
    """Return the places of the columns that get charts: those that stand out and those closest to the target first."""
    places = {column["name"]: place for place, column in enumerate(profiled["columns"])}
    noticed = [name for alert in profiled.get("alerts") or () for name in alert["columns"]]
    ranked = [entry["column"] for entry in (profiled.get("target") or {}).get("ranking", ())]
    # By turns, so that a table full of alerts still shows what goes with the target.
    wanted = [name for pair in itertools.zip_longest(ranked, dict.fromkeys(noticed)) for name in pair if name in places]
    return {places[name] for name in list(dict.fromkeys([*wanted, *places]))[:MOST_CHARTS]}


def overview(profiled: Mapping[str, Any], lang: Lang) -> Section:
    """Return the first section: how large the table is, and of what."""
    rows, columns = profiled["rows"], profiled["columns"]
    cells = rows * len(columns)
    blank = sum(1 for column in columns if column["missing"])
    kinds = [f"{said(f'profile.kind.{kind}', lang)} {number(count)}" for kind, count in sorted(profiled["kinds"].items())]
    size = Text(
        "profile.page.size",
        rows=rows,
        columns=len(columns),
        missing=profiled["missing"],
        duplicates=profiled["duplicates"] or 0,
    )
    facts = {
        "rows": number(rows),
        "columns": number(len(columns)),
        "memory": memory(profiled.get("memory")),
        "missing": f"{number(profiled['missing'])} ({share(profiled['missing'], cells)})",
        "blank": number(blank),
        "duplicates": f"{number(profiled['duplicates'])} ({share(profiled['duplicates'], rows)})",
        "kinds": Text("profile.page.list", items=kinds).say(lang),
    }
    named = [(said(f"profile.page.fact.{name}", lang), value) for name, value in facts.items()]
    return {"title": said("profile.page.overview", lang), "texts": [size.say(lang)], "facts": named}


def noticed(profiled: Mapping[str, Any], drawn: set[int], lang: Lang) -> Section:
    """Return what stands out, worst first, each with the way to its column's chart."""
    alerts = profiled.get("alerts") or []
    where = anchors(profiled, drawn)
    points: list[Any] = [
        {
            "text": alert["text"].say(lang),
            "to": next((where[name] for name in alert["columns"] if name in where), None),
            "mark": alert["severity"],
        }
        for alert in alerts[:MOST_ALERTS]
    ]
    if not alerts:
        points = [said("profile.page.no_alerts", lang)]
    section: Section = {"title": said("profile.page.noticed", lang), "list": points}
    if len(alerts) > MOST_ALERTS:
        section["texts"] = [said("profile.page.first_alerts", lang, shown=MOST_ALERTS, count=len(alerts))]
    return section


def target(profiled: Mapping[str, Any], drawn: set[int], lang: Lang) -> Section:
    """Return the target's story: how it is on the whole, what moves it, and how it went over time."""
    goal = profiled["target"]
    texts = [goal_said(goal).say(lang)]
    told = profiled.get("questions") or []
    questions = [question for question in told if question["columns"]]
    if len(questions) > MOST_QUESTIONS:
        texts.append(said("profile.page.questions", lang, shown=MOST_QUESTIONS, count=len(questions)))
    # What is said of no single column is the caution about so many looks: above the findings, where it is read.
    texts += [question["text"].say(lang) for question in told if not question["columns"]]
    where = anchors(profiled, drawn)
    points = [
        {
            "text": question["text"].say(lang),
            "to": next((where[name] for name in question["columns"] if name in where), None),
            "mark": question.get("severity", ""),
        }
        for question in questions[:MOST_QUESTIONS]
    ]
    figures = [story_charts.ranking_chart(profiled, lang)]
    if profiled.get("by_time"):
        figures.append(story_charts.time_chart(profiled, lang))
    return {"title": said("profile.page.target", lang), "texts": texts, "list": points, "figures": figures}


def goal_said(goal: Mapping[str, Any]) -> Text:
    """Return what the target is, in one sentence."""
    if not goal.get("task"):
        return Text("profile.page.no_goal", target=goal["name"])
    overall = goal["overall"]
    if not goal.get("labels"):
        return Text("profile.page.goal_mean", target=goal["name"], rows=goal["rows"], mean=number(overall[0]))
    told = [(label, value) for label, value in zip(goal["labels"], overall, strict=True) if value is not None]
    shares = [Text("profile.page.share_of", label=str(label), share=value) for label, value in told]
    return Text("profile.page.goal_rate", target=goal["name"], rows=goal["rows"], shares=shares)


def together(profiled: Mapping[str, Any], lang: Lang) -> Section:
    """Return how the columns go together: the heatmap, the strongest pairs, and groups that say the same."""
    found = profiled.get("associations") or {}
    pairs, groups = found.get("pairs") or [], found.get("groups") or []
    texts = [found["limits"].say(lang)] if isinstance(found.get("limits"), Text) else []
    texts += [group_said(group).say(lang) for group in groups[:MOST_GROUPS]]
    if len(groups) > MOST_GROUPS:
        texts.append(said("profile.page.more_groups", lang, count=len(groups) - MOST_GROUPS))
    section: Section = {"title": said("profile.page.associations", lang), "texts": texts}
    if pairs:
        section["tables"] = [pairs_table(pairs, lang)]
    if found:
        section["figures"] = [association_charts.associations_chart(profiled, lang)]
    return section


def group_said(group: Mapping[str, Any]) -> Text:
    """Return which columns say nearly the same."""
    return Text("profile.page.group", columns=named(group["columns"]), least=f"{group['least']:.2f}")


def pairs_table(pairs: Sequence[Mapping[str, Any]], lang: Lang) -> dict[str, Any]:
    """Return the strongest pairs of columns."""
    head = [said(f"profile.export.head.{name}", lang) for name in ("first", "second", "measure", "value", "rows")]
    rows = [
        [pair["first"], pair["second"], measure(pair["measure"], lang), f"{pair['value']:.3f}", number(pair["rows"])]
        for pair in pairs[:MOST_PAIRS]
    ]
    title = said("profile.page.pairs", lang, shown=len(rows), count=len(pairs))
    return {"title": title, "head": head, "rows": rows, "numbers": (3, 4)}


def measure(code: str, lang: Lang) -> str:
    """Return how the strength of a pair was measured."""
    return said(f"profile.export.measure.{code}", lang)


def missing(profiled: Mapping[str, Any], lang: Lang) -> Section:
    """Return where values are missing: column by column, and which are missing together."""
    found = profiled.get("missingness") or {}
    section: Section = {"title": said("profile.page.missing", lang), "texts": missing_said(found, lang)}
    if found.get("patterns"):
        section["tables"] = [patterns_table(found, profiled["rows"], lang)]
    section["figures"] = [association_charts.missing_chart(profiled, lang)]
    if found.get("columns"):
        section["figures"].append(association_charts.missing_pattern_chart(profiled, lang))
    return section


def missing_said(found: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return which columns are missing together."""
    groups = found.get("groups") or []
    told = [
        said("profile.page.missing_group", lang, columns=named(group["columns"]), rows=group["rows"], same=group["same"])
        for group in groups[:MOST_GROUPS]
    ]
    if len(groups) > MOST_GROUPS:
        told.append(said("profile.page.more_groups", lang, count=len(groups) - MOST_GROUPS))
    return told


def patterns_table(found: Mapping[str, Any], rows: int, lang: Lang) -> dict[str, Any]:
    """Return what is missing together and in how many rows; rows of rarer patterns on a line of their own."""
    lines = [
        [pattern_name(pattern["columns"], lang), number(pattern["rows"]), share(pattern["rows"], rows)]
        for pattern in found["patterns"]
    ]
    if found.get("rest"):
        lines.append([said("profile.page.rest", lang), number(found["rest"]), share(found["rest"], rows)])
    head = [said(f"profile.export.head.{name}", lang) for name in ("pattern", "rows", "share")]
    return {"title": said("profile.page.patterns", lang), "head": head, "rows": lines, "numbers": (1, 2)}


def pattern_name(columns: Sequence[str], lang: Lang) -> str:
    """Return what is missing in a pattern."""
    if not columns:
        return said("profile.page.complete", lang)
    return named(columns).say(lang)


def named(columns: Sequence[str]) -> Text:
    """Return names of columns as a list, a long one cut with how many more there are."""
    if (more := len(columns) - MOST_NAMES) > 1:
        return Text("profile.page.and_more", items=list(columns[:MOST_NAMES]), count=more)
    return Text("profile.page.list", items=list(columns))


def listing(profiled: Mapping[str, Any], drawn: set[int], lang: Lang) -> Section:
    """Return the table of all columns, to search and to sort."""
    return {"title": said("profile.page.columns", lang), "table": table(profiled, drawn, lang)}


def table(profiled: Mapping[str, Any], drawn: set[int], lang: Lang) -> dict[str, Any]:
    """Return one line for every column."""
    goal = profiled.get("target")
    ranked = {entry["column"]: entry["strength"] for entry in (goal or {}).get("ranking", ())}
    head = [said(f"profile.head.{name}", lang) for name in ("name", "kind", "missing", "distinct")]
    head += [said(f"profile.export.head.{name}", lang) for name in ("mean", "std", "strength") if name != "strength" or ranked]
    head.append(said("profile.head.typical", lang))
    where = anchors(profiled, drawn)
    return {
        "head": head,
        "rows": [line(column, ranked, lang) for column in profiled["columns"]],
        "numbers": NUMBERS if ranked else NUMBERS[:-1],
        "to": [where.get(column["name"]) for column in profiled["columns"]],
        "tools": True,
    }


def line(column: Mapping[str, Any], ranked: Mapping[str, float], lang: Lang) -> list[str]:
    """Return one column's cells."""
    strength = ranked.get(column["name"])
    return [
        column["name"],
        said(f"profile.kind.{column['kind']}", lang),
        f"{column['missing_rate']:.1%}",
        number(column["distinct"]),
        number(column.get("mean")),
        number(column.get("std")),
        *([number(None) if strength is None else f"{strength:.1%}"] if ranked else []),
        typical(column, lang),
    ]


def typical(column: Mapping[str, Any], lang: Lang) -> str:
    """Return what a column mostly holds: median with its range, first to last date, or the most frequent value."""
    if column.get("min") is not None:
        span = f"{shown(column['min'])} – {shown(column['max'])}"
        return f"{shown(column['median'])} ({span})" if column.get("median") is not None else span
    if not column.get("top"):
        return number(None)
    value = column["top"][0]["value"]
    return charts.label_of(value, lang).replace("&lt;", "<")


def shown(value: float | str | None) -> str:
    """Return a number, or a moment as its day."""
    return value[:10] if isinstance(value, str) else number(value)


def chosen_ones(profiled: Mapping[str, Any], drawn: set[int], lang: Lang) -> Section:
    """Return the heading of the charts, with what is left out."""
    left_out = len(profiled["columns"]) - len(drawn)
    text = Text("profile.page.some_charts", shown=len(drawn), count=len(profiled["columns"]))
    return {"title": said("profile.page.charts", lang), "texts": [text.say(lang)] if left_out else []}


def column_section(column: dict[str, Any], place: int, lang: Lang) -> Section:
    """Return one column's charts."""
    figures = [charts.column_chart(column, lang)]
    if column.get("by_target"):
        figures.append(charts.target_chart(column, lang))
    return {"title": column["name"], "figures": figures, "anchor": f"column-{place}", "level": 3}


def anchors(profiled: Mapping[str, Any], drawn: Iterable[int]) -> dict[str, str]:
    """Return where the charts of each column stand."""
    return {profiled["columns"][place]["name"]: f"column-{place}" for place in drawn}


def share(part: float | None, whole: float) -> str:
    """Return a part of a whole in percent, or a dash."""
    return f"{part / whole:.1%}" if whole and part is not None else number(None)


def memory(size: float | None) -> str:
    """Return a number of bytes for a reader.

    Examples
    --------
    >>> memory(1536), memory(None)
    ('1.5 KB', '–')
    """
    if size is None:
        return number(None)
    steps = 0
    while size >= 1024 and steps < len(UNITS) - 1:
        size, steps = size / 1024, steps + 1
    return f"{size:,.1f} {UNITS[steps]}" if steps else f"{size:,.0f} B"


def said(key: str, lang: Lang, /, **values: object) -> str:
    """Return a sentence."""
    return Text(key, **values).say(lang)
