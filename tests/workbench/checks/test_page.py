"""The printable report reads like a reviewer's note."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from workbench import checks
from workbench.checks import page


def test_findings_advice_and_abstentions_have_sections(make_table: Callable[..., pl.DataFrame]) -> None:
    report = checks.run(make_table(), target="売上")

    sections = page.sections(report, "ja")

    assert sections[0]["texts"][0].startswith("エラー0件、警告1件")
    assert sections[1]["title"] == "警告 · 行の名前になっている列 (WB103)"
    assert len(sections[1]["texts"]) == 2
    assert sections[-2]["list"][0] == "無作為に分割します。"
    assert "WB501" in [row[0] for row in sections[-1]["table"]["rows"]]


def test_a_clean_report_says_so() -> None:
    report = checks.run(
        pl.DataFrame({"x": [0.1 * i**1.5 for i in range(60)], "y": [i * 7 % 11 / 3 for i in range(60)]}), target="y"
    )

    assert page.sections(report, "en")[0]["texts"][1] == "No check found anything."
