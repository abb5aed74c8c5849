"""Entities named by a part of a compound key."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.entities import entities


def test_a_whole_column_names_its_entities_itself() -> None:
    column = pl.Series("店", ["東京", None, "大阪"])
    assert entities(column).to_list() == ["東京", None, "大阪"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [("before", ["mouse_7", "mouse_7", "x", None]), ("after", ["1", "2", "x", None])],
)
def test_the_part_before_or_after_the_last_separator(part: str, expected: list[str | None]) -> None:
    keys = pl.Series("MouseID", ["mouse_7_1", "mouse_7_2", "x", None])
    found = entities(keys, {"part": part, "separator": "_"})
    assert (found.name, found.to_list()) == ("MouseID", expected)


def test_numbers_are_taken_as_they_are_written() -> None:
    assert entities(pl.Series([1, 2]), {"part": "before", "separator": "-"}).to_list() == ["1", "2"]


@given(st.lists(st.text(alphabet="ab-", min_size=1), min_size=1))
def test_both_parts_together_are_the_key(keys: list[str]) -> None:
    column = pl.Series(keys)
    before, after = (entities(column, {"part": part, "separator": "-"}).to_list() for part in ("before", "after"))
    for key, first, last in zip(keys, before, after, strict=True):
        assert key == (f"{first}-{last}" if "-" in key else first)
