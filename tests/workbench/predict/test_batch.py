"""A whole table into a file: every row back in order, equal numbers, counts that reconcile, nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from workbench.errors import ExplainError, PredictionError, TooLarge
from workbench.predict import Predictor, score
from workbench.predict.preflight import preflight

Predictors = Callable[..., Predictor]
Customers = Callable[[int, int], pl.DataFrame]


def written(path: Path) -> pl.DataFrame:
    """What the file holds, as text or numbers."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".csv":
        return pl.read_csv(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), infer_schema_length=None)
    header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return pl.DataFrame(
        {name: pl.Series([row[i] for row in rows], strict=False) for i, name in enumerate(header)}, strict=False
    )


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
@pytest.mark.parametrize(
    ("model", "task"), [("lr", "binary"), ("lightgbm", "multiclass"), ("dt", "regression"), ("rf", "binary")]
)
def test_the_file_has_the_predictors_numbers(
    model: str, task: str, ending: str, make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    predictor, table = make_predictor(model, task), customers(40, 9)
    report = score(predictor, table, out=tmp_path / f"out{ending}", lang="en")
    found, said = written(tmp_path / f"out{ending}"), predictor.frame(table, reasons=6)
    assert found.columns[: table.width] == table.columns
    assert found["収入"].to_list() == pytest.approx(table["収入"].to_list())
    assert found["都道府県"].to_list() == table["都道府県"].to_list()
    if task == "regression":
        np.testing.assert_allclose(found["prediction"].to_numpy(), said.prediction, rtol=1e-9)
    else:
        assert found["prediction"].to_list() == said.prediction
    for label, p in said.probabilities.items():
        np.testing.assert_allclose(found[f"probability_{label}"].to_numpy().astype(float), p, atol=1e-9)
    assert (report.rows_in, report.rows_out, report.predicted, report.held) == (40, 40, 40, 0)
    assert report.explained == 40
    first = next(r for r in (said.reasons or [[]])[0] if r["effect"] > 0)
    assert found["reason_up_1"][0].startswith(f"{first['feature']}=")


def test_japanese_headers_and_flags(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    table = customers(3, 1).with_columns(職業=pl.Series(["宇宙飛行士", "学生", "会社員"]), 予測=pl.lit(1))
    score(make_predictor(), table, out=tmp_path / "out.csv", reasons=1, lang="ja")
    found = written(tmp_path / "out.csv")
    added = ["予測_2", "確率_いいえ", "確率_はい", "上げる理由1", "下げる理由1", "信頼フラグ", "修正内容"]
    assert found.columns[table.width :] == added
    assert "未知のカテゴリ：職業" in found["信頼フラグ"][0]
    assert found["信頼フラグ"][1] is None


def test_parquet_is_always_english_and_untouched(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    table = customers(3, 1).with_columns(memo=pl.lit("=1+1"))
    score(make_predictor(), table, out=tmp_path / "out.parquet", lang="ja")
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found.select(table.columns).equals(table)
    assert {"prediction", "probability_はい", "trust", "repaired"} <= set(found.columns)


def test_held_rows_come_back_with_the_reason_and_counts_reconcile(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    table = customers(4, 2).with_columns(年齢=pl.Series(["30", "abc", None, "41"]))
    report = score(make_predictor(), table, out=tmp_path / "out.csv", lang="ja")
    found = written(tmp_path / "out.csv")
    assert found["予測"].is_null().to_list() == [False, True, False, False]
    assert found["信頼フラグ"][1].startswith("予測なし：")
    assert "abc" in found["信頼フラグ"][1]
    assert found["確率_はい"][1] is None
    assert report.rows_in == report.rows_out == report.predicted + report.held == 4
    side = json.loads((tmp_path / "out_summary.json").read_text(encoding="utf-8"))
    assert (side["rows_in"], side["predicted"], side["held"]) == (4, 3, 1)
    assert side["model"] == make_predictor().model


def test_the_second_sheet_carries_model_data_time_and_counts(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    facts = {"fingerprint": "abc123", "at": "2026-09-01T10:00:00+00:00"}
    score(make_predictor(), customers(3, 1), out=tmp_path / "out.xlsx", lang="ja", facts=facts)
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    assert book.sheet_names == ["予測結果", "概要"]
    lines = {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python()}
    assert lines["データの指紋（ハッシュ）"] == "abc123"
    assert lines["入力行数"] == lines["予測した行数"] + lines["予測できなかった行数"] == 3


def test_chunks_do_not_show(
    make_predictor: Predictors, customers: Customers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = customers(50, 3)
    score(make_predictor("lightgbm"), table, out=tmp_path / "whole.csv")
    monkeypatch.setattr("workbench.predict.batch.CHUNK", 7)
    monkeypatch.setattr("workbench.predict.batch.REASON_STEP", 3)
    steps: list[float] = []
    for name in ("parts.csv", "parts.parquet", "parts.xlsx"):
        score(make_predictor("lightgbm"), table, out=tmp_path / name, progress=lambda fraction, note: steps.append(fraction))
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert pl.read_parquet(tmp_path / "parts.parquet")["trust"].to_list() == written(tmp_path / "whole.csv")["trust"].to_list()
    assert written(tmp_path / "parts.xlsx").height == 50
    assert steps[7] == 1.0
    assert steps[:8] == sorted(steps[:8])


def test_csv_text_that_looks_like_a_formula_is_disarmed_and_counted(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    table = customers(3, 1).with_columns(pl.Series("=memo", ["=1+1", "-5", "+x"]))
    report = score(make_predictor(), table, out=tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    assert "'=memo" in text.splitlines()[0]
    assert report.disarmed == 3  # two cells and the header
    assert "3 text cells began like formulas" in " ".join(report.to_dict("en")["warnings"])


def test_excel_writes_such_text_as_text(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    import zipfile

    table = customers(2, 1).with_columns(memo=pl.Series(["=1+1", "http://example.com"]))
    report = score(make_predictor(), table, out=tmp_path / "out.xlsx")
    assert written(tmp_path / "out.xlsx")["memo"].to_list() == ["=1+1", "http://example.com"]
    with zipfile.ZipFile(tmp_path / "out.xlsx") as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert report.disarmed == 0


def test_csv_is_utf8_with_a_mark_for_excel_by_default(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    score(make_predictor(), customers(2, 1), out=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_cp932_on_request_lists_what_it_cannot_hold(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    table = customers(2, 1).with_columns(memo=pl.Series(["髙橋 😀", "普通"]))
    report = score(make_predictor(), table, out=tmp_path / "out.csv", encoding_out="Shift_JIS", lang="ja")
    text = (tmp_path / "out.csv").read_bytes().decode("cp932")
    assert "髙橋 〓" in text
    assert "確率_はい" in text
    said = report.to_dict("ja")
    assert said["encoding"] == "cp932"
    assert said["replaced"] == [{"character": "😀", "replacement": "〓", "cells": 1}]


def test_a_missing_required_column_stops_with_a_report_and_no_file(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    table = customers(5, 1).rename({"収入": "年収入"})
    assert [stop.say("en") for stop in preflight(make_predictor(), table)] == [
        "Column '収入' is required by the model and is not in the table. Closest names: 年収入."
    ]
    report = score(make_predictor(), table, out=tmp_path / "out.csv")
    said = report.to_dict("en")
    assert "'収入' is required" in said["stopped"]
    assert (said["rows_in"], said["rows_out"], said["held"]) == (5, 0, 5)
    assert list(tmp_path.iterdir()) == []


def test_force_scores_past_a_stop_and_flags_every_row(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    report = score(make_predictor(), customers(5, 1).drop("収入"), out=tmp_path / "out.csv", force=True, lang="en")
    found = written(tmp_path / "out.csv")
    assert report.to_dict("en")["stopped"] is None
    assert found["prediction"].is_null().sum() == 0
    assert all("column missing: 収入" in flag for flag in found["trust"])
    assert any(entry["column"] == "収入" and entry["kind"] == "missing_rate" for entry in report.drift)


def test_no_scorable_row_stops_unless_forced(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    table = customers(3, 1).with_columns(収入=pl.lit("abc"))
    report = score(make_predictor(), table, out=tmp_path / "out.xlsx")
    assert "Not one row can be scored" in report.to_dict("en")["stopped"]
    assert list(tmp_path.iterdir()) == []
    forced = score(make_predictor(), table, out=tmp_path / "out.xlsx", force=True)
    assert (forced.rows_out, forced.held, forced.stopped) == (3, 3, [])
    assert written(tmp_path / "out.xlsx").height == 3


def test_an_empty_table_stops(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    report = score(make_predictor(), customers(3, 1).clear(), out=tmp_path / "out.csv")
    assert report.to_dict("en")["stopped"] == "The table has no rows."
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_reasons_says_so_and_has_no_reason_columns(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    report = score(make_predictor("ridge"), customers(3, 1), out=tmp_path / "out.csv", lang="en")
    assert "without probabilities" in report.to_dict("en")["warnings"][0]
    assert not [name for name in written(tmp_path / "out.csv").columns if name.startswith("reason")]


def test_slow_reasons_end_in_time_and_the_report_says_where(
    make_predictor: Predictors, customers: Customers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.predict.batch.REASON_STEP", 10)
    report = score(make_predictor("lr"), customers(30, 1), out=tmp_path / "out.csv", lang="en", reason_seconds=1e-9)
    found = written(tmp_path / "out.csv")
    assert report.explained == 10
    assert found["reason_up_1"].is_null().sum() >= 20
    assert "only the first 10 of 30" in " ".join(report.to_dict("en")["warnings"])


def test_rows_whose_reasons_do_not_add_up_keep_their_predictions(
    make_bundle: Any, customers: Customers, tmp_path: Path
) -> None:
    def broken(_: pl.DataFrame) -> Any:
        raise ExplainError("error.explain.sum", count=1, rows=3)

    predictor = Predictor(make_bundle("lr", "binary"), explain=broken, max_rows=100)
    report = score(predictor, customers(3, 1), out=tmp_path / "out.csv", lang="en")
    assert report.predicted == 3
    assert "would not add up" in report.to_dict("en")["warnings"][0]


def test_drift_names_the_columns_that_moved(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    table = customers(100, 1).with_columns(職業=pl.lit("宇宙飛行士"), 年齢=pl.lit(None, dtype=pl.Float64), 収入=pl.lit(1e7))
    drift = score(make_predictor(), table, out=tmp_path / "out.csv").to_dict("ja")["drift"]
    assert {(entry["column"], entry["kind"]) for entry in drift} >= {
        ("職業", "unseen_category"),
        ("収入", "out_of_range"),
        ("年齢", "missing_rate"),
    }
    assert "100.0%" in drift[0]["text"]
    assert score(make_predictor(), customers(300, 1), out=tmp_path / "same.csv").drift == []


def test_places_and_formats_that_cannot_be_are_refused_at_once(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    predictor, table = make_predictor(), customers(2, 1)
    with pytest.raises(PredictionError, match=r"none of the formats .*\.csv, \.xlsx, \.parquet"):
        score(predictor, table, out=tmp_path / "out.txt")
    with pytest.raises(PredictionError, match="none of the encodings"):
        score(predictor, table, out=tmp_path / "out.csv", encoding_out="latin-1")
    with pytest.raises(PredictionError, match="does not exist"):
        score(predictor, table, out=tmp_path / "nowhere" / "out.csv")


def test_more_rows_than_a_sheet_holds_are_refused_before_scoring(
    make_predictor: Predictors, customers: Customers, tmp_path: Path
) -> None:
    table = customers(1, 1)
    many = table.select(pl.all().repeat_by(1_048_576).explode())
    with pytest.raises(TooLarge, match="at most 1048575 rows"):
        score(make_predictor(max_rows=5_000_000), many, out=tmp_path / "out.xlsx")


def test_a_failure_half_way_leaves_the_old_file_alone(make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"old")

    def fail(fraction: float, note: object) -> None:
        raise RuntimeError("the progress bar broke")

    with pytest.raises(RuntimeError, match="progress bar"):
        score(make_predictor(), customers(3, 1), out=out, progress=fail)
    assert out.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.xlsx"]
