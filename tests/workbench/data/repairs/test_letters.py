"""Spaces, full-width forms, half-width kana and compatibility characters of one cell."""

from __future__ import annotations

import pytest

from workbench.data.repairs.letters import compatibility, kana, spaces, width


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\u3000東京 ", "東京"),
        ("岡田\u3000 敏也", "岡田 敏也"),
        ("荻野  愛", "荻野 愛"),
        ("田中\u3000太郎", "田中\u3000太郎"),
        ("a\u200bb\ufeff", "ab"),
        ("a \u200b b", "a b"),
        ("一行目\n二行目\n", "一行目\n二行目"),
        ("\u3000 ", None),
    ],
)
def test_stray_spaces_go_and_single_ones_stay(before: str, after: str | None) -> None:
    assert spaces(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ａ－１２３", "A-123"),
        ("￥１，２３４．５", "¥1,234.5"),
        ("５０％（税込）", "50%(税込)"),
        ("田中\u3000太郎", "田中 太郎"),
        ("10～19歳", "10～19歳"),  # a wave dash is no tilde
        ("ｶﾅ カナ", "ｶﾅ カナ"),
    ],
)
def test_full_width_signs_become_ascii(before: str, after: str) -> None:
    assert width(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ﾄｳｷｮｳ", "トウキョウ"),
        ("ｶﾞﾗｽﾊﾟﾝ", "ガラスパン"),
        ("カﾞ", "ガ"),
        ("ｻｰﾋﾞｽ･ｶﾀｶﾅ｡", "サービス・カタカナ。"),
        ("ﾞ", "゛"),
        ("ＡＢＣ", "ＡＢＣ"),
    ],
)
def test_half_width_kana_become_full_width_with_their_marks(before: str, after: str) -> None:
    assert kana(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("㈱三省堂", "(株)三省堂"),
        ("①②", "12"),
        ("第Ⅲ部", "第III部"),
        ("5㌔", "5キロ"),
        ("㍻30年 ㋿元年", "平成30年 令和元年"),
        ("30㎡ 25℃ №7", "30m2 25°C No7"),
        ("か\u3099す", "がす"),
        ("m²", "m2"),
        ("10³", "10³"),  # 103 would be another number
        ("3½", "3½"),
        ("神﨑", "神﨑"),  # variant characters of names
        ("１２ ｶﾅ\u3000", "１２ ｶﾅ\u3000"),  # the business of other rules
    ],
)
def test_compatibility_characters_become_plain_where_nothing_is_lost(before: str, after: str) -> None:
    assert compatibility(before) == after
