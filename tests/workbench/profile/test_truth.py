"""Every number of a profile equals pandas' or SciPy's on the same column, whatever the order of rows and the values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench import profile
from workbench.profile import charts

RANDOM = np.random.default_rng(5)
ROWS = 1_200
INF = math.inf


def with_blanks(values: list[Any]) -> list[Any]:
    return [None if i % 7 == 3 else value for i, value in enumerate(values)]


NUMBERS: dict[str, pl.Series] = {
    "plain": pl.Series(RANDOM.normal(100, 15, ROWS)),
    "blanks": pl.Series(with_blanks(RANDOM.lognormal(3, 1, ROWS).tolist())),
    "nan": pl.Series(np.where(RANDOM.random(ROWS) < 0.2, np.nan, RANDOM.normal(size=ROWS))),
    "infinite": pl.Series([INF, -INF, INF, *RANDOM.normal(size=ROWS).tolist(), None]),
    "only infinite": pl.Series([INF, -INF, INF]),
    "all missing": pl.Series([None, None, None], dtype=pl.Float64),
    "one row": pl.Series([3.5]),
    "two rows": pl.Series([3, 8]),
    "no rows": pl.Series([], dtype=pl.Int64),
    "constant": pl.Series([0.1] * 30),
    "whole": pl.Series(RANDOM.integers(-40, 5_000, ROWS)),
    "few": pl.Series(RANDOM.integers(0, 4, ROWS)),
    "flags": pl.Series(with_blanks(RANDOM.integers(0, 2, ROWS).tolist())),
    "beyond 2**53": pl.Series([2**53 + i for i in range(50)] + [2**62 + 1, -(2**62) - 3]),
    "tiny": pl.Series(RANDOM.normal(size=ROWS) * 1e-200),
    "huge": pl.Series(RANDOM.normal(size=ROWS) * 1e100),
    "far from zero": pl.Series(1e8 + RANDOM.gamma(2.0, 0.5, ROWS)),
    "zeros": pl.Series([0.0, -0.0] * 300 + RANDOM.exponential(size=ROWS).tolist()),
    "single precision": pl.Series(RANDOM.normal(size=ROWS), dtype=pl.Float32),
    "bytes": pl.Series(RANDOM.integers(0, 255, ROWS), dtype=pl.UInt8),
}
LABELS: dict[str, pl.Series] = {
    "category": pl.Series(with_blanks([f"値{v}" for v in RANDOM.integers(0, 40, ROWS)])),
    "ties": pl.Series(["b", "a", "c", "a", "b", "c"] * 5),
    "blank text": pl.Series(["", " ", "\u3000", "", None, "x"] * 4),
    "very long": pl.Series(["字" * 100_000, "b", "字" * 100_000 + "!", None]),
    "100,000 categories": pl.Series([f"C{v:06d}" for v in RANDOM.integers(0, 100_000, 150_000)]),
    "ids": pl.Series([f"id-{'x' * (i % 9)}{i}" for i in range(ROWS)]),
    "boolean": pl.Series(with_blanks((RANDOM.random(ROWS) < 0.3).tolist())),
    "always true": pl.Series([True] * 9 + [None]),
    "all missing text": pl.Series([None, None], dtype=pl.String),
    "all missing boolean": pl.Series([None, None], dtype=pl.Boolean),
    "no text": pl.Series([], dtype=pl.String),
}
DATES: dict[str, pl.Series] = {
    "before 1970": pl.Series([date(1868, 10, 23), date(1912, 7, 30), date(1926, 12, 25), None]),
    "days": pl.Series(with_blanks([date(1969, 12, 1) + timedelta(days=int(d)) for d in RANDOM.integers(0, 45, ROWS)])),
    "moments": pl.Series([datetime(1969, 12, 31, 18) + timedelta(seconds=int(d)) for d in RANDOM.integers(0, 90_000, ROWS)]),
    "years": pl.Series([datetime(2001, 1, 1) + timedelta(days=int(d)) for d in RANDOM.integers(0, 6_000, ROWS)]),
    "one day": pl.Series([date(2024, 2, 29)] * 4),
    "no dates": pl.Series([None, None], dtype=pl.Date),
}
# Polars reads them; Python's own dates end with the year 9999.
FAR_DATES = pl.Series("far", [260_000_000_000_000_000, -70_000_000_000_000_000, None]).cast(pl.Datetime("us"))


def facts(series: pl.Series, **options: Any) -> dict[str, Any]:
    return profile.profile(series.alias("x").to_frame(), **options)["columns"][0]


def told(x: pl.Series, y: pl.Series, **options: Any) -> dict[str, Any]:
    table = pl.DataFrame({"x": x, "y": y})
    found = profile.profile(table, target="y", **options)["columns"][0]["by_target"]
    assert found is not None
    return found


def same(ours: float | None, theirs: float, *, rel: float = 1e-10) -> bool:
    """Ours equals theirs; None stands for what is not a finite number."""
    if ours is None:
        return not math.isfinite(theirs)
    return ours == pytest.approx(float(theirs), rel=rel, abs=0)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_numbers_facts_are_pandas_and_scipys(name: str) -> None:
    series = NUMBERS[name]
    known = pd.Series(series.drop_nulls().drop_nans() if series.dtype.is_float() else series.drop_nulls())
    finite = known[np.isfinite(known.to_numpy())] if len(known) else known
    wide = finite.astype(np.float64)

    found = facts(series)

    assert found["missing"] == int(series.to_pandas().isna().sum())
    assert found["distinct"] == known.nunique()
    assert found["infinite"] == int(np.isinf(known.to_numpy().astype(np.float64)).sum())
    assert found["min"] == (finite.min() if len(finite) else None)
    assert found["max"] == (finite.max() if len(finite) else None)
    assert found["zeros"] == int((finite == 0).sum())
    assert found["negative"] == int((finite < 0).sum())
    assert same(found["mean"], wide.mean())
    if finite.nunique() == 1:
        assert found["std"] == (0.0 if len(finite) > 1 else None)
    else:
        assert same(found["std"], wide.std(), rel=1e-9)
    for share, value in found["quantiles"].items():
        assert same(value, wide.quantile(float(share)), rel=1e-12)
    assert same(found["median"], wide.median(), rel=1e-12)
    assert found["mode"] == ({"value": shown(known.mode()[0]), "count": known.value_counts().max()} if len(known) else None)


def shown(value: float) -> float | str:
    return str(float(value)) if math.isinf(value) else value


@pytest.mark.parametrize("name", NUMBERS)
def test_skewness_is_scipys(name: str) -> None:
    x = NUMBERS[name].drop_nulls().to_numpy().astype(np.float64)
    x = np.sort(x[np.isfinite(x)])

    found = facts(NUMBERS[name])["skew"]

    if len(x) < 3:
        assert found is None
    elif x[0] == x[-1]:
        assert found == 0.0
    else:
        with np.errstate(all="ignore"):
            # Squares of the tiniest numbers are zero: nothing to divide by.
            theirs = stats.skew(x, bias=False) if (x - x.mean()).var() > 0 else math.nan
        assert same(found, theirs, rel=1e-8)


@pytest.mark.parametrize("name", NUMBERS)
def test_histograms_are_numpys_between_the_percentiles(name: str) -> None:
    x = NUMBERS[name].drop_nulls().to_numpy().astype(np.float64)
    x = x[np.isfinite(x)]

    shape = facts(NUMBERS[name])["histogram"]

    if not len(x):
        assert shape is None
        return
    low, high = np.quantile(x, [0.01, 0.99])
    inside = x[(x >= low) & (x <= high)]
    inside = inside if len(inside) else x
    assert shape["counts"] == np.histogram(inside, bins=np.array(shape["edges"]))[0].tolist()
    assert sum(shape["counts"]) + shape["below"] + shape["above"] == len(x)
    if len(inside) < len(x):
        assert (shape["below"], shape["above"]) == ((x < low).sum(), (x > high).sum())


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_counted_as_pandas_counts(name: str) -> None:
    series = LABELS[name]
    plain = series.to_pandas()
    counts = plain.value_counts()

    found = facts(series)

    assert found["missing"] == int(plain.isna().sum())
    assert found["distinct"] == plain.nunique()
    ranked = sorted(((-int(n), v) for v, n in counts.items()), key=lambda pair: pair)[:20]
    assert [(-e["count"], e["value"]) for e in found["top"]] == [(n, brief(v)) for n, v in ranked]
    assert found["rest"] + sum(e["count"] for e in found["top"]) == int(counts.sum())
    if series.dtype == pl.Boolean:
        assert found["rate"] == (plain.dropna().astype(bool).mean() if counts.sum() else None)
    elif counts.sum():
        sizes = plain.dropna().str.len()
        expected = {"min": sizes.min(), "mean": pytest.approx(sizes.mean()), "median": sizes.median(), "max": sizes.max()}
        assert {k: found["length"][k] for k in expected} == expected
    else:
        assert found["length"] is None


def brief(value: Any) -> Any:
    return value[:200] + "…" if isinstance(value, str) and len(value) > 200 else value


@pytest.mark.parametrize("name", DATES)
def test_dates_are_pandas_dates(name: str) -> None:
    series = DATES[name]
    plain = pd.Series(pd.to_datetime(series.cast(pl.Datetime("us")).drop_nulls().to_numpy()))

    found = facts(series)

    assert found["missing"] == series.null_count()
    assert found["distinct"] == plain.nunique()
    if plain.empty:
        assert (found["min"], found["max"], found["median"], found["periods"]) == (None, None, None, None)
        return
    assert pd.Timestamp(found["min"]) == plain.min()
    assert pd.Timestamp(found["max"]) == plain.max()
    day = pd.Timedelta(days=1) if series.dtype == pl.Date else pd.Timedelta(microseconds=1)
    assert abs(pd.Timestamp(found["median"]) - plain.median()) <= day
    assert found["mode"]["count"] == plain.value_counts().max()
    assert pd.Timestamp(found["mode"]["value"]) == plain.mode()[0]
    unit, starts = found["periods"]["unit"], pd.to_datetime(found["periods"]["starts"])
    groups = plain.dt.to_period({"week": "W-SUN", "hour": "h", "day": "D", "month": "M", "quarter": "Q", "year": "Y"}[unit])
    assert dict(zip(starts, found["periods"]["counts"], strict=True)) == years(groups, starts)


def years(groups: pd.Series, starts: pd.DatetimeIndex) -> dict[pd.Timestamp, int]:
    """Count per period; several years together where the profile took several."""
    counts = groups.dt.start_time.value_counts().sort_index()
    return counts.groupby(lambda start: starts[starts <= start].max()).sum().to_dict()


def test_moments_of_any_year_are_told() -> None:
    found = facts(FAR_DATES)

    assert (found["min"], found["max"]) == ("-249-10-15T19:33:20", "10209-01-27T06:13:20")
    assert sum(found["periods"]["counts"]) == 2


@pytest.mark.parametrize("name", [n for n in NUMBERS if len(NUMBERS[n]) >= 500])
def test_rates_along_numbers_are_plain_arithmetic_with_wilsons_interval(name: str) -> None:
    x = NUMBERS[name]
    y = pl.Series(np.where(RANDOM.random(len(x)) < 0.3, "yes", "no"))

    found = told(x, y, event="yes")

    values, hits = x.to_pandas(), (y == "yes").to_numpy()
    finite = values[np.isfinite(values)]
    first = True
    for entry in found["bins"]:
        match entry["kind"]:
            case "missing":
                here = values.isna()
            case "infinite":
                here = np.isinf(values)
            case "value":
                here = values == entry["value"]
            case _:
                here = (values > entry["low"]) & (values <= entry["high"]) | (first & (values == finite.min()))
        first = False
        assert entry["rows"] == int(here.sum())
        theirs = stats.binomtest(int(hits[here].sum()), int(here.sum())).proportion_ci(0.95, method="wilson")
        ours = entry["estimates"][0]
        assert ours["value"] == hits[here].mean()
        assert (ours["low"], ours["high"]) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert sum(entry["rows"] for entry in found["bins"]) == len(x)


@pytest.mark.parametrize("name", ["category", "boolean", "100,000 categories"])
def test_means_along_labels_are_pandas_with_students_interval(name: str) -> None:
    x = LABELS[name]
    y = pl.Series([None if i % 50 == 0 else v for i, v in enumerate(RANDOM.normal(5e6, 3.0, len(x)).tolist())])
    x = pl.Series(["常連" if i % 3 == 0 and isinstance(v, str) else v for i, v in enumerate(x)])

    found = told(x, y)

    table = pd.DataFrame({"x": x.to_pandas(), "y": y.to_pandas()}).dropna(subset="y")
    assert found["overall"] == [pytest.approx(table["y"].mean(), rel=1e-13)]
    kept = [entry["value"] for entry in found["bins"] if entry["kind"] == "value"]
    assert kept
    for entry in found["bins"]:
        match entry["kind"]:
            case "value":
                part = table.loc[table["x"] == entry["value"], "y"]
            case "missing":
                part = table.loc[table["x"].isna(), "y"]
            case _:
                part = table.loc[~table["x"].isin(kept) & table["x"].notna(), "y"]
                assert entry["distinct"] == table["x"].nunique() - len(kept)
        ours = entry["estimates"][0]
        low, high = stats.t.interval(0.95, len(part) - 1, loc=part.mean(), scale=stats.sem(part))
        assert entry["rows"] == len(part)
        assert ours["value"] == pytest.approx(part.mean(), rel=1e-12)
        assert (ours["value"] - ours["low"], ours["high"] - ours["value"]) == pytest.approx(
            (part.mean() - low, high - part.mean()), rel=1e-6
        )


def test_several_classes_of_which_some_are_missing_are_told_exactly() -> None:
    x = pl.Series(RANDOM.integers(0, 6, ROWS))
    y = pl.Series([None if i % 11 == 0 else "abcdefghij"[v] for i, v in enumerate(RANDOM.integers(0, 10, ROWS))])

    found = told(x, y)

    table = pd.DataFrame({"x": x.to_pandas(), "y": y.to_pandas()}).dropna()
    shares = pd.crosstab(table["x"], table["y"], normalize="index")
    assert len(found["labels"]) == 6
    for entry in found["bins"]:
        assert [e["value"] for e in entry["estimates"]] == pytest.approx(
            [shares.loc[entry["value"], v] for v in found["labels"]]
        )


def test_the_strength_is_the_adjusted_share_of_variance_between_bins() -> None:
    x = pl.Series(RANDOM.integers(0, 5, ROWS))
    y = pl.Series(x.to_numpy() * 0.7 + RANDOM.normal(size=ROWS))

    found = told(x, y)["strength"]

    groups = [y.filter(x == v).to_numpy() for v in range(5)]
    within = sum(((g - g.mean()) ** 2).sum() for g in groups)
    whole = ((y.to_numpy() - y.mean()) ** 2).sum()
    assert found == pytest.approx(1 - (within / (ROWS - 5)) / (whole / (ROWS - 1)), rel=1e-10)


def test_repeated_values_of_free_text_are_told_and_its_blanks() -> None:
    x = pl.Series([f"id{i}" for i in range(280)] + ["常連"] * 15 + [None] * 5)
    y = pl.Series(["a", "b"] * 150)

    bins = told(x, y)["bins"]

    assert [(b["kind"], b["rows"]) for b in bins] == [("value", 15), ("rest", 280), ("missing", 5)]
    assert profile.profile(pl.DataFrame({"x": x}))["columns"][0]["kind"] == "text"


def everything() -> pl.DataFrame:
    """A table with a column of every sort."""
    height = 240
    long = {**NUMBERS, **LABELS, **DATES}
    columns = [series.head(height).extend_constant(None, max(0, height - len(series))).alias(n) for n, series in long.items()]
    target = pl.Series("target", np.where(RANDOM.random(height) < 0.4, "yes", "no"))
    sales = pl.Series("sales", RANDOM.lognormal(8, 2, height))
    return pl.DataFrame([*columns, target, sales])


@pytest.mark.parametrize("target", [None, "target", "sales", "plain", "few", "days"])
def test_shuffling_rows_changes_not_a_digit(target: str | None) -> None:
    table = everything()

    plain, shuffled = (profile.profile(t, target=target) for t in (table, table.sample(fraction=1.0, shuffle=True, seed=11)))

    for before, after in zip(plain["columns"], shuffled["columns"], strict=True):
        assert before == after
    assert plain["target"] == shuffled["target"]
    assert plain["duplicates"] == shuffled["duplicates"]
    assert (plain["kinds"], plain["missing"]) == (shuffled["kinds"], shuffled["missing"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_shuffling_any_rows_changes_not_a_digit(data: st.DataObject) -> None:
    table = data.draw(tables())
    order = data.draw(st.permutations(range(table.height)))
    target = data.draw(st.sampled_from([None, *table.columns])) if table.columns else None

    first, second = profile.profile(table, target=target), profile.profile(table[list(order)], target=target)

    assert json.dumps(first["columns"]) == json.dumps(second["columns"])
    assert json.dumps(first["target"]) == json.dumps(second["target"])


FLOATS = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1]))
CELLS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pl.Float64, FLOATS),
    (pl.Int64, st.none() | st.integers(-(2**63), 2**63 - 1)),
    (pl.Int64, st.none() | st.integers(0, 3)),
    (pl.Boolean, st.none() | st.booleans()),
    (pl.String, st.none() | st.text(max_size=5) | st.sampled_from(["<b>x</b>", "$a$", "{y}", "", "東京"])),
    (pl.Date, st.none() | st.dates()),
    (pl.Datetime("us"), st.none() | st.datetimes()),
    (pl.Null, st.none()),
]
NAMES = ["年齢", "<b>", "$x$", "{a}", "", "_", "a b"]


@st.composite
def tables(draw: Callable[..., Any]) -> pl.DataFrame:
    """Any table that the reader could make, also without rows or columns."""
    height = draw(st.integers(0, 25))
    chosen = draw(st.lists(st.sampled_from(range(len(CELLS))), max_size=len(NAMES)))
    columns = []
    for name, cell in zip(NAMES, chosen, strict=False):
        dtype, values = CELLS[cell]
        columns.append(pl.Series(name, draw(st.lists(values, min_size=height, max_size=height)), dtype=dtype))
    return pl.DataFrame(columns)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables(), data=st.data())
def test_anything_the_reader_accepts_has_a_profile_and_charts(table: pl.DataFrame, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from([None, *table.columns]))

    found = profile.profile(table, target=target, time=data.draw(st.sampled_from([None, *table.columns])))

    lang = data.draw(st.sampled_from(["ja", "en"]))
    json.dumps(profile.to_dict(found, lang), allow_nan=False)
    for column in found["columns"]:
        for chart in (charts.column_chart(column, lang), charts.target_chart(column, lang)):
            assert has_marks(chart) or chart.layout.annotations[0].text


def has_marks(chart: Any) -> bool:
    """Whether a chart shows a point, or a bar that is longer than nothing."""
    points = any(trace.type == "scatter" and len(trace.y) for trace in chart.data)
    bars = [trace.x if trace.orientation == "h" else trace.y for trace in chart.data if trace.type == "bar"]
    return points or any(length for lengths in bars for length in lengths)


@pytest.mark.parametrize("target", [None, "far", "other"])
def test_moments_beyond_the_calendar_have_a_profile_and_charts(target: str | None) -> None:
    table = pl.DataFrame({"far": FAR_DATES, "other": [1, 2, 3]})

    found = profile.profile(table, target=target, time="far")

    json.dumps(profile.to_dict(found, "ja"), allow_nan=False)
    for column in found["columns"]:
        assert charts.column_chart(column, "ja") is not None
        assert charts.target_chart(column, "ja") is not None
