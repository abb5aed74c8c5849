"""What the checks said until now, as a report: gravest first, and in the order of the catalogue whichever ran first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.checks.catalogue import CHECKS
from workbench.checks.check import SEVERITIES, Check, CheckReport, Failed, Finding, NotApplicable, Outcome
from workbench.words import Text

PLACES = {check.code: place for place, check in enumerate(CHECKS)}


@dataclass(frozen=True)
class Step:
    """A check that begins, or what it said."""

    check: Check
    outcome: Outcome | Failed | None
    """None while it begins."""
    number: int
    """Counted from 1, in the order in which they run."""
    total: int
    seconds: float = 0.0
    advice: dict[str, Any] | None = None
    """What all findings until now advise, once the check has ended."""

    @property
    def said(self) -> Text:
        """What the check said, in a few words."""
        match self.outcome:
            case NotApplicable():
                return Text("check.step.not_applicable")
            case Failed():
                return Text("check.step.failed")
            case None | []:
                return Text("check.step.passed")
            case found:
                return Text("check.step.found", count=len(found))


@dataclass
class Gathering:
    """Outcomes as they come."""

    advice: dict[str, Any] = field(default_factory=lambda: no_advice(None, None))
    findings: list[Finding] = field(default_factory=list)
    others: dict[str, NotApplicable | Failed | None] = field(default_factory=dict)
    """By code, for checks without a finding: None where it passed."""
    done: int = 0
    """Checks that have ended."""

    def add(self, check: Check, outcome: Outcome | Failed) -> None:
        """Add what a check said."""
        self.done += 1
        if isinstance(outcome, NotApplicable | Failed):
            self.others[check.code] = outcome
        elif outcome:
            self.findings += outcome
        else:
            self.others[check.code] = None

    def failed(self) -> list[str]:
        """Return the codes of the checks that broke."""
        return [code for code, said in self.others.items() if isinstance(said, Failed)]

    def sorted(self) -> list[Finding]:
        """Return the findings, gravest first."""
        return sorted(self.findings, key=lambda found: (SEVERITIES.index(found.severity), PLACES.get(found.code, len(PLACES))))

    def report(self, **more: Any) -> CheckReport:
        """Return what there is; what has not run counts as skipped."""
        said = {found.code for found in self.findings}
        without = [(check, self.others[check.code]) for check in CHECKS if check.code in self.others]
        return CheckReport(
            tuple(self.sorted()),
            tuple((check, said.reason) for check, said in without if isinstance(said, NotApplicable)),
            tuple(check for check, said in without if said is None),
            tuple(check for check in CHECKS if check.code not in said and check.code not in self.others),
            self.advice,
            failed=tuple((check, said.reason) for check, said in without if isinstance(said, Failed)),
            **more,
        )


def no_advice(group: str | None, time: str | None) -> dict[str, Any]:
    """Return the advice of a table that nothing is known of but its roles."""
    return {"folds": None, "group": group, "group_part": None, "time": time, "exclude": [], "reasons": []}


def in_order(checks: Sequence[Check]) -> list[Check]:
    """Return checks as they run: the cheap ones first, so that most is said within seconds."""
    return sorted(checks, key=lambda check: ("cheap", "expensive", "on_demand").index(check.cost))
