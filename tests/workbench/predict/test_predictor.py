"""One Predictor: equal numbers on every way, held rows without a number, and warnings where a row is not to be trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from workbench.errors import SignatureError, TooLarge
from workbench.predict import Predictor

Predictors = Callable[..., Predictor]
Customers = Callable[[int, int], pl.DataFrame]
MODELS = ["lr", "dt", "rf", "lightgbm"]
TASKS = ["binary", "multiclass", "regression"]


def as_json(frame: pl.DataFrame) -> list[dict[str, object]]:
    return json.loads(json.dumps(frame.to_dicts(), default=str))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", MODELS)
def test_a_table_and_its_rows_give_equal_numbers(
    model: str, task: str, make_predictor: Predictors, customers: Customers
) -> None:
    predictor, table = make_predictor(model, task), customers(25, 7)
    whole = predictor.frame(table, reasons=2)
    rows = as_json(table)
    together = predictor.rows(rows, reasons=2)["predictions"]
    alone = [predictor.rows([row], reasons=2)["predictions"][0] for row in rows]
    assert whole.reasons is not None
    for i, (one, other) in enumerate(zip(together, alone, strict=True)):
        for said in (one, other):
            assert said["prediction"] == (
                pytest.approx(whole.prediction[i], rel=1e-9) if task == "regression" else whole.prediction[i]
            )
            for label, p in whole.probabilities.items():
                assert said["probability"][str(label)] == pytest.approx(p[i], abs=1e-9)
            assert [r["feature"] for r in said["reasons"]] == [r["feature"] for r in whole.reasons[i]]
            assert [r["effect"] for r in said["reasons"]] == pytest.approx([r["effect"] for r in whole.reasons[i]], abs=1e-9)


def test_the_answer_has_the_form_of_the_contract(make_predictor: Predictors, customers: Customers) -> None:
    predictor = make_predictor("lightgbm", "binary")
    answer = predictor.rows(as_json(customers(2, 1)), reasons=3)
    assert answer["model"].startswith("lightgbm-binary@2026")
    assert answer.keys() == {"model", "predictions"}
    first = answer["predictions"][0]
    assert first.keys() == {"prediction", "probability", "warnings", "reasons"}
    assert first["probability"].keys() == {"いいえ", "はい"}
    assert sum(first["probability"].values()) == pytest.approx(1)
    assert len(first["reasons"]) == 3
    json.dumps(answer, allow_nan=False)


def test_a_row_made_of_the_examples_can_be_predicted(make_predictor: Predictors) -> None:
    predictor = make_predictor("lr", "multiclass")
    row = {field.name: field.example for field in predictor.signature.fields}
    found = predictor.rows([row])["predictions"][0]
    assert found["prediction"] in {"低", "中", "高"}
    assert found["warnings"] == []


def test_a_bad_row_refuses_all_and_every_place_is_named(make_predictor: Predictors, customers: Customers) -> None:
    rows = as_json(customers(4, 2).select("年齢", "収入", "職業", "都道府県", "登録日", "会員"))
    rows[1]["収入"] = "abc"
    rows[1]["登録日"] = "いつか"
    del rows[3]["都道府県"]
    with pytest.raises(SignatureError, match="2 rows cannot be scored") as caught:
        make_predictor().rows(rows)
    places = {(f["row"], f["field"]) for f in caught.value.fields}
    assert places == {(1, "収入"), (1, "登録日"), (3, "都道府県")}
    assert all(f["problem"].say("ja") for f in caught.value.fields)


def test_partial_answers_hold_a_bad_row_with_its_reason(make_predictor: Predictors, customers: Customers) -> None:
    rows = as_json(customers(3, 2))
    good = make_predictor().rows([rows[0], rows[2]])["predictions"]
    rows[1]["収入"] = "abc"
    held = make_predictor().rows(rows, partial=True, reasons=2, lang="ja")["predictions"]
    assert held[1]["prediction"] is None
    assert held[1]["probability"] == {}
    assert held[1]["reasons"] == []
    assert held[1]["warnings"][0]["field"] == "収入"
    assert "abc" in held[1]["warnings"][0]["text"]
    assert held[0]["probability"] == pytest.approx(good[0]["probability"])
    assert held[2]["probability"] == pytest.approx(good[1]["probability"])


def test_a_rows_answer_does_not_depend_on_its_neighbours(make_predictor: Predictors, customers: Customers) -> None:
    predictor = make_predictor("dt")
    whole, lacking = as_json(customers(2, 3))
    del lacking["収入"]
    for rows in ([lacking], [whole, lacking]):
        with pytest.raises(SignatureError, match="1 row cannot be scored"):
            predictor.rows(rows)


def test_what_the_model_has_not_seen_is_flagged(make_predictor: Predictors, customers: Customers) -> None:
    row = as_json(customers(1, 4))[0] | {"職業": "宇宙飛行士", "収入": 1e9, "年令": 40}
    warnings = make_predictor().rows([row], lang="en")["predictions"][0]["warnings"]
    assert {w["code"] for w in warnings} == {"unseen_category", "out_of_range", "unknown_column"}
    blank = dict.fromkeys(make_predictor().signature.names) | {"収入": 400.0}
    assert [w["code"] for w in make_predictor().rows([blank])["predictions"][0]["warnings"]] == ["many_missing"]


def test_columns_that_training_set_aside_are_no_surprise(make_predictor: Predictors, customers: Customers) -> None:
    row = as_json(customers(1, 4).select("年齢", "収入", "職業", "都道府県", "登録日", "会員", "解約"))[0]
    assert make_predictor("lr", "binary").rows([row])["predictions"][0]["warnings"] == []


def test_a_table_without_a_required_column_gets_no_number(make_predictor: Predictors, customers: Customers) -> None:
    found = make_predictor().frame(customers(5, 5).drop("収入"))
    assert found.prediction == [None] * 5
    assert all(math.isnan(p) for values in found.probabilities.values() for p in values)
    assert found.held.keys() == set(range(5))
    with pytest.raises(SignatureError, match="5 rows cannot be scored"):
        make_predictor().frame(customers(5, 5).drop("収入"), partial=False)


def test_held_rows_keep_the_places_of_the_others(make_predictor: Predictors, customers: Customers) -> None:
    table = customers(6, 6)
    spoiled = table.with_columns(年齢=pl.Series(["x", "30", None, "y", "40", "50"]))
    found = make_predictor("lightgbm").frame(spoiled, reasons=1)
    fine = make_predictor("lightgbm").frame(table.with_columns(年齢=pl.Series([1.0, 30.0, None, 1.0, 40.0, 50.0])), reasons=1)
    assert list(found.held) == [0, 3]
    assert found.reasons is not None
    assert fine.reasons is not None
    for i in (1, 2, 4, 5):
        assert found.prediction[i] == fine.prediction[i]
        assert found.reasons[i] == fine.reasons[i]
    assert found.reasons[0] == []


def test_a_model_without_reasons_predicts_and_says_why_not(make_predictor: Predictors, customers: Customers) -> None:
    answer = make_predictor("ridge").rows(as_json(customers(2, 1)), reasons=3, lang="en")
    assert answer["predictions"][0]["prediction"] in {"はい", "いいえ"}
    assert answer["predictions"][0]["probability"] == {}
    assert answer["predictions"][0]["reasons"] == []
    assert "without probabilities" in answer["why_not"]


def test_too_many_rows_are_refused_before_any_work(make_predictor: Predictors, customers: Customers) -> None:
    predictor = make_predictor(max_rows=3)
    with pytest.raises(TooLarge, match="4 rows are more than the 3"):
        predictor.rows([{}] * 4)
    with pytest.raises(TooLarge, match="4 rows are more than the 3"):
        predictor.frame(customers(4, 1))


def test_no_rows_and_rows_that_are_no_objects_are_refused(make_predictor: Predictors) -> None:
    with pytest.raises(SignatureError, match="no rows to predict"):
        make_predictor().rows([])
    with pytest.raises(SignatureError, match="Row 1 is not a set"):
        make_predictor().rows([{}, 3])  # type: ignore[list-item]


def test_threads_share_one_predictor(make_predictor: Predictors, customers: Customers) -> None:
    predictor, table = make_predictor("rf"), customers(30, 8)
    alone = predictor.frame(table, reasons=2)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: predictor.frame(table, reasons=2), range(8)))
    for found in together:
        np.testing.assert_array_equal(found.probabilities["はい"], alone.probabilities["はい"])
        assert found.reasons == alone.reasons


@pytest.mark.parametrize("model", ["lr", "dt", "rf", "lightgbm"])
@pytest.mark.parametrize("value", [1e39, -1e200, 1.7e308])
def test_a_huge_number_is_predicted_and_costs_no_other_row_its_prediction(
    model: str, value: float, make_predictor: Predictors, customers: Customers
) -> None:
    predictor, table = make_predictor(model), customers(3, 9)
    rows = table.to_dicts()
    rows[1] = rows[1] | {"収入": value, "年齢": -value}
    together = predictor.rows(json.loads(json.dumps(rows, default=str)))["predictions"]
    alone = [predictor.rows(json.loads(json.dumps([row], default=str)))["predictions"][0] for row in rows]
    for one, other in zip(together, alone, strict=True):
        assert one["prediction"] == other["prediction"]
        assert list(one["probability"].values()) == pytest.approx(list(other["probability"].values()), abs=1e-12)
        assert sum(one["probability"].values()) == pytest.approx(1)
