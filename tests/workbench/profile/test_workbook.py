"""The workbook's numbers are the profile's numbers, and Excel opens every one of them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import polars as pl
import pytest

from workbench import profile
from workbench.profile.workbook import workbook
from workbench.words import Text, catalogue, say


def opened(profiled: dict[str, Any], lang: Any = "ja") -> Any:
    return openpyxl.load_workbook(BytesIO(workbook(profiled, lang, title="顧客一覧.csv")))


def rows_of(book: Any, sheet: str, lang: Any = "ja") -> list[dict[str, Any]]:
    """The rows of a sheet by the heads' keys."""
    head, *rows = book[say(f"profile.export.sheet.{sheet}", lang)].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def head(name: str) -> str:
    return say(f"profile.export.head.{name}", "ja")


def test_every_column_has_a_row_with_the_profiles_own_numbers(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(200), target="解約")

    found = rows_of(opened(made), "columns")

    assert [row[head("column")] for row in found] == make_table(1).columns
    income, facts = found[2], made["columns"][2]
    for name in ("mean", "std", "min", "max", "skew", "missing", "distinct", "outliers"):
        assert income[head(name)] == pytest.approx(facts[name], rel=1e-14)
    assert income["25%点"] == pytest.approx(facts["quantiles"]["0.25"], rel=1e-14)
    assert income[head("strength")] == pytest.approx(facts["by_target"]["strength"], rel=1e-14)
    assert found[3][head("top_rows")] == made["columns"][3]["top"][0]["count"]


def test_the_targets_rates_stand_bin_by_bin_with_their_intervals(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(200), target="解約", event="はい")

    found = rows_of(opened(made), "by_target")

    mine = [row for row in found if row[head("column")] == "職業"]
    bins = made["columns"][3]["by_target"]["bins"]
    assert [row[head("rows")] for row in mine] == [entry["rows"] for entry in bins]
    for row, entry in zip(mine, bins, strict=True):
        assert [row[head(n)] for n in ("value", "low", "high")] == pytest.approx(list(entry["estimates"][0].values()))
        assert row[head("label")] == "はい"


def test_a_distribution_counts_every_row(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(200)

    found = rows_of(opened(profile.profile(table)), "distribution")

    for name in ("収入", "登録日"):
        assert sum(row[head("rows")] for row in found if row[head("column")] == name) == 200


def test_correlations_stand_in_a_square(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(200))

    sheet = opened(made)[say("profile.export.sheet.matrix", "ja")]

    names = made["associations"]["columns"]
    assert [cell.value for cell in sheet[1]][1:] == names
    assert sheet.cell(2, 3).value == pytest.approx(made["associations"]["matrix"][0][1], rel=1e-14)
    assert sheet.freeze_panes == "B2"


def test_heads_stay_in_sight_and_can_be_filtered(make_table: Callable[..., pl.DataFrame]) -> None:
    sheet = opened(profile.profile(make_table(50)))[say("profile.export.sheet.columns", "ja")]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet["F2"].number_format == "0.0%"


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "https://example.com", "007"])
def test_text_stays_text_whatever_it_begins_with(sign: str) -> None:
    made = profile.profile(pl.DataFrame({sign: [sign, sign, "x"], "n": [1, 2, 3]}))

    book = opened(made)

    row = rows_of(book, "columns")[0]
    assert row[head("column")] == row[head("top")] == sign
    cells = [c for sheet in book for line in sheet.iter_rows() for c in line if c.value == sign]
    assert len(cells) >= 3
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(),
        pl.DataFrame({"a": []}, schema={"a": pl.Float64}),
        pl.DataFrame({"a": [None, None]}, schema={"a": pl.Float64}),
        pl.DataFrame({"a": [float("inf"), float("nan"), -1e308, 1e308], "b": ["x" * 40_000, "", None, "\x01\x02"]}),
        pl.DataFrame({"a": [10**17, 10**17 + 1, 3]}),
        pl.DataFrame({"日": [None, None]}, schema={"日": pl.Date}),
    ],
    ids=["nothing", "no rows", "all missing", "infinite and huge", "long numbers", "no dates"],
)
def test_any_table_gives_a_file_that_opens(table: pl.DataFrame) -> None:
    made = profile.profile(table)

    book = opened(made, "en")

    assert book.sheetnames[0] == "Overview"
    assert book["Overview"]["B2"].value == table.height


def test_parts_that_are_not_there_have_no_sheet(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(60))
    kept = ("rows", "columns", "kinds", "missing", "duplicates", "memory", "target", "alerts")

    book = opened({name: made[name] for name in kept}, "en")

    assert "By target" not in book.sheetnames
    assert "Correlations" not in book.sheetnames
    assert "Columns" in book.sheetnames


def test_the_newer_parts_have_sheets_of_their_own(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(60), target="解約")
    pair = {"first": "年齢", "second": "職業", "measure": "eta", "value": 0.25, "rows": 55}
    goes = {"column": "年齢", "measure": "eta", "value": 0.5, "rows": 55}
    question = {"text": Text("task.binary"), "columns": ["年齢"], "effect": 0.2, "low": 0.1, "high": None, "rows": 55}
    estimate = {"value": 0.5, "low": 0.25, "high": 0.75}
    made |= {
        "associations": made["associations"] | {"pairs": [pair], "target": [goes], "limits": Text("task.binary")},
        "questions": [question | {"adjusted": 0.01, "severity": "info", "code": "x"}],
        "missingness": {
            "columns": ["年齢"],
            "patterns": [{"columns": [], "rows": 40}, {"columns": ["年齢", "職業"], "rows": 15}],
            "rest": 5,
            "groups": [{"columns": ["年齢", "職業"], "rows": 15, "same": 0.99}],
        },
        "by_time": {
            "column": "登録日",
            "unit": "month",
            "measure": "rate",
            "labels": ["はい"],
            "overall": [0.5],
            "bins": [{"start": "2020-04-01", "rows": 9, "estimates": [estimate]}],
        },
    }

    book = opened(made)

    assert list(rows_of(book, "pairs")[0].values()) == ["年齢", "職業", "相関比", 0.25, 55]
    assert list(rows_of(book, "target")[0].values()) == ["年齢", "相関比", 0.5, 55]
    assert list(rows_of(book, "questions")[0].values()) == ["2つのクラス", "年齢", 0.2, 0.1, None, 55, 0.01]
    assert list(rows_of(book, "by_time")[0].values()) == ["2020-04-01", "はい", 9, 0.5, 0.25, 0.75]
    assert [row[head("share")] for row in rows_of(book, "missing")] == [40 / 60, 15 / 60, 5 / 60, 0.99]


def test_names_of_sheets_are_short_enough_for_excel() -> None:
    for lang in ("ja", "en"):
        names = [name for key, name in catalogue(lang).items() if key.startswith("profile.export.sheet.")]
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
        assert len({name.lower() for name in names}) == len(names)
