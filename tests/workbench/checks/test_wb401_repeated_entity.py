"""WB401: several rows of the same entity, declared, found, or hidden in a compound key."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from workbench.checks import relations
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.relations import RepeatedEntity

RANDOM = np.random.default_rng(8)
MICE, EACH = 40, 10
MOUSE = np.repeat(np.arange(MICE), EACH)
GENE = RANDOM.integers(0, 2, MICE)[MOUSE]
DRUG = RANDOM.integers(0, 3, MICE)[MOUSE]
PROTEIN = RANDOM.normal(size=MICE * EACH)
Y = RANDOM.integers(0, 2, MICE * EACH)


def mice(key: object) -> pl.DataFrame:
    table = pl.DataFrame({"key": key, "gene": GENE, "drug": DRUG, "protein": PROTEIN, "y": Y})
    return table.sample(fraction=1.0, shuffle=True, seed=1)


def test_it_finds_an_entity_inside_which_other_columns_never_change() -> None:
    (found,) = RepeatedEntity().run(Context(mice(MOUSE), "y"))

    assert found.columns == ("key",)
    assert (found.facts["group"], found.facts["group_part"], found.facts["entities"]) == ("key", None, MICE)
    assert (
        "40 different values in 400 rows (10.0 rows each), and inside each value gene, drug never change"
        in found.evidence.say("en")
    )


def test_it_finds_an_entity_hidden_in_a_compound_key() -> None:
    key = [f"M{mouse}_{repeat}" for mouse, repeat in zip(MOUSE, np.tile(np.arange(EACH), MICE), strict=True)]

    (found,) = RepeatedEntity().run(Context(mice(key), "y"))

    assert found.facts["group_part"] == {"column": "key", "part": "before", "separator": "_"}
    assert "before the last '_'" in found.evidence.say("en")
    assert "最後の「_」より前" in found.evidence.say("ja")


def test_large_tables_are_searched_by_whole_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "MOST_ROWS", 150)

    (found,) = RepeatedEntity().run(Context(mice(MOUSE), "y"))

    assert found.facts["entities"] == MICE
    assert "Searched among whole groups" in found.evidence.say("en")


def test_a_declared_group_is_described() -> None:
    (found,) = RepeatedEntity().run(Context(mice(MOUSE), "y", group="key"))

    assert found.severity == "info"
    assert "400 rows into 40 groups (10.0 rows each)" in found.evidence.say("en")


def test_a_declared_group_of_one_row_each_is_a_warning() -> None:
    (found,) = RepeatedEntity().run(Context(mice(np.arange(400)), "y", group="key"))

    assert found.severity == "warning"
    assert "one row each" in found.evidence.say("en")


def test_it_stays_quiet_about_keys_without_steady_columns_and_mostly_missing_ones() -> None:
    table = mice(MOUSE).with_columns(
        pl.Series("gene", RANDOM.integers(0, 2, 400)),
        pl.Series("note", ["x" if i % 97 == 0 else None for i in range(400)]),
        pl.Series("remark", ["z" if i % 89 == 0 else None for i in range(400)]),
    )

    assert RepeatedEntity().run(Context(table, "y")) == []


def test_it_stays_quiet_about_the_calendar() -> None:
    days = [f"2024-{1 + i // 28 % 12:02d}-{1 + i % 28:02d}" for i in range(200)] * 2
    table = pl.DataFrame({"day": days, "y": Y}).with_columns(
        month=pl.col("day").str.slice(5, 2), weekday=pl.col("day").str.slice(8, 1)
    )

    assert RepeatedEntity().run(Context(table, "y")) == []


def test_it_abstains_from_few_rows() -> None:
    assert isinstance(RepeatedEntity().run(Context(mice(MOUSE).head(20), "y")), NotApplicable)
