"""The free chart of a table, and the rows behind a selection."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from workbench import actions
from workbench.actions import held
from workbench.actions.explore import Wish
from workbench.errors import ColumnNotFound, DatasetNotFound
from workbench.principal import LOCAL, Principal

Bring = Callable[..., str]


def test_a_chart_is_drawn_once_and_forgotten_with_its_table(bring: Bring) -> None:
    dataset = bring(120)
    first = actions.explore.chart(dataset, Wish("年齢", "収入"), "ja", by=LOCAL)
    assert actions.explore.chart(dataset, Wish("年齢", "収入"), "ja", by=LOCAL) is first
    assert actions.explore.chart(dataset, Wish("年齢", "収入"), "en", by=LOCAL) is not first
    fingerprint = actions.datasets.get(dataset, by=LOCAL).fingerprint
    assert ("free", fingerprint) in held.profiles.values
    actions.datasets.delete(dataset, by=LOCAL)
    assert ("free", fingerprint) not in held.profiles.values


def test_many_charts_push_out_no_profile(bring: Bring) -> None:
    dataset = bring(60)
    for column in ("年齢", "収入", "職業", "都道府県", "登録日", "会員", "解約"):
        for kind in actions.explore.kinds(dataset, Wish(column), by=LOCAL):
            actions.explore.chart(dataset, Wish(column, kind=kind), "ja", by=LOCAL)
    assert len([key for key in held.profiles.values if isinstance(key, tuple) and key[0] == "free"]) == 1


def test_selected_marks_lead_to_their_rows(bring: Bring) -> None:
    dataset = bring(200)
    chart = actions.explore.chart(dataset, Wish("職業"), "ja", by=LOCAL)
    label = chart.figure.layout.xaxis.ticktext[0]
    numbers = actions.explore.picked(dataset, Wish("職業"), [chart.figure.data[0].customdata[0][0]], "ja", by=LOCAL)
    found = actions.explore.rows(dataset, numbers, by=LOCAL)
    assert found["職業"].unique().to_list() == [label]
    assert found.height == chart.figure.data[0].y[0]


def test_at_most_so_many_rows_are_handed_out_and_strange_numbers_are_passed_over(bring: Bring) -> None:
    dataset = bring(50)
    frame = actions.datasets.get(dataset, by=LOCAL).frame
    assert actions.explore.rows(dataset, range(50), by=LOCAL, most=7).equals(frame.head(7))
    assert actions.explore.rows(dataset, [-1, 3, 50, 10**9], by=LOCAL).equals(frame[[3]])
    assert actions.explore.rows(dataset, [], by=LOCAL).columns == frame.columns


def test_the_file_opens_in_excel_and_runs_no_formula() -> None:
    data = pl.DataFrame({"=名前": ["=1+1", "髙橋", "-5"], "値": [1.5, None, -2.0]}).write_csv().encode()
    upload = actions.uploads.create(by=LOCAL, size=len(data), name="危険.csv")
    actions.uploads.append(upload, by=LOCAL, at=0, data=data)
    dataset = actions.datasets.from_upload(upload, by=LOCAL)
    written = actions.explore.rows_file(dataset, [0, 1, 2], "ja", by=LOCAL)
    assert written.startswith(b"\xef\xbb\xbf")
    lines = written.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("'=")
    assert lines[1].startswith("'=1+1")
    assert lines[2].startswith("髙橋,")


def test_a_viewer_sees_what_is_shared_and_nobody_else_anything(bring: Bring, viewer: Principal, stranger: Principal) -> None:
    dataset = bring(60)
    for ask in (
        lambda: actions.explore.chart(dataset, Wish("年齢"), "ja", by=stranger),
        lambda: actions.explore.kinds(dataset, Wish("年齢"), by=stranger),
        lambda: actions.explore.rows(dataset, [0], by=stranger),
        lambda: actions.explore.rows_file(dataset, [0], "ja", by=stranger),
        lambda: actions.explore.picked(dataset, Wish("年齢"), [0], "ja", by=stranger),
    ):
        with pytest.raises(DatasetNotFound, match=dataset):
            ask()
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    assert actions.explore.chart(dataset, Wish("年齢"), "ja", by=viewer).shown
    assert actions.explore.rows(dataset, [0], by=viewer).height == 1


def test_unknown_columns_are_refused(bring: Bring) -> None:
    dataset = bring(30)
    with pytest.raises(ColumnNotFound, match="年令"):
        actions.explore.chart(dataset, Wish("年令"), "ja", by=LOCAL)
    with pytest.raises(ColumnNotFound, match="年令"):
        actions.explore.kinds(dataset, Wish("年令"), by=LOCAL)
