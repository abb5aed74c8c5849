"""Two tables beside each other on screen: choices that stay, a comparison only when asked, the column that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions.difference import Condition, Side
from workbench.principal import LOCAL
from workbench.ui.difference.choice import Beside
from workbench.ui.session import KEY

PATIENCE = 120


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def table(make_table: Callable[..., pl.DataFrame]) -> Callable[..., str]:
    """Bring a small table in, and return its id."""

    def bringing(rows: int = 900, name: str = "顧客.csv") -> str:
        data = make_table(rows).write_csv().encode()
        upload = actions.uploads.create(by=LOCAL, size=len(data), name=name)
        actions.uploads.append(upload, by=LOCAL, at=0, data=data)
        return actions.datasets.from_upload(upload, by=LOCAL)

    return bringing


def draw() -> None:
    """A page that is the panel, or another page."""
    import streamlit as st

    from workbench import actions
    from workbench.principal import LOCAL
    from workbench.ui import address, difference

    address.restore()
    if not st.session_state.get("away"):
        difference.panel(actions.datasets.record(st.session_state["id"], by=LOCAL))


def opened(dataset_id: str, lang: str = "en") -> AppTest:
    """The panel of a table."""
    at = AppTest.from_function(draw, default_timeout=PATIENCE)
    at.query_params["lang"] = lang
    at.session_state["id"] = dataset_id
    return at.run()


def key(dataset_id: str, part: str) -> str:
    """A widget's key."""
    return f"explore.beside.{dataset_id}.{part}"


def state(at: AppTest, dataset_id: str) -> Beside:
    """What the tab remembers."""
    found: Beside = at.session_state[KEY].beside[dataset_id]
    return found


def said(at: AppTest) -> str:
    """Everything in sentences."""
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "info", "error") for e in at.get(kind))


def fine(at: AppTest) -> bool:
    """Tell whether nothing went wrong."""
    return not at.exception and not at.error


def test_nothing_is_compared_before_it_is_asked_for(table: Callable[..., str]) -> None:
    at = opened(table())
    assert fine(at)
    assert not at.dataframe
    assert not at.get("plotly_chart")


