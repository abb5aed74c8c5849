"""A profile's numbers as an Excel workbook: a sheet a subject, a row a fact, to filter and to reckon with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workbench import figure
from workbench.profile import charts
from workbench.profile.sheets import NARROWEST, WIDEST, Cells, Fact, Sheet, book, put, said, width
from workbench.words import Lang, Text, say

CORRELATION_COLOURS = {"min_color": figure.DOWN, "mid_color": "#FFFFFF", "max_color": figure.UP}


def workbook(profiled: Mapping[str, Any], lang: Lang, *, title: str) -> bytes:
    """Return a profile's numbers as an Excel file.

    Parts that a profile does not have have no sheet.

    Parameters
    ----------
    profiled : mapping
        What `workbench.profile.profile` returned.
    lang : {"ja", "en"}
        The language of sheets, heads and sentences.
    title : str
        What was profiled.

    Returns
    -------
    bytes
        The ``.xlsx`` file.
    """

    def matrix(book: Any, formats: Mapping[str, Any]) -> None:
        write_matrix(book, formats, profiled, lang)

    return book(title, lang, overview(profiled, lang, title), sheets(profiled, lang), more=matrix)


def sheets(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Sheet]:
    """Yield the sheets in the order of a reader's questions."""
    yield "noticed", {"severity": "text", "columns": "text", "sentence": "text"}, noticed(profiled, lang)
    quantiles = quantiles_of(profiled)
    yield "columns", column_heads(quantiles), columns(profiled, quantiles, lang)
    yield "values", {"column": "text", "place": "count", "value": "text", "rows": "count", "share": "share"}, values(profiled)
    yield "distribution", {"column": "text", "from": "number", "to": "number", "rows": "count"}, distribution(profiled)
    yield (
        "questions",
        {"sentence": "text", "columns": "text", "effect": "number"}
        | {"low": "number", "high": "number", "rows": "count", "adjusted": "number"},
        questions(profiled, lang),
    )
    yield (
        "by_target",
        {"column": "text", "bin": "text", "label": "text", "measure": "text", "rows": "count"}
        | {"value": "number", "low": "number", "high": "number"},
        by_target(profiled, lang),
    )
    yield "target", {"column": "text", "measure": "text", "value": "number", "rows": "count"}, with_target(profiled, lang)
    yield (
        "by_time",
        {"from": "text", "label": "text", "rows": "count", "value": "number", "low": "number", "high": "number"},
        by_time(profiled, lang),
    )
    yield (
        "pairs",
        {"first": "text", "second": "text", "measure": "text", "value": "number", "rows": "count"},
        pairs(profiled, lang),
    )
    yield "missing", {"columns": "text", "what": "text", "rows": "count", "share": "share"}, missing(profiled, lang)


def overview(profiled: Mapping[str, Any], lang: Lang, title: str) -> Iterator[Fact]:
    """Yield the figures of the whole table: name, value, kind of number."""
    rows, cells = profiled["rows"], profiled["rows"] * len(profiled["columns"])
    yield said("title", lang), title, "text"
    yield said("rows", lang), rows, "count"
    yield said("columns", lang), len(profiled["columns"]), "count"
    yield said("missing", lang), profiled["missing"], "count"
    yield said("missing_rate", lang), part(profiled["missing"], cells), "share"
    yield said("duplicates", lang), profiled["duplicates"], "count"
    yield said("duplicate_rate", lang), part(profiled["duplicates"], rows), "share"
    yield said("memory", lang), profiled.get("memory"), "count"
    for kind, count in sorted(profiled["kinds"].items()):
        yield f"{said('kind', lang)}: {say(f'profile.kind.{kind}', lang)}", count, "count"
    if goal := profiled.get("target"):
        yield said("target", lang), goal["name"], "text"
        yield said("target_rows", lang), goal.get("rows"), "count"
        for label, value in zip(goal.get("labels") or [None], goal.get("overall") or [], strict=False):
            name = said("mean", lang) if label is None else f"{said('share', lang)}: {charts.label_of(label, lang)}"
            yield name, value, "number" if label is None else "share"
    limits = (profiled.get("associations") or {}).get("limits")
    if isinstance(limits, Text):
        yield said("note", lang), limits.say(lang), "text"


