"""Excel workbooks: the scored table with its summary, and the template a person fills in."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from workbench.data.signature import Field, Signature
from workbench.predict.safety import Replaced
from workbench.predict.writers import Summary, textual
from workbench.words import Lang, say

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
# Excel cuts what is longer; we cut it ourselves and count.
MOST_CHARACTERS = 32_767
# Excel's numbers have 15 digits; longer ones, such as account numbers, would be changed.
MOST_EXACT = 10**15
# Before this day Excel's calendar is wrong.
FIRST_DAY = dt.date(1900, 3, 1)
# Text stays text: nothing becomes a formula, a link or a number by itself.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "remove_timezone": True}
TEMPLATE_ROWS = 1000
DATE_FORMAT, TIME_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
Put = Callable[[int, int, Any], None]


class ExcelWriter:
    """A workbook with the scored table on its first sheet and the summary on its second, written row by row.

    Parameters
    ----------
    path : Path
        Where to write.
    lang : {"ja", "en"}
        The language of the sheets' names.
    """

    def __init__(self, path: Path, *, lang: Lang) -> None:
        import xlsxwriter

        self.lang, self.disarmed, self.shortened, self.replaced = lang, 0, 0, Replaced()
        self.book = xlsxwriter.Workbook(str(path), {**OPTIONS, "constant_memory": True})
        self.sheet = self.book.add_worksheet(say("predict.sheet.rows", lang), exact_sheet())
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.day = self.book.add_format({"num_format": DATE_FORMAT})
        self.time = self.book.add_format({"num_format": TIME_FORMAT})
        self.row = 0

    def write(self, chunk: pl.DataFrame) -> None:
        """Write the next rows, and the header before the first."""
        chunk = textual(chunk)
        if self.row == 0:
            self.header(chunk)
        puts = [self.put(dtype) for dtype in chunk.dtypes]
        for values in chunk.iter_rows():
            self.row += 1
            for column, value in enumerate(values):
                if value is not None:
                    puts[column](self.row, column, value)

    def header(self, chunk: pl.DataFrame) -> None:
        """Write the header and keep it in sight."""
        self.sheet.freeze_panes(1, 0)
        for column, name in enumerate(chunk.columns):
            self.sheet.set_column(column, column, min(max(10, width(name) + 2), 40))
        for column, name in enumerate(chunk.columns):
            self.sheet.write_string(0, column, name[:MOST_CHARACTERS], self.bold)
        self.columns = chunk.width

    def put(self, dtype: pl.DataType) -> Put:
        """Return what writes a cell of a dtype."""
        if dtype == pl.Boolean:
            return self.sheet.write_boolean
        if dtype.is_numeric():
            return self.put_number
        if dtype == pl.Date or isinstance(dtype, pl.Datetime):
            return self.put_date
        return self.put_text

    def put_number(self, row: int, column: int, value: Any) -> None:
        """Write a number that Excel can hold; others as text."""
        if value != value:
            return
        if abs(value) == float("inf") or (isinstance(value, int) and abs(value) >= MOST_EXACT):
            self.put_text(row, column, value)
        else:
            self.sheet.write_number(row, column, value)

    def put_date(self, row: int, column: int, value: dt.date) -> None:
        """Write a date that Excel can hold; others as text."""
        is_time = isinstance(value, dt.datetime)
        if (value.date() if isinstance(value, dt.datetime) else value) < FIRST_DAY:
            self.put_text(row, column, value.isoformat())
        else:
            self.sheet.write_datetime(row, column, value, self.time if is_time else self.day)

    def put_text(self, row: int, column: int, value: Any) -> None:
        """Write text as text, whatever it starts with."""
        text = str(value)
        if len(text) > MOST_CHARACTERS:
            self.shortened += 1
            text = text[: MOST_CHARACTERS - 1] + "…"
        self.sheet.write_string(row, column, text)

    def close(self, summary: Summary) -> None:
        """Write the summary on a sheet of its own and finish the file."""
        if self.row:
            self.sheet.autofilter(0, 0, self.row, self.columns - 1)
        sheet = self.book.add_worksheet(say("predict.sheet.summary", self.lang))
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 80)
        for row, (name, value) in enumerate(summary):
            sheet.write_string(row, 0, name, self.bold)
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(row, 1, value)
            else:
                sheet.write_string(row, 1, str(value))
        self.book.close()

    def drop(self) -> None:
        """Let go of the file: closing is the only way to free its temporary files."""
        if not self.book.fileclosed:
            self.book.close()


@functools.cache
def exact_sheet() -> type:
    """Return a worksheet that writes every digit of a number: the library's own writes 16, and telling all apart takes 17."""
    from xlsxwriter.worksheet import Worksheet

    class ExactSheet(Worksheet):  # type: ignore[misc]
        """A worksheet whose numbers read back as they were."""

        def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
            """Write a cell with a number."""
            told = "".join(f' {name}="{self._escape_attributes(value)}"' for name, value in attributes)
            self.fh.write(f"<c{told}><v>{number!r}</v></c>")

    return ExactSheet


