"""What a check is and what it may answer: findings, nothing, or that it does not apply and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from workbench.checks.context import Context
from workbench.checks.examples import MOST_EXAMPLES
from workbench.words import Lang, Text

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing a reviewer would write down."""

    code: str
    severity: Severity
    columns: tuple[str, ...]
    title: Text
    evidence: Text
    """A paragraph with the figures."""
    action: Text
    exclude: tuple[str, ...] = ()
    """Columns that should not be learnt from, for the advice."""
    facts: dict[str, Any] = field(default_factory=dict)
    """The figures as plain data, for the advice."""
    examples: tuple[dict[str, Any], ...] = ()
    """At most three rows that show it, by column."""
    chart: dict[str, Any] | None = None
    """What `checks.charts` draws: ``kind`` and the marks, as plain data."""

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        """Return the finding as JSON data in a language."""
        return {
            "code": self.code,
            "severity": self.severity,
            "columns": list(self.columns),
            "title": self.title.say(lang),
            "evidence": self.evidence.say(lang),
            "action": self.action.say(lang),
            "exclude": list(self.exclude),
            "examples": [dict(row) for row in self.examples],
            "chart": self.chart,
        }


@dataclass(frozen=True)
class NotApplicable:
    """A check has nothing to look at in this table; the reason says what is missing."""

    reason: Text


@dataclass(frozen=True)
class Failed:
    """A check broke in a way nobody foresaw; the others went on."""

    reason: Text


Outcome = Sequence[Finding] | NotApplicable


class Check:
    """One question about a table.

    A subclass sets `code`, `severity` (of its gravest finding) and `cost`, and answers in `run`: findings, an empty list
    when all is well, or `NotApplicable`. Its title is the sentence ``check.<code>.title``.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity]
    cost: ClassVar[Literal["cheap", "expensive", "on_demand"]] = "cheap"
    needs: ClassVar[str] = ""
    """What of the context an ``on_demand`` check runs on; where it was not handed in, the check is skipped."""

    @property
    def title(self) -> Text:
        """What the check is called."""
        return Text(f"check.{self.code}.title")

    def run(self, context: Context) -> Outcome:
        """Look at the table."""
        raise NotImplementedError

    def finding(
        self,
        columns: Sequence[str],
        evidence: Text,
        action: Text,
        *,
        severity: Severity | None = None,
        exclude: Sequence[str] = (),
        examples: Sequence[dict[str, Any]] = (),
        chart: dict[str, Any] | None = None,
        **facts: Any,
    ) -> Finding:
        """Return a finding of this check."""
        return Finding(
            self.code,
            severity or self.severity,
            tuple(columns),
            self.title,
            evidence,
            action,
            tuple(exclude),
            facts,
            tuple(examples[:MOST_EXAMPLES]),
            chart,
        )


@dataclass(frozen=True)
class CheckReport:
    """What all checks said about a table."""

    findings: tuple[Finding, ...]
    """Gravest first."""
    not_applicable: tuple[tuple[Check, Text], ...]
    passed: tuple[Check, ...]
    skipped: tuple[Check, ...]
    """Checks that did not run: not asked for, without what they need, or stopped before."""
    advice: dict[str, Any]
    """``folds group group_part time exclude`` and ``reasons``, a list of texts; ``folds`` is None until a check has ended."""
    failed: tuple[tuple[Check, Text], ...] = ()
    """Checks that broke, and what is known of why."""
    day: date | None = None
    """The day on which the table was looked at."""
    arrival: dict[str, Any] | None = None
    """``verdict reasons rows columns`` of new data, as `checks.verdict` makes it; None without any."""

    @property
    def worst(self) -> Severity | None:
        """The gravest severity among the findings."""
        return self.findings[0].severity if self.findings else None

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        """Return the report as JSON data in a language."""
        return {
            "findings": [found.to_dict(lang) for found in self.findings],
            "not_applicable": [
                {"code": check.code, "title": check.title.say(lang), "reason": reason.say(lang)}
                for check, reason in self.not_applicable
            ],
            "passed": [check.code for check in self.passed],
            "skipped": [check.code for check in self.skipped],
            "failed": [
                {"code": check.code, "title": check.title.say(lang), "reason": reason.say(lang)}
                for check, reason in self.failed
            ],
            "advice": self.advice | {"reasons": [reason.say(lang) for reason in self.advice["reasons"]]},
            "arrival": self.arrival and self.arrival | {"reasons": [reason.say(lang) for reason in self.arrival["reasons"]]},
        }
