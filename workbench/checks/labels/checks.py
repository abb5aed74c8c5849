"""Checks for likely wrong labels and for outliers; they run only where out-of-fold predictions are handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.checks.examples import MOST_EXAMPLES, rows_of
from workbench.checks.labels import LEAST_ROWS, RECOGNISED, LabelScores, Stranger
from workbench.checks.marks import bars
from workbench.words import Text

# An estimate below this is a handful of rows, which overlap between classes makes as well.
NOTABLE = 0.01
MOST_BARS = 12


def refusal(scores: LabelScores | None) -> NotApplicable | None:
    """Return why nothing can be said, or None."""
    if scores is None:
        return NotApplicable(Text("check.labels.not_asked"))
    if scores.reason is not None:
        return NotApplicable(scores.reason)
    if len(scores.rows) < LEAST_ROWS:
        return NotApplicable(Text("check.labels.few_rows", rows=len(scores.rows), least=LEAST_ROWS))
    return None


class WrongLabels(Check):
    """Targets that models which had not seen them contradict."""

    code = "WB601"
    severity = "warning"
    cost = "on_demand"
    needs = "labels"

    def run(self, context: Context) -> Outcome:
        """Let confident learning, or for numbers the residuals, point at rows."""
        scores = context.labels
        if refused := refusal(scores):
            return refused
        assert scores is not None
        if not scores.is_skilled:
            return NotApplicable(Text("check.labels.no_skill", target=context.target, skill=max(scores.skill, 0.0)))
        doubts, share = scores.doubts
        if not doubts:
            return []
        return [self.of_numbers(context, scores) if share is None else self.of_classes(context, scores, share)]

    def of_classes(self, context: Context, scores: LabelScores, share: float) -> Finding:
        """Put contradicted classes into words."""
        doubts = scores.doubts[0]
        weakest, recognised = min(scores.recognised.items(), key=lambda item: item[1])
        overlap = Text("check.WB601.overlap", label=str(weakest), share=recognised) if recognised < RECOGNISED else ""
        evidence = Text(
            "check.WB601.evidence",
            count=len(doubts),
            rows=len(scores.rows),
            listed=len(doubts) / len(scores.rows),
            target=context.target,
            share=share,
            split=scores.split,
            overlap=overlap,
            sampled=scores.sampled,
            aside=scores.aside,
        )
        severity: Severity = "info" if overlap or share < NOTABLE else "warning"
        pairs = Counter(f"{doubt.given} → {doubt.suggested}" for doubt in doubts).most_common(MOST_BARS)
        return self.finding(
            [context.target],
            evidence,
            Text("check.WB601.action"),
            severity=severity,
            examples=self.examples(context, scores),
            chart=bars([name for name, _ in pairs], [count for _, count in pairs], x="check.WB601.chart"),
            share=share,
            count=len(doubts),
            rows=len(scores.rows),
            recognised={str(label): value for label, value in scores.recognised.items()},
        )

    def of_numbers(self, context: Context, scores: LabelScores) -> Finding:
        """Put numbers with residuals far out into words."""
        doubts = scores.doubts[0]
        evidence = Text(
            "check.WB601.numbers",
            count=len(doubts),
            rows=len(scores.rows),
            listed=len(doubts) / len(scores.rows),
            target=context.target,
            split=scores.split,
            sampled=scores.sampled,
        )
        return self.finding(
            [context.target],
            evidence,
            Text("check.WB601.action"),
            severity="info",
            examples=self.examples(context, scores),
            count=len(doubts),
            rows=len(scores.rows),
        )

    def examples(self, context: Context, scores: LabelScores) -> list[dict[str, Any]]:
        """Return the surest rows, with the columns the models used most."""
        return rows_of(
            context.frame, [doubt.row for doubt in scores.doubts[0][:MOST_EXAMPLES]], [context.target, *scores.columns]
        )


class Outliers(Check):
    """Rows unlike any other."""

    code = "WB602"
    severity = "info"
    cost = "on_demand"
    needs = "labels"

    def run(self, context: Context) -> Outcome:
        """Compare each row's distance from its nearest ones with that of the others."""
        scores = context.labels
        if refused := refusal(scores):
            return refused
        assert scores is not None
        found = scores.strangers
        if found is None:
            return NotApplicable(Text("check.labels.equal_rows"))
        return [self.described(context, scores, found)] if found else []

    def described(self, context: Context, scores: LabelScores, found: Sequence[Stranger]) -> Finding:
        """Put the rows into words."""
        leading = Counter(one.columns[0] for one in found if one.columns).most_common(MOST_BARS)
        names = [name for name, _ in leading]
        sampled: Text | str = ""
        if len(scores.point_rows) < scores.total:
            sampled = Text("check.labels.sampled", rows=len(scores.point_rows), total=scores.total, seed=scores.seed)
        evidence = Text(
            "check.WB602.evidence",
            count=len(found),
            rows=len(scores.point_rows),
            listed=len(found) / len(scores.point_rows),
            times=found[0].times,
            columns=names[:3],
            sampled=sampled,
        )
        return self.finding(
            names[:3],
            evidence,
            Text("check.WB602.action"),
            examples=rows_of(context.frame, [one.row for one in found], [*names, context.target]),
            chart=bars(names, [count for _, count in leading], x="check.WB602.chart"),
            count=len(found),
            rows=len(scores.point_rows),
        )
