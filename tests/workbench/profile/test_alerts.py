"""Alerts name what stands out, with figures, worst first, and keep quiet about an ordinary table."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from workbench import profile

N = 400
RANDOM = np.random.default_rng(0)


def found(**columns: object) -> dict[str, dict]:
    target = "target" if "target" in columns else None
    return {alert["code"]: alert for alert in profile.profile(pl.DataFrame(columns), target=target)["alerts"]}


PLAIN = RANDOM.normal(size=N)


@pytest.mark.parametrize(
    ("code", "values", "figure"),
    [
        ("constant", ["x"] * N, "'x'"),
        ("constant", [3] * N, "'3'"),
        ("constant", [date(2024, 1, 1)] * N, "2024-01-01"),
        ("empty", pl.Series([None] * N, dtype=pl.String), "no values"),
        ("near_constant", ["x"] * (N - 2) + ["y", "z"], "99.5%"),
        ("missing", [1.5] * 40 + [2.5] * 60 + [None] * 300, "75.0%"),
        ("cardinality", [f"v{i % 90}" for i in range(N)], "90"),
        ("skew", np.concatenate([RANDOM.normal(size=N - 1), [900.0]]), "skewness"),
        ("zeros", np.concatenate([np.zeros(300), RANDOM.normal(size=100)]), "75.0%"),
        ("infinite", np.concatenate([RANDOM.normal(size=N - 1), [np.inf]]), "1 infinite"),
        ("outliers", np.concatenate([RANDOM.normal(size=380), np.full(10, 90.0), np.full(10, -90.0)]), "5.0%"),
    ],
)
def test_a_column_that_stands_out_is_named_with_its_figure(code: str, values: object, figure: str) -> None:
    alert = found(plain=PLAIN, odd=values)[code]

    assert alert["columns"] == ["odd"]
    assert figure in alert["text"].say("en")
    assert "odd" in alert["text"].say("ja")


def test_columns_that_move_together_are_paired() -> None:
    alert = found(a=PLAIN, b=PLAIN * 2 + 1)["correlated"]

    assert alert["columns"] == ["a", "b"]
    assert "1.000" in alert["text"].say("en")


def test_a_rare_event_is_named() -> None:
    text = found(x=PLAIN, target=["yes"] * 20 + ["no"] * 380)["imbalance"]["text"]

    assert text.say("en") == "The target is 'yes' in only 5.0% of the rows (20)."


def test_a_rare_rest_is_named_too() -> None:
    text = found(x=PLAIN, target=["yes"] * 380 + ["no"] * 20)["imbalance"]["text"]

    assert "5.0%" in text.say("en")


def test_an_ordinary_table_has_no_alerts() -> None:
    assert found(a=PLAIN, b=RANDOM.normal(size=N), c=["x", "y"] * (N // 2)) == {}


def test_warnings_come_first() -> None:
    alerts = profile.profile(pl.DataFrame({"z": np.r_[np.zeros(300), PLAIN[:100]], "i": range(N), "c": [1] * N}))["alerts"]

    assert [alert["severity"] for alert in alerts] == ["warning", "info"]


def test_many_pairs_are_counted_instead_of_listed() -> None:
    table = pl.DataFrame({f"c{i}": PLAIN * (i + 1) for i in range(8)})

    alerts = [a for a in profile.profile(table)["alerts"] if a["code"] == "correlated"]

    assert len(alerts) == 21
    assert "8 more" in alerts[-1]["text"].say("en")
