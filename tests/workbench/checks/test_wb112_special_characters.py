"""WB112: signs that files and models trip over."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.checks.columns.texts import SpecialCharacters
from workbench.checks.context import Context


def run(*names: str, values: tuple[object, object] = (1, 2)) -> list:
    return list(SpecialCharacters().run(Context(pl.DataFrame(dict.fromkeys(names, values) | {"y": [0, 1]}), "y")))


@pytest.mark.parametrize("name", ["行\n列", "=SUM(A1)", " 年齢", "収入[円]", "a\u200bb"])
def test_it_fires_on_names(name: str) -> None:
    assert name in run(name, "x")[0].columns


def test_names_that_differ_in_width_only_are_a_warning() -> None:
    (found,) = run("ＩＤ", "ID", "x")
    assert (found.severity, found.columns) == ("warning", ("ＩＤ", "ID"))


def test_it_fires_on_labels_with_line_breaks() -> None:
    (found,) = run("住所", values=("東京\n都", "大阪"))
    assert found.columns == ("住所",)


def test_it_stays_quiet_about_plain_names() -> None:
    assert run("年齢", "unit_price", "-3 days", "A-B", "b", "B") == []
