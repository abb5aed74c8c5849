"""Two tables beside each other: distances over all kinds, the order, the target's change, and tables nobody hopes for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from workbench.errors import ColumnNotFound, DataError
from workbench.profile.difference import charts, difference

Make = Callable[..., pl.DataFrame]


def columns_of(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The columns by name."""
    return {column["name"]: column for column in found["columns"]}


def one(first: list[Any], second: list[Any], dtype: Any = None) -> dict[str, Any]:
    """The only column of two tables."""
    tables = (pl.DataFrame({"x": pl.Series(values, dtype=dtype)}) for values in (first, second))
    return columns_of(difference(*tables))["x"]


def test_numbers_and_dates_have_the_distance_of_scipy(make_table: Make) -> None:
    first, second = make_table(300, seed=1), make_table(200, seed=2)
    found = columns_of(difference(first, second))
    for name in ("年齢", "収入", "売上", "登録日"):
        x, y = (frame[name].drop_nulls().to_numpy().astype(float) for frame in (first, second))
        assert found[name]["ks"] == pytest.approx(stats.ks_2samp(x, y).statistic, abs=1e-12), name
        assert found[name]["distance"] == max(found[name]["ks"], abs(np.subtract(*found[name]["missing"]))), name


def test_labels_have_the_total_variation_with_missing_as_a_label() -> None:
    found = one(["a"] * 5 + ["b"] * 3 + [None] * 2, ["a"] * 2 + ["c"] * 3)
    assert found["measure"] == "tv"
    assert found["distance"] == pytest.approx((abs(0.5 - 0.4) + 0.3 + 0.6 + 0.2) / 2)
    assert (found["new_values"], found["gone_values"]) == (["c"], ["b"])
    assert found["missing"] == [0.2, 0.0]
    bins = {entry.get("value", entry["kind"]): entry["shares"] for entry in found["bins"]}
    assert bins == {"a": [0.5, 0.4], "c": [0.0, 0.6], "b": [0.3, 0.0], "missing": [0.2, 0.0]}


def test_booleans_are_labels() -> None:
    found = one([True] * 6 + [False] * 2 + [None] * 2, [True] * 2 + [False] * 8)
    assert (found["kind"], found["measure"]) == ("boolean", "tv")
    assert found["distance"] == pytest.approx(0.6)
    assert found["summary"][0] == {"value": True, "share": 0.75}


def test_missing_values_of_a_number_count_where_they_change_more_than_the_values() -> None:
    found = one([1.0, 2.0, 3.0, 4.0], [1.0, None, None, 4.0, float("nan"), 2.0, 3.0, None])
    assert (found["measure"], found["distance"]) == ("missing", 0.5)
    assert found["ks"] == 0.0


