"""Which values stand for nothing, and which only look like it."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.repairs.missing import codes, markers, missing


def found(values: list[float], code: float, times: int) -> list[tuple[str, bool]]:
    """The codes of a column of numbers in which one stands a number of times."""
    distinct, counts = np.unique(np.array([*values, *[code] * times], dtype=float), return_counts=True)
    return [(marker.text, marker.sure) for marker in codes(distinct, counts)]


def test_a_code_far_off_and_frequent_is_found() -> None:
    assert found([*range(1, 1_500, 3)], -200, 40) == [("-200", True)]
    assert found([-x for x in range(10_000)], 365243, 2_000) == [("365243", True)]
    assert found([*range(20, 60)] * 5, -1, 30) == [("-1", True)]
    assert found([*range(1950, 2020)] * 5, 9999, 30) == [("9999", True)]
    assert found([x / 10 for x in range(100)] * 3, -9, 30) == [("-9", True)]


def test_codes_that_stand_together_are_found_together() -> None:
    distinct, counts = np.array([*range(1, 60), 97.0, 98.0, 99.0]), np.array([5] * 59 + [9, 9, 20])
    assert [marker.text for marker in codes(distinct, counts)] == ["97", "98", "99"]


def test_nines_that_may_be_a_cap_are_not_sure() -> None:
    assert found([0] * 1000 + [x * 400 for x in range(100)], 99999, 30) == [("99999", False)]


@pytest.mark.parametrize(
    ("values", "code", "times"),
    [
        ([*range(900, 1100)], 999, 30),  # inside a continuous range
        ([*range(18, 65)] * 28, 99, 1),  # one old person
        ([0, 1, 2, 3] * 100, -1, 300),  # a count
        ([*range(1, 99)] * 3, 99, 85),  # the end of a continuous range
        ([-2, 0, 1, 2, 3, 4, 5, 6, 7, 8] * 100, -1, 500),
        ([*range(0, 100)], 250, 50),  # far off, but nobody's sign for nothing
        ([5], -1, 10),
    ],
)
def test_what_only_looks_like_a_code_is_not_found(values: list[float], code: float, times: int) -> None:
    assert found(values, code, times) == []


def test_words_are_sure_signs_may_be_answers() -> None:
    assert [(m.text, m.sure) for m in markers(["?", "XNA", "なし", "不明"], others=4)] == [
        ("?", True),
        ("XNA", True),
        ("なし", False),
        ("不明", False),
    ]


def test_a_sign_beside_its_counterpart_is_a_value() -> None:
    assert markers(["-"], others=2, beside={"+"}) == []
    assert markers(["なし"], others=1, beside={"あり"}) == []


def test_a_sign_beside_one_other_label_may_be_its_no() -> None:
    assert [m.sure for m in markers(["-"], others=1)] == [False]


def test_among_numbers_an_unknown_one_is_missing_but_none_may_be_zero() -> None:
    assert [m.sure for m in markers(["不明", "なし"], others=50, numbers=True)] == [False, True]


@pytest.mark.parametrize("text", ["-200", "-200.0", " -200 ", "－２００", "-2e2", "?", "？", " ? "])
def test_a_value_is_blanked_in_every_way_of_writing_it(text: str) -> None:
    assert missing(["-200", "?"])(text) is None


@pytest.mark.parametrize("text", ["200", "-2000", "-0200", "??", "x"])
def test_other_values_stay(text: str) -> None:
    assert missing(["-200", "?"])(text) == text
