"""WB107: one column, several kinds of values."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.columns.texts import MixedTypes
from workbench.checks.context import Context


def run(values: list[str | None]) -> list:
    return list(MixedTypes().run(Context(pl.DataFrame({"値": values, "y": [0, 1] * (len(values) // 2)}), "y")))


def test_it_fires_on_words_among_numbers() -> None:
    (found,) = run([str(i * 10) for i in range(50)] + ["以上", "未満"] * 5)
    assert "50 of 60 rows (83.3%)" in found.evidence.say("en")
    assert "以上" in found.evidence.say("ja")


def test_it_fires_on_dates_in_several_forms() -> None:
    (found,) = run(["2024-04-01", "2024/4/1", "令和6年4月1日"] * 20)
    assert "令和6年4月1日 (20)" in found.evidence.say("en")


@pytest.mark.parametrize("pair", [("東京", "東京 "), ("ＡＢＣ", "abc"), ("ｶﾅ", "カナ")])
def test_it_fires_on_one_label_in_two_spellings(pair: tuple[str, str]) -> None:
    (found,) = run([*pair] * 15)
    assert found.facts["spellings"] == 1


@pytest.mark.parametrize(
    "values",
    [["東京", "大阪"] * 20, ["A01", "001"] * 20, ["12", "13"] * 20, ["2024-04-01", "2024-04-02"] * 20, [None, "a"] * 20],
)
def test_it_stays_quiet_about_plain_labels_codes_and_one_form(values: list[str | None]) -> None:
    assert run(values) == []


def test_it_abstains_without_texts() -> None:
    assert isinstance(MixedTypes().run(Context(pl.DataFrame({"x": [1, 2], "y": [0, 1]}), "y")), NotApplicable)
