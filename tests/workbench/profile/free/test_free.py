"""The free chart: what suits the columns, numbers over all rows, honest samples, and sentences for what is left out."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from workbench.data.kinds import kinds_of
from workbench.errors import ColumnNotFound
from workbench.profile import free
from workbench.profile.free import Drawn, Wish
from workbench.profile.free import numbers as free_numbers

Make = Callable[..., pl.DataFrame]


def drawn(frame: pl.DataFrame, wish: Wish, **options: Any) -> Drawn:
    """Draw a chart in English."""
    return free.draw(frame, kinds_of(frame), wish, "en", **options)


def said(chart: Drawn) -> str:
    """Everything that is said of a chart."""
    return "\n".join(text.say("en") for text in (chart.badge, *chart.notes))


def traces(chart: Drawn, kind: str) -> list[Any]:
    """The traces of a type."""
    return [trace for trace in chart.figure.data if trace.type == kind]


def marks(chart: Drawn) -> list[int]:
    """The numbers of all marks, as a browser would send them."""
    carried = [c for trace in chart.figure.data if trace.customdata is not None for c in trace.customdata]
    return [int(c) if np.ndim(c) == 0 else int(c[0]) for c in carried]


@pytest.fixture
def wide() -> pl.DataFrame:
    """30,000 rows with two numbers that go together, a label and some blanks."""
    random = np.random.default_rng(3)
    x = random.normal(size=30_000)
    label = random.choice(["a", "b", "c"], 30_000)
    return pl.DataFrame({"x": x, "y": x + random.normal(size=30_000), "label": label}).with_columns(
        x=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise(pl.col("x"))
    )


@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [
        ("収入", None, "bars"),
        ("職業", None, "bars"),
        ("登録日", None, "bars"),
        ("収入", "売上", "points"),
        ("職業", "売上", "box"),
        ("売上", "職業", "box"),
        ("職業", "解約", "bars"),
        ("登録日", "売上", "line"),
        ("登録日", "会員", "line"),
    ],
)
def test_the_kind_suits_the_columns(make_table: Make, x: str, y: str | None, kind: str) -> None:
    chart = drawn(make_table(200), Wish(x, y))
    assert chart.kind == kind
    assert chart.figure.data


def test_two_numbers_as_0_and_1_are_labels_first_and_can_still_be_points(make_table: Make) -> None:
    frame = make_table(200).with_columns(flag=pl.col("会員").cast(pl.Int64))
    assert drawn(frame, Wish("売上", "flag")).kind == "box"
    assert drawn(frame, Wish("flag")).figure.layout.xaxis.ticktext == ("0", "1")
    points = drawn(frame, Wish("売上", "flag", kind="points"))
    assert points.shown == 200
    assert {*points.figure.data[0].y} == {0.0, 1.0}


def test_boxes_are_made_of_all_rows_and_equal_pandas(make_table: Make) -> None:
    frame = make_table(3_000)
    chart = drawn(frame, Wish("職業", "収入"), most=100)
    (box,) = traces(chart, "box")
    (means,) = traces(chart, "scatter")
    pandas = frame.select("職業", "収入").drop_nulls().to_pandas().groupby("職業")["収入"]
    for i, job in enumerate(chart.figure.layout.xaxis.ticktext):
        values = pandas.get_group(job)
        quartiles = values.quantile([0.25, 0.5, 0.75])
        assert (box.q1[i], box.median[i], box.q3[i]) == pytest.approx(tuple(quartiles))
        reach = 1.5 * (quartiles[0.75] - quartiles[0.25])
        within = values[values.between(quartiles[0.25] - reach, quartiles[0.75] + reach)]
        assert (box.lowerfence[i], box.upperfence[i]) == (within.min(), within.max())
        assert means.y[i] == pytest.approx(values.mean())
    assert chart.shown == frame["職業"].count()
    assert box.y is None, "no point of a sample"


def test_bars_count_all_rows_and_shares_add_up(make_table: Make) -> None:
    frame = make_table(2_000)
    chart = drawn(frame, Wish("都道府県", "解約"), most=10)
    places = frame["都道府県"].value_counts().sort(["count", "都道府県"], descending=[True, False])["都道府県"].to_list()
    for trace in chart.figure.data:
        expected = frame.filter(pl.col("解約") == trace.name).group_by("都道府県").len().rows()
        assert {place: n for place, n in zip(places, trace.y, strict=True) if n} == dict(expected)
    assert chart.shown == 2_000
    shares = drawn(frame, Wish("都道府県", "解約", share=True))
    assert np.sum([trace.y for trace in shares.figure.data], axis=0) == pytest.approx(np.ones(5))


def test_a_line_shows_means_per_period_with_students_interval(make_table: Make) -> None:
    frame = make_table(1_000)
    (line,) = drawn(frame, Wish("登録日", "売上"), most=10).figure.data
    month = frame.filter(pl.col("登録日").dt.truncate("1mo") == pl.lit(line.x[3]).str.to_date())["売上"]
    low, high = stats.t.interval(0.95, len(month) - 1, month.mean(), stats.sem(month.to_numpy()))
    assert line.y[3] == pytest.approx(month.mean())
    assert (line.y[3] - line.error_y.arrayminus[3], line.y[3] + line.error_y.array[3]) == pytest.approx((low, high))
    assert line.customdata[3][3] == str(len(month))


def test_a_histogram_counts_all_rows_and_says_how_many_are_tails() -> None:
    frame = pl.DataFrame({"x": np.random.default_rng(0).normal(size=5_000)})
    chart = drawn(frame, Wish("x"))
    (bars,) = chart.figure.data
    assert sum(bars.y) == chart.shown
    assert f"{5_000 - chart.shown:,} rows below the 1st or above the 99th percentile" in said(chart)


def test_bins_of_whole_numbers_hold_equally_many_of_them() -> None:
    chart = drawn(pl.DataFrame({"age": [*range(100)] * 50}), Wish("age"))
    (bars,) = chart.figure.data
    assert len({*list(bars.y)[:-1]}) == 1
    assert bars.customdata[0][1] == "0 – 3"


def test_density_counts_every_row_once(wide: pl.DataFrame) -> None:
    chart = drawn(wide, Wish("x", "y", kind="density"))
    (heat,) = traces(chart, "heatmap")
    cells = np.array([[v if v is not None else -np.inf for v in row] for row in heat.z], dtype=float)
    assert round(float((10**cells).sum())) == chart.shown
    assert len(chart.numbers(marks(chart))) == chart.shown


def test_a_sample_says_so_and_how_far_off_it_may_be(wide: pl.DataFrame) -> None:
    chart = drawn(wide, Wish("x", "y"))
    assert (chart.shown, chart.rows) == (20_000, 30_000)
    off = 100 * 1.96 * math.sqrt(0.25 / 20_000 * 9_900 / 29_899)
    assert "20,000 of 30,000 rows" in said(chart)
    assert f"±{off:.1f} percentage points" in said(chart)
    assert "100 rows are left out: no value, or an infinite one, in x, y." in said(chart)


def test_the_correlation_of_all_rows_stands_beside_that_of_the_points(wide: pl.DataFrame) -> None:
    chart = drawn(wide, Wish("x", "y"), most=2_000)
    filled = wide.drop_nulls()
    whole = stats.pearsonr(filled["x"], filled["y"]).statistic
    points = wide[chart.rows_of]
    part = stats.pearsonr(points["x"], points["y"])
    interval = part.confidence_interval()
    assert f"over all 29,900 rows: r = {whole:.3f}" in said(chart)
    assert f"r = {part.statistic:.3f} (95% interval {interval.low:.3f} to {interval.high:.3f})" in said(chart)


def test_the_same_seed_draws_the_same_points_whatever_their_colour(wide: pl.DataFrame) -> None:
    plain = drawn(wide, Wish("x", "y"), most=1_000)
    coloured = drawn(wide, Wish("x", "y", colour="label"), most=1_000)
    assert plain.rows_of is not None
    assert coloured.rows_of is not None
    assert plain.rows_of.tolist() == coloured.rows_of.tolist() == sorted(marks(coloured))
    assert drawn(wide, Wish("x", "y"), most=1_000, seed=1).rows_of.tolist() != plain.rows_of.tolist()  # type: ignore[union-attr]
    larger = drawn(wide, Wish("x", "y"), most=5_000).rows_of
    assert {*plain.rows_of.tolist()} < {*larger.tolist()}  # type: ignore[union-attr]


def test_a_sample_is_uniform() -> None:
    taken = np.zeros(100)
    for seed in range(400):
        taken[free_numbers.sample(np.ones(100, dtype=bool), 20, seed)] += 1
    assert stats.chisquare(taken).pvalue > 0.001


def test_shuffling_the_rows_changes_no_count(make_table: Make) -> None:
    frame = make_table(500)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=5)
    for wish in (
        Wish("職業", "収入", colour="会員"),
        Wish("都道府県", "解約"),
        Wish("登録日", "売上"),
        Wish("収入", facet="職業"),
    ):
        one, other = drawn(frame, wish), drawn(mixed, wish)
        for a, b in zip(one.figure.data, other.figure.data, strict=True):
            assert a.name == b.name
            values = ("median" if a.type == "box" else "y",)
            assert all(list(a[v]) == pytest.approx(list(b[v])) for v in values)


def test_colours_are_at_most_seven_and_the_others_are_grey_and_counted() -> None:
    frame = pl.DataFrame({"x": range(300), "y": range(300), "c": [f"c{min(i % 20, 12)}" for i in range(300)]})
    chart = drawn(frame, Wish("x", "y", colour="c"))
    assert len(chart.figure.data) == 7
    assert "Grey:" in said(chart)
    assert sum(len(trace.x) for trace in chart.figure.data) == 300


def test_a_number_colours_by_a_scale_and_its_blanks_are_grey(wide: pl.DataFrame) -> None:
    chart = drawn(wide, Wish("y", "y", colour="x"), most=30_000)
    assert chart.figure.layout.coloraxis.colorbar.title.text == "x"
    grey = next(trace for trace in chart.figure.data if trace.name == "(missing)")
    assert len(grey.x) == 100


def test_panels_share_one_scale_and_the_rest_is_said(make_table: Make) -> None:
    frame = make_table(400).with_columns(many=pl.Series([f"k{i % 12:02}" for i in range(400)]))
    chart = drawn(frame, Wish("収入", "売上", facet="many"))
    axes = [name for name in chart.figure.to_plotly_json()["layout"] if name.startswith("xaxis")]
    assert len(axes) == 9
    assert all(chart.figure.layout[name].matches == "x" for name in axes if name != "xaxis")
    assert len(chart.figure.layout.annotations) == 9
    assert "rows are in no panel: 'many' is missing there, or rare" in said(chart)


@pytest.mark.parametrize(
    "wish",
    [
        Wish("職業"),
        Wish("収入", colour="会員"),
        Wish("職業", "収入", facet="会員"),
        Wish("登録日", "売上"),
        Wish("収入", "売上"),
    ],
)
def test_every_mark_knows_its_rows(make_table: Make, wish: Wish) -> None:
    frame = make_table(300)
    chart = drawn(frame, wish)
    assert len(chart.numbers(marks(chart))) == chart.shown
    assert chart.numbers(["x", None, -5, 10**30, True, 3.5]) == []
    first = chart.numbers(marks(chart)[:1])
    assert first
    if wish.x == "職業" and wish.y is None:
        assert frame[first]["職業"].n_unique() == 1


@pytest.mark.parametrize("kind", ["points", "bars", "box", "line", "density"])
def test_a_kind_that_does_not_suit_says_what_does(make_table: Make, kind: Any) -> None:
    chart = drawn(make_table(50), Wish("職業", "会員", kind=kind))
    if kind not in ("bars", "density"):
        assert not chart.figure.data
        assert "Bars" in chart.figure.layout.annotations[0].text
    else:
        assert chart.figure.data


def test_a_hundred_thousand_labels_are_thirty_and_a_sentence() -> None:
    frame = pl.DataFrame({"id": [f"id{i}" for i in range(100_000)], "y": np.arange(100_000.0)})
    chart = drawn(frame, Wish("id", "y"))
    assert len(chart.figure.layout.xaxis.ticktext) == 30
    assert "'id' has 100,000 different values; the 30 most frequent are drawn, 99,970 rows have another one." in said(chart)


@pytest.mark.parametrize("rows", [0, 1, 2, 60])
def test_awkward_columns_get_a_chart_or_a_sentence(rows: int) -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "number": random.normal(size=rows),
            "empty": pl.Series([None] * rows, dtype=pl.Float64),
            "no text": pl.Series([None] * rows, dtype=pl.String),
            "constant": np.ones(rows),
            "infinite": np.full(rows, np.inf),
            "huge": random.choice([-1e308, 1e308], rows),
            "<b>$x$ %{z}": random.choice(["<b>", "$y$", "%{x}", ""], rows),
            "old": pl.Series([date(1931, 5, 1 + i % 28) for i in range(rows)], dtype=pl.Date),
        }
    )
    for x in frame.columns:
        for y in (None, *frame.columns):
            chart = drawn(frame, Wish(x, y, colour="<b>$x$ %{z}", facet="constant" if y == "old" else None))
            assert "<b>" not in chart.figure.to_json()
            assert chart.figure.data or chart.figure.layout.annotations, (x, y)
            assert said(chart)


def test_dates_before_1970_keep_their_place() -> None:
    frame = pl.DataFrame({"day": pl.Series([date(1931, 5, 1), date(1945, 8, 2)] * 5), "y": np.arange(10.0)})
    chart = drawn(frame, Wish("day", "y", kind="points"))
    assert {*chart.figure.data[0].x} == {"1931-05-01", "1945-08-02"}
    assert chart.figure.layout.xaxis.type == "date"


def test_a_column_against_itself_says_so(wide: pl.DataFrame) -> None:
    assert "'x' is drawn against itself" in said(drawn(wide, Wish("x", "x"), most=100))


def test_unknown_columns_name_the_closest(make_table: Make) -> None:
    with pytest.raises(ColumnNotFound, match="年令"):
        drawn(make_table(20), Wish("年令"))
