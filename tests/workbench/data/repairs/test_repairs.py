"""The laws of replaying repairs: idempotent, row by row, the same for a table and for one row of JSON."""

from __future__ import annotations

import datetime as dt
import string
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.repairs import RULES, Repair, Repairs
from workbench.errors import RepairError

# Letters that rules mean, so that cells of chance are cells they change.
LETTERS = (
    "0123456789１２３.,，．-－−▲△()（）¥￥円%％kgｶﾞﾊﾟカ゛ﾞ \u3000\u00a0\u200b\n年月日令和元平成昭RHS./①Ⅲ㈱㍻㎡²½e?なしX\u3099"
)
CELLS = st.one_of(
    st.none(),
    st.text(LETTERS, max_size=9),
    st.text(max_size=5),
    st.sampled_from(
        [
            *(
                "￥１，２３４",
                "▲1,234円",
                "(1,234)",
                " 令和6年4月1日 ",
                "昭和70年1月1日",
                "-1",
                "－１",
                "なし",
                "?",
                "1e5",
                "0012",
            ),
            *("31/12/2024", "2024-04-01", "45383", "20240401", "true", "5 kg", "５０％", "\u3000", "", "1.5", "-1.0", "12:00"),
            *("nan", "inf", "1,2,3", "3,5"),
        ]
    ),
)
NUMBERS = st.one_of(st.none(), st.integers(-(10**9), 10**9), st.sampled_from([-1, -200, 0, 1, 20240401, 45383]))
FLOATS = st.one_of(st.none(), st.floats(width=32), st.sampled_from([-1.0, 1.0, 0.0, 45383.5, 20240401.0]))
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "unit": [{"unit": unit} for unit in ("円", "%", "kg")],
    "date": [{"form": form} for form in ("era", "kanji", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y.%m.%d", "serial")],
    "missing": [{"values": values} for values in (["-1"], ["-1", "なし", "?"], ["45383", "−1"])],
    "type": [{"kind": kind} for kind in ("number", "boolean", "date", "category", "text")],
}


@st.composite
def some_repairs(draw: st.DrawFn) -> Repairs:
    """Any rules for the one column x."""
    rules = draw(st.sets(st.sampled_from(RULES)))
    options = {rule: draw(st.sampled_from(OPTIONS.get(rule, [{}]))) for rule in RULES if rule in rules}
    if options.get("type") in ({"kind": "number"}, {"kind": "boolean"}):
        options.pop("date", None)
    return Repairs.of(Repair("x", rule, chosen) for rule, chosen in options.items())


def columns() -> st.SearchStrategy[pl.Series]:
    """Columns of text, whole numbers or numbers."""
    return st.one_of(
        st.lists(CELLS, max_size=12).map(lambda v: pl.Series("x", v, dtype=pl.String)),
        st.lists(NUMBERS, max_size=8).map(lambda v: pl.Series("x", v, dtype=pl.Int64)),
        st.lists(FLOATS, max_size=8).map(lambda v: pl.Series("x", v, dtype=pl.Float64)),
    )


def same(a: object, b: object) -> bool:
    """Whether two cells are the same; NaN is NaN."""
    return a == b or (a != a and b != b)


@settings(max_examples=300, deadline=None)
@given(some_repairs(), columns())
def test_a_table_and_its_single_rows_are_repaired_alike(repairs: Repairs, column: pl.Series) -> None:
    before = column.to_list()
    frame, changes = repairs.apply(column.to_frame())
    rows = [repairs.apply_row({"x": value}) for value in before]
    assert all(map(same, frame["x"].to_list(), (row["x"] for row, _ in rows)))
    cells = {n: (b, a) for c in changes for n, b, a in zip(c.rows.tolist(), c.before, c.after, strict=True)}
    assert cells == {n: (b, a) for n, (_, changed) in enumerate(rows) for _, b, a in changed}
    assert all(map(same, column.to_list(), before)), "the table that was given is never changed"


@settings(max_examples=300, deadline=None)
@given(some_repairs(), columns())
def test_repairing_twice_is_repairing_once(repairs: Repairs, column: pl.Series) -> None:
    once, _ = repairs.apply(column.to_frame())
    twice, changes = repairs.apply(once)
    assert twice.equals(once)
    assert changes == []


@settings(max_examples=100, deadline=None)
@given(some_repairs(), st.lists(CELLS, min_size=1, max_size=12), st.randoms())
def test_the_result_of_a_row_does_not_depend_on_the_others(repairs: Repairs, cells: list[str | None], chance: Any) -> None:
    order = list(range(len(cells)))
    chance.shuffle(order)
    frame = pl.DataFrame({"x": cells}, schema={"x": pl.String})
    assert repairs.apply(frame)[0][order].equals(repairs.apply(frame[order])[0])


@settings(deadline=None)
@given(some_repairs())
def test_nothing_stays_nothing_and_repairs_survive_json(repairs: Repairs) -> None:
    frame = pl.DataFrame({"x": [None, None]}, schema={"x": pl.String})
    assert repairs.apply(frame)[0].equals(frame)
    assert repairs.apply_row({"x": None}) == ({"x": None}, [])
    assert Repairs.from_list(repairs.to_list()) == repairs


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS, max_size=12), st.sampled_from(["number", "boolean", "date"]))
def test_a_type_keeps_exactly_what_the_column_can_hold(cells: list[str | None], kind: str) -> None:
    repairs = Repairs.of([Repair("x", "type", {"kind": kind})])
    frame = pl.DataFrame({"x": cells}, schema={"x": pl.String})
    applied, typed = repairs.apply(frame)[0], repairs.typed(frame).frame
    assert applied["x"].is_null().to_list() == typed["x"].is_null().to_list()
    assert typed["x"].dtype != pl.String


