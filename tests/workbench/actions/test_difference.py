"""Two sides of tables a person may see: a segment and the rest, periods, versions; kept, forgotten, refused with reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from workbench import actions
from workbench.actions import difference, held
from workbench.actions.difference import Condition, Side
from workbench.errors import ColumnNotFound, DataError, DatasetNotFound
from workbench.principal import LOCAL, Principal
from workbench.profile.difference import difference as compare

Bring = Callable[..., str]
MEMBER = Condition("会員", "is", (True,))


def frame(dataset_id: str) -> pl.DataFrame:
    """The rows of a table."""
    return actions.datasets.get(dataset_id, by=LOCAL).frame


def test_a_segment_is_compared_with_the_rest_without_the_column_that_chose_it(bring: Bring) -> None:
    table = bring()
    found = difference.of(Side(table, MEMBER), None, by=LOCAL)
    rows = frame(table)
    plain = compare(rows.filter(pl.col("会員")).drop("会員"), rows.filter(~pl.col("会員")).drop("会員"), target="解約")
    assert found["rows"] == plain["rows"]
    assert [(c["name"], c["distance"]) for c in found["columns"]] == [(c["name"], c["distance"]) for c in plain["columns"]]
    assert found["left_out"] == ["会員"]
    assert "Left out, because the rows were chosen by it: 会員." in [str(text) for text in found["notes"]]
    assert [str(side) for side in found["sides"]] == ["会員 is yes", "The rest of the table"]
    assert "in the rest" in str(found["told"][0])


def test_the_rest_holds_the_rows_where_the_value_is_missing(bring: Bring) -> None:
    table = bring()
    young = difference.of(Side(table, Condition("年齢", "below", (40,))), None, by=LOCAL)
    assert sum(young["rows"]) == 300
    assert frame(table)["年齢"].null_count() > 0


def test_a_segment_of_the_target_tells_no_change_of_it(bring: Bring) -> None:
    found = difference.of(Side(bring(), Condition("解約", "is", ("はい",))), None, by=LOCAL)
    assert found["target"] is None
    assert found["told"] == []


def test_two_tables_and_a_condition_on_one_of_them(bring: Bring) -> None:
    first, second = bring(), bring(rows=200)
    found = difference.of(Side(first), Side(second, MEMBER), by=LOCAL)
    assert found["rows"] == [300, int(frame(second)["会員"].sum())]
    assert all("顧客.csv, opened 20" in str(side) for side in found["sides"])  # files of one name
    assert str(found["sides"][1]).endswith("UTC: 会員 is yes")
    assert found["target"]["name"] == "解約"


def test_the_same_comparison_is_made_once_and_forgotten_with_its_table(bring: Bring) -> None:
    table = bring()
    first = difference.of(Side(table, MEMBER), None, by=LOCAL)
    assert difference.of(Side(table, MEMBER), None, by=LOCAL)["columns"] is first["columns"]
    assert held.differences.values
    actions.datasets.delete(table, by=LOCAL)
    assert not held.differences.values
    with pytest.raises(DatasetNotFound, match="There is no dataset"):
        difference.of(Side(table, MEMBER), None, by=LOCAL)


def test_somebody_elses_table_is_not_there(bring: Bring, stranger: Principal) -> None:
    table = bring()
    difference.of(Side(table, MEMBER), None, by=LOCAL)
    with pytest.raises(DatasetNotFound, match="There is no dataset"):
        difference.of(Side(table, MEMBER), None, by=stranger)
    with pytest.raises(DatasetNotFound, match="There is no dataset"):
        difference.facts(table, "会員", by=stranger)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (None, "Nothing is chosen to compare with"),
        (Condition("年齢", "at_least", (500,)), "No row of '顧客.csv' fits: 年齢 at least 500. Choose another value"),
        (Condition("年齢", "is", ("x",)), "'x' is no value of '年齢'"),
        (Condition("会員", "not_missing"), "Every row of '顧客.csv' fits: 会員 is not missing"),
    ],
)
def test_what_leaves_nothing_to_compare_is_refused(bring: Bring, condition: Condition | None, told: str) -> None:
    with pytest.raises(DataError, match=told):
        difference.of(Side(bring(), condition), None, by=LOCAL)


def test_an_empty_period_is_refused(bring: Bring) -> None:
    table = bring()
    spans = ((date(2020, 4, 1), date(2020, 12, 31)), (date(1990, 1, 1), date(1990, 1, 31)))
    first, second = (Side(table, Condition("登録日", "between", span)) for span in spans)
    with pytest.raises(DataError, match="fits: 登録日 in 1990-01"):
        difference.of(first, second, by=LOCAL)


def test_the_latest_complete_month_suggests_itself(bring: Bring) -> None:
    table = bring(rows=1_500)
    last = frame(table)["登録日"].max()
    suggestion = difference.suggestions(table, by=LOCAL)[0]
    found = difference.of(suggestion.first, suggestion.second, by=LOCAL)
    assert suggestion.second.condition.values[1] <= last
    assert suggestion.first.condition.values[1] < suggestion.second.condition.values[0]
    assert [str(side) for side in found["sides"]] == [
        f"登録日 in {s.condition.values[0]:%Y-%m}" for s in (suggestion.first, suggestion.second)
    ]
    assert found["left_out"] == ["登録日"]


def test_other_tables_with_the_same_columns_suggest_themselves(bring: Bring) -> None:
    first, second = bring(), bring(rows=200)
    actions.datasets.open_sample("advertising", by=LOCAL)
    offered = [
        (s.first.dataset, s.second.dataset) for s in difference.suggestions(second, by=LOCAL) if s.first.condition is None
    ]
    assert offered == [(first, second)]
    assert [record.id for record, _ in difference.tables(second, by=LOCAL)] == [first]


def test_charts_are_drawn_and_an_unknown_column_is_named(bring: Bring) -> None:
    table = bring()
    asked = Side(table, MEMBER), None
    assert len(difference.chart(*asked, "年齢", "ja", by=LOCAL).data) == 2
    assert difference.ranking_chart(*asked, "en", by=LOCAL).data
    with pytest.raises(ColumnNotFound, match="'会員' is not in"):
        difference.chart(*asked, "会員", "ja", by=LOCAL)
    with pytest.raises(ColumnNotFound, match="'年' is not in"):
        difference.facts(table, "年", by=LOCAL)