def test_the_stability_index_equals_a_direct_computation(make_table: Make) -> None:
    first, second = make_table(300, seed=1), make_table(200, seed=2)
    found = columns_of(difference(first, second))
    for name, has_blanks in (("収入", False), ("年齢", True)):
        cuts = np.quantile(first[name].drop_nulls().to_numpy(), np.arange(1, 10) / 10)
        shares = []
        for frame in (first, second):
            codes = np.searchsorted(np.unique(cuts), frame[name].drop_nulls().to_numpy(), side="left")
            counts = np.r_[np.bincount(codes, minlength=10), [frame[name].null_count()] * has_blanks]
            shares.append(np.maximum(counts / frame.height, 1e-4))
        expected = ((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum()
        assert found[name]["psi"] == pytest.approx(expected), name


def test_the_order_of_rows_changes_nothing(make_table: Make) -> None:
    first, second = make_table(300, seed=1), make_table(200, seed=2)
    shuffled = difference(first.sample(fraction=1, shuffle=True, seed=3), second.sample(fraction=1, shuffle=True, seed=4))
    plain = difference(first, second)
    for ours, theirs in zip(plain["columns"], shuffled["columns"], strict=True):
        means = [(a.pop("mean", None), b.pop("mean", None)) for a, b in zip(ours["summary"], theirs["summary"], strict=True)]
        assert all(a == pytest.approx(b) for a, b in means)
    assert plain == shuffled


def test_turning_the_tables_round_turns_the_result_round(make_table: Make) -> None:
    first, second = make_table(300, seed=1), make_table(200, seed=2)
    one_way, other_way = columns_of(difference(first, second)), columns_of(difference(second, first))
    for name, column in one_way.items():
        for fact in ("distance", "low", "high", "noise", "p"):
            assert column[fact] == pytest.approx(other_way[name][fact]), (name, fact)
        assert column["missing"] == other_way[name]["missing"][::-1]
        assert column["new_values"] == other_way[name]["gone_values"]


def test_identical_tables_do_not_differ(make_table: Make) -> None:
    table = make_table(300)
    found = difference(table, table, target="解約")
    assert {column["distance"] for column in found["columns"]} == {0.0}
    assert {column["low"] for column in found["columns"]} == {0.0}
    assert found["target"]["difference"][0]["value"] == 0.0


def test_two_random_halves_differ_beyond_chance_as_seldom_as_promised(make_table: Make) -> None:
    # By Benjamini and Hochberg 1 in 20 tables of equal halves shows any column below 0.05; more than 5 of 40 would be 1 in 70.
    lowest, low_ends = [], []
    for seed in range(40):
        random = np.random.default_rng(seed + 100)
        table = make_table(600, seed=seed).with_columns(誤差=random.normal(size=600), 稀=random.poisson(0.02, 600))
        half = pl.Series(random.random(600) < 0.5)
        found = difference(table.filter(half), table.filter(~half))["columns"]
        lowest.append(min(column["adjusted"] for column in found))
        low_ends += [column["low"] for column in found]
    assert sum(p < 0.05 for p in lowest) <= 5
    assert np.mean(np.array(low_ends) > 0) < 0.02


def test_what_differs_comes_before_what_a_few_known_values_show_by_chance() -> None:
    random = np.random.default_rng(0)
    tables = [pl.DataFrame({f"same{i}": random.normal(size=5_000) for i in range(20)}) for _ in range(2)]
    few = [pl.Series([*random.normal(size=8), *[None] * 4_992]) for _ in range(2)]
    first, second = (table.with_columns(few=values) for table, values in zip(tables, few, strict=True))
    found = difference(first, second.with_columns(pl.col("same7") + 0.2))
    by_name = columns_of(found)
    assert by_name["few"]["distance"] > by_name["same7"]["distance"] > 0.05
    assert found["columns"][0]["name"] == "same7"
    assert [column["name"] for column in found["columns"] if column["adjusted"] < 0.05] == ["same7"]


def test_an_id_is_not_called_different(make_table: Make) -> None:
    first, second = make_table(300, seed=1), make_table(200, seed=2)
    column = columns_of(difference(first, second))["顧客番号"]
    assert (column["kind"], column["measure"], column["distance"]) == ("text", "unseen", 1.0)
    assert (column["low"], column["p"], column["psi"]) == (0.0, 1.0, None)


def test_the_target_change_is_told_with_intervals(make_table: Make) -> None:
    first, second = make_table(300, seed=1), make_table(200, seed=2)
    rate = difference(first, second, target="解約", event="はい")["target"]
    hits = [(frame["解約"] == "はい").mean() for frame in (first, second)]
    assert [rate["first"][0]["value"], rate["second"][0]["value"]] == pytest.approx(hits)
    change = rate["difference"][0]
    assert change["value"] == pytest.approx(hits[1] - hits[0])
    assert change["low"] < change["value"] < change["high"]
    mean = difference(first, second, target="売上")["target"]
    theirs = stats.ttest_ind(second["売上"], first["売上"], equal_var=False).confidence_interval(0.95)
    assert (mean["difference"][0]["low"], mean["difference"][0]["high"]) == pytest.approx((theirs.low, theirs.high))
    assert len(difference(first, second, target="ランク")["target"]["difference"]) == 3


def test_columns_that_only_one_table_has_are_named() -> None:
    found = difference(pl.DataFrame({"a": [1], "b": [1]}), pl.DataFrame({"c": [1], "b": [2]}), target="a")
    assert (found["only_first"], found["only_second"]) == (["a"], ["c"])
    assert found["target"] is None


def test_a_number_here_and_text_there_is_compared_as_text() -> None:
    found = one([1.0, 2.0, 2.0, None], ["1", "2", "x", "x"])
    assert found["kind_changed"]
    assert (found["kind"], found["measure"]) == ("category", "tv")
    assert found["distance"] == pytest.approx(0.5)
    assert found["new_values"] == ["x"]


@pytest.mark.parametrize("values", [[1, 2, 3], [1.5, 2.5], ["a", "b"], [True, False], [date(1960, 1, 1), date(2020, 1, 1)]])
def test_a_side_without_any_value_differs_by_what_is_missing(values: list[Any]) -> None:
    empty = pl.Series([None, None], dtype=pl.String)
    for tables in ((pl.Series(values), empty), (empty, pl.Series(values))):
        found = columns_of(difference(*(pl.DataFrame({"x": series}) for series in tables)))["x"]
        assert found["distance"] == 1.0
        assert not found["kind_changed"]
        assert found["kind"] != "text"


def test_nothing_known_on_either_side_is_no_difference() -> None:
    found = one([None, None], [None], pl.Float64)
    assert (found["distance"], found["p"], found["psi"]) == (0.0, 1.0, None)


@pytest.mark.parametrize(
    "values",
    [
        [1.0],
        [float("inf"), float("-inf"), 1.0] * 10,
        [1e308, -1e308] * 20 + [float(i) for i in range(40)],
        [1e300 * i for i in range(1, 30)],
        [2**62 + i for i in range(40)],
        [0.1] * 99 + [float(i) for i in range(20)],
        [date(1, 1, 1) + timedelta(days=i * 9999) for i in range(300)],
        [datetime(1969, 12, 31, 23, 59) + timedelta(seconds=i * 7) for i in range(60)],
        pl.Series([-3_000_000, 0, 5_000_000, None]).cast(pl.Date),
        pl.Series([-3_000_000, 0, 5_000_000] * 9).cast(pl.Datetime("ms")),
        ["長" * 5000, "b", None],
        [True],
        [None],
    ],
    ids=lambda values: str(values)[:40],
)
def test_any_column_can_be_compared_with_itself_and_with_one_row(values: list[Any]) -> None:
    frame = pl.DataFrame({"x": pl.Series(values)})
    for other in (frame, frame.head(1)):
        for first, second in ((frame, other), (other, frame)):
            found = difference(first, second)
            assert json.dumps(found, allow_nan=False)
            assert 0 <= found["columns"][0]["low"] <= found["columns"][0]["distance"] <= found["columns"][0]["high"] + 1e-12


def test_a_hundred_thousand_labels_are_compared_and_a_few_named() -> None:
    labels = [f"v{i}" for i in range(100_000)]
    found = one(labels, labels[50_000:] + [f"w{i}" for i in range(50_000)])
    assert (found["kind"], found["distance"]) == ("text", 0.5)
    assert (found["new_count"], len(found["new_values"])) == (50_000, 20)


def test_shares_of_the_bins_sum_to_one(make_table: Make) -> None:
    for column in difference(make_table(300, seed=1), make_table(200, seed=2))["columns"]:
        for side in (0, 1):
            assert sum(entry["shares"][side] for entry in column["bins"]) == pytest.approx(1.0), column["name"]


def test_a_cap_is_inside_the_bins() -> None:
    found = one([0.5 * i for i in range(20)] * 10, [9.5] * 100)
    assert found["bins"][-1]["high"] is not None
    assert found["bins"][-1]["shares"][1] == 1.0


def test_tables_without_rows_or_common_columns_are_refused() -> None:
    with pytest.raises(DataError, match="without rows"):
        difference(pl.DataFrame({"a": [1]}), pl.DataFrame({"a": []}))
    with pytest.raises(DataError, match="no column in common: one has a, the other b"):
        difference(pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]}))
    with pytest.raises(ColumnNotFound, match="'c' is not in"):
        difference(pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), target="c")


def test_ids_that_never_repeat_come_after_what_differs_and_stay_out_of_the_ranking() -> None:
    """They lie as far apart as can be, and chance alone parts them as far, whatever the numbers of rows."""
    for first in (316, 400, 73):
        names = [f"C{i:05d}" for i in range(1_200)]
        table = pl.DataFrame({"id": names, "a": [i % 7 + i // 90 for i in range(1_200)]})
        found = difference(table.head(first), table.tail(1_200 - first))
        assert [column["name"] for column in found["columns"]] == ["a", "id"]
        assert "id" not in charts.ranking_chart(found, "en").layout.yaxis.ticktext