def test_a_segment_is_compared_with_the_rest(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.selectbox(key=key(dataset_id, "column")).set_value("職業").run()
    at.multiselect(key=key(dataset_id, "value.職業.is")).set_value(["学生", "公務員"]).run()
    at.button(key=key(dataset_id, "compare")).click().run()
    assert fine(at)
    assert state(at, dataset_id).asked == (Side(dataset_id, Condition("職業", "is", ("学生", "公務員"))), None)
    assert "職業 is 学生, 公務員" in said(at)
    assert "Left out, because the rows were chosen by it: 職業." in said(at)
    assert list(at.dataframe[0].value["name"]).count("職業") == 0
    assert len(at.dataframe[0].value) == 9
    assert len(at.get("plotly_chart")) == 2


@pytest.mark.parametrize(
    ("column", "op", "rows"),
    [
        ("年齢", "between", None),
        ("年齢", "missing", None),
        ("会員", "is_not", None),
        ("登録日", "from", None),
        ("収入", "below", None),
    ],
)
def test_every_kind_of_condition_begins_with_values_that_divide(
    table: Callable[..., str], column: str, op: str, rows: None
) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.selectbox(key=key(dataset_id, "column")).set_value(column).run()
    at.selectbox(key=key(dataset_id, f"op.{column}")).set_value(op).run()
    at.button(key=key(dataset_id, "compare")).click().run()
    assert fine(at)
    assert at.dataframe


def test_text_needs_a_value_first(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.selectbox(key=key(dataset_id, "column")).set_value("顧客番号").run()
    assert at.button(key=key(dataset_id, "compare")).disabled
    assert "Choose a value first" in said(at)
    at.text_input(key=key(dataset_id, "value.顧客番号.is")).set_value("nobody").run()
    at.button(key=key(dataset_id, "compare")).click().run()
    assert "No row of '顧客.csv' fits: 顧客番号 is nobody. Choose another value" in at.error[0].value
    assert not at.exception


def test_the_last_month_is_one_press_away(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.button(key=f"explore.beside.suggested.{dataset_id}.0").click().run()
    assert fine(at)
    assert state(at, dataset_id).way == "periods"
    assert at.segmented_control[0].value == "periods"
    assert len(at.dataframe[0].value) == 9
    assert "登録日 in 2024-0" in said(at)


def test_periods_of_ones_own(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.segmented_control[0].set_value("periods").run()
    spans = ((date(2021, 1, 1), date(2021, 12, 31)), (date(2022, 1, 1), date(2022, 6, 30)))
    for side, span in zip(("before", "after"), spans, strict=True):
        at.date_input(key=key(dataset_id, f"{side}.登録日")).set_value(span).run()
    at.button(key=key(dataset_id, "compare")).click().run()
    assert fine(at)
    assert [one.condition.values for one in state(at, dataset_id).asked] == list(spans)


def test_another_table_the_older_one_first(table: Callable[..., str]) -> None:
    first, second = table(), table(300, name="翌月.csv")
    at = opened(second)
    at.segmented_control[0].set_value("table").run()
    at.button(key=key(second, "compare")).click().run()
    assert fine(at)
    assert state(at, second).asked == (Side(first), Side(second))
    assert ":blue[■] First: 顧客.csv · 900 rows" in said(at)


def test_without_another_table_it_is_said_where_one_comes_from(table: Callable[..., str]) -> None:
    at = opened(table())
    at.segmented_control[0].set_value("table").run()
    assert "There is no other table" in said(at)
    assert fine(at)


def test_a_search_finds_columns_and_a_click_draws_one(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.button(key=key(dataset_id, "compare")).click().run()
    at.text_input(key=f"explore.beside.search.{dataset_id}").set_value("年").run()
    assert list(at.dataframe[0].value["name"]) == ["年齢"]
    state(at, dataset_id).looked_at = "年齢"
    at.text_input(key=f"explore.beside.search.{dataset_id}").set_value("そんな列").run()
    assert "No column fits" in said(at)
    assert state(at, dataset_id).looked_at == "年齢"
    assert fine(at)


def test_leaving_and_another_language_lose_nothing(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.selectbox(key=key(dataset_id, "column")).set_value("年齢").run()
    at.selectbox(key=key(dataset_id, "op.年齢")).set_value("below").run()
    at.number_input(key=key(dataset_id, "value.年齢.below")).set_value(33.0).run()
    at.button(key=key(dataset_id, "compare")).click().run()
    state(at, dataset_id).looked_at = "収入"
    at.session_state["away"] = True
    at.run()
    assert not at.button
    at.session_state["away"] = False
    at.query_params["lang"] = "ja"
    at.run()
    assert fine(at)
    assert at.selectbox(key=key(dataset_id, "column")).value == "年齢"
    assert at.number_input(key=key(dataset_id, "value.年齢.below")).value == 33.0
    assert "年齢が33未満" in said(at)
    assert state(at, dataset_id).looked_at == "収入"


def test_what_changed_since_is_said(table: Callable[..., str]) -> None:
    dataset_id = table()
    at = opened(dataset_id)
    at.button(key=key(dataset_id, "compare")).click().run()
    assert "Changed since" not in said(at)
    at.selectbox(key=key(dataset_id, "column")).set_value("会員").run()
    assert "Changed since the comparison below" in said(at)
    assert at.dataframe


def test_a_table_that_is_gone_is_said(table: Callable[..., str]) -> None:
    first, second = table(), table(300, name="翌月.csv")
    at = opened(second)
    at.segmented_control[0].set_value("table").run()
    at.button(key=key(second, "compare")).click().run()
    actions.datasets.delete(first, by=LOCAL)
    at.run()
    assert not at.exception
    assert "There is no dataset" in at.error[0].value


def test_a_table_without_dates_offers_no_periods() -> None:
    dataset_id = actions.datasets.open_sample("spam", by=LOCAL)
    at = opened(dataset_id)
    options: Any = at.segmented_control[0].options
    assert len(options) == 2
    at.button(key=key(dataset_id, "compare")).click().run()
    assert fine(at)
    assert at.dataframe
