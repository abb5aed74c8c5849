"""The printable profile has a section for the whole and for each column."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from workbench import profile
from workbench.profile import page


def test_sections_tell_size_alerts_target_and_every_column(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(120)

    sections = page.sections(profile.profile(table, target="解約"), "ja")

    assert sections[0]["title"] == "概要"
    assert "120行、10列" in sections[0]["texts"][0]
    assert [section["title"] for section in sections[-10:]] == table.columns
    listing = next(section["table"] for section in sections if "table" in section)
    assert [row[0] for row in listing["rows"]] == table.columns
    assert listing["rows"][6][:4] == ["会員", "はい/いいえ", "0.0%", "2"]


def test_a_table_without_findings_says_so() -> None:
    sections = page.sections(profile.profile(pl.DataFrame({"a": [1, 2, 3]})), "en")

    assert sections[0]["list"] == ["Nothing stands out."]
