"""Candidates that have failed in a run before: they are not begun again, as long as the rows are as many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from workbench.experiment import engine
from workbench.experiment.engine.around import Around
from workbench.experiment.plan import Plan
from workbench.words import Text

pytestmark = pytest.mark.slow
WHY = Text("experiment.failed", problem="only takes whole numbers")


@pytest.mark.parametrize(("rows", "status"), [(200, "failed"), (None, "failed"), (199, "finished")])
def test_a_candidate_that_failed_is_not_begun_again_on_as_many_rows(
    make_table: Callable[..., pl.DataFrame], rows: int | None, status: str
) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    plan = Plan.from_dict({"target": "解約", "models": ["nb", "dt"], "folds": 2, "ignore": ["顧客番号"]})
    found = engine.compare(
        make_table(200),
        plan,
        emit=lambda kind, **fields: told.append((kind, fields)),
        around=Around(failed={"nb": WHY}, failed_rows=rows),
    )
    row = next(row for row in found.leaderboard if row["model"] == "nb")
    assert row["status"] == status
    assert (row["reason"] == WHY.to_dict()) is (status == "failed")
    assert ("nb" in {fields["model"] for kind, fields in told if kind == "fold"}) is (status == "finished")
    assert next(fields["failed"] for kind, fields in told if kind == "started") == (["nb"] if status == "failed" else [])
    assert found.best is not None
