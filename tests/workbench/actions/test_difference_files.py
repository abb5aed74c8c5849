"""Two tables beside each other to take away: the page, the data and the workbook say what the screen says."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from workbench.actions import difference, difference_files, held
from workbench.actions.difference import Condition, Side
from workbench.data import datasets
from workbench.data.reading import read
from workbench.errors import DataError
from workbench.principal import LOCAL
from workbench.words import LANGUAGES, Lang, catalogue, say

Bring = Callable[..., str]
MEMBER = Condition("会員", "is", (True,))


def rows_of(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a Japanese sheet by their heads."""
    head, *rows = book[say(f"profile.export.sheet.{sheet}", "ja")].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def head(name: str) -> str:
    return say(f"profile.export.head.{name}", "ja")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_tells_both_sides_the_verdict_and_every_column(bring: Bring, lang: Lang) -> None:
    first = Side(bring(), MEMBER)
    found = difference.of(first, None, by=LOCAL)

    made = difference_files.html(first, None, lang, by=LOCAL)

    assert made.startswith(f'<!doctype html>\n<html lang="{lang}">')
    for text in (found["verdict"], *found["told"], *found["notes"], *found["sides"], *found["columns"][0]["told"]):
        assert text.say(lang).replace("'", "&#x27;") in made
    assert all(f">{column['name']}</h3>" in made for column in found["columns"])
    assert made.count('class="chart"') == len(found["columns"]) + 1


def test_the_data_are_the_comparisons_own(bring: Bring) -> None:
    first = Side(bring(), MEMBER)
    found = difference.of(first, None, by=LOCAL)

    told = json.loads(difference_files.json_data(first, None, "ja", by=LOCAL))

    assert told["rows"] == found["rows"]
    assert told["verdict"] == found["verdict"].say("ja")
    assert [column["distance"] for column in told["columns"]] == [column["distance"] for column in found["columns"]]


def test_the_workbook_holds_every_column_the_target_and_every_bin(bring: Bring) -> None:
    first, second = Side(bring()), Side(bring(rows=200))
    found = difference.of(first, second, by=LOCAL)

    book = openpyxl.load_workbook(BytesIO(difference_files.xlsx(first, second, "ja", by=LOCAL)))

    columns = rows_of(book, "columns")
    assert [row[head("column")] for row in columns] == [column["name"] for column in found["columns"]]
    for row, column in zip(columns, found["columns"], strict=True):
        for name in ("distance", "low", "high", "noise", "adjusted", "psi"):
            assert row[head(name)] == (None if column[name] is None else pytest.approx(column[name], rel=1e-14))
        assert [row[head(name)] for name in ("first_missing", "second_missing")] == pytest.approx(column["missing"])
    (goal,) = rows_of(book, "target_change")
    assert goal[head("difference")] == pytest.approx(found["target"]["difference"][0]["value"], rel=1e-14)
    shares = [row[head("first_share")] for row in rows_of(book, "distribution") if row[head("column")] == "職業"]
    assert sum(shares) == pytest.approx(1)


def test_infinite_values_and_a_single_column_are_files_too(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"x": [float("inf"), -1.0, 2.0, None], "g": ["a", "a", "b", "b"]}).write_parquet(path)
    made = datasets.make(read(path, name="t.parquet", max_rows=9), name="t.parquet", owner=LOCAL.who)
    datasets.save(held.store(), made)
    one = made.id
    first = Side(one, Condition("g", "is", ("a",)))
    assert json.loads(difference_files.json_data(first, None, "en", by=LOCAL))["columns"][0]["name"] == "x"
    assert difference_files.xlsx(first, None, "en", by=LOCAL)
    assert "x</h3>" in difference_files.html(first, None, "en", by=LOCAL)


def test_what_cannot_be_compared_is_refused(bring: Bring) -> None:
    with pytest.raises(DataError, match="Choose"):
        difference_files.html(Side(bring()), None, "en", by=LOCAL)


def test_the_heads_of_a_sheet_differ() -> None:
    for lang in LANGUAGES:
        heads = [text for key, text in catalogue(lang).items() if key.startswith("profile.export.head.first_")]
        assert len(set(heads)) == len(heads)
