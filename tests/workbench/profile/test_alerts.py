"""Alerts name what stands out, with figures, worst first, and keep quiet about an ordinary table."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench import profile
from workbench.profile.alerts import alerts

N = 400
RANDOM = np.random.default_rng(0)
PLAIN = RANDOM.normal(size=N)


def listed(columns: dict[str, Any]) -> list[dict[str, Any]]:
    target = "target" if "target" in columns else None
    return profile.profile(pl.DataFrame(columns), target=target)["alerts"]


def found(**columns: Any) -> dict[str, dict[str, Any]]:
    return {alert["code"]: alert for alert in listed(columns)}


def facts(**parts: Any) -> dict[str, Any]:
    """A profile of a table of 1,000 rows in which no column stands out."""
    return {"rows": 1000, "columns": [], "target": None, "associations": None, **parts}


@pytest.mark.parametrize(
    ("code", "values", "figure"),
    [
        ("constant", ["x"] * N, "'x'"),
        ("constant", [3] * N, "'3'"),
        ("constant", [date(2024, 1, 1)] * N, "2024-01-01"),
        ("empty", pl.Series([None] * N, dtype=pl.String), "no values"),
        ("near_constant", ["x"] * (N - 2) + ["y", "z"], "99.50%"),
        ("near_constant", [7.0] * (N - 1) + [8.0], "'7' in 99.75%"),
        ("missing", [1.5] * 40 + [2.5] * 60 + [None] * 300, "75.0%"),
        ("cardinality", [f"v{i % 90}" for i in range(N)], "90 different values in 400 rows: too many"),
        ("cardinality", [f"v{i}" for i in range(N)], "400 different values in 400 rows: an ID"),
        ("skew", np.concatenate([RANDOM.normal(size=N - 1), [900.0]]), "skewness 20.0), with 1 value (0.25%)"),
        ("zeros", np.concatenate([np.zeros(300), RANDOM.normal(size=100)]), "75.0%"),
        ("infinite", np.concatenate([RANDOM.normal(size=N - 1), [np.inf]]), "1 infinite"),
        ("outliers", np.concatenate([RANDOM.normal(size=380), np.full(10, 90.0), np.full(10, -90.0)]), "20 values (5.0%)"),
    ],
)
def test_a_column_that_stands_out_is_named_with_its_figure(code: str, values: Any, figure: str) -> None:
    alert = found(plain=PLAIN, odd=values)[code]

    assert alert["columns"] == ["odd"]
    assert alert["chart"] == {"tab": "columns", "column": "odd"}
    assert figure in alert["text"].say("en")
    assert "odd" in alert["text"].say("ja")


def test_far_values_are_told_once_with_the_skew_they_make() -> None:
    codes = found(odd=np.concatenate([RANDOM.normal(size=N - 8), np.arange(8) * 50 + 100]))

    assert set(codes) == {"skew"}
    assert "8 values (2.0%)" in codes["skew"]["text"].say("en")


def test_the_zero_of_a_grade_is_not_told() -> None:
    assert found(plain=PLAIN, grade=[0] * 250 + [1, 2, 3] * 50) == {}


def test_columns_that_move_together_are_paired() -> None:
    pair = {"first": "a", "second": "b", "measure": "r", "value": -0.9876, "rows": 900}

    alert = alerts(facts(associations={"pairs": [pair, pair | {"second": "c", "value": 0.94}], "groups": []}))[0]

    assert (alert["code"], alert["columns"]) == ("correlated", ["a", "b"])
    assert alert["chart"] == {"tab": "together", "column": None}
    assert "(Correlation r -0.988)" in alert["text"].say("en")


def test_a_copy_is_paired_with_its_original() -> None:
    assert found(a=PLAIN, b=PLAIN * 2 + 1)["correlated"]["columns"] == ["a", "b"]


def test_a_group_is_told_instead_of_its_pairs() -> None:
    group = {"columns": ["a", "b", "c"], "measure": "v", "least": 0.962}
    pairs = [
        {"first": x, "second": y, "measure": "v", "value": 0.97, "rows": 900} for x, y in (("a", "b"), ("b", "c"), ("a", "d"))
    ]

    told = alerts(facts(associations={"pairs": pairs, "groups": [group]}))

    assert [(a["code"], a["columns"]) for a in told] == [("correlated", ["a", "d"]), ("redundant", ["a", "b", "c"])]
    assert "3 columns say nearly the same (Cramér's V 0.96 or more for every pair): a, b, c." in told[1]["text"].say("en")


def test_the_target_is_no_repetition_of_a_column() -> None:
    pairs = [{"first": "a", "second": "y", "measure": "r", "value": 0.99, "rows": 900}]
    together = {"pairs": pairs, "groups": [{"columns": ["a", "b", "y"], "measure": "r", "least": 0.98}]}

    assert alerts(facts(associations=together, target={"name": "y", "task": None})) == []


def test_columns_missing_together_are_named() -> None:
    groups = [
        {"columns": ["a", "b", "c"], "rows": 300, "same": 0.998},
        # Nearly empty columns agree whatever the reason.
        {"columns": ["d", "e"], "rows": 950, "same": 0.96},
    ]

    told = alerts(facts(missingness={"groups": groups}))

    assert [(a["code"], a["columns"]) for a in told] == [("missing_together", ["a", "b", "c"])]
    assert "3 columns are missing in the same rows (300, 30.0%; 99.80% in common): a, b, c." in told[0]["text"].say("en")


def test_a_rare_event_is_named() -> None:
    alert = found(x=PLAIN, target=["yes"] * 20 + ["no"] * 380)["imbalance"]

    assert alert["text"].say("en").startswith("The target is 'yes' in only 5.0% of the rows (20)")
    assert alert["chart"] == {"tab": "target", "column": "target"}


def test_a_rare_rest_is_named_too() -> None:
    text = found(x=PLAIN, target=["yes"] * 380 + ["no"] * 20)["imbalance"]["text"]

    assert "5.0%" in text.say("en")


def test_an_ordinary_table_has_no_alerts(make_table: Callable[..., pl.DataFrame]) -> None:
    assert found(a=PLAIN, b=RANDOM.normal(size=N), c=["x", "y"] * (N // 2)) == {}
    assert {a["code"] for a in profile.profile(make_table(), target="解約")["alerts"]} == {"cardinality"}


def test_warnings_come_first() -> None:
    told = listed({"z": np.r_[np.zeros(300), PLAIN[:100]], "i": range(N), "c": [1] * N})

    assert [alert["severity"] for alert in told] == ["warning", "info"]


def test_what_holds_for_many_columns_is_told_once_with_all_of_them() -> None:
    half = {f"c{i}": [None] * (300 + i) + [*RANDOM.normal(size=100 - i)] for i in range(9)}
    some = {f"s{i}": [None] * 100 + [*RANDOM.normal(size=300)] for i in range(6)}
    zero = {f"z{i}": np.r_[np.zeros(300), RANDOM.normal(size=100)] for i in range(5)}

    told = [a for a in listed(half | some | zero) if a["code"] in ("missing", "zeros")]

    assert [(a["code"], len(a["columns"])) for a in told] == [("missing", 9), ("missing", 6), *[("zeros", 1)] * 5]
    assert told[0]["columns"] == [f"c{i}" for i in reversed(range(9))]
    assert (
        told[0]["text"]
        .say("en")
        .startswith("9 columns are missing in half of the rows or more (up to 77.0%): c8, c7, c6, c5, c4")
    )
    assert "and 4 more" in told[0]["text"].say("en")
    assert told[0]["chart"] == {"tab": "together", "column": None}
    assert told[1]["text"].say("en").startswith("6 columns are missing in 20% to 50% of the rows")


@pytest.mark.parametrize("code", ["empty", "constant", "near_constant", "cardinality", "skew", "zeros", "infinite", "outliers"])
def test_every_alert_can_be_told_of_many_columns(code: str) -> None:
    values = {
        "empty": pl.Series([None] * N, dtype=pl.Float64),
        "constant": [1] * N,
        "near_constant": [1] * (N - 1) + [2],
        "cardinality": [f"v{i}" for i in range(N)],
        "skew": np.r_[PLAIN[1:], 900.0],
        "zeros": np.r_[np.zeros(300), PLAIN[:100]],
        "infinite": np.r_[PLAIN[1:], np.inf],
        "outliers": np.r_[PLAIN[20:], np.full(10, 90.0), np.full(10, -90.0)],
    }[code]

    told = [a for a in listed({f"c{i}": values for i in range(7)}) if a["code"] == code]

    assert [len(a["columns"]) for a in told] == [7]
    assert told[0]["text"].say("en").startswith("7 columns")
    assert told[0]["text"].say("ja").startswith("7列")


def test_many_pairs_and_groups_are_one_sentence_each() -> None:
    pairs = [{"first": f"a{i}", "second": f"b{i}", "measure": "r", "value": 0.96, "rows": 9} for i in range(8)]
    groups = [{"columns": [f"g{i}{j}" for j in range(4)], "measure": "r", "least": 0.99} for i in range(7)]
    blanks = [{"columns": [f"m{i}", f"n{i}"], "rows": 400, "same": 1.0} for i in range(6)]

    told = alerts(facts(associations={"pairs": pairs, "groups": groups}, missingness={"groups": blanks}))

    said = {a["code"]: a["text"].say("en") for a in told}
    assert len(told) == 3
    assert said["correlated"].startswith("8 pairs of columns move together (correlation 0.95 or more): a0 × b0, ")
    assert said["redundant"].startswith("28 columns fall into 7 groups that say nearly the same: g00 × g01 × g02 × …, ")
    assert said["missing_together"].startswith("12 columns fall into 6 groups")


def test_a_full_list_of_pairs_says_that_there_may_be_more() -> None:
    pairs = [{"first": f"a{i}", "second": f"b{i}", "measure": "r", "value": 0.96, "rows": 9} for i in range(300)]

    assert alerts(facts(associations={"pairs": pairs}))[0]["text"].say("en").startswith("300 or more pairs")


def test_of_parts_that_are_not_there_yet_nothing_is_said() -> None:
    partial = {"rows": 5, "columns": None, "duplicates": None, "target": None, "associations": None, "missingness": None}

    assert alerts(partial) == []
    assert alerts({"rows": 0, "columns": []}) == []


def test_alerts_are_plain_data_and_texts() -> None:
    told = listed({"z": np.r_[np.zeros(300), PLAIN[:100]], "i": range(N), "c": [1] * N, "target": ["a"] * 390 + ["b"] * 10})

    for alert in told:
        json.dumps(alert | {"text": alert["text"].to_dict()}, allow_nan=False)
        assert alert.keys() == {"code", "severity", "columns", "text", "chart"}
