"""Go, look first or stop: every verdict with its reasons, kept and printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import polars as pl
import pytest

from workbench import checks
from workbench.checks import CheckReport, kept
from workbench.checks.arrival import page as arrival_page
from workbench.checks.arrival.verdict import NEW_DATA, VERDICTS
from workbench.checks.check import Check, Failed
from workbench.checks.context import Context
from workbench.words import Text


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(400).drop("ランク", "売上")


def judged(train: pl.DataFrame, new: pl.DataFrame | None) -> CheckReport:
    return checks.run(train, target="解約", new=new, only=NEW_DATA)


def said(report: CheckReport) -> tuple[str, str]:
    found = report.to_dict("en")["arrival"]
    return found["verdict"], "\n".join(found["reasons"])


def test_more_rows_of_the_same_kind_may_be_scored(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    verdict, reasons = said(judged(train, make_table(200, seed=5).drop("解約", "ランク", "売上")))

    assert verdict == "go"
    assert reasons == "200 rows with all 7 columns, and no check of new data warns."


def test_a_missing_column_stops(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    verdict, reasons = said(judged(train, make_table(200, seed=5).drop("年齢")))

    assert verdict == "stop"
    assert "1 column that the model needs is missing: 年齢." in reasons


def test_a_column_that_cannot_be_read_stops(train: pl.DataFrame) -> None:
    verdict, reasons = said(judged(train, train.with_columns(pl.col("収入").cast(pl.String) + "円")))

    assert verdict == "stop"
    assert "1 column cannot be read as in training: 収入." in reasons
    assert "All 400 rows have a cell that cannot be read" in reasons


def test_no_rows_stop(train: pl.DataFrame) -> None:
    assert said(judged(train, train.clear())) == ("stop", "The new data has no rows.")


def test_what_warns_asks_to_look_with_a_reason_for_each(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    new = pl.concat([make_table(300, seed=5).drop("ランク", "売上"), train.head(100)]).with_columns(
        職業=pl.when(pl.int_range(pl.len()) < 150).then(pl.lit("医師")).otherwise(pl.col("職業"))
    )

    verdict, reasons = said(judged(train, new))

    assert verdict == "look"
    assert "categories that training never saw" in reasons or "a category that training never saw" in reasons
    assert "100 rows (25.0%) were seen in training" in reasons


def test_every_column_has_a_line_that_is_json(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    report = judged(train, make_table(100, seed=5))

    assert report.arrival is not None
    assert [column["column"] for column in report.arrival["columns"]] == [c for c in train.columns if c != "解約"]
    for lang in ("ja", "en"):
        json.dumps(report.to_dict(lang), allow_nan=False)


def test_without_new_data_there_is_no_verdict(train: pl.DataFrame) -> None:
    report = judged(train, None)

    assert report.arrival is None
    assert report.to_dict("ja")["arrival"] is None
    assert arrival_page.sections(report, "ja") == []


def test_a_verdict_is_kept_and_printed(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    report = judged(train, make_table(100, seed=5).drop("年齢"))

    again = kept.from_json(kept.to_json(report))

    assert again is not None
    assert again.arrival == report.arrival
    head, table = arrival_page.sections(again, "ja")
    assert head["texts"] == ["中止してください（100行）"]
    assert len(table["table"]["rows"]) == 6


def test_a_check_that_broke_is_never_a_go(train: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(check: Check, context: Context) -> object:
        return Failed(Text("check.could_not_run", incident="1")) if check.code == "WB506" else check.run(context)

    monkeypatch.setattr(sys.modules["workbench.checks.run"], "outcome_of", broken)

    verdict, reasons = said(judged(train, train.with_columns(pl.col("収入") + 0.01)))

    assert verdict == "look"
    assert "The check WB506 could not run" in reasons


def test_there_are_three_verdicts() -> None:
    assert VERDICTS == ("go", "look", "stop")