def test_order_is_canonical_and_a_column_stands_where_it_was_named_first() -> None:
    repairs = Repairs.of([Repair("b", "unit", {"unit": "円"}), Repair("a", "type", {"kind": "text"}), Repair("b", "width")])
    assert [(s.column, s.rule) for s in repairs.steps] == [("b", "width"), ("b", "unit"), ("a", "type")]
    assert repairs.names == ("b", "a")
    assert repairs.only({"a"}).names == ("a",)
    assert not repairs.only(())
    assert repairs


def test_two_settings_of_one_rule_are_refused_by_name() -> None:
    steps = [Repair(c, "unit", {"unit": u}) for c, u in (("額", "円"), ("額", "$"), ("量", "kg"), ("量", "g"), ("量", "g"))]
    with pytest.raises(RepairError, match=r"'額'.*'量'") as caught:
        Repairs.of(steps)
    assert [field["field"] for field in caught.value.fields] == ["額", "量"]
    assert Repairs.of([steps[0], steps[0]]).steps == (steps[0],)


def test_dates_in_a_type_that_holds_none_are_refused() -> None:
    with pytest.raises(RepairError, match="'日' is to hold dates"):
        Repairs.of([Repair("日", "date", {"form": "era"}), Repair("日", "type", {"kind": "number"})])


@pytest.mark.parametrize("data", [None, "x", {}, [1], [{"column": "x", "rule": "?"}]])
def test_junk_is_no_list_of_repairs(data: Any) -> None:
    with pytest.raises(ValueError, match="repair"):
        Repairs.from_list(data)


def test_what_is_not_there_or_of_another_kind_is_passed_over() -> None:
    repairs = Repairs.of([Repair("金額", "thousands"), Repair("無い", "spaces"), Repair("日", "missing", {"values": ["1"]})])
    frame = pl.DataFrame({"金額": [1234, None], "日": [dt.date(2024, 1, 1), None]})
    assert repairs.apply(frame)[0].equals(frame)
    assert repairs.apply_row({"金額": 1234, "日": True}) == ({"金額": 1234, "日": True}, [])


