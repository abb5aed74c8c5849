"""WB108: a column that nearly repeats another."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.columns.copies import NearDuplicateColumn
from workbench.checks.context import Context

RANDOM = np.random.default_rng(8)
X = RANDOM.normal(size=400)


def context(**columns: object) -> Context:
    return Context(pl.DataFrame({**columns, "y": [0, 1] * 200}), "y")


def test_it_fires_on_numbers_on_almost_one_line() -> None:
    (found,) = NearDuplicateColumn().run(context(円=X * 150 + RANDOM.normal(scale=0.1, size=400), ドル=X))
    assert found.columns == ("円", "ドル")
    assert "r = 1.0000" in found.evidence.say("en")


def test_the_correlation_is_that_of_all_rows_where_both_are_known() -> None:
    other = X + RANDOM.normal(scale=0.02, size=400)
    frame = pl.DataFrame({"a": X, "b": other}).with_columns(pl.when(pl.int_range(400) % 3 > 0).then(pl.col("b")).alias("b"))
    (found,) = NearDuplicateColumn().run(Context(frame.with_columns(y=pl.Series([0, 1] * 200)), "y"))
    kept = frame.drop_nulls()
    assert f"r = {np.corrcoef(kept['a'], kept['b'])[0, 1]:.4f}" in found.evidence.say("en")


def test_it_fires_on_labels_that_go_together_but_for_a_few_rows() -> None:
    codes = RANDOM.integers(0, 5, 400)
    names = np.array(["東京", "大阪", "京都", "奈良", "兵庫"])[codes]
    names[0] = "東京" if codes[0] else "大阪"
    (found,) = NearDuplicateColumn().run(context(県=names, 県コード=codes))
    assert "99.8% of the rows" in found.evidence.say("en")


def test_it_leaves_exact_copies_to_another_check() -> None:
    assert NearDuplicateColumn().run(context(a=X, b=X)) == []


def test_it_stays_quiet_about_columns_that_only_go_together() -> None:
    assert NearDuplicateColumn().run(context(a=X, b=X + RANDOM.normal(scale=0.3, size=400))) == []


def test_it_abstains_on_a_single_feature() -> None:
    assert isinstance(NearDuplicateColumn().run(context(a=X)), NotApplicable)


def test_columns_that_never_repeat_a_value_do_not_go_together() -> None:
    """Each value of one stands beside one of the other, as it must."""
    names = [f"K{i}" for i in range(100)]
    frame = pl.DataFrame({"a": RANDOM.normal(size=100), "s": names, "t": names[::-1], "y": [0, 1] * 50})
    assert NearDuplicateColumn().run(Context(frame, "y")) == []


def test_labels_that_hardly_vary_do_not_go_together_by_their_commonest_one() -> None:
    rare, other = np.full(400, "no"), np.full(400, "at home")
    rare[:3], other[100:102], other[200] = ["yes", "perhaps", "yes"], "elsewhere", "unknown"
    assert NearDuplicateColumn().run(context(rare=rare, other=other)) == []
