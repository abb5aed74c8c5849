"""Explanations of the shipped models add up and come with charts in both languages."""

from __future__ import annotations

import pytest

from workbench import actions
from workbench.principal import LOCAL
from workbench.words import LANGUAGES


@pytest.mark.parametrize("name", ["credit-default", "ad-revenue", "spam-filter"])
def test_a_row_is_explained_by_every_column(name: str) -> None:
    columns = actions.models.schema(name, by=LOCAL)["columns"]
    row = {column["name"]: column["example"] for column in columns}
    answer = actions.explain.row(name, row, by=LOCAL)
    assert {r["feature"] for r in answer["reasons"]} == set(row)
    assert answer["base"] + sum(r["effect"] for r in answer["reasons"]) == pytest.approx(answer["output"], rel=1e-6, abs=1e-6)
    for lang in LANGUAGES:
        assert actions.explain.reasons_chart(name, row, lang, by=LOCAL).data


def test_effects_on_a_number_are_in_its_own_units() -> None:
    overview = actions.explain.overview("ad-revenue", by=LOCAL)
    bars = actions.explain.importance_chart("ad-revenue", "en", by=LOCAL).data[0].x
    assert max(bars) == pytest.approx(overview["global"][0]["importance"])


def test_effects_on_a_probability_are_in_points() -> None:
    overview = actions.explain.overview("credit-default", by=LOCAL)
    bars = actions.explain.importance_chart("credit-default", "en", by=LOCAL).data[0].x
    assert max(bars) == pytest.approx(100 * overview["global"][0]["importance"])
