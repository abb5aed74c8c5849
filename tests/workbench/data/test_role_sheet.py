"""The roles as a sheet: edited, filtered, written and read back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import Roles
from workbench.data.role_sheet import (
    Row,
    changed,
    edited,
    found,
    is_sheet,
    problems,
    read_roles,
    roles_of,
    rows_of,
    to_csv,
    unanswered,
    with_single,
)
from workbench.errors import ColumnNotFound, RolesError, UnreadableFile
from workbench.words import Lang

COLUMNS = ["顧客番号", "年齢", "年収", "登録日", "解約"]


def test_a_sheet_has_one_row_for_each_column() -> None:
    rows = rows_of(Roles(target="解約", ids=("顧客番号",), known_at_prediction=("年齢",), unit={"年収": "万円"}), COLUMNS)
    assert [(r.column, r.role, r.known, r.unit) for r in rows[:3]] == [
        ("顧客番号", "id", "unknown", ""),
        ("年齢", "feature", "yes", ""),
        ("年収", "feature", "unknown", "万円"),
    ]
    assert rows[-1].role == "target"


def test_every_clash_is_named_at_once() -> None:
    rows = [Row("a", "target"), Row("b", "target"), Row("c", "time"), Row("d", "time"), Row("e", "group")]
    with pytest.raises(RolesError, match=r"2 columns are marked as Target.*\(a, b\), 2 columns are marked as Time.*\(c, d\)"):
        roles_of(rows)
    assert len(problems(rows)) == 2


def test_choosing_a_target_makes_the_one_before_a_feature() -> None:
    rows = with_single([Row("a", "target"), Row("b")], "target", "b")
    assert [row.role for row in rows] == ["feature", "target"]
    assert [row.role for row in with_single(rows, "target", None)] == ["feature", "feature"]


def test_typed_cells_belong_to_the_rows_that_were_shown() -> None:
    rows = edited(
        [Row("a"), Row("b"), Row("c", unit="円")], ["c", "a"], {0: {"unit": None}, 1: {"meaning": " 年齢 ", "tick": True}}
    )
    assert rows == [Row("a", meaning="年齢"), Row("b"), Row("c")]


def test_many_columns_are_changed_together() -> None:
    assert changed([Row("a"), Row("b"), Row("c")], {"a", "c"}, {"known": "yes"}) == [
        Row("a", known="yes"),
        Row("b"),
        Row("c", known="yes"),
    ]


def test_a_search_does_not_mind_case_and_width() -> None:
    rows = [Row("AMT_CREDIT"), Row("ＡＭＴ＿収入", meaning="年間の収入"), Row("age", unit="歳")]
    assert found(rows, search="amt") == ["AMT_CREDIT", "ＡＭＴ＿収入"]
    assert found(rows, search="AMT 年間") == ["ＡＭＴ＿収入"]
    assert found(rows, accept=unanswered) == ["AMT_CREDIT", "ＡＭＴ＿収入", "age"]


def test_a_sheet_is_a_csv_that_excel_opens() -> None:
    data = to_csv(Roles(target="解約", event="はい", sensitive=("年齢",), row_is="顧客1人"), COLUMNS, "ja")
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").splitlines()
    assert (
        lines[0] == "列,役割,起きたこと,グループを表す部分,予測時に分かる,いつ分かる,要配慮,意味,単位,1行が表すもの,出所,期間"
    )
    assert lines[1].startswith("顧客番号,特徴量,,,,,,,,顧客1人")
    assert lines[5].startswith("解約,目的変数,はい")


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")) | st.sampled_from('",;\t\n =')).map(str.strip)
NAMES = st.lists(TEXT.filter(bool), min_size=1, max_size=8, unique=True)

PARTS = st.sampled_from(["", "before:_", "after:-", "before: ", "after::", 'before:,"'])


@st.composite
def sheets(draw: Any) -> tuple[list[str], Roles]:
    """Columns with everything said of them that can be."""
    columns = draw(NAMES)
    rows = [
        Row(
            column,
            draw(st.sampled_from(["feature", "id", "exclude"])),
            draw(st.sampled_from(["yes", "no", "unknown"])),
            draw(st.booleans()),
            *(draw(TEXT) for _ in range(3)),
        )
        for column in columns
    ]
    for role in ("target", "group", "time"):
        rows = with_single(rows, role, draw(st.sampled_from([None, *columns])))
    rows = changed(rows, {row.column for row in rows if row.role == "group"}, {"group_part": draw(PARTS)})
    has_target = any(row.role == "target" for row in rows)
    event = draw(TEXT.filter(bool)) if has_target and draw(st.booleans()) else None
    return columns, roles_of(rows, event=event, facts={name: draw(TEXT) for name in ("row_is", "source", "period")})


@given(sheets(), st.sampled_from(["ja", "en"]))
@settings(max_examples=80, deadline=None)
def test_what_was_written_reads_back_the_same(sheet: tuple[list[str], Roles], lang: Lang) -> None:
    columns, roles = sheet
    assert read_roles(to_csv(roles, columns, lang), columns) == roles
    assert read_roles(json.dumps(roles.to_dict()).encode(), columns) == roles


@given(sheets())
@settings(max_examples=50, deadline=None)
def test_a_sheet_says_what_the_roles_say(sheet: tuple[list[str], Roles]) -> None:
    columns, roles = sheet
    facts = {"row_is": roles.row_is, "source": roles.source, "period": roles.period}
    assert roles_of(rows_of(roles, columns), event=roles.event, facts=facts) == roles


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_headers_and_words_of_either_language_and_of_the_program_are_read(encoding: str, delimiter: str) -> None:
    lines = [
        ["ROLE", "列", "予測時に分かる", "要配慮", "unit"],
        ["ID", "顧客番号", "", "", ""],
        ["目的変数", "解約", "", "", ""],
        ["Feature", "年齢", "はい", "○", "歳"],
        ["ｅｘｃｌｕｄｅ", "登録日", "No", "いいえ", ""],
    ]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert is_sheet(data)
    assert read_roles(data, COLUMNS) == Roles(
        target="解約",
        ids=("顧客番号",),
        exclude=("登録日",),
        known_at_prediction=("年齢",),
        unknown_at_prediction=("登録日",),
        sensitive=("年齢",),
        unit={"年齢": "歳"},
    )


def test_everything_that_is_wrong_is_named_at_once() -> None:
    data = b"column,role,known,sensitive\na,aim,yes,\nb,target,maybe,\nc,target,,perhaps\nb,feature,,\nzzz,id,,\n"
    with pytest.raises(RolesError) as problem:
        read_roles(data, ["a", "b", "c"])
    for part in (
        "role 'aim' of column 'a'",
        "known when predicting 'maybe' of column 'b'",
        "sensitive 'perhaps' of column 'c'",
        "'b' appears 2 times",
        "2 columns are marked as Target",
        "'zzz', which is not in the table",
    ):
        assert part in str(problem.value)


def test_columns_that_are_not_there_are_named_with_the_closest() -> None:
    with pytest.raises(ColumnNotFound, match=r"'prise' \(closest: price\), 'roms' \(closest: rooms\)"):
        read_roles(b"column,role\nprise,id\nroms,feature\n", ["price", "rooms"])


def test_json_of_the_wrong_form_is_refused() -> None:
    with pytest.raises(RolesError, match="no JSON of roles: unknown roles: aim"):
        read_roles(b'{"aim": "y"}', ["y"])
    with pytest.raises(RolesError, match="no JSON of roles"):
        read_roles(b"{", ["y"])


def test_a_csv_without_columns_and_roles_is_refused() -> None:
    assert not is_sheet(b"Table,Row,Description\n")
    with pytest.raises(RolesError, match="needs the columns Column, Role"):
        read_roles(b"a,b\n1,2\n", ["a"])


def test_a_path_is_read_and_one_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "roles.csv"
    path.write_bytes(to_csv(Roles(target="解約"), COLUMNS, "en"))
    assert read_roles(path, COLUMNS) == Roles(target="解約")
    with pytest.raises(UnreadableFile, match=r"none\.csv"):
        read_roles(tmp_path / "none.csv", COLUMNS)


COMPOUND = Roles(target="解約", group="顧客番号", group_part={"part": "before", "separator": "_"})


def test_the_part_of_a_group_stands_in_its_row_and_reads_in_either_language() -> None:
    for lang, word in (("ja", "前:_"), ("en", "before:_")):
        data = to_csv(COMPOUND, COLUMNS, lang)  # type: ignore[arg-type]
        assert word in data.decode("utf-8-sig").splitlines()[1]
        assert read_roles(data, COLUMNS) == COMPOUND
    typed = "列,役割,グループを表す部分\n顧客番号,グループ,後：-\n".encode()
    assert read_roles(typed, COLUMNS) == Roles(group="顧客番号", group_part={"part": "after", "separator": "-"})


def test_a_part_that_is_none_is_named() -> None:
    typed = "列,役割,グループを表す部分\n顧客番号,グループ,半分\n".encode()
    with pytest.raises(RolesError, match="part that names the group '半分' of column '顧客番号'"):
        read_roles(typed, COLUMNS)


def test_another_group_begins_without_the_part_of_the_one_before() -> None:
    rows = with_single(rows_of(COMPOUND, COLUMNS), "group", "年齢")
    assert roles_of(rows, event=None) == Roles(target="解約", group="年齢")


FORMULAS = ["=1+1", "-備考", "@SUM(A1)", "+81-90", "'=1", "-5", "年齢"]


def test_a_saved_sheet_runs_nothing_and_reads_back_without_its_apostrophes() -> None:
    roles = Roles(
        target="=1+1",
        event="-はい",
        meaning={"@SUM(A1)": "=cmd|' /C calc'!A0", "年齢": "- 申込時の年齢"},
        unit={"-5": "-5", "年齢": "歳"},
        row_is="+1",
        source="@倉庫",
    )
    data = to_csv(roles, FORMULAS, "ja")
    cells = [cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in line]
    assert [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))] == ["+1", "-5", "-5"], "numbers run nothing"
    assert read_roles(data, FORMULAS) == roles


@given(
    st.lists(
        st.sampled_from([*"=+-@'\t5あ"]).flatmap(lambda first: st.text("=-'5あ").map(first.__add__)), min_size=2, unique=True
    )
)
def test_names_that_look_like_formulas_come_back(names: list[str]) -> None:
    roles = Roles(target=names[0], meaning={name: name.strip() for name in names if name.strip()})
    assert read_roles(to_csv(roles, names, "en"), names) == roles