def template(signature: Signature, out: Path, *, lang: Lang = "en") -> Path:
    """Write a workbook with a column for each of a model's fields, an example row, and lists of allowed categories.

    Parameters
    ----------
    signature : Signature
        The model's fields.
    out : Path
        Where to write; ``.xlsx``.
    lang : {"ja", "en"}
        The language of the explanations.

    Returns
    -------
    Path
        `out`.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(str(out), OPTIONS) as book:
        sheet = book.add_worksheet(say("predict.sheet.input", lang))
        guide = book.add_worksheet(say("predict.sheet.guide", lang))
        choices = book.add_worksheet(say("predict.sheet.choices", lang))
        choices.hide()
        formats = {"bold": book.add_format({"bold": True}), "date": book.add_format({"num_format": DATE_FORMAT})}
        sheet.freeze_panes(1, 0)
        for column, field in enumerate(signature.fields):
            input_column(sheet, column, field, formats, lang)
            allow(sheet, choices, column, field, lang)
        write_guide(guide, signature.fields, formats["bold"], lang)
    return out


def input_column(sheet: Any, column: int, field: Field, formats: dict[str, Any], lang: Lang) -> None:
    """Write a field's header with its explanation, and its example."""
    sheet.set_column(column, column, min(max(12, width(field.name) + 2), 40), formats["date"] if field.kind == "date" else None)
    sheet.write_string(0, column, field.name, formats["bold"])
    sheet.write_comment(0, column, describe(field, lang), {"x_scale": 2})
    example = field.example
    if isinstance(example, bool):
        sheet.write_boolean(1, column, example)
    elif isinstance(example, int | float):
        sheet.write_number(1, column, example)
    elif field.kind == "date" and example is not None:
        sheet.write_datetime(1, column, dt.datetime.fromisoformat(str(example)).replace(tzinfo=None), formats["date"])
    elif example is not None:
        sheet.write_string(1, column, str(example))


def allow(sheet: Any, choices: Any, column: int, field: Field, lang: Lang) -> None:
    """Let Excel check a column: a list to pick from for categories, the kind for the others."""
    rule: dict[str, Any] = {
        # A new category is unusual, not forbidden, where the contract does not say so.
        "error_type": "stop" if field.strict and field.kind == "category" else "warning",
        "error_title": say("predict.template.unusual", lang),
        "error_message": say("predict.template.unusual_message", lang),
    }
    if field.kind in ("category", "boolean"):
        values = field.categories or (["TRUE", "FALSE"] if field.kind == "boolean" else [])
        if not values:
            return
        for row, value in enumerate(values):
            choices.write_string(row, column, str(value))
        letters = column_letters(column)
        source = f"='{choices.get_name()}'!${letters}$1:${letters}${len(values)}"
        rule |= {"validate": "list", "source": source}
    elif field.kind == "number":
        rule |= {"validate": "decimal", "criteria": "between", "minimum": -1e300, "maximum": 1e300}
    elif field.kind == "date":
        rule |= {"validate": "date", "criteria": ">", "value": FIRST_DAY}
    else:
        return
    sheet.data_validation(1, column, TEMPLATE_ROWS, column, rule)


def column_letters(column: int) -> str:
    """Return a column's letters: A for 0, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def write_guide(guide: Any, fields: Sequence[Field], bold: Any, lang: Lang) -> None:
    """Write a line for each field: what it holds and what is allowed."""
    guide.set_column(0, 0, 28)
    guide.set_column(1, 1, 90)
    guide.write_string(0, 0, say("predict.template.column", lang), bold)
    guide.write_string(0, 1, say("predict.template.holds", lang), bold)
    for row, field in enumerate(fields, start=1):
        guide.write_string(row, 0, field.name)
        guide.write_string(row, 1, describe(field, lang)[:MOST_CHARACTERS])


def describe(field: Field, lang: Lang) -> str:
    """Return what a field holds, in a sentence or three."""
    parts = [say(f"predict.kind.{field.kind}", lang)]
    parts.append(say("predict.template.required" if field.required else "predict.template.optional", lang))
    if field.range:
        parts.append(say("predict.template.range", lang, low=field.range[0], high=field.range[1]))
    if field.categories:
        shown = [str(value) for value in field.categories[:20]] + (["…"] if len(field.categories) > 20 else [])
        parts.append(say("predict.template.categories", lang, values=shown))
    if field.unit:
        parts.append(say("predict.template.unit", lang, unit=field.unit))
    parts += [text.say(lang) for text in field.asked]
    return ("" if lang == "ja" else " ").join(parts)


def width(text: str) -> int:
    """Return how wide a text is in Latin letters: Japanese ones count twice."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
