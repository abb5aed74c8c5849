"""Thousand separators, signs for less than zero and units of one cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.repairs import Repair, Repairs
from workbench.data.repairs.numbers import is_known, may_be_unit, negative, thousands, unit

FULL = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7E)})
EVERY = Repairs.of(
    [Repair("x", "width"), Repair("x", "thousands"), Repair("x", "negative"), Repair("x", "unit", {"unit": "円"})]  # type: ignore[arg-type]
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1,234", "1234"),
        ("1,234,567.8", "1234567.8"),
        ("1，234", "1234"),
        ("¥1,234", "¥1234"),
        ("▲1,234円", "▲1234円"),
        ("(1,234)", "(1234)"),
        ("1,23", "1,23"),
        ("1,2,3", "1,2,3"),
        ("0,123", "0,123"),
        ("1,2345", "1,2345"),
        ("約 1,234 円でした。", "約 1,234 円でした。"),
    ],
)
def test_only_groups_of_three_are_thousands(before: str, after: str) -> None:
    assert thousands(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *[(f"{sign}123", "-123") for sign in "▲△−‐ー－"],
        ("▲ 1,234", "-1,234"),
        ("(123)", "-123"),
        ("（１２３）", "-１２３"),
        ("123-", "-123"),
        ("¥▲500", "-¥500"),
        ("(¥500)", "-¥500"),
        ("▲5%", "-5%"),
        ("-123", "-123"),
        ("▲-123", "▲-123"),
        ("(株)", "(株)"),
        ("ー", "ー"),
        ("03－1234－5678", "03－1234－5678"),
    ],
)
def test_accountants_signs_become_a_minus(before: str, after: str) -> None:
    assert negative(before) == after


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("円", "¥1,234", "1,234"),
        ("円", "-￥500", "-500"),
        ("円", "\\500", "500"),
        ("円", "1234 円", "1234"),
        ("円", "5万円", "5万円"),
        ("万円", "5万円", "5"),
        ("%", "50％", "50"),
        ("$", "US$5", "5"),
        ("kg", "3.5㎏", "3.5"),
        ("km/h", "60km/h", "60"),
        ("m2", "30㎡", "30"),
        ("歳", "20才", "20"),
        ("円", "円", "円"),
        ("円", "100円程度です", "100円程度です"),
    ],
)
def test_one_unit_goes_in_all_its_spellings(name: str, before: str, after: str) -> None:
    assert unit(name)(before) == after


def test_the_letter_of_a_seat_or_a_code_is_no_unit() -> None:
    assert not may_be_unit("A")
    assert not may_be_unit("LDK")
    assert may_be_unit("代")
    assert not is_known("代")
    assert is_known("円")
    assert not is_known("K")


@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 99),
    st.sampled_from(["", "¥", "￥"]),
    st.sampled_from(["▲", "△", "−", "－", "()"]),
    st.booleans(),
)
def test_a_number_that_was_dressed_up_comes_back(number: int, cents: int, currency: str, sign: str, full: bool) -> None:
    plain = f"{abs(number):,}.{cents:02d}"
    text = currency + (plain.translate(FULL) if full else plain)
    if number < 0:
        text = f"({text})" if sign == "()" else sign + text
    row, _ = EVERY.apply_row({"x": text})
    assert row["x"] == f"{number}.{cents:02d}"


@given(st.one_of(st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False, width=32)))
def test_what_is_a_number_already_stays_as_it_is(number: float) -> None:
    assert EVERY.apply_row({"x": str(number)}) == ({"x": str(number)}, [])
    assert EVERY.apply_row({"x": number}) == ({"x": number}, [])