def test_changes_name_rows_rules_and_both_texts() -> None:
    repairs = Repairs.of([Repair("額", "thousands"), Repair("額", "missing", {"values": ["-1", "なし"]})])
    frame, (change,) = repairs.apply(pl.DataFrame({"額": ["1", "1,234", "なし", None]}))
    assert frame["額"].to_list() == ["1", "1234", None, None]
    assert (change.column, change.rules, change.rows.tolist()) == ("額", ("thousands", "missing"), [1, 2])
    assert (change.before.to_list(), change.after.to_list()) == (["1,234", "なし"], ["1234", None])


def test_a_number_that_is_missing_is_blanked_in_numbers_and_text_alike() -> None:
    repairs = Repairs.of([Repair("x", "missing", {"values": ["-200"]})])
    for column in ([-200, 5], [-200.0, 5.5], ["-200.0", "5"]):
        frame, (change,) = repairs.apply(pl.DataFrame({"x": column}))
        assert frame["x"].to_list() == [None, column[1]]
        assert change.after.to_list() == [None]


def test_a_dataset_gets_its_plain_types() -> None:
    repairs = Repairs.of(
        [
            Repair("額", "thousands"),
            Repair("日", "date", {"form": "era"}),
            Repair("数日", "date", {"form": "%Y%m%d"}),
            Repair("番号", "type", {"kind": "text"}),
            Repair("点", "type", {"kind": "number"}),
            Repair("郵便", "spaces"),
        ]
    )
    frame = pl.DataFrame(
        {
            "額": ["1,234", "5"],
            "日": ["R6.4.1", None],
            "数日": [20240401, None],
            "番号": [1.0, 2.5],
            "点": ["5", "欠席"],
            "郵便": ["007", "012"],
        }
    )
    done = repairs.typed(frame)
    assert done.frame.to_dict(as_series=False) == {
        "額": [1234, 5],
        "日": [dt.date(2024, 4, 1), None],
        "数日": [dt.date(2024, 4, 1), None],
        "番号": ["1", "2.5"],
        "点": [5, None],
        "郵便": ["007", "012"],
    }
    assert done.cells == {("額", "thousands"): 1, ("日", "date"): 1, ("数日", "date"): 1, ("点", "type"): 1}
    assert done.lost == [("点", 1, ("欠席",))]


def test_a_column_that_nothing_changed_keeps_its_type() -> None:
    frame = pl.DataFrame({"番号": ["1", "2"]})
    assert Repairs.of([Repair("番号", "spaces")]).typed(frame).frame.equals(frame)


def test_markers_that_any_reader_takes_for_nothing_are_not_lost() -> None:
    done = Repairs.of([Repair("x", "type", {"kind": "number"})]).typed(pl.DataFrame({"x": ["1", "NA", "欠"]}))
    assert done.lost == [("x", 1, ("欠",))]


def test_letters_of_the_alphabet_are_left_alone() -> None:
    rules = Repairs.of(Repair("x", rule) for rule in ("spaces", "width", "kana", "nfkc", "thousands", "negative"))
    assert rules.apply_row({"x": string.printable.strip()})[1] == []


def test_what_a_number_does_not_hold_of_a_code_is_named() -> None:
    codes = pl.DataFrame({"番号": ["0012", "7", "0012", "x"], "長い": ["1234567890123456789012", "1.5", "2", "3"]})
    steps = [Repair(name, "type", {"kind": "number"}) for name in codes.columns]
    done = Repairs.of(steps).typed(codes)
    assert done.frame["番号"].to_list() == [12, 7, 12, None]
    assert done.trimmed == [("番号", 2, ("0012",)), ("長い", 1, ("1234567890123456789012",))]
    assert Repairs.of([Repair("番号", "type", {"kind": "text"})]).typed(codes).trimmed == []
