"""A written file runs nothing and loses no character unnoticed."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.predict.safety import TWINS, Replaced, composed, disarm, encodable, fits


@pytest.mark.parametrize("cell", ["=1+1", "+81-90-1234", "-", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    table, count = disarm(pl.DataFrame({"a": [cell, "ok", None]}))
    assert table["a"].to_list() == ["'" + cell, "ok", None]
    assert count == 1


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-1e-7", ".5", "a=b", "'=1", ""])
def test_numbers_and_other_texts_stay(cell: str) -> None:
    table, count = disarm(pl.DataFrame({"a": [cell], "n": [-3.0]}))
    assert table["a"][0] == cell
    assert table["n"][0] == -3.0
    assert count == 0


@given(st.lists(st.none() | st.text(max_size=8), min_size=1, max_size=8))
def test_what_is_made_encodable_can_be_encoded_and_is_counted(cells: list[str | None]) -> None:
    replaced = Replaced()
    table = encodable(pl.DataFrame({"a": pl.Series(cells, dtype=pl.String)}), "cp932", replaced)
    assert all(fits(c, "cp932") for c in table["a"].drop_nulls())
    given = [composed(c) for c in cells if c is not None]
    assert replaced.cells == sum(not fits(c, "cp932") for c in given)
    assert [len(c) for c in table["a"].drop_nulls() if c] == [len(c) for c in given if c]


def test_what_other_systems_write_for_a_japanese_sign_is_that_sign() -> None:
    replaced = Replaced()
    cells = ["10\u301c20", "\u22125℃", "か\u3099っこう", "\u00a5100", "\u00c5", "ア\u00b7イ"]
    table = encodable(pl.DataFrame({"a": cells}), "cp932", replaced)
    assert table["a"].to_list() == ["10\u301c20", "\u22125℃", "がっこう", "\uffe5100", "\u212b", "ア・イ"]
    assert replaced.cells == 3
    assert not any(fits(sign, "cp932") for sign in TWINS)
    assert all(fits(twin, "cp932") for twin in TWINS.values())


def test_what_an_encoding_lacks_is_listed_with_what_stands_for_it() -> None:
    replaced = Replaced()
    table = encodable(pl.DataFrame({"a": ["髙橋", "😀😀", "10\u201420", "😀"]}), "cp932", replaced)
    assert table["a"].to_list() == ["髙橋", "〓〓", "10\u201520", "〓"]
    assert replaced.cells == 3
    assert replaced.to_list("cp932") == [
        {"character": "😀", "replacement": "〓", "cells": 2},
        {"character": "\u2014", "replacement": "\u2015", "cells": 1},
    ]
