"""WB103: a column that names rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.columns import IdLike
from workbench.checks.context import Context

Y = [0, 1] * 50
SCATTERED = np.random.default_rng(0).permutation(10_000)[:100]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("会員コード", [f"A{i:05d}" for i in range(100)]),
        ("row", list(range(1, 101))),
        ("SK_ID_CURR", SCATTERED),
        ("customerID", SCATTERED),
        ("顧客番号", SCATTERED),
    ],
)
def test_it_fires_on_names_of_rows(name: str, values: object) -> None:
    (found,) = IdLike().run(Context(pl.DataFrame({name: values, "y": Y}), "y"))

    assert found.columns == found.exclude == (name,)
    assert "100 different values in 100 rows" in found.evidence.say("en")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("humidity", SCATTERED),
        ("price", SCATTERED * 1.1),
        ("review", [f"very good number {i} bought again" for i in range(100)]),
        ("city_id", [i % 20 for i in range(100)]),
    ],
)
def test_it_stays_quiet_about_measurements_texts_and_repeats(name: str, values: object) -> None:
    assert IdLike().run(Context(pl.DataFrame({name: values, "y": Y}), "y")) == []


def test_it_abstains_from_few_rows(make_table: Callable[..., pl.DataFrame]) -> None:
    assert isinstance(IdLike().run(Context(make_table(20), "解約")), NotApplicable)
