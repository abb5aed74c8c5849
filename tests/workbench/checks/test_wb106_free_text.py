"""WB106: a column of sentences."""

from __future__ import annotations

import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.columns.texts import FreeText
from workbench.checks.context import Context

JAPANESE = [f"お客様番号{i}の方から、配送の遅れについてお問い合わせがありました" for i in range(60)]
ENGLISH = [f"the customer {i} asked about a late delivery" for i in range(60)]


def context(values: list[str | None]) -> Context:
    return Context(pl.DataFrame({"メモ": values, "y": [0, 1] * (len(values) // 2)}), "y")


def test_it_fires_on_sentences_with_and_without_spaces() -> None:
    for values in (JAPANESE, ENGLISH):
        (found,) = FreeText().run(context(values))
        assert (found.severity, found.columns) == ("info", ("メモ",))
        assert found.examples[0] == {"#": 1, "メモ": values[0][:80]}


def test_it_stays_quiet_about_labels_and_ids() -> None:
    assert FreeText().run(context(["a long label of many words"] * 60)) == []
    assert FreeText().run(context([f"ID{i:06d}" for i in range(60)])) == []


def test_it_abstains_without_texts() -> None:
    assert isinstance(FreeText().run(Context(pl.DataFrame({"x": [1, 2], "y": [0, 1]}), "y")), NotApplicable)
