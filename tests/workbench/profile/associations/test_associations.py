"""Correlations, correlation ratios and Cramér's V equal pandas' and scipy's over the rows that both columns have."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import contingency

from workbench.data.kinds import kinds_of
from workbench.profile import associations
from workbench.profile.associations import sums as association_sums


def told(table: pl.DataFrame, target: str | None = None) -> dict:
    return associations.associations(table, kinds_of(table), target=target)


def value(found: dict, first: str, second: str) -> dict | None:
    return next((p for p in found["pairs"] if {p["first"], p["second"]} == {first, second}), None)


def eta(x: pd.Series, by: pd.Series) -> float:
    """The correlation ratio by pandas, adjusted as Kelley (1935) does."""
    both = x.notna() & by.notna()
    x, by = x[both], by[both]
    n, k = len(x), by.nunique()
    within = ((x - x.groupby(by).transform("mean")) ** 2).sum() / (n - k)
    return float(np.sqrt(max(0.0, 1 - within / (((x - x.mean()) ** 2).sum() / (n - 1)))))


def bergsma(a: pd.Series, b: pd.Series) -> float:
    """Bergsma's V from scipy's V, which is not corrected."""
    table = pd.crosstab(a, b).to_numpy()
    n, (r, k) = table.sum(), table.shape
    phi2 = contingency.association(table, method="cramer", correction=False) ** 2 * (min(r, k) - 1)
    shrunk = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1))
    return float(np.sqrt(max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1)) / (shrunk - 1)))


@pytest.fixture
def numbers() -> pd.DataFrame:
    random = np.random.default_rng(5)
    base = random.normal(size=300)
    table = pd.DataFrame(
        {
            "a": base,
            "b": base * 3e6 + random.normal(0, 1e6, 300),
            "c": 1e5 + random.normal(size=300),
            "d": -base,
            "e": random.integers(0, 3, 300).astype(float),
        }
    )
    return table.mask(random.random(table.shape) < 0.2)


@pytest.fixture
def mixed(numbers: pd.DataFrame) -> pl.DataFrame:
    random = np.random.default_rng(6)
    region = random.choice(["東京", "大阪", "名古屋", ""], 300)
    table = pl.from_pandas(numbers).with_columns(
        pl.Series("region", region),
        pl.Series("size", np.where(random.random(300) < 0.6, region, random.choice(["S", "M"], 300))),
        pl.Series("member", (numbers["a"].fillna(0) + random.normal(size=300) > 0).to_numpy()),
        pl.Series("day", [date(1969, 6, 1) + timedelta(days=int(i)) for i in random.integers(0, 900, 300)]),
    )
    blank = pl.Series(random.random(300) < 0.1)
    return table.with_columns(pl.when(~blank).then(pl.col("region", "member")), pl.when(~blank.shuffle(1)).then(pl.col("day")))


def test_every_correlation_equals_pandas(numbers: pd.DataFrame) -> None:
    found = told(pl.from_pandas(numbers))

    theirs = numbers.corr(min_periods=10)
    assert found["columns"] == list(numbers.columns)
    np.testing.assert_allclose(np.array(found["matrix"], dtype=float), theirs.to_numpy(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("mean", [1e6, -1e9, 1e12])
def test_large_means_cost_no_digits(numbers: pd.DataFrame, mean: float) -> None:
    shifted = numbers[["a", "c", "e"]] + [mean, 0, -mean]

    found = np.array(told(pl.from_pandas(shifted))["matrix"], float)

    for i, j in itertools.product(range(3), repeat=2):
        # pandas' own running means lose digits here; numbers of 80 bits do not.
        x, y = shifted.iloc[:, [i, j]].dropna().to_numpy(np.longdouble).T if i != j else [shifted.iloc[:, i].dropna()] * 2
        x, y = x - x.mean(), y - y.mean()
        assert found[i, j] == pytest.approx(float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())), abs=1e-9)


def test_a_pair_without_the_outlier_of_its_column_equals_pandas(numbers: pd.DataFrame) -> None:
    far = numbers.assign(a=np.where(np.arange(300) < 160, 1e9, numbers["a"]))
    far.loc[:159, "b"] = np.nan

    found = told(pl.from_pandas(far))

    np.testing.assert_allclose(np.array(found["matrix"], float), far.corr(min_periods=10).to_numpy(), rtol=0, atol=1e-9)


def test_every_ratio_equals_pandas(mixed: pl.DataFrame) -> None:
    found, frame = told(mixed), mixed.to_pandas()

    for number, label in itertools.product("abcde", ("region", "size", "member")):
        pair = value(found, number, label)
        assert pair is not None
        assert pair["measure"] == "eta"
        assert pair["value"] == pytest.approx(eta(frame[number], frame[label]), abs=1e-9)
        assert pair["rows"] == int((frame[number].notna() & frame[label].notna()).sum())


def test_a_ratio_of_groups_of_one_size_is_the_plain_one_adjusted() -> None:
    x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0]

    found = told(pl.DataFrame({"x": x, "g": ["a"] * 6 + ["b"] * 6}))

    within, total = 35.0, 335.0
    assert found["pairs"][0]["value"] == pytest.approx(np.sqrt(1 - (within / 10) / (total / 11)))


def test_every_v_equals_scipy_with_bergsmas_correction(mixed: pl.DataFrame) -> None:
    found, frame = told(mixed), mixed.to_pandas()

    for a, b in itertools.combinations(("region", "size", "member"), 2):
        pair = value(found, a, b)
        assert pair is not None
        assert pair["measure"] == "v"
        assert pair["value"] == pytest.approx(bergsma(frame[a], frame[b]), abs=1e-12)


def test_labels_that_are_the_same_have_v_of_one_and_unrelated_ones_nearly_none() -> None:
    random = np.random.default_rng(1)
    a = random.integers(0, 30, 400).astype(str)

    found = told(pl.DataFrame({"a": a, "same": np.char.add("x", a), "noise": random.permutation(a)}))

    assert value(found, "a", "same")["value"] == pytest.approx(1.0)
    assert value(found, "a", "noise")["value"] < 0.1


def test_dates_count_as_days(mixed: pl.DataFrame) -> None:
    days = mixed["day"].to_physical().cast(pl.Float64).to_pandas()

    with_moments = mixed.with_columns(moment=pl.col("day").cast(pl.Datetime("ms", "Asia/Tokyo")))
    found = told(with_moments)

    assert value(found, "day", "c")["value"] == pytest.approx(days.corr(mixed["c"].to_pandas()), abs=1e-9)
    assert value(found, "day", "moment")["value"] == pytest.approx(1.0)
    assert "day" not in found["columns"]


def test_numbers_of_two_values_have_phi() -> None:
    random = np.random.default_rng(2)
    a, b = random.integers(0, 2, 100), random.integers(0, 2, 100)

    found = told(pl.DataFrame({"a": a, "b": b}))

    phi = contingency.association(pd.crosstab(a, b).to_numpy(), method="cramer")
    assert abs(value(found, "a", "b")["value"]) == pytest.approx(phi)


@pytest.mark.parametrize("target", ["a", "e", "region", "member", "day"])
def test_the_target_is_told_as_its_pairs_are(mixed: pl.DataFrame, target: str) -> None:
    found = told(mixed, target)

    strengths = [abs(entry["value"]) for entry in found["target"]]
    assert strengths == sorted(strengths, reverse=True)
    assert {entry["column"] for entry in found["target"]} == set(mixed.columns) - {target}
    if target != "e":
        for entry in found["target"]:
            pair = value(found, entry["column"], target)
            assert {k: entry[k] for k in ("measure", "value", "rows")} == {k: pair[k] for k in ("measure", "value", "rows")}


def test_a_number_of_few_classes_is_a_category_as_target(mixed: pl.DataFrame) -> None:
    frame = mixed.to_pandas()

    found = {entry["column"]: entry for entry in told(mixed, "e")["target"]}

    assert found["a"]["value"] == pytest.approx(eta(frame["a"], frame["e"]), abs=1e-9)
    assert found["region"]["value"] == pytest.approx(bergsma(frame["region"], frame["e"]), abs=1e-12)


def test_categories_beyond_the_limit_are_compared_with_the_target_only() -> None:
    random = np.random.default_rng(3)
    many = random.integers(0, 300, 2_000).astype(str)
    table = pl.DataFrame({"many": many, "x": random.normal(size=2_000), "g": random.choice(["a", "b"], 2_000)})
    frame = table.to_pandas()

    number, label, whole = told(table, "x"), told(table, "g"), told(table, "many")

    assert "many" in number["limits"].say("en")
    assert "200" in number["limits"].say("ja")
    assert not value(number, "many", "x")
    by_name = {entry["column"]: entry["value"] for entry in number["target"]}
    assert by_name["many"] == pytest.approx(eta(frame["x"], frame["many"]), abs=1e-9)
    by_name = {entry["column"]: entry["value"] for entry in label["target"]}
    assert by_name["many"] == pytest.approx(bergsma(frame["g"], frame["many"]), abs=1e-9)
    by_name = {entry["column"]: entry["value"] for entry in whole["target"]}
    assert by_name["x"] == pytest.approx(eta(frame["x"], frame["many"]), abs=1e-9)


def test_numbers_beyond_the_limit_are_compared_with_the_target_only(
    numbers: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(associations, "MOST_COLUMNS", 3)

    found = told(pl.from_pandas(numbers), "e")
    by_value = told(pl.from_pandas(numbers), "d")

    assert (found["columns"], found["left_out"]) == (["a", "b", "c"], 2)
    assert "d, e" in found["limits"].say("en")
    assert {entry["column"] for entry in found["target"]} == {"a", "b", "c", "d"}
    assert by_value["target"][0] == {
        "column": "a",
        "measure": "r",
        "value": pytest.approx(-1.0),
        "rows": int(numbers[["a", "d"]].notna().all(axis=1).sum()),
    }


def test_text_is_left_out_and_said() -> None:
    table = pl.DataFrame({"id": [f"id {i}" for i in range(60)], "x": [float(i % 7) for i in range(60)], "y": range(60)})

    found = told(table, "id")

    assert found["target"] == []
    assert [p["first"] for p in found["pairs"]] == ["x"]
    assert found["limits"].say("en") == "1 text column is not compared (id)."


def test_weaker_pairs_are_counted(numbers: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(associations, "MOST_PAIRS", 4)

    found = told(pl.from_pandas(numbers))

    assert len(found["pairs"]) == 4
    assert "6 weaker ones" in found["limits"].say("en")


def test_redundant_columns_are_named_without_the_target(numbers: pd.DataFrame) -> None:
    table = pl.from_pandas(numbers).with_columns(
        twice=pl.col("a") * 2,
        band=pl.when(pl.col("c") > 1e5).then(pl.lit("high")).otherwise(pl.lit("low")),
        same=pl.when(pl.col("c") > 1e5).then(pl.lit("H")).otherwise(pl.lit("L")),
    )

    free, with_target = told(table), told(table, "twice")

    assert [g["columns"] for g in free["groups"]] == [["a", "d", "twice"], ["band", "same"]]
    assert [g["measure"] for g in free["groups"]] == ["r", "v"]
    assert free["groups"][0]["least"] == pytest.approx(1.0)
    assert [g["columns"] for g in with_target["groups"]] == [["a", "d"], ["band", "same"]]


def test_a_chain_of_close_columns_is_no_group() -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(size=(2, 2_000))
    table = pl.DataFrame({f"x{i}": np.cos(angle) * a + np.sin(angle) * b for i, angle in enumerate((0.0, 0.28, 0.56))})

    (group,) = told(table)["groups"]

    assert len(group["columns"]) == 2
    assert group["least"] >= 0.95


def test_blocks_of_rows_change_nothing(mixed: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(mixed, "member")
    monkeypatch.setattr(association_sums, "BLOCK", 7)
    monkeypatch.setattr(association_sums, "NEAR", 3)

    assert close(told(mixed, "member"), whole)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_shuffling_rows_changes_nothing(seed: int) -> None:
    random = np.random.default_rng(11)
    x = random.normal(size=80)
    table = pl.DataFrame(
        {
            "x": np.where(random.random(80) < 0.2, None, x).astype(float),
            "y": x + random.normal(size=80),
            "g": random.choice(["a", "b", "c"], 80),
            "h": [None if blank else "a" for blank in random.random(80) < 0.5],
            "t": random.integers(0, 2, 80).astype(bool),
        }
    )

    assert close(told(table.sample(fraction=1, shuffle=True, seed=seed), "t"), told(table, "t"))


def close(one: dict, other: dict) -> bool:
    """Whether two answers differ by no more than rounding."""
    np.testing.assert_allclose(np.array(one["matrix"], float), np.array(other["matrix"], float), atol=1e-12)
    for key in ("pairs", "target"):
        assert [{**e, "value": pytest.approx(e["value"], abs=1e-7)} for e in one[key]] == other[key]
    return True


def test_constants_infinities_and_too_few_rows_are_not_correlated() -> None:
    table = pl.DataFrame(
        {
            "x": [float(i) for i in range(20)],
            "constant": [0.1] * 20,
            "infinite": [float("inf")] * 20,
            "few": [1.0, 2.0] + [None] * 18,
            "empty": pl.Series([None] * 20, dtype=pl.Float64),
            "one": ["a"] * 20,
            "no": pl.Series([None] * 20, dtype=pl.String),
            "nothing": pl.Series([None] * 20, dtype=pl.Null),
            "false": [False] * 20,
        }
    )

    found = told(table, "x")

    assert found["matrix"][0][0] == pytest.approx(1.0)
    assert found["matrix"][0][1:] == [None] * 4
    assert (found["pairs"], found["target"], found["groups"]) == ([], [], [])


def test_a_column_that_is_constant_on_the_common_rows_has_no_correlation() -> None:
    x = [7.1] * 12 + [float(i) for i in range(15)]
    table = pl.DataFrame({"x": x, "y": [*(float(i % 5) for i in range(12)), *[None] * 15], "g": ["a", "b"] * 6 + [None] * 15})

    assert [(p["first"], p["second"]) for p in told(table)["pairs"]] == [("y", "g")]


def test_infinite_values_are_left_out_of_their_pairs() -> None:
    random = np.random.default_rng(7)
    frame = pd.DataFrame({"a": random.normal(size=50), "b": random.normal(size=50)})
    frame.loc[3, "a"], frame.loc[4, "b"] = np.inf, -np.inf

    pair = told(pl.from_pandas(frame))["pairs"][0]

    assert pair["rows"] == 48
    assert pair["value"] == pytest.approx(frame.drop([3, 4]).corr().iloc[0, 1], abs=1e-12)


def test_absurdly_large_and_small_values_keep_their_correlation() -> None:
    x = np.arange(30.0)

    found = told(pl.DataFrame({"large": x * 1e306, "small": x * 1e-300, "x": x, "far": np.where(x > 28, 1e200, x)}))

    assert value(found, "large", "small")["value"] == pytest.approx(1.0)
    assert value(found, "x", "far")["value"] == pytest.approx(np.corrcoef(x, x > 28)[0, 1])


@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_without_rows_or_with_one_has_no_associations(mixed: pl.DataFrame, rows: int) -> None:
    found = told(mixed.head(rows), "member")

    assert set(itertools.chain(*found["matrix"])) == {None}
    assert (found["pairs"], found["target"], found["groups"]) == ([], [], [])


def test_tables_of_one_kind_or_of_nothing_have_associations_too() -> None:
    nothing = {"columns": [], "matrix": [], "left_out": 0, "pairs": [], "target": [], "groups": [], "limits": None}

    assert told(pl.DataFrame()) == nothing
    assert told(pl.DataFrame({"a": ["x"]})) == nothing
    assert len(told(pl.DataFrame({"a": ["x", "y"] * 10, "b": ["x", "y"] * 10}))["pairs"]) == 1
    assert told(pl.DataFrame({"t": [datetime(2024, 1, 1)] * 3}), "t")["columns"] == []


def test_decimals_and_whole_numbers_of_every_width_are_numbers() -> None:
    x = list(range(20))
    table = pl.DataFrame({"u": pl.Series(x, dtype=pl.UInt64), "i": pl.Series(x, dtype=pl.Int8)})
    table = table.with_columns(d=pl.col("i").cast(pl.Decimal(10, 2)), f=pl.col("i").cast(pl.Float32))

    assert [p["value"] for p in told(table)["pairs"]] == [pytest.approx(1.0)] * 6


def test_strong_pairs_come_strongest_first(numbers: pd.DataFrame) -> None:
    found = associations.pairs(told(pl.from_pandas(numbers)), at_least=0.9)

    assert found[0] == ("a", "d", pytest.approx(-1.0))
    assert [abs(r) for *_, r in found] == sorted((abs(r) for *_, r in found), reverse=True)
