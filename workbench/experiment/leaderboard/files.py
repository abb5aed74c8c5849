"""A leaderboard as a file to go on with in Excel: its rows, every fold's metrics, and what it comes down to."""

from __future__ import annotations

import csv as text_files
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from workbench.data.formulas import disarmed
from workbench.evaluation.metrics import METRICS, title
from workbench.experiment.candidates import candidate
from workbench.experiment.leaderboard import Row
from workbench.experiment.leaderboard.beside_said import spoken
from workbench.experiment.leaderboard.standing import Standing
from workbench.task import Task
from workbench.words import Lang, Text, say

# Text stays text: nothing becomes a formula, a link or a number by itself.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FONTS: dict[Lang, str] = {"ja": "Yu Gothic", "en": "Calibri"}
# What Excel on Japanese Windows needs to see in a CSV file.
BOM = "\ufeff"
# Settings of a plan that a file's reader asks for.
TOLD = ("target", "event", "folds", "train_size", "group", "time", "preprocessing", "seed", "sample", "class_weight")
Cells = list[Any]


def csv(found: Standing, task: Task, lang: Lang) -> bytes:
    """Return the rows as CSV, a row a model and the baseline below, numbers in full.

    Parameters
    ----------
    found : Standing
        The leaderboard under the metric that ranks it.
    task : Task
        What is predicted.
    lang : {"ja", "en"}
        The language of heads and sentences.
    """
    out = StringIO(newline="")
    writer = text_files.writer(out)
    writer.writerow(heads(task, lang))
    writer.writerows([harmless(cell) for cell in cells] for cells in rows(found, task, lang))
    return (BOM + out.getvalue()).encode()


def harmless(cell: Any) -> Any:
    """Return a text that no spreadsheet runs; a library's message may begin with anything."""
    return disarmed(cell) if isinstance(cell, str) else cell


def xlsx(found: Standing, task: Task, lang: Lang, *, title: str, plan: Mapping[str, Any]) -> bytes:
    """Return the leaderboard as an Excel file with three sheets: rows, folds, about.

    Parameters
    ----------
    found : Standing
        The leaderboard under the metric that ranks it.
    task : Task
        What is predicted.
    lang : {"ja", "en"}
        The language of sheets, heads and sentences.
    title : str
        What was compared.
    plan : mapping
        The settings it was compared by.
    """
    import xlsxwriter

    out = BytesIO()
    face = {"default_format_properties": {"font_name": FONTS[lang], "font_size": 11}}
    with xlsxwriter.Workbook(out, {**OPTIONS, **face}) as book:
        book.set_properties({"title": title[:255]})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        write(book, head, said("sheet_rows", lang), heads(task, lang), rows(found, task, lang))
        names = [said("model", lang), said("fold", lang), *(text_of(metric).say(lang) for metric in METRICS[task])]
        write(book, head, said("sheet_folds", lang), names, folds(found, task, lang))
        about = about_lines(found, lang, title=title, plan=plan)
        write(book, head, said("sheet_about", lang), [said("what", lang), said("value", lang)], about)
    return out.getvalue()


def write(book: Any, head: Any, name: str, names: Sequence[str], lines: Iterator[Cells]) -> None:
    """Write one sheet, its heads frozen and filtered."""
    sheet = book.add_worksheet(name)
    widths = [len(text) * 1.3 for text in names]
    for column, text in enumerate(names):
        sheet.write_string(0, column, text, head)
    count = 0
    for count, cells in enumerate(lines, 1):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            widths[column] = max(widths[column], len(str(cell)) * 1.3 if isinstance(cell, str) else 10)
            sheet.write(count, column, cell)
    sheet.freeze_panes(1, 0)
    if count:
        sheet.autofilter(0, 0, count, len(names) - 1)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width, 9), 60))


