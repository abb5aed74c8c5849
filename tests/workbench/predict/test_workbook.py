"""Excel sheets hold what was meant, and the template comes back as rows that can be predicted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
from python_calamine import CalamineWorkbook

from workbench.predict import Predictor, template
from workbench.predict.workbook import ExcelWriter, column_letters

Predictors = Callable[..., Predictor]


def sheet(path: Path, number: int = 0) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(number).to_python()


def test_cells_that_excel_cannot_hold_are_written_as_text_or_cut(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "code": [9_007_199_254_740_993],
            "infinite": [float("inf")],
            "nothing": [float("nan")],
            "early": [dt.date(1850, 1, 1)],
            "day": [dt.date(2024, 5, 1)],
            "moment": [dt.datetime(2024, 5, 1, 12, 30)],
            "long": ["あ" * 40_000],
            "yes": [True],
            "list": [[1, 2]],
        }
    )
    writer = ExcelWriter(tmp_path / "x.xlsx", lang="en")
    writer.write(table)
    writer.close([("rows", 1)])
    row = dict(zip(*sheet(tmp_path / "x.xlsx"), strict=True))
    assert row["code"] == "9007199254740993"
    assert row["infinite"] == "inf"
    assert row["nothing"] == ""
    assert row["early"] == "1850-01-01"
    assert row["day"] == dt.date(2024, 5, 1)
    assert row["moment"] == dt.datetime(2024, 5, 1, 12, 30)
    assert len(str(row["long"])) == 32_767
    assert row["yes"] is True
    assert row["list"] == "[1, 2]"
    assert writer.shortened == 1


def test_numbers_read_back_to_the_last_digit(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1 / 3, 2**0.5 * 1e-9, -1.7976931348623157e308, 5e-324, 123456789012345.0, 0.0, -0.0]
    writer = ExcelWriter(tmp_path / "x.xlsx", lang="en")
    writer.write(pl.DataFrame({"float": numbers, "whole": [999_999_999_999_999] * len(numbers)}))
    writer.close([])
    read = [row[0] for row in openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert read == numbers
    assert sheet(tmp_path / "x.xlsx")[1:] == [[number, 999_999_999_999_999] for number in numbers]


def test_a_filled_in_template_can_be_predicted(make_predictor: Predictors, tmp_path: Path) -> None:
    predictor = make_predictor()
    template(predictor.signature, tmp_path / "t.xlsx", lang="ja")
    header, example = sheet(tmp_path / "t.xlsx")
    assert header == predictor.signature.names
    found = predictor.frame(pl.DataFrame([dict(zip(map(str, header), example, strict=True))]))
    assert found.held == {}
    assert found.warnings == {}


def test_the_template_explains_its_columns_and_lists_categories_with_commas(make_predictor: Predictors, tmp_path: Path) -> None:
    template(make_predictor().signature, tmp_path / "t.xlsx", lang="ja")
    guide = {row[0]: str(row[1]) for row in sheet(tmp_path / "t.xlsx", 1)}
    assert "この列は必須です" in guide["収入"]
    choices = [cell for row in sheet(tmp_path / "t.xlsx", 2) for cell in row]
    assert "大阪府, 市内" in choices


def test_columns_are_lettered_as_excel_does() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
