"""What stands below a table."""

from __future__ import annotations

import pytest

from workbench.data.footer import below

TABLE = [["東京", "1", "2"], ["大阪", "3", "4"]]


@pytest.mark.parametrize(
    "note",
    ["※ 速報値", "(注1) 移転を含む", "注: 概数", "備考", "【出典】統計局", "資料：国土交通省", "Source: Eurostat", "* 推計"],
)
def test_notes_are_known_by_how_they_begin(note: str) -> None:
    assert [(b.at, b.problem, b.content) for b in below([*TABLE, [note, "", ""]], 3)] == [(2, "note", note)]


def test_a_line_apart_from_the_table_is_a_note() -> None:
    assert [b.at for b in below([*TABLE, ["", "", ""], ["最終更新 花子", "", ""]], 3)] == [3]


@pytest.mark.parametrize("last", [["注文", "5", "6"], ["備品", "", ""], ["京都", "", ""]])
def test_a_row_of_the_table_is_no_note(last: list[str]) -> None:
    assert below([*TABLE, last], 3) == []


@pytest.mark.parametrize("label", ["合計", "合　計", "総計", "計", "Total", "Grand total:"])
def test_the_last_row_before_the_notes_may_be_a_total(label: str) -> None:
    found = below([*TABLE, [label, "4", "6"], ["※ 概数", "", ""]], 3)
    assert [(b.at, b.problem) for b in found] == [(2, "total"), (3, "note")]


def test_a_table_of_one_column_has_neither() -> None:
    assert below([["東京"], ["合計"], ["※ 概数"]], 1) == []
