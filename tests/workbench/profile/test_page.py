"""The printable profile tells the whole, what stands out, the target, the columns together, each column, and its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from workbench import profile
from workbench.profile import page
from workbench.words import Text, say


def section_of(sections: list[dict[str, Any]], key: str, lang: Any = "ja") -> dict[str, Any]:
    return next(section for section in sections if section["title"] == say(f"profile.page.{key}", lang))


def wide(columns: int) -> pl.DataFrame:
    """A table of so many columns; every second one is mostly missing, the last but one is the target itself."""
    rows = 40
    table = {f"列{i}": [None if i % 2 and r % 4 else (r * (i + 3)) % 17 for r in range(rows)] for i in range(columns - 2)}
    flags = [r % 2 for r in range(rows)]
    return pl.DataFrame(table | {"同じ": [f * 10.0 for f in flags], "目的": ["はい" if f else "いいえ" for f in flags]})


def test_sections_tell_size_alerts_target_and_every_column(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(120)

    sections = page.sections(profile.profile(table, target="解約"), "ja")

    assert sections[0]["title"] == "概要"
    assert "120行、10列" in sections[0]["texts"][0]
    facts = dict(sections[0]["facts"])
    assert facts[say("profile.page.fact.rows", "ja")] == "120"
    assert "カテゴリ 4" in facts[say("profile.page.fact.kinds", "ja")]
    assert [section["title"] for section in sections[-10:]] == table.columns
    listing = section_of(sections, "columns")["table"]
    assert listing["tools"]
    assert [row[0] for row in listing["rows"]] == table.columns
    assert listing["rows"][6][:4] == ["会員", "はい/いいえ", "0.0%", "2"]
    assert listing["to"][6] == sections[-4]["anchor"]
    assert {len(row) for row in listing["rows"]} == {len(listing["head"])}
    goal = section_of(sections, "target")
    assert "「解約」" in goal["texts"][0]
    assert "「はい」" in goal["texts"][0]
    assert goal["figures"]


def test_a_table_without_findings_says_so() -> None:
    sections = page.sections(profile.profile(pl.DataFrame({"a": [1, 2, 3]})), "en")

    assert section_of(sections, "noticed", "en")["list"] == ["Nothing stands out."]


def test_of_many_columns_those_that_matter_get_charts_and_the_page_says_so() -> None:
    table = wide(122)

    sections = page.sections(profile.profile(table, target="目的", event="はい"), "ja")

    drawn = [section["title"] for section in sections if section.get("level") == 3]
    assert len(drawn) == page.MOST_CHARTS
    assert "同じ" in drawn
    assert [name for name in table.columns if name in drawn] == drawn
    assert section_of(sections, "charts")["texts"] == [say("profile.page.some_charts", "ja", shown=60, count=122)]
    listing = section_of(sections, "columns")["table"]
    assert len(listing["rows"]) == 122
    assert sum(to is not None for to in listing["to"]) == 60


def test_few_columns_all_have_charts_and_no_limit_is_said(make_table: Callable[..., pl.DataFrame]) -> None:
    sections = page.sections(profile.profile(make_table(60)), "ja")

    assert section_of(sections, "charts")["texts"] == []


def test_long_lists_say_how_much_is_left_out() -> None:
    made = profile.profile(wide(122))
    made["alerts"] = made["alerts"][:1] * 70

    sections = page.sections(made, "ja")

    noticed = section_of(sections, "noticed")
    assert len(noticed["list"]) == page.MOST_ALERTS
    assert noticed["texts"] == [say("profile.page.first_alerts", "ja", shown=page.MOST_ALERTS, count=70)]


def test_the_newer_parts_are_told_where_they_are(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(60), target="解約")
    pair = {"first": "<b>", "second": "職業", "measure": "v", "value": 0.25, "rows": 55}
    many = [f"c{i}" for i in range(20)]
    made["associations"] |= {
        "pairs": [pair] * 50,
        "groups": [{"columns": ["年齢", "収入"], "measure": "r", "least": 0.97}],
        "limits": Text("task.binary"),
    }
    made["questions"] = [{"text": Text("task.binary"), "columns": ["年齢"], "severity": "warning"}]
    made["missingness"] = {
        "columns": ["年齢"],
        "patterns": [{"columns": [], "rows": 45}, {"columns": many, "rows": 10}],
        "rest": 5,
        "groups": [{"columns": ["年齢", "職業"], "rows": 9, "same": 0.99}],
    }

    sections = page.sections(made, "ja")

    assert section_of(sections, "target")["list"] == [{"text": "2つのクラス", "to": "column-1", "mark": "warning"}]
    together = section_of(sections, "associations")
    assert together["texts"][0] == "2つのクラス"
    assert "年齢、収入" in together["texts"][1]
    assert together["tables"][0]["rows"][0] == ["<b>", "職業", "クラメールのV", "0.250", "55"]
    assert len(together["tables"][0]["rows"]) == page.MOST_PAIRS
    assert "50" in together["tables"][0]["title"]
    missing = section_of(sections, "missing")
    assert "年齢、職業" in missing["texts"][0]
    rows = missing["tables"][0]["rows"]
    assert rows[0] == ["（欠損なし）", "45", "75.0%"]
    assert rows[1][0].endswith("ほか10列")
    assert rows[2][1:] == ["5", "8.3%"]


def test_a_profile_without_the_newer_parts_is_told_as_far_as_it_goes(make_table: Callable[..., pl.DataFrame]) -> None:
    made = profile.profile(make_table(60))
    kept = ("rows", "columns", "kinds", "missing", "duplicates", "memory", "target", "alerts")

    sections = page.sections({name: made[name] for name in kept}, "en")

    assert section_of(sections, "missing", "en")["figures"]
    assert "figures" not in section_of(sections, "associations", "en")


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(),
        pl.DataFrame({"a": []}, schema={"a": pl.Float64}),
        pl.DataFrame({"a": [None]}, schema={"a": pl.String}),
        pl.DataFrame({"<script>": [float("inf"), None], "$x$": ["y" * 300, ""]}),
    ],
    ids=["nothing", "no rows", "all missing", "awkward"],
)
def test_any_table_has_a_page(table: pl.DataFrame) -> None:
    sections = page.sections(profile.profile(table), "ja")

    assert sum(section.get("level") == 3 for section in sections) == table.width


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (1023, "1,023 B"), (1536, "1.5 KB"), (3 * 1024**3, "3.0 GB"), (None, "–")]
)
def test_memory_is_said_for_a_reader(size: float | None, shown: str) -> None:
    assert page.memory(size) == shown
