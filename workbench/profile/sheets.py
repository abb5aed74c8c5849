"""How a workbook of ours is written: a sheet of names and values, then a filtered sheet a subject, text always as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

from workbench import figure
from workbench.words import Lang, say

# Text stays text: nothing becomes a formula, a link or a number by itself.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A face that Excel has in Japan on every system; elsewhere its own.
FONTS: dict[Lang, str] = {"ja": "Yu Gothic", "en": "Calibri"}
FORMATS = {"count": "#,##0", "share": "0.0%", "number": "General", "text": "@"}
# Excel's own limits: rows of a sheet, characters of a cell, digits of a number.
MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767
MOST_EXACT = 10**15
NARROWEST, WIDEST = 9, 48
# Rows that decide how wide a column is.
MEASURED = 200

Cells = list[Any]
# A sheet: the key of its name, its heads with the kind of number below each, and its rows.
Sheet = tuple[str, dict[str, str], Iterable[Cells]]
# A line of the first sheet: name, value, kind of number.
Fact = tuple[str, Any, str]
More = Callable[[Any, Mapping[str, Any]], None]


def book(title: str, lang: Lang, facts: Iterable[Fact], sheets: Iterable[Sheet], *, more: More | None = None) -> bytes:
    """Return an Excel file.

    Parameters
    ----------
    title : str
        What it is about.
    lang : {"ja", "en"}
        The language of sheets and heads.
    facts : iterable
        The lines of the first sheet.
    sheets : iterable
        The other sheets; one without rows is left out.
    more : callable, optional
        Adds what is no such sheet, with the workbook and the formats.

    Returns
    -------
    bytes
        The ``.xlsx`` file.
    """
    import xlsxwriter

    out = BytesIO()
    face = {"default_format_properties": {"font_name": FONTS[lang], "font_size": 11}}
    with xlsxwriter.Workbook(out, {**OPTIONS, **face}) as made:
        made.set_properties({"title": title[:255]})
        formats = {kind: made.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        formats["head"] = made.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        write_facts(made, formats, facts, lang)
        for name, heads, rows in sheets:
            write(made, formats, name, heads, rows, lang)
        if more is not None:
            more(made, formats)
    return out.getvalue()


def said(name: str, lang: Lang) -> str:
    """Return a head."""
    return say(f"profile.export.head.{name}", lang)


def write_facts(book: Any, formats: Mapping[str, Any], facts: Iterable[Fact], lang: Lang) -> None:
    """Write the first sheet: a name and a value a row."""
    sheet = book.add_worksheet(say("profile.export.sheet.overview", lang))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 40)
    for row, (name, value, kind) in enumerate(facts):
        put(sheet, row, 0, name, formats["head"])
        put(sheet, row, 1, value, formats[kind])


def write(
    book: Any, formats: Mapping[str, Any], name: str, heads: Mapping[str, str], rows: Iterable[Cells], lang: Lang
) -> None:
    """Write a sheet with a frozen, filtered head; none where there are no rows."""
    cells = iter(rows)
    if (first := next(cells, None)) is None:
        return
    sheet = book.add_worksheet(say(f"profile.export.sheet.{name}", lang))
    names = [say("profile.export.quantile", lang, share=float(h[1:])) if is_quantile(h) else said(h, lang) for h in heads]
    widths = [figure.columns(shown) + 3 for shown in names]
    for place, shown in enumerate(names):
        put(sheet, 0, place, shown, formats["head"])
    kinds = [formats[kind] for kind in heads.values()]
    last = 0
    for last, row in enumerate(following(first, cells), start=1):
        for place, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            put(sheet, last, place, value, kind)
            if last <= MEASURED:
                widths[place] = max(widths[place], width(value))
    for place, wide in enumerate(widths):
        sheet.set_column(place, place, min(max(wide, NARROWEST), WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(names) - 1)


def following(first: Cells, rest: Iterator[Cells]) -> Iterator[Cells]:
    """Yield the rows again, as many as a sheet holds; our limits elsewhere keep them fewer."""
    yield first
    for _, row in zip(range(MOST_ROWS - 1), rest, strict=False):
        yield row


def is_quantile(head: str) -> bool:
    """Tell whether a head is a quantile, such as ``q0.25``."""
    return head[0] == "q" and head[1:2].isdigit()


def put(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    """Write a cell: nothing for what is not known, text as text whatever it starts with, numbers that Excel can hold."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    writer: Callable[..., Any] = sheet.write_string
    if isinstance(value, bool):
        writer = sheet.write_boolean
    elif isinstance(value, int | float) and math.isfinite(value) and (isinstance(value, float) or abs(value) < MOST_EXACT):
        writer = sheet.write_number
    else:
        value = shortened(str(value))
    writer(row, column, value, form)


def shortened(text: str) -> str:
    """Return a text that fits a cell."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def width(value: Any) -> int:
    """Return how wide a cell's content is, roughly."""
    return 11 if isinstance(value, float) else figure.columns(str(value)[:WIDEST]) + 1
