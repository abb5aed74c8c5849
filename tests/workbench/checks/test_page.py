"""The printed report reads like a reviewer's note, and tells what was decided by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from workbench import checks
from workbench import report as printed
from workbench.checks import page
from workbench.checks.advice.loop import Answer
from workbench.checks.check import CheckReport
from workbench.data.decisions import Decision
from workbench.words import LANGUAGES, Lang, Text

WHEN = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def report(make_table: Callable[..., pl.DataFrame]) -> CheckReport:
    """What the checks say of a table with a number to predict."""
    return checks.run(make_table(), target="売上")


def titles(sections: list[dict[str, Any]]) -> list[str]:
    """The headings."""
    return [section["title"] for section in sections]


def section(sections: list[dict[str, Any]], title: str) -> dict[str, Any]:
    """The section with a heading."""
    return next(one for one in sections if one["title"] == title)


def test_the_overview_counts_and_leads_to_every_error_and_warning(report: CheckReport) -> None:
    sections = page.sections(report, "ja", about=[("表", "顧客.csv")])

    first = sections[0]
    grave = [one for one in report.findings if one.severity != "info"]
    assert first["texts"][0].startswith("エラー0件、警告")
    assert first["facts"] == [("表", "顧客.csv")]
    assert len(first["list"]) == len(grave)
    anchors = {one.get("anchor") for one in sections}
    assert {point["to"] for point in first["list"]} <= anchors


def test_a_finding_has_evidence_what_to_do_rows_and_a_chart(report: CheckReport) -> None:
    found = next(one for one in page.sections(report, "ja") if "WB103" in one["title"])

    assert found["title"] == "警告 · 行の名前になっている列: 顧客番号 (WB103)"
    assert found["level"] == 3
    assert found["texts"][1].startswith("対応: ")
    finding = next(one for one in report.findings if one.code == "WB103")
    assert bool(finding.examples) == ("table" in found)
    assert bool(finding.chart) == ("figures" in found)


def test_advice_and_every_outcome_have_sections(report: CheckReport) -> None:
    sections = page.sections(report, "ja")

    assert section(sections, "分割の方法と除外する列")["list"][0] == "無作為に分割します。"
    abstained = section(sections, "対象外だったチェック")["table"]["rows"]
    assert [row[0] for row in abstained] == [check.code for check, _ in report.not_applicable]
    assert len(section(sections, "問題のなかったチェック")["list"]) == len(report.passed)


def test_a_check_that_broke_is_told_with_its_reason(report: CheckReport) -> None:
    broken = replace(report, failed=((report.passed[0], Text("check.honest.nothing")),))

    table = section(page.sections(broken, "en"), "Checks that could not run")["table"]

    assert table["rows"][0][0] == report.passed[0].code


def test_accepted_findings_stand_apart_with_reason_name_and_moment(report: CheckReport) -> None:
    finding = report.findings[0]
    accepted = Decision("accept", finding.code, finding.columns, "営業部門と合意済み", who="ana@example.com", when=WHEN)
    other = Decision("exclude", "WB301", ("解約手続日",), "", who="ana@example.com", when=WHEN)

    sections = page.sections(report, "ja", decisions=[accepted, other])

    place = titles(sections).index("了承済みの指摘")
    assert "営業部門と合意済み" in sections[place + 1]["texts"][0]
    assert "ana@example.com" in sections[place + 1]["texts"][0]
    assert "このうち1件は" in sections[0]["texts"][1]
    assert section(sections, "決めたこと")["table"]["rows"][0][:3] == ["学習に使わない", "解約手続日", "WB301"]


def test_the_closed_loop_is_a_chart_and_sentences(report: CheckReport) -> None:
    answer = Answer(("x",), ("WB301",), "AUC", 0.98, 0.71, (-0.3, -0.2), (0.97, 0.99), (0.65, 0.77), rows=500)

    told = section(page.sections(report, "en", answers=[answer]), "What the score would be")

    assert "AUC 0.980 → 0.710 without x" in told["list"][0]
    assert len(told["figures"]) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_whole_html_and_holds_no_markup_of_the_table(lang: Lang) -> None:
    frame = pl.DataFrame({"<script>a": [i % 2 for i in range(60)], "y": [i % 2 for i in range(60)], "b": list(range(60))})

    html = printed.page("t", page.sections(checks.run(frame, target="y"), lang), lang)

    assert "<script>a" not in html
    assert html.rstrip().endswith("</html>")


def test_a_sample_is_said_once_with_the_checks_it_was_for(report: CheckReport) -> None:
    sampled = Text("check.sampled", rows=20_000, total=300_000, seed=0)
    finding = replace(report.findings[0], evidence=Text("check.WB103.title", sampled=sampled))

    told = page.samples(replace(report, findings=(finding, finding)), "en")

    assert len(told) == 1
    assert "20,000" in told[0]
    assert finding.code in told[0]


def test_a_clean_report_says_so() -> None:
    report = checks.run(
        pl.DataFrame({"x": [0.1 * i**1.5 for i in range(60)], "y": [i * 7 % 11 / 3 for i in range(60)]}), target="y"
    )

    assert page.sections(report, "en")[0]["texts"][1] == "No check found anything."
