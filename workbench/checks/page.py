"""A check report as sections of a printable page, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.checks.check import CheckReport
from workbench.checks.loop import Answer
from workbench.words import Lang, Text


def sections(report: CheckReport, lang: Lang) -> list[dict[str, Any]]:
    """Return a report's sections for `workbench.report.html.page`.

    Returns
    -------
    list of dict
        ``title`` and any of ``texts``, ``list`` and ``table``.
    """
    opening = [summary(report)] if report.findings else [summary(report), Text("check.page.clean")]
    found: list[dict[str, Any]] = [
        {"title": Text("check.page.findings").say(lang), "texts": [text.say(lang) for text in opening]}
    ]
    for finding in report.findings:
        grade = Text(f"check.severity.{finding.severity}").say(lang)
        title = f"{grade} · {finding.title.say(lang)} ({finding.code})"
        found.append({"title": title, "texts": [finding.evidence.say(lang), finding.action.say(lang)]})
    advised = [reason.say(lang) for reason in report.advice["reasons"]]
    found.append({"title": Text("check.page.advice").say(lang), "list": advised})
    if report.not_applicable:
        found.append({"title": Text("check.page.abstained").say(lang), "table": abstained(report, lang)})
    return found


def summary(report: CheckReport) -> Text:
    """Return the counts in one sentence."""
    counts = {grade: sum(f.severity == grade for f in report.findings) for grade in ("error", "warning", "info")}
    return Text(
        "check.page.summary",
        errors=counts["error"],
        warnings=counts["warning"],
        notes=counts["info"],
        passed=len(report.passed),
        skipped=len(report.skipped),
    )


def loop(found: Sequence[Answer], lang: Lang) -> list[dict[str, Any]]:
    """Return what the closed loop answered."""
    return [{"title": Text("check.honest.title").say(lang), "list": [answer.text.say(lang) for answer in found]}]


def abstained(report: CheckReport, lang: Lang) -> dict[str, Any]:
    """Return the checks that had nothing to look at, with the reason."""
    head = [Text(key).say(lang) for key in ("check.page.head_code", "check.page.head_check", "check.page.head_reason")]
    rows = [[check.code, check.title.say(lang), reason.say(lang)] for check, reason in report.not_applicable]
    return {"head": head, "rows": rows}
