"""What pages show of a check report: its charts and suspects, and the printable report with what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench import report as printed
from workbench.actions import checks, datasets, decisions, honest
from workbench.checks import Check, CheckReport, Finding, charts
from workbench.checks import page as pages
from workbench.checks.advice import loop
from workbench.checks.advice.loop import Answer
from workbench.principal import Principal
from workbench.words import Lang, Text, moment

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The sentence of the columns to leave out.
EXCLUDE = "check.advice.exclude"
# What a report consists of, for those who show it.
__all__ = ["Answer", "Check", "CheckReport", "Finding", "advised", "finding_chart", "loop_chart", "page", "suspects"]


def finding_chart(finding: Finding, lang: Lang, *, by: Principal) -> go.Figure | None:
    """Draw the small chart of a finding; None where it has none."""
    by.require("viewer")
    return charts.chart(finding.chart, lang) if finding.chart else None


def loop_chart(answers: Sequence[Answer], lang: Lang, *, by: Principal) -> go.Figure | None:
    """Draw what the closed loop answered; None where no answer has figures to compare."""
    by.require("viewer")
    return charts.loop(answers, lang)


def suspects(report: CheckReport, *, by: Principal) -> list[tuple[str, ...]]:
    """Return the columns accused of knowing the answer, worst first, those of one finding together."""
    by.require("viewer")
    return [one.columns for one in loop.suspects(report.findings)]


def advised(report: CheckReport, dataset_id: str, *, by: Principal) -> list[Text]:
    """Return how to split and what to leave out, in sentences: a column that was accepted stays, and it is said so.

    Raises
    ------
    DatasetNotFound
        If there is no such table, or it is somebody else's and not shared.
    """
    reasons: list[Text] = report.advice["reasons"]
    if not (staying := decisions.advised(dataset_id, report.advice, by=by).staying):
        return reasons
    told = [reason for reason in reasons if reason.key != EXCLUDE]
    if left_out := [name for name in report.advice["exclude"] if name not in staying]:
        told.append(Text(EXCLUDE, count=len(left_out), columns=left_out))
    return [*told, Text("decisions.change.kept", count=len(staying), columns=list(staying))]


def page(dataset_id: str, *, by: Principal, lang: Lang) -> str:
    """Return the report as one HTML page that stands alone.

    Parameters
    ----------
    dataset_id : str
        The table.
    by : Principal
        Anybody who may see it; the closed loop's answers are those of their own runs.
    lang : {"ja", "en"}
        The language of the page.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    CheckError
        If no target is chosen yet.
    """
    known = datasets.record(dataset_id, by=by)
    report = checks.run(dataset_id, by=by)
    report = replace(report, advice=report.advice | {"reasons": advised(report, dataset_id, by=by)})
    answers, cautions = answered(dataset_id, by=by)
    sections = pages.sections(
        report,
        lang,
        about=pages.about(known.name, (known.rows, len(known.columns)), known.roles, report, lang, by=by.who),
        decisions=decisions.of(dataset_id, by=by),
        answers=answers,
        cautions=cautions,
    )
    title = Text("check.page.title", table=known.name, target=str(known.roles.target))
    return printed.page(title, sections, lang, made=moment(datetime.now(UTC), lang))


def answered(dataset_id: str, *, by: Principal) -> tuple[list[Answer], list[Text]]:
    """Return the newest answer about the split and about each suspect, and what to know about them."""
    found: dict[tuple[str, ...], Answer] = {}
    is_current = True
    for run in honest.recent(dataset_id, by=by):
        told = honest.told(run, by=by)
        new = [one for one in told.answers if one.columns not in found]
        found |= {one.columns: one for one in new}
        is_current &= told.is_current or not new
    ordered = sorted(found.values(), key=lambda one: (len(one.columns) > 0, len(one.columns)))
    cautions = [Text("ui.honest.caption", rows=ordered[0].rows)] if ordered else []
    return ordered, cautions if is_current else [*cautions, Text("check.page.earlier_roles")]
