"""The result's columns: names that clash with nothing, reasons as text, flags that say what is doubtful."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl

from workbench.predict.columns import ResultColumns, cell_texts, flag, reason_texts

EFFECTS = SimpleNamespace(
    features=["年齢", "職業"], values=np.array([[0.032, -0.2], [0.0001, 0.5]]), base=np.zeros(2), output=np.zeros(2)
)
ROWS = pl.DataFrame({"年齢": [40.0, None], "職業": ["学生", "会社員"]})


def test_headers_speak_the_language_and_step_aside_for_input_columns() -> None:
    columns = ResultColumns(["いいえ", "はい"], has_probabilities=True, reasons=1, taken=["予測", "予測_2", "年齢"], lang="ja")
    assert columns.names == ["予測_3", "確率_いいえ", "確率_はい", "上げる理由1", "下げる理由1", "信頼フラグ", "修正内容"]
    english = ResultColumns([], has_probabilities=False, reasons=1, taken=["trust"], lang="en")
    assert english.names == ["prediction", "reason_up_1", "reason_down_1", "trust_2", "repaired"]


def test_reasons_are_split_by_direction_largest_first_and_tiny_ones_left_out() -> None:
    up1, up2, down1, down2 = reason_texts(EFFECTS, ROWS, count=2, is_probability=True, lang="ja")
    assert up1 == ["年齢=40（+3.2ポイント）", "職業=会社員（+50.0ポイント）"]
    assert up2 == [None, None]
    assert down1 == ["職業=学生（-20.0ポイント）", None]
    assert down2 == [None, None]


def test_reasons_of_a_number_are_in_its_units() -> None:
    up = reason_texts(EFFECTS, ROWS, count=2, is_probability=False, lang="en")
    assert up[0] == ["年齢=40 (+0.032)", "職業=会社員 (+0.5)"]
    assert up[1] == [None, "年齢=(blank) (+0.0001)"]


def test_more_reasons_than_columns_leave_cells_empty() -> None:
    assert reason_texts(EFFECTS, ROWS, count=3, is_probability=True, lang="en")[2] == [None, None]


def test_cells_read_as_people_write_them() -> None:
    assert cell_texts(pl.Series([1234567.0, 0.1234567, None, -3.0]), "en") == ["1234567", "0.123457", "(blank)", "-3"]
    assert cell_texts(pl.Series([True, None]), "ja") == ["true", "（空欄）"]


def test_one_flag_joins_columns_of_the_same_kind() -> None:
    doubts = (("unseen_category", "職業"), ("out_of_range", "年齢"), ("unseen_category", "都道府県"), ("many_missing", ""))
    assert flag(doubts, "ja") == "未知のカテゴリ：職業、都道府県 / 範囲外：年齢 / 空欄が多い"
    assert flag(doubts, "en") == "unseen category: 職業, 都道府県 / out of range: 年齢 / many blanks"
