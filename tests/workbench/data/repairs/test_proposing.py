"""What a table seems to need: proposed where it is so, and not where it only looks so."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.repairs import Proposal, Repairs, propose
from workbench.words import Text


def proposed(values: list[Any], name: str = "x") -> dict[str, Proposal]:
    """The proposals for one column by rule."""
    return {p.repair.rule: p for p in propose(pl.DataFrame({name: values}))}


def repaired(values: list[Any], name: str = "x", *, recommended: bool = True) -> pl.Series:
    """One column after what is proposed, or recommended, for it."""
    frame = pl.DataFrame({name: values})
    return Repairs.of(p.repair for p in propose(frame) if p.recommended or not recommended).typed(frame).frame[name]


def spread(texts: list[str], rows: int = 60) -> list[str]:
    """Texts repeated to so many rows."""
    return (texts * rows)[:rows]


def test_a_full_width_amount_gets_three_rules_and_ends_as_a_number() -> None:
    found = proposed(["￥１，２３４", "￥５６", None])
    assert list(found) == ["width", "thousands", "unit"]
    assert all(p.recommended for p in found.values())
    assert [found[rule].cells for rule in found] == [2, 1, 2]
    assert found["thousands"].examples == (("¥1,234", "¥1234"),)
    assert found["unit"].repair.options == {"unit": "円"}
    assert repaired(["￥１，２３４", "￥５６", None]).to_list() == [1234, 56, None]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1,234", "▲5", "△6,000"], [1234, -5, -6000]),
        (["(1,234)", "5", "6", "7"], [-1234, 5, 6, 7]),
        (["50％", "5%"], [50, 5]),
        (["$1,234.50", "$3"], [1234.5, 3]),
        (["¥1,234", "500円"], [1234, 500]),
        (["3 kg", "4.5㎏"], [3, 4.5]),
        (["1,234", "-", "567"], [1234, None, 567]),
        (["令和6年4月1日", "平成元年1月8日"], [dt.date(2024, 4, 1), dt.date(1989, 1, 8)]),
        (["R6.4.1", "2024年4月2日", "2024/4/3"], [dt.date(2024, 4, day) for day in (1, 2, 3)]),
        (["2024.4.1", "2024.12.31"], [dt.date(2024, 4, 1), dt.date(2024, 12, 31)]),
        (["31/12/2024", "1/2/2024"], [dt.date(2024, 12, 31), dt.date(2024, 2, 1)]),
        (["12/31/2024", "1/2/2024"], [dt.date(2024, 12, 31), dt.date(2024, 1, 2)]),
        (["２０２４/４/１", "2024/4/2"], [dt.date(2024, 4, 1), dt.date(2024, 4, 2)]),
        ([20240401, 20241231], [dt.date(2024, 4, 1), dt.date(2024, 12, 31)]),
        ([" 東京", "東京", "大阪"], ["東京", "東京", "大阪"]),
        (["ﾄｳｷｮｳ", "トウキョウ"], ["トウキョウ", "トウキョウ"]),
        (["㈱山田", "(株)山田"], ["(株)山田", "(株)山田"]),
    ],
)
def test_what_is_recommended_makes_it_plain(values: list[Any], expected: list[Any]) -> None:
    assert repaired(values).to_list() == expected


@pytest.mark.parametrize(
    "values",
    [
        ["3,5", "4,2", "1,234"],  # decimal commas
        ["1,2,3", "4,5"],  # lists
        ["100円", "5ドル"],  # mixed units
        ["50%", "5", "3%"],  # not everywhere
        ["5万円", "300"],
        ["(1)", "(2)", "(3)"],  # footnotes
        ["12A", "13A", "14A"],  # seats
        ["3LDK", "2LDK"],
        ["1/2/2024", "3/4/2024"],  # the column does not settle the order
        ["13/1/2024", "1/13/2024"],
        ["007", "012"],
        ["03-1234-5678", "03-9876-5432"],
        ["とても良い！", "悪い（二回目）", "田中\u3000太郎"],  # good Japanese
        ["2024/4/1", "2024/4/2"],
        ["あり", "なし", "あり"],
        ["+", "-", "±"],
        [20240401, 20240230],  # no such day
        [1, 0, -1, -1, -1, 2, 3],
        [True, False],
        [None, None],
        [],
    ],
)
def test_nothing_silly_is_proposed(values: list[Any]) -> None:
    assert propose(pl.DataFrame({"x": spread(values) if values else []})) == []


def test_digits_of_an_id_are_no_days() -> None:
    assert proposed([20240401, 20241231], "商品番号") == {}


def test_serial_numbers_are_dates_only_where_the_name_says_so() -> None:
    assert repaired([45383, 45384], "登録日").to_list() == [dt.date(2024, 4, 1), dt.date(2024, 4, 2)]
    assert repaired([45383.5, None], "update_date").to_list() == [dt.datetime(2024, 4, 1, 12), None]
    assert proposed([45383, 45384], "距離") == {}
    assert proposed([45383, 45384], "経過日数") == {}


def test_dates_in_words_are_proposed_also_where_many_of_them_are_no_real_day() -> None:
    days = [f"令和{1 + i % 6}年{1 + i % 12}月{1 + i % 28}日" for i in range(120)]  # Reiwa began in May of its first year
    date, kind = propose(pl.DataFrame({"契約日": days}))
    assert (date.repair.rule, date.repair.options, date.cells) == ("date", {"form": "era"}, 110)
    assert (kind.repair.rule, kind.cells, kind.recommended) == ("type", 10, False)
    assert "令和1年1月1日" in kind.why.say("en")


def test_a_day_outside_its_era_stays_and_is_named_as_lost() -> None:
    values = ["昭和60年1月1日"] * 40 + ["昭和70年1月1日"]
    found = proposed(values)
    assert found["date"].cells == 40
    assert found["type"].cells == 1
    assert not found["type"].recommended
    assert "昭和70年1月1日" in found["type"].why.say("ja")


def test_a_type_is_proposed_where_few_would_be_lost_and_never_recommended() -> None:
    values = [f"{1000 + i:,}" for i in range(97)] + ["休業", "休業", "閉鎖"]
    found = proposed(values)
    assert list(found) == ["thousands", "type"]
    assert found["thousands"].recommended
    assert not found["type"].recommended
    assert found["type"].cells == 3
    assert found["type"].examples == (("休業", None), ("閉鎖", None))
    assert "3 cells" not in found["type"].why.say("en")
    assert "'休業'" in found["type"].why.say("en")
    assert proposed([*values, *["x"] * 20]).keys() == {"thousands"}


def test_air_quality_codes_and_loan_codes_are_found() -> None:
    assert proposed([*range(2, 1_400, 2), *[-200] * 200])["missing"].repair.options == {"values": ["-200"]}
    assert proposed([*range(-9_000, -100, 9), *[365243] * 100])["missing"].recommended
    found = proposed(["F", "M"] * 30 + ["XNA"])["missing"]
    assert found.recommended
    assert found.cells == 1


def test_an_answer_is_proposed_but_not_recommended() -> None:
    found = proposed(spread(["高血圧", "糖尿病", "なし"]))["missing"]
    assert not found.recommended
    assert found.repair.options == {"values": ["なし"]}
    both = proposed(spread(["大学", "高校", "不明", "未入力"]))["missing"]
    assert both.recommended
    assert both.repair.options == {"values": ["未入力"]}


def test_a_code_in_an_amount_with_separators_is_found_after_them() -> None:
    values = [f"{x:,}" for x in range(2_000, 3_000, 5)] + ["-999"] * 20 + ["-"]
    found = proposed(values)
    assert found["missing"].repair.options == {"values": ["-", "-999"]}
    assert repaired(values).null_count() == 21


def test_letters_without_effect_are_left_to_the_person() -> None:
    found = proposed(["Ａ社", "Ｂ社"])
    assert not found["width"].recommended
    assert "looks" in found["width"].why.say("en")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_proposal_can_be_said_and_survives_json(lang: Any) -> None:
    frame = pl.DataFrame(
        {
            "a": spread(["￥１，２３４", "▲￥５"]),
            "b": spread(["ﾄｳｷｮｳ", " 東京", "㈱Ⅲ", "不明"]),
            "c": spread(["R6.4.1", "H元.1.8"]),
            "d": spread(["1"] * 58 + ["x", "-"]),
            "e": [*range(20, 60), *[999] * 20],
            "登録日": [45000] * 60,
            "g": spread(["31/12/2024"]),
            "h": [0] * 30 + [x * 400 for x in range(20)] + [99999] * 10,
        }
    )
    found = propose(frame)
    assert {p.repair.rule for p in found} == {
        "spaces",
        "width",
        "kana",
        "nfkc",
        "thousands",
        "negative",
        "unit",
        "date",
        "missing",
        "type",
    }
    for proposal in found:
        assert proposal.why.say(lang)
        assert Proposal.from_dict(json.loads(json.dumps(proposal.to_dict()))) == proposal
        assert isinstance(proposal.why, Text)
        assert 0 < proposal.cells <= proposal.rows


CELLS = st.sampled_from(
    [
        *("￥１，２３４", "▲1,234円", "¥5", "(12)", " 令和6年4月1日 ", "R6.4.1", "昭和70年1月1日", "-1", "なし", "?", "0012"),
        *("31/12/2024", "1/2/2024", "2024-04-01", "20240401", "5 kg", "５０％", "Ａ", "A", " A", "ｶﾞ", "ガ", "㈱", "\u3000"),
        *("1.5", "abc", "1,5", "999", "99"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=3, unique=True), st.lists(CELLS, max_size=3), st.integers(1, 40))
def test_counts_are_those_of_the_cells_that_change_and_of_any_order(often: list[str], seldom: list[str], times: int) -> None:
    values = [*often * times, *seldom, None]
    frame = pl.DataFrame({"x": values}, schema={"x": pl.String})
    found = propose(frame)
    done = Repairs.of(p.repair for p in found).typed(frame)
    assert done.cells == {("x", p.repair.rule): p.cells for p in found}
    assert propose(frame.reverse()) == found
    changed = sum(len(change.rows) for change in Repairs.of(p.repair for p in found).apply(frame)[1])
    assert max([p.cells for p in found], default=0) <= changed <= sum(p.cells for p in found)


def test_a_wide_table_is_looked_at_whole() -> None:
    rows = 20_000
    frame = pl.DataFrame(
        {f"n{i}": pl.arange(0, rows, eager=True) * 1.5 for i in range(40)}
        | {f"t{i}": spread(["あ", "い"], rows) for i in range(10)}
    )
    late = pl.Series("late", ["1"] * (rows - 1) + ["1,000"])
    found = propose(frame.with_columns(late))
    assert [(p.repair.column, p.repair.rule, p.cells) for p in found] == [("late", "thousands", 1)]
