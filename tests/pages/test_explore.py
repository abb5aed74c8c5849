"""The profile on screen."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_nothing_open_points_to_the_data_page(open_page: Open, texts: Read) -> None:
    at = open_page("explore")
    assert "No table is open yet" in texts(at)
    assert at.get("page_link")


def test_a_table_is_summed_up_and_drawn(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    at = open_page("explore", dataset=keep_table(target="解約"))
    assert not at.error
    assert [m.value for m in at.metric][:2] == ["200", "10"]
    assert len(at.get("plotly_chart")) == 2


def test_another_column_is_drawn_when_it_is_picked(open_page: Open, keep_table: Callable[..., str]) -> None:
    dataset_id = keep_table()
    at = open_page("explore", dataset=dataset_id)
    for column in at.selectbox(key=f"explore.column.{dataset_id}").options:
        at.selectbox(key=f"explore.column.{dataset_id}").set_value(column).run()
        assert not at.error, column
        assert at.get("plotly_chart"), column


def test_somebody_elses_table_is_not_there(open_page: Open) -> None:
    at = open_page("explore", dataset="20260101T000000Z-abcdef")
    assert len(at.error) == 1
    assert not at.metric
