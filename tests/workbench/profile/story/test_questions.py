"""What moves the target is told with figures that plain arithmetic on the raw columns gives too, and chance is not told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats
from scipy.stats.contingency import relative_risk

from workbench import profile
from workbench.data import kind_of
from workbench.profile import summary
from workbench.profile.by_target import goal_of
from workbench.profile.story.contrast import Bins, Group, chi_square, holm, monotone, ratio, welch
from workbench.profile.story.questions import questions

N = 4000


def profiled_of(table: pl.DataFrame, target: str = "y") -> dict[str, Any]:
    goal = goal_of(table[target])
    columns = [summary.column(s, kind_of(s), goal if s.name != target else None) for s in summary.without_nan(table)]
    return {"rows": table.height, "columns": columns, "target": summary.target_facts(target, goal)}


def told(table: pl.DataFrame, target: str = "y") -> list[dict[str, Any]]:
    return questions(profiled_of(table, target))


def churn(seed: int = 0, **columns: Any) -> pl.DataFrame:
    """Months with a step below 6, an unrelated number, and who left."""
    random = np.random.default_rng(seed)
    months = random.integers(0, 60, N)
    left = random.random(N) < np.where(months <= 5, 0.3, 0.08)
    noise = random.normal(size=N)
    return pl.DataFrame({"月数": months, "noise": noise, **columns, "y": np.where(left, "yes", "no")})


def test_a_group_is_told_with_rate_ratio_and_support_as_scipy_has_them() -> None:
    table = churn()
    x, hit = table["月数"].to_numpy(), (table["y"] == "yes").to_numpy()

    first, *_, last = told(table)

    cut = float(np.quantile(x, 0.1))
    inside = x <= cut
    risk = relative_risk(hit[inside].sum(), inside.sum(), hit[~inside].sum(), (~inside).sum())
    interval = risk.confidence_interval(0.95)
    assert (first["code"], first["columns"], first["rows"]) == ("rate", ["月数"], int(inside.sum()))
    assert first["effect"] == pytest.approx(hit[inside].mean() - hit[~inside].mean())
    assert first["ratio"] == pytest.approx({"value": risk.relative_risk, "low": interval.low, "high": interval.high})
    text = first["text"].say("en")
    assert f"{risk.relative_risk:.1f} times ({interval.low:.1f}–{interval.high:.1f}) as often where '月数' is 5 or less" in text
    assert f"{hit[inside].mean():.1%}" in text
    assert f"of {inside.sum()} rows, against {hit[~inside].mean():.1%} elsewhere" in text
    assert "「月数」が5以下の行では" in first["text"].say("ja")
    assert last["code"] == "looks"


def test_the_p_of_a_rate_is_the_chi_square_of_bins_by_event() -> None:
    random = np.random.default_rng(1)
    group = random.choice(list("abcd"), 900)
    hit = random.random(900) < np.where(group == "a", 0.4, 0.2)
    table = pl.DataFrame({"g": group, "y": np.where(hit, "yes", "no")})

    found = told(table)[0]

    counts = [[(hit & (group == g)).sum(), (~hit & (group == g)).sum()] for g in "abcd"]
    assert found["adjusted"] == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue, rel=1e-9)


def test_the_p_of_a_mean_is_the_f_test_and_its_interval_welchs() -> None:
    random = np.random.default_rng(2)
    group = random.choice(list("abc"), 600)
    y = random.normal(np.where(group == "b", 52.0, 50.0), np.where(group == "b", 3.0, 5.0))

    found = told(pl.DataFrame({"g": group, "y": y}))[0]

    parts = [y[group == g] for g in "abc"]
    theirs = stats.ttest_ind(y[group == "b"], y[group != "b"], equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert found["adjusted"] == pytest.approx(stats.f_oneway(*parts).pvalue, rel=1e-6)
    assert (found["code"], found["rows"]) == ("mean", len(parts[1]))
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert "higher on average where 'g' is 'b'" in found["text"].say("en")


def test_the_interval_of_a_difference_of_rates_is_newcombes() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    table = churn()
    x, hit = table["月数"].to_numpy(), (table["y"] == "yes").to_numpy()
    inside = x <= np.quantile(x, 0.1)

    found = told(table)[0]

    theirs = confint_proportions_2indep(
        hit[inside].sum(), inside.sum(), hit[~inside].sum(), (~inside).sum(), method="newcomb", compare="diff"
    )
    assert (found["low"], found["high"]) == pytest.approx(theirs, abs=1e-9)


def test_a_course_that_goes_one_way_is_told_as_such() -> None:
    random = np.random.default_rng(3)
    x = random.uniform(0, 100, N)
    table = pl.DataFrame({"年齢": x, "y": np.where(random.random(N) < x / 150, "yes", "no")})

    found = told(table)[0]

    cuts = np.quantile(x, [0.1, 0.9])
    hit = (table["y"] == "yes").to_numpy()
    low, high = hit[x <= cuts[0]], hit[x > cuts[1]]
    assert found["code"] == "trend"
    assert found["effect"] == pytest.approx(high.mean() - low.mean())
    assert found["rows"] == len(low) + len(high)
    text = found["text"].say("en")
    assert "'y' is 'yes' more and more often as '年齢' rises" in text
    assert f"{low.mean():.1%}" in text
    assert "高くなります" in found["text"].say("ja")


def test_a_falling_mean_is_told_along_dates() -> None:
    random = np.random.default_rng(4)
    days = np.sort(random.integers(0, 3000, 800))
    table = pl.DataFrame({"d": [date(1960, 1, 1) + timedelta(days=int(d)) for d in days], "y": random.normal(-0.01 * days, 5)})

    found = told(table)[0]

    assert found["code"] == "trend"
    assert found["effect"] < 0
    assert "'y' falls as 'd' rises" in found["text"].say("en")
    assert "on or before 1960-" in found["text"].say("en")


def test_what_peaks_in_the_middle_is_told_as_a_stretch() -> None:
    random = np.random.default_rng(5)
    x = random.uniform(0, 10, N)
    table = pl.DataFrame({"x": x, "y": np.where(random.random(N) < np.where((x > 4) & (x < 6), 0.6, 0.1), "yes", "no")})

    found = told(table)[0]

    assert found["code"] == "rate"
    assert "'x' is more than 3.956, up to 5.846" in found["text"].say("en")


def test_a_leak_is_a_warning() -> None:
    table = churn(copy=None).with_columns(
        pl.when(pl.col("y") == "yes").then(pl.lit("解約済")).otherwise(pl.lit("-")).alias("copy")
    )

    found = told(table)[0]

    assert (found["code"], found["severity"], found["columns"]) == ("leak", "warning", ["copy"])
    assert "too good to be true" in found["text"].say("en")
    assert "100.0%" in found["text"].say("ja")


def test_missing_values_that_tell_are_told() -> None:
    random = np.random.default_rng(6)
    blank = random.random(N) < 0.3
    hit = random.random(N) < np.where(blank, 0.5, 0.2)
    x = [None if b else v for b, v in zip(blank, random.normal(size=N), strict=True)]

    found = told(pl.DataFrame({"x": x, "y": np.where(hit, "yes", "no")}))[0]

    counts = [[(hit & blank).sum(), (~hit & blank).sum()], [(hit & ~blank).sum(), (~hit & ~blank).sum()]]
    assert (found["code"], found["rows"]) == ("missing", int(blank.sum()))
    assert "where 'x' is missing" in found["text"].say("en")
    # Two looks: along the column, and at its blanks; Holm doubles the smaller p.
    assert found["adjusted"] == pytest.approx(2 * stats.chi2_contingency(counts, correction=False).pvalue, rel=1e-9)


def test_columns_missing_in_the_same_rows_share_a_sentence() -> None:
    random = np.random.default_rng(7)
    blank = random.random(N) < 0.3
    hit = random.random(N) < np.where(blank, 0.5, 0.2)
    columns = {f"x{i}": [None if b else v for b, v in zip(blank, random.normal(size=N), strict=True)] for i in range(4)}

    known = profiled_of(pl.DataFrame({**columns, "y": np.where(hit, "yes", "no")}))
    known["missingness"] = {"groups": [{"columns": list(columns), "rows": int(blank.sum()), "same": 1.0}]}

    found = [q for q in questions(known) if q["code"] == "missing"]

    assert [q["columns"] for q in found] == [["x0", "x1", "x2", "x3"]]
    assert "'x0' (and 3 more with it) is missing" in found[0]["text"].say("en")


def test_columns_that_say_the_same_share_a_sentence() -> None:
    table = churn()
    found = profiled_of(table.with_columns(pl.col("月数").alias("m2")))
    found["associations"] = {"groups": [{"columns": ["月数", "m2"], "measure": "r", "least": 1.0}]}

    rates = [q for q in questions(found) if q["code"] == "rate"]

    assert [q["columns"] for q in rates] == [["月数", "m2"]]
    assert rates[0]["text"].say("en").endswith("Much the same goes for m2.")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["rate", "mean"])
def test_noise_is_not_told(seed: int, kind: str) -> None:
    random = np.random.default_rng(100 + seed)
    columns: dict[str, Any] = {f"n{i}": random.normal(size=500) for i in range(20)}
    columns |= {f"c{i}": random.choice(list("abcdefgh"), 500) for i in range(20)}
    columns |= {f"m{i}": np.where(random.random(500) < 0.2, np.nan, random.random(500)) for i in range(10)}
    y = random.lognormal(size=500) if kind == "mean" else np.where(random.random(500) < 0.1, "yes", "no")

    found = told(pl.DataFrame({**columns, "y": y}))

    assert [q["code"] for q in found] == ["none"]
    assert "None of 50 columns" in found[0]["text"].say("en")
    assert "60 comparisons" in found[0]["text"].say("en")


@settings(max_examples=15, deadline=None, derandomize=True)
@given(some.integers(0, 10_000), some.sampled_from([0.02, 0.1, 0.5]))
def test_chance_tells_hardly_more_than_its_allowance(seed: int, rate: float) -> None:
    random = np.random.default_rng(seed)
    table = pl.DataFrame({f"u{i}": random.uniform(size=300) for i in range(50)} | {"y": random.random(300) < rate})

    assert len([q for q in told(table) if q["columns"]]) <= 1


def test_the_caution_counts_the_columns_the_looks_and_what_chance_would_bring() -> None:
    random = np.random.default_rng(8)
    table = churn(**{f"n{i}": random.normal(size=N) for i in range(38)})

    caution = told(table)[-1]

    assert caution["text"].say("en").startswith("1 of 40 columns looked at goes with 'y' after allowing for 40 comparisons")
    assert "about 2 would seem to by chance alone" in caution["text"].say("en")
    assert (caution["columns"], caution["effect"], caution["rows"]) == ([], None, N)


def test_at_most_twenty_sentences_strongest_first() -> None:
    random = np.random.default_rng(9)
    y = random.normal(size=600)
    table = pl.DataFrame({f"x{i}": y + random.normal(scale=0.8 + i / 10, size=600) for i in range(30)} | {"y": y})

    found = told(table)

    assert len(found) == 20
    strengths = [q["strength"] for q in found[:-1]]
    assert strengths == sorted(strengths, reverse=True)
    assert found[-1]["text"].say("en").endswith("The 19 strongest of 30 findings are told.")


def test_of_several_classes_the_one_that_moves_is_named() -> None:
    random = np.random.default_rng(10)
    group = random.choice(["p", "q"], 1200)
    y = np.where((group == "p") & (random.random(1200) < 0.5), "高", random.choice(["低", "中", "高"], 1200))

    found = told(pl.DataFrame({"g": group, "y": y}))[0]

    assert "'y' is '高'" in found["text"].say("en")
    counts = [[((group == g) & (y == c)).sum() for c in ("低", "中", "高")] for g in "pq"]
    assert found["adjusted"] == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue, rel=1e-9)


def test_an_event_in_one_group_alone_has_no_ratio() -> None:
    table = pl.DataFrame({"g": ["a"] * 100 + ["b"] * 100, "y": ["yes"] * 40 + ["no"] * 160})

    found = told(table)[0]

    assert found["ratio"] is None
    assert "only where 'g' is 'a'" in found["text"].say("en")
    assert "never in the other 100" in found["text"].say("en")


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({"x": [1.0, 2.0, 3.0], "y": ["a", "b", "a"]}),
        pl.DataFrame({"x": [None, None], "y": ["a", "b"]}, schema={"x": pl.Float64, "y": pl.String}),
        pl.DataFrame({"x": [], "y": []}, schema={"x": pl.Float64, "y": pl.Float64}),
        pl.DataFrame({"x": [1, 2] * 50, "y": [None] * 100}, schema={"x": pl.Int64, "y": pl.Float64}),
        pl.DataFrame({"x": range(100), "y": [7.5] * 100}),
        pl.DataFrame({"x": [1, 2] * 50, "y": [1e308, -1e308] * 50}),
        pl.DataFrame({"x": ["a"] * 100, "y": range(100)}),
        pl.DataFrame({"{x} <b>$": ["{a}"] * 50 + ["<b>"] * 50, "y": ["{z}"] * 50 + ["$"] * 50}),
        pl.DataFrame({"x": [float("inf")] * 50 + [float("-inf")] * 50, "y": [0] * 50 + [1] * 50}),
    ],
)
def test_odd_tables_are_told_without_a_fault(table: pl.DataFrame) -> None:
    for question in told(table):
        assert all(question["text"].say(lang) for lang in ("ja", "en"))
        json.dumps(question | {"text": question["text"].to_dict()}, allow_nan=False)


def test_without_a_target_nothing_is_told(make_table: Callable[..., pl.DataFrame]) -> None:
    assert questions(profile.profile(make_table())) == []
    assert questions({"target": None, "columns": None, "rows": 3}) == []


def test_every_kind_of_target_is_told_in_both_languages(make_table: Callable[..., pl.DataFrame]) -> None:
    for target in ("解約", "ランク", "売上", "会員"):
        found = told(make_table(800), target)
        assert found[0]["effect"] is not None
        assert all(q["text"].say(lang) for q in found for lang in ("ja", "en"))


def test_shuffling_rows_changes_nothing(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(800)
    for target in ("解約", "売上"):
        first, second = (told(t, target) for t in (table, table.sample(fraction=1.0, shuffle=True, seed=4)))
        assert [q["text"].say("ja") for q in first] == [q["text"].say("ja") for q in second]


def test_holm_equals_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(0).uniform(size=30) ** 3

    assert holm(p.tolist()) == pytest.approx(multipletests(p, method="holm")[1])


def test_rare_cells_are_counted_together_before_the_test() -> None:
    counts = np.array([[50.0, 50.0], [60.0, 40.0], [3.0, 2.0], [4.0, 4.0]])

    together = stats.chi2_contingency([[50, 50], [60, 40], [7, 6]], correction=False).pvalue

    assert chi_square(counts) == pytest.approx(together)
    assert chi_square(np.array([[3.0, 1.0], [1.0, 3.0]])) is None


def test_groups_compare_as_scipy_compares_their_rows() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(5, 1, 30), random.normal(4, 3, 50)
    inside, outside = (Group(len(v), v.mean(), ((v - v.mean()) ** 2).sum()) for v in (a, b))

    ours, theirs = welch(inside, outside), stats.ttest_ind(a, b, equal_var=False).confidence_interval()

    assert (ours["low"], ours["high"]) == pytest.approx((theirs.low, theirs.high))
    assert welch(Group(1, 3.0, 0.0), outside)["low"] is None
    assert ratio(Group(10, 0.0, 0.0), Group(10, 0.5, 2.5)) is None


def test_a_course_is_measured_by_isotonic_regression() -> None:
    from sklearn.isotonic import isotonic_regression

    random = np.random.default_rng(2)
    mean, rows = np.arange(10) + random.normal(scale=2, size=10), random.integers(5, 50, 10).astype(float)
    fitted = isotonic_regression(mean, sample_weight=rows)
    centre = np.average(mean, weights=rows)

    sign, share = monotone(Bins(rows, mean, np.ones(10)))

    assert sign == 1
    assert share == pytest.approx(1 - (rows * (mean - fitted) ** 2).sum() / (rows * (mean - centre) ** 2).sum())
