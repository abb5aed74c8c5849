"""New rows are repaired as the training table was, from every door, and whoever reads the result is told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workbench.data.repairs import Repair, Repairs
from workbench.errors import SignatureError
from workbench.predict import Predictor, arriving, score
from workbench.predict.single import SingleRow

Predictors = Callable[..., Predictor]
Customers = Callable[[int, int], pl.DataFrame]
REPAIRS = Repairs.of(
    [
        Repair("年齢", "missing", {"values": ["999"]}),
        Repair("収入", "width", {}),
        Repair("収入", "thousands", {}),
        Repair("収入", "unit", {"unit": "円"}),
        Repair("職業", "spaces", {}),
        Repair("職業", "missing", {"values": ["なし"]}),
        Repair("登録日", "date", {"form": "era"}),
    ]
)


@pytest.fixture
def repairing(make_predictor: Predictors) -> Callable[..., Predictor]:
    """The factory `repairing(model, task)` of Predictors whose training table was repaired."""

    def make(model: str = "lr", task: str = "binary") -> Predictor:
        whole = make_predictor(model, task)
        bundle = replace(whole.bundle, repairs=REPAIRS)
        return Predictor(bundle, explain=whole.explain, why_not=whole.why_not, max_rows=whole.max_rows)

    return make


def era(day: dt.date) -> str:
    """A day as Japanese forms have it."""
    return f"令和{day.year - 2018}年{day.month}月{day.day}日"


def dirty(clean: pl.DataFrame) -> pl.DataFrame:
    """The same rows as they come from another system."""
    return clean.with_columns(
        pl.col("年齢").fill_null(999.0),
        pl.Series("収入", [f"{value:,.1f}円" for value in clean["収入"]]),
        pl.Series("職業", ["なし" if value is None else f" {value}　" for value in clean["職業"]]),
        pl.Series("登録日", [era(day) for day in clean["登録日"]]),
    )


def as_json(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return json.loads(json.dumps(frame.to_dicts(), default=str))


def codes(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(warning["code"], warning["field"]) for warning in row["warnings"]]


@pytest.mark.parametrize("model", ["lr", "lightgbm"])
def test_dirty_rows_get_the_numbers_of_clean_ones_on_every_way(
    model: str, repairing: Predictors, make_predictor: Predictors, customers: Customers
) -> None:
    clean = customers(30, 7)
    wanted = make_predictor(model).frame(clean, reasons=2)
    predictor, rows = repairing(model), as_json(dirty(clean))
    whole = predictor.frame(dirty(clean), reasons=2)
    assert whole.held == {}
    assert whole.probabilities["はい"].tolist() == wanted.probabilities["はい"].tolist()
    assert whole.reasons == wanted.reasons
    together = predictor.rows(rows, reasons=2)["predictions"]
    alone = [predictor.rows([row], reasons=2)["predictions"][0] for row in rows]
    for i, (one, other) in enumerate(zip(together, alone, strict=True)):
        assert one["probability"]["はい"] == pytest.approx(wanted.probabilities["はい"][i], abs=1e-12)
        assert other["probability"]["はい"] == pytest.approx(wanted.probabilities["はい"][i], abs=1e-12)
        assert one["reasons"] == [r | {"effect": pytest.approx(r["effect"], abs=1e-9)} for r in other["reasons"]]
        assert one["warnings"] == other["warnings"]


def test_a_repaired_row_takes_the_short_way(repairing: Predictors, customers: Customers) -> None:
    predictor = repairing()
    row = as_json(dirty(customers(1, 7)))[0]
    found = predictor.single(row, 0)
    assert found is not None
    assert {finding.field for finding in found.doubtful} >= {"収入", "職業", "登録日"}
    assert predictor.single(row | {"収入": "千円"}, 0) is None


def test_both_ways_read_a_number_written_as_text_alike(make_predictor: Predictors) -> None:
    signature = make_predictor().signature
    reader = SingleRow(signature, repaired=["年齢", "収入"])
    for text in ("40", "-3", "1234.5", "007", "0.1", "12345678901234567890.123", "-0", "1" * 30):
        plain = reader.read({"収入": text})
        assert plain is not None, text
        assert plain[0]["収入"] == signature.conform(signature.from_rows([{"収入": text}])).frame["収入"][0], text
    for text in ("", " 40", "4 0", "1e5", "+5", ".5", "5.", "inf", "４０", "1_000", "1" * 31):
        assert reader.read({"収入": text}) is None, text


def test_a_repaired_cell_is_a_warning_with_before_and_after_and_never_a_stop(
    repairing: Predictors, customers: Customers
) -> None:
    row = as_json(customers(1, 7))[0] | {"収入": "１,２３４円", "職業": "なし", "年齢": 999}
    for answer in (repairing().rows([row], lang="ja"), repairing().rows([row, row], lang="ja")):
        first = answer["predictions"][0]
        assert first["prediction"] is not None
        said = {w["field"]: w["text"] for w in first["warnings"] if w["code"] == "repaired"}
        assert said.keys() == {"収入", "職業", "年齢"}
        assert "「１,２３４円」を「1234」に" in said["収入"]
        assert "「なし」は空欄" in said["職業"]


def test_a_number_of_json_stays_as_it_is_whatever_stands_around_it(repairing: Predictors, customers: Customers) -> None:
    row = as_json(customers(1, 7))[0] | {"収入": 1234.5}
    other = row | {"収入": "1,000円"}
    alone = repairing().rows([row])["predictions"][0]
    beside = repairing().rows([row, other])["predictions"][0]
    assert "repaired" not in {code for code, _ in [*codes(alone), *codes(beside)]}
    assert alone["probability"]["はい"] == pytest.approx(beside["probability"]["はい"], abs=1e-12)


def test_rows_that_are_clean_already_have_nothing_repaired(repairing: Predictors, customers: Customers) -> None:
    clean = customers(50, 1)
    found = repairing().frame(clean)
    assert not [finding for finding in found.doubtful if finding.code == "repaired"]
    again, _ = REPAIRS.apply(dirty(clean))
    assert not [finding for finding in repairing().frame(again).doubtful if finding.code == "repaired"]


def test_what_cannot_be_read_is_shown_as_it_came(repairing: Predictors, customers: Customers) -> None:
    row = as_json(customers(1, 7))[0] | {"収入": "約１,０００円"}
    with pytest.raises(SignatureError) as caught:
        repairing().rows([row])
    assert "約１,０００円" in caught.value.fields[0]["problem"].say("ja")
    frame = dirty(customers(3, 7)).with_columns(収入=pl.Series(["約１,０００円", "5円", "6円"]))
    held = repairing().frame(frame).held
    assert list(held) == [0]
    assert "約１,０００円" in held[0][0].text.say("ja")


def test_the_file_says_per_row_what_was_repaired(repairing: Predictors, customers: Customers, tmp_path: Path) -> None:
    table = dirty(customers(3, 7)).with_columns(
        年齢=pl.Series([999.0, 40.0, 41.0]),
        収入=pl.Series(["1,234円", "1234", "5,678.5"]),
        職業=pl.Series(["なし", "会社員", "学生"]),
        登録日=pl.Series(["令和3年4月1日", "2021-04-02", "2021-04-03"]),
    )
    report = score(repairing(), table, out=tmp_path / "out.csv", lang="ja", reasons=0)
    found = pl.read_csv(tmp_path / "out.csv")
    assert found["修正内容"].to_list() == [
        "年齢: 999 → （空欄） / 収入: 1,234円 → 1234 / 職業: なし → （空欄） / 登録日: 令和3年4月1日 → 2021-04-01",
        None,
        "収入: 5,678.5 → 5678.5",
    ]
    assert found["収入"].to_list() == table["収入"].to_list()
    assert "修正：年齢、収入、職業、登録日" in found["信頼フラグ"][0]
    said = report.to_dict("ja")
    assert (said["repaired"], said["held"]) == (2, 0)
    assert {entry["column"]: entry["cells"] for entry in said["repairs"]} == {"年齢": 1, "収入": 2, "職業": 1, "登録日": 1}
    assert any("同じ修正" in warning for warning in said["warnings"])


def test_repairs_are_no_drift(repairing: Predictors, make_predictor: Predictors, customers: Customers, tmp_path: Path) -> None:
    clean = customers(200, 7)
    score(make_predictor(), clean, out=tmp_path / "clean.parquet", reasons=0)
    wanted = json.loads((tmp_path / "clean_summary.json").read_text(encoding="utf-8"))
    score(repairing(), dirty(clean), out=tmp_path / "dirty.parquet", reasons=0)
    found = json.loads((tmp_path / "dirty_summary.json").read_text(encoding="utf-8"))
    assert found["drift"] == wanted["drift"]


def test_a_model_without_repairs_passes_rows_on_untouched(make_predictor: Predictors, customers: Customers) -> None:
    bundle, frame = make_predictor().bundle, customers(5, 1)
    found = arriving.table(bundle, frame)
    assert found.frame.equals(bundle.signature.conform(frame).frame)
    assert found.doubtful == ()
