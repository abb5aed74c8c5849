"""The free chart on screen: what is chosen stays chosen, and a selection shows its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL
from workbench.ui.explore import free_chart

PATIENCE = 60


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def dataset(make_table: Callable[..., pl.DataFrame]) -> str:
    """A table of 300 customers."""
    data = make_table(300).write_csv().encode()
    upload = actions.uploads.create(by=LOCAL, size=len(data), name="顧客.csv")
    actions.uploads.append(upload, by=LOCAL, at=0, data=data)
    return actions.datasets.from_upload(upload, by=LOCAL)


def draw() -> None:
    """A page with the panel, where it is wanted."""
    import streamlit as st

    from workbench import actions
    from workbench.principal import LOCAL
    from workbench.ui.explore import free_chart

    if st.session_state.get("here", True):
        free_chart.panel(actions.datasets.record(st.session_state["id"], by=LOCAL))


def opened(dataset: str, lang: str = "en") -> AppTest:
    """Open the page."""
    at = AppTest.from_function(draw, default_timeout=PATIENCE)
    at.query_params["lang"] = lang
    at.session_state["id"] = dataset
    return at.run()


def choose(at: AppTest, dataset: str, **columns: Any) -> AppTest:
    """Choose columns or a kind."""
    for name, value in columns.items():
        at.selectbox(key=f"explore.free.{dataset}.en.{name}").set_value(value).run()
        assert not at.exception
        assert not at.error
    return at


def captions(at: AppTest) -> str:
    """What is said in small letters."""
    return "\n".join(caption.value for caption in at.caption)


def test_it_begins_with_a_chart_and_says_how_many_rows(dataset: str) -> None:
    at = opened(dataset)
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1
    assert "300 rows" in "".join(mark.value for mark in at.markdown)


def test_every_pair_of_kinds_is_drawn(dataset: str) -> None:
    at = opened(dataset)
    for x, y in (("職業", "売上"), ("登録日", "売上"), ("職業", "解約"), ("収入", "売上"), ("顧客番号", None)):
        choose(at, dataset, x=x, y=y)
        assert len(at.get("plotly_chart")) == 1, (x, y)


def test_only_kinds_that_suit_are_offered_and_one_that_does_not_any_more_is_given_up(dataset: str) -> None:
    at = choose(opened(dataset), dataset, x="収入", y="売上", kind="density")
    assert "Counts as colours" in at.selectbox(key=f"explore.free.{dataset}.en.kind").options
    choose(at, dataset, y=None)
    kind = at.selectbox(key=f"explore.free.{dataset}.en.kind")
    assert kind.value == "auto"
    assert "Points" not in kind.options


def test_what_is_chosen_outlives_the_tab_and_the_language(dataset: str) -> None:
    at = choose(opened(dataset), dataset, x="収入", y="売上", colour="職業", facet="会員")
    at.session_state["here"] = False
    at.run()
    assert not at.selectbox
    at.session_state["here"] = True
    at.query_params["lang"] = "ja"
    at.run()
    values = [at.selectbox(key=f"explore.free.{dataset}.ja.{name}").value for name in ("x", "y", "colour", "facet")]
    assert values == ["収入", "売上", "職業", "会員"]
    assert at.selectbox(key=f"explore.free.{dataset}.ja.x").label == "横軸(x)"


def test_shares_are_offered_where_bars_stand_side_by_side(dataset: str) -> None:
    at = choose(opened(dataset), dataset, x="職業", y="解約")
    at.toggle(key=f"explore.free.{dataset}.en.share").set_value(True).run()
    assert not at.exception
    choose(at, dataset, y=None)
    assert not at.toggle


def test_selected_marks_show_their_rows_and_a_file(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    selected = {"selection": {"points": [{"customdata": 3}, {"customdata": [7, "x"]}, {"customdata": None}, {}]}}
    monkeypatch.setattr(st, "plotly_chart", lambda *_, **__: selected)
    at = choose(opened(dataset), dataset, x="収入", y="売上")
    assert at.subheader[0].value == "2 selected rows"
    assert at.dataframe[0].value.shape == (2, 10)
    assert at.get("download_button")


def test_a_mark_carries_its_number_alone_or_first() -> None:
    assert [free_chart.mark_of(p) for p in ({"customdata": 4}, {"customdata": [4, "a"]}, {"customdata": []}, {})] == [
        4,
        4,
        [],
        None,
    ]


def test_no_more_rows_than_can_be_read_are_shown(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    monkeypatch.setattr(free_chart, "MOST_SHOWN", 10)
    selected = {"selection": {"points": [{"customdata": i} for i in range(50)]}}
    monkeypatch.setattr(st, "plotly_chart", lambda *_, **__: selected)
    at = choose(opened(dataset), dataset, x="収入", y="売上")
    assert at.subheader[0].value == "50 selected rows"
    assert at.dataframe[0].value.shape == (10, 10)
    assert "The first 10 are shown" in captions(at)
