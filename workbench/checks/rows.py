"""Checks of rows: the same row more than once."""

from __future__ import annotations

from workbench.checks.check import Check, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.words import Text

# Fewer repeated rows than this share do no harm to a score.
MANY = 0.01
# Rows of a few coarse columns repeat by chance.
FEWEST_COLUMNS = 3


class DuplicateRows(Check):
    """Rows that repeat an earlier one in every column."""

    code = "WB110"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Count the rows that would stand in training and test part at once."""
        if context.rows < 2:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=2))
        if context.frame.width < FEWEST_COLUMNS:
            return NotApplicable(Text("check.reason.columns", columns=context.frame.width, needed=FEWEST_COLUMNS))
        candidates = context.frame.filter(context.frame.hash_rows(seed=0).is_duplicated())
        repeats = candidates.height - candidates.n_unique() if candidates.height else 0
        if not repeats:
            return []
        severity: Severity = "warning" if repeats >= MANY * context.rows else "info"
        # Hashes found the candidates: one that merely collided does not count as repeated.
        distinct = candidates.filter(candidates.is_duplicated()).n_unique()
        evidence = Text(
            "check.WB110.evidence", count=repeats, rows=context.rows, share=repeats / context.rows, distinct=distinct
        )
        return [self.finding([], evidence, Text("check.WB110.action"), severity=severity, rows=repeats)]