def noticed(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield what stands out."""
    for alert in profiled.get("alerts") or ():
        grade = say(f"profile.export.severity.{alert['severity']}", lang)
        yield [grade, together(alert["columns"], lang), alert["text"].say(lang)]


def column_heads(quantiles: Iterable[str]) -> dict[str, str]:
    """Return the heads of the sheet of columns."""
    heads = {"place": "count", "column": "text", "kind": "text", "dtype": "text", "missing": "count", "missing_rate": "share"}
    heads |= {"distinct": "count", "mean": "number", "std": "number", "min": "number"}
    heads |= {f"q{quantile}": "number" for quantile in quantiles}
    heads |= {"max": "number", "skew": "number"} | dict.fromkeys(("zeros", "negative", "infinite", "outliers"), "count")
    heads |= {"top": "text", "top_rows": "count", "top_share": "share", "rest": "count"}
    return heads | {
        "length_min": "count",
        "length_median": "number",
        "length_mean": "number",
        "length_max": "count",
        "strength": "share",
    }


def quantiles_of(profiled: Mapping[str, Any]) -> list[str]:
    """Return which quantiles the profile has."""
    return list(dict.fromkeys(q for column in profiled["columns"] for q in column.get("quantiles") or ()))


def columns(profiled: Mapping[str, Any], quantiles: Sequence[str], lang: Lang) -> Iterator[Cells]:
    """Yield every fact of each column; nothing where its kind has none."""
    for place, column in enumerate(profiled["columns"], start=1):
        first = (column.get("top") or [column.get("mode") or {}])[0]
        lengths = column.get("length") or {}
        yield [
            place,
            column["name"],
            say(f"profile.kind.{column['kind']}", lang),
            column.get("dtype"),
            *(column.get(name) for name in ("missing", "missing_rate", "distinct", "mean", "std", "min")),
            *((column.get("quantiles") or {}).get(quantile) for quantile in quantiles),
            *(column.get(name) for name in ("max", "skew", "zeros", "negative", "infinite", "outliers")),
            first.get("value"),
            first.get("count"),
            part(first.get("count"), profiled["rows"] - column["missing"]),
            column.get("rest"),
            *(lengths.get(name) for name in ("min", "median", "mean", "max")),
            (column.get("by_target") or {}).get("strength"),
        ]


def values(profiled: Mapping[str, Any]) -> Iterator[Cells]:
    """Yield the most frequent values of each column; their share is of the rows that have a value."""
    for column in profiled["columns"]:
        known = profiled["rows"] - column["missing"]
        for place, entry in enumerate(column.get("top") or (), start=1):
            yield [column["name"], place, entry["value"], entry["count"], part(entry["count"], known)]


def distribution(profiled: Mapping[str, Any]) -> Iterator[Cells]:
    """Yield the bins of each number with its tails, and the periods of each date."""
    for column in profiled["columns"]:
        if shape := column.get("histogram"):
            edges = shape["edges"]
            yield [column["name"], None, edges[0], shape["below"]]
            for low, high, rows in zip(edges[:-1], edges[1:], shape["counts"], strict=True):
                yield [column["name"], low, high, rows]
            yield [column["name"], edges[-1], None, shape["above"]]
        if periods := column.get("periods"):
            for start, rows in zip(periods["starts"], periods["counts"], strict=True):
                yield [column["name"], start, None, rows]


def questions(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield what moves the target most."""
    for entry in profiled.get("questions") or ():
        figures = [entry.get(name) for name in ("effect", "low", "high", "rows", "adjusted")]
        yield [entry["text"].say(lang), together(entry["columns"], lang), *figures]


def by_target(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield the target's rate or mean in each bin of each column."""
    for column in profiled["columns"]:
        if story := column.get("by_target"):
            for entry in story["bins"]:
                here = [column["name"], plain(charts.bin_name(entry, lang))]
                yield from told(here, story, entry, lang)


def told(here: Cells, story: Mapping[str, Any], entry: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield a line for each label that is told of a bin."""
    measure = say(f"profile.export.measure.{story['measure']}", lang)
    for label, estimate in zip(story["labels"] or [None], entry["estimates"], strict=True):
        numbers = [estimate.get(name) for name in ("value", "low", "high")]
        yield [*here, None if label is None else plain(charts.label_of(label, lang)), measure, entry["rows"], *numbers]


def with_target(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield how strongly each column goes with the target."""
    for entry in (profiled.get("associations") or {}).get("target") or ():
        yield [entry["column"], measured(entry, lang), entry["value"], entry["rows"]]


def by_time(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield the target period by period."""
    if story := profiled.get("by_time"):
        for entry in story["bins"]:
            for cells in told([entry["start"]], story, entry, lang):
                start, label, _, *numbers = cells
                yield [start, label, *numbers]


def pairs(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield the strongest pairs of columns."""
    for pair in (profiled.get("associations") or {}).get("pairs") or ():
        yield [pair["first"], pair["second"], measured(pair, lang), pair["value"], pair["rows"]]


def missing(profiled: Mapping[str, Any], lang: Lang) -> Iterator[Cells]:
    """Yield what is missing together: every pattern, and the groups of columns."""
    found, rows = profiled.get("missingness") or {}, profiled["rows"]
    for pattern in found.get("patterns") or ():
        name = together(pattern["columns"], lang) or say("profile.page.complete", lang)
        yield [name, said("pattern", lang), pattern["rows"], part(pattern["rows"], rows)]
    if found.get("rest"):
        yield [say("profile.page.rest", lang), said("pattern", lang), found["rest"], part(found["rest"], rows)]
    for group in found.get("groups") or ():
        yield [together(group["columns"], lang), said("same", lang), group["rows"], group["same"]]


def measured(entry: Mapping[str, Any], lang: Lang) -> str:
    """Return how a strength was measured."""
    return say(f"profile.export.measure.{entry['measure']}", lang)


def together(names: Sequence[str], lang: Lang) -> str:
    """Return several columns in one cell."""
    return say("profile.page.list", lang, items=list(names))


def plain(label: str) -> str:
    """Return a label of a chart as plain text."""
    return label.replace("&lt;", "<")


def part(count: float | None, whole: float) -> float | None:
    """Return a share, or nothing where there is none."""
    return count / whole if whole and count is not None else None


def write_matrix(book: Any, formats: Mapping[str, Any], profiled: Mapping[str, Any], lang: Lang) -> None:
    """Write the correlations as a coloured square."""
    found = profiled.get("associations") or {}
    names, matrix = found.get("columns") or [], found.get("matrix") or []
    if len(names) < 2:
        return
    sheet = book.add_worksheet(say("profile.export.sheet.matrix", lang))
    number = book.add_format({"num_format": "0.000"})
    for place, name in enumerate(names, start=1):
        put(sheet, 0, place, name, formats["head"])
        put(sheet, place, 0, name, formats["head"])
        for other, value in enumerate(matrix[place - 1], start=1):
            put(sheet, place, other, value, number)
    sheet.set_column(0, 0, min(max(NARROWEST, *(width(name) for name in names)), WIDEST))
    sheet.set_column(1, len(names), NARROWEST)
    sheet.freeze_panes(1, 1)
    scale = {"type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num"}
    bounds = {"min_value": -1, "mid_value": 0, "max_value": 1}
    sheet.conditional_format(1, 1, len(names), len(names), scale | bounds | CORRELATION_COLOURS)