def heads(task: Task, lang: Lang) -> list[str]:
    """Return the heads of the rows."""
    names = METRICS[task]
    told = {name: title(name) for name in names}
    return [
        *(said(name, lang) for name in ("rank", "model", "id", "status", "note")),
        *(told[name].say(lang) for name in names),
        *(say("leaderboard.file.spread", lang, metric=told[name]) for name in names),
        *(said(name, lang) for name in ("difference", "low", "high", "tied", "recommended", "too_good")),
        *(say("leaderboard.file.holdout", lang, metric=told[name]) for name in names),
        *(said(name, lang) for name in ("fit_seconds", "predict_seconds", "size")),
    ]


def rows(found: Standing, task: Task, lang: Lang) -> Iterator[Cells]:
    """Yield a row for each model, best first, then the baseline."""
    for row in found.rows:
        yield cells_of(row, found, task, lang)
    if found.baseline:
        yield cells_of({**found.baseline, "rank": None, "tied_with_best": None}, found, task, lang)


def cells_of(row: Row, found: Standing, task: Task, lang: Lang) -> Cells:
    """Return the cells of one row; what is not known is blank."""
    names, apart, judged = METRICS[task], row.get("difference") or {}, row.get("holdout") or {}
    is_ranked = row["rank"] is not None
    return [
        row["rank"],
        candidate(task, row["model"]).title.say(lang),
        row["model"],
        say(f"leaderboard.status.{row['status']}", lang),
        note(row, task, lang),
        *(row["metrics"].get(name) for name in names),
        *(row["metrics_std"].get(name) for name in names),
        *(apart.get(name) for name in ("mean", "low", "high")),
        yes(row["tied_with_best"] if is_ranked else None, lang),
        yes(row["model"] == found.recommended if is_ranked and found.recommended else None, lang),
        yes(row.get("too_good", False) if is_ranked else None, lang),
        *(judged.get(name) for name in names),
        *(row.get(name) for name in ("fit_seconds", "predict_seconds", "size")),
    ]


def note(row: Row, task: Task, lang: Lang) -> str:
    """Return why a row has no score, and why metrics of one that has are blank."""
    reasons = [Text.from_dict(row["reason"]).say(lang)] if row.get("reason") else []
    blank = {name: Text.from_dict(why) for name, why in (row.get("blank") or {}).items() if name in METRICS[task]}
    return " ".join([*reasons, *(said("blank", lang, metric=title(name), why=why) for name, why in blank.items())])


def folds(found: Standing, task: Task, lang: Lang) -> Iterator[Cells]:
    """Yield every metric of every fold of every model that finished, and of the baseline."""
    for row in (*found.rows, *([found.baseline] if found.baseline else [])):
        for number, values in enumerate(row.get("folds") or (), 1):
            name = candidate(task, row["model"]).title.say(lang)
            yield [name, number, *(values.get(metric) for metric in METRICS[task])]


def about_lines(found: Standing, lang: Lang, *, title: str, plan: Mapping[str, Any]) -> Iterator[Cells]:
    """Yield what a reader needs beside the numbers."""
    yield [said("compared", lang), title]
    yield [said("ranked_by", lang), text_of(found.sort).say(lang)]
    for text in (found.conclusion, found.too_good):
        if text:
            yield [said("conclusion", lang), text.say(lang)]
    for name in TOLD:
        if name in plan:
            value = spoken(plan[name])
            yield [say(f"leaderboard.setting.{name}", lang), value.say(lang) if isinstance(value, Text) else value]
    yield [said("method", lang), say("leaderboard.file.about_difference", lang)]


def text_of(metric: str) -> Text:
    """Return a metric's name."""
    return title(metric)


def yes(value: bool | None, lang: Lang) -> str | None:
    """Return a yes or no as a word; nothing where there is nothing to say."""
    return None if value is None else say("leaderboard.value.yes" if value else "leaderboard.value.no", lang)


def said(name: str, lang: Lang, **values: object) -> str:
    """Return one of the file's own words."""
    return say(f"leaderboard.file.{name}", lang, **values)
