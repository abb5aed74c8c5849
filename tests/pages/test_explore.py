"""The explore page: the target's story, alerts that lead to their charts, columns to search, parts as they come."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import profiling
from workbench.actions.profile import Shown
from workbench.principal import LOCAL
from workbench.profile import alerts
from workbench.ui import explore
from workbench.words import Lang, Text, catalogue, say

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Keep = Callable[..., str]
Query = Callable[[AppTest, str], str]
Telling = Callable[..., None]

TABS = ("story", "alerts", "columns", "together", "chart", "compare")


@pytest.fixture
def keep_frame(keep_upload: Callable[[str, bytes], str]) -> Callable[[pl.DataFrame], str]:
    """Bring a table in, and return its id."""
    return lambda frame: actions.datasets.from_upload(keep_upload("表.csv", frame.write_csv().encode()), by=LOCAL)


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> Telling:
    """Let a profile be as far as a run that has told some of its parts."""

    def tell(dataset_id: str, *names: str, columns: int = 0, **standing: Any) -> None:
        whole = actions.profile.of(dataset_id, by=LOCAL)
        parts = {name: whole[name] for name in names} | {"columns": whole["columns"][:columns]}
        so_far = profiling.partial(actions.datasets.record(dataset_id, by=LOCAL), parts)
        now = Shown(so_far, whole=False, run="20260101T000000Z-abcdef", **standing)
        monkeypatch.setattr(actions.profile, "shown", lambda _, *, by: now)

    return tell


def charts(at: AppTest) -> int:
    """How many charts are drawn."""
    return len(at.get("plotly_chart"))


def grid(at: AppTest, column: str) -> Any:
    """The table that has a column."""
    return next(found.value for found in at.dataframe if column in found.value.columns)


def test_nothing_open_points_to_the_data_page(open_page: Open, texts: Read) -> None:
    at = open_page("explore")
    assert "No table is open yet" in texts(at)
    assert at.get("page_link")


def test_somebody_elses_table_is_not_there(open_page: Open) -> None:
    at = open_page("explore", dataset="20260101T000000Z-abcdef")
    assert len(at.error) == 1
    assert not at.metric


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_story_of_the_target_comes_first(open_page: Open, keep_table: Keep, texts: Read, lang: Lang) -> None:
    at = open_page("explore", lang=lang, dataset=keep_table(target="解約"))
    assert not at.exception
    assert not at.error
    assert [m.value for m in at.metric][:2] == ["200", "10"]
    assert say("ui.explore.moves", lang) in texts(at)
    assert at.button(key="explore.question.0")
    assert charts(at) == 2, "the ranking, and the target along the only date column"


@pytest.mark.parametrize(
    ("target", "tab"),
    [
        *((target, tab) for target in (None, "解約") for tab in TABS),
        *((t, tab) for t in ("売上", "ランク") for tab in TABS[:3]),
    ],
)
def test_every_tab_is_drawn_for_every_kind_of_target(
    open_page: Open, keep_table: Keep, query: Query, target: str | None, tab: str
) -> None:
    at = open_page("explore", dataset=keep_table(target=target), tab=tab)
    assert not at.exception
    assert not at.error
    assert query(at, "tab") == tab


def test_without_a_target_the_page_says_where_to_choose_one(open_page: Open, keep_table: Keep, texts: Read) -> None:
    at = open_page("explore", dataset=keep_table())
    assert say("page.explore.no_target", "en") in texts(at)
    assert say("ui.explore.wrong", "en") in texts(at)
    assert not charts(at)


def test_a_question_leads_to_the_chart_of_its_column(open_page: Open, keep_table: Keep, query: Query) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("explore", dataset=dataset_id)
    column = actions.profile.of(dataset_id, by=LOCAL)["questions"][0]["columns"][0]
    at.button(key="explore.question.0").click().run()
    assert not at.exception
    assert (query(at, "tab"), query(at, "column")) == ("columns", column)
    assert at.selectbox(key=f"explore.column.{dataset_id}").value == column
    assert charts(at) == 2


def test_an_alert_leads_to_its_chart(open_page: Open, keep_table: Keep, query: Query) -> None:
    dataset_id = keep_table()
    at = open_page("explore", dataset=dataset_id, tab="alerts")
    place = actions.profile.of(dataset_id, by=LOCAL)["alerts"][0]["chart"]
    at.button(key="explore.alert.0").click().run()
    assert query(at, "tab") == {"target": "story"}.get(place["tab"], place["tab"])
    assert charts(at)


def test_alerts_of_one_kind_are_picked_and_many_come_in_parts(
    open_page: Open, keep_frame: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore, "ALERTS", 2)
    half = [None, None, None, *range(3)] * 5
    dataset_id = keep_frame(
        pl.DataFrame({"x": range(30), "k": ["a"] * 30, "m": half, "s": [0] * 29 + [9], "e": [*range(29), 1_000_000]})
    )
    at = open_page("explore", dataset=dataset_id, tab="alerts")
    assert not at.exception

    def sentences() -> int:
        return sum(1 for button in at.button if (button.key or "").startswith("explore.alert."))

    before = sentences()
    at.button(key="explore.more_alerts").click().run()
    assert sentences() > before
    at.pills(key=f"explore.codes.{dataset_id}").set_value(["constant"]).run()
    assert sentences() == 1


def test_every_column_is_drawn_when_it_is_picked(open_page: Open, keep_table: Keep, query: Query) -> None:
    dataset_id = keep_table()
    at = open_page("explore", dataset=dataset_id, tab="columns")
    for column in at.selectbox(key=f"explore.column.{dataset_id}").options:
        at.selectbox(key=f"explore.column.{dataset_id}").set_value(column).run()
        assert not at.exception, column
        assert not at.error, column
        assert charts(at) == 1, column
        assert query(at, "column") == column


def test_columns_are_listed_strongest_first_and_found_by_name(open_page: Open, keep_table: Keep) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("explore", dataset=dataset_id, tab="columns")
    listed = grid(at, "strength")
    known = [value for value in listed["strength"] if value == value]
    assert len(listed) == 10
    assert known == sorted(known, reverse=True)
    at.text_input(key=f"explore.search.{dataset_id}").set_value("日").run()
    assert list(grid(at, "strength")["name"]) == ["登録日"]
    at.text_input(key=f"explore.search.{dataset_id}").set_value("**no such**").run()
    assert not at.exception
    assert not any("strength" in found.value.columns for found in at.dataframe)


def test_a_column_shows_its_facts_and_the_figures_of_its_chart(open_page: Open, keep_table: Keep) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("explore", dataset=dataset_id, tab="columns", column="収入")
    column = actions.profile.column(dataset_id, "収入", by=LOCAL)
    assert column is not None
    facts = grid(at, "fact")
    assert say("ui.explore.fact.median", "en") in list(facts["fact"])
    assert len(grid(at, "low")) == len(column["by_target"]["bins"])


def test_what_the_address_misspells_is_passed_over(open_page: Open, keep_table: Keep, query: Query) -> None:
    dataset_id = keep_table(target="解約")
    at = open_page("explore", dataset=dataset_id, tab="no_such_tab")
    assert not at.exception
    assert query(at, "tab") == "story"
    at = open_page("explore", dataset=dataset_id, tab="columns", column="ない列")
    assert not at.exception
    assert at.selectbox(key=f"explore.column.{dataset_id}").value != "ない列"


def test_names_with_markdown_are_shown_word_for_word(open_page: Open, keep_frame: Callable[..., str], texts: Read) -> None:
    name = "**利用額**_[円]($)"
    dataset_id = keep_frame(pl.DataFrame({name: [1] * 20, "x": range(20)}))
    at = open_page("explore", dataset=dataset_id)
    assert not at.exception
    assert r"\*\*利用額\*\*\_\[円\](\$)" in texts(at)
    at = open_page("explore", dataset=dataset_id, tab="columns", column=name)
    assert not at.exception
    assert any(r"\*\*利用額" in heading.value for heading in at.subheader)


@pytest.mark.parametrize("tab", TABS)
def test_a_table_of_one_row_is_shown(open_page: Open, keep_frame: Callable[..., str], tab: str) -> None:
    dataset_id = keep_frame(pl.DataFrame({"a": [1], "b": ["x"]}))
    at = open_page("explore", dataset=dataset_id, tab=tab)
    assert not at.exception
    assert [m.value for m in at.metric][:1] == ["1"]


@pytest.mark.parametrize("tab", TABS)
def test_a_profile_that_is_being_made_shows_what_is_there(
    open_page: Open, keep_table: Keep, telling: Telling, texts: Read, tab: str
) -> None:
    dataset_id = keep_table(target="解約")
    telling(dataset_id, "duplicates", columns=4, state="running", progress=0.4, note=None, may_stop=True)
    at = open_page("explore", dataset=dataset_id, tab=tab)
    assert not at.exception
    assert not at.error
    assert at.button(key="explore.stop")
    assert [m.value for m in at.metric][:2] == ["200", "10"]
    if tab in ("story", "alerts", "together"):
        assert say("ui.explore.to_come", "en") in texts(at)
    if tab == "columns":
        assert len(grid(at, "typical")) == 4


def test_a_column_that_is_not_there_yet_says_so(open_page: Open, keep_table: Keep, telling: Telling, texts: Read) -> None:
    dataset_id = keep_table(target="解約")
    telling(dataset_id, columns=2, state="running")
    at = open_page("explore", dataset=dataset_id, tab="columns", column="売上")
    assert not at.exception
    assert say("ui.explore.to_come", "en") in texts(at)


def test_who_only_looks_on_cannot_stop(open_page: Open, keep_table: Keep, telling: Telling) -> None:
    dataset_id = keep_table()
    telling(dataset_id, state="running", progress=0.1, may_stop=False)
    at = open_page("explore", dataset=dataset_id)
    assert not at.exception
    assert not [button for button in at.button if button.key == "explore.stop"]


@pytest.mark.parametrize("state", ["stopped", "failed", "lost"])
def test_a_profile_that_ended_early_shows_what_is_there_and_can_be_made_again(
    open_page: Open, keep_table: Keep, telling: Telling, texts: Read, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    dataset_id = keep_table(target="解約")
    asked: list[str] = []
    telling(dataset_id, "duplicates", columns=3, state=state)
    monkeypatch.setattr(actions.profile, "again", lambda i, *, by: asked.append(i))
    at = open_page("explore", dataset=dataset_id, tab="columns")
    assert say(f"ui.explore.ended.{state}", "en") in texts(at)
    assert len(grid(at, "typical")) == 3
    at.button(key="explore.again").click().run()
    assert asked == [dataset_id]


def test_why_a_run_failed_is_said(open_page: Open, keep_table: Keep, telling: Telling, texts: Read) -> None:
    dataset_id = keep_table()
    telling(dataset_id, state="failed", error=Text("error.runs.still_going", title="X"))
    assert say("error.runs.still_going", "en", title="X") in texts(open_page("explore", dataset=dataset_id))


def test_every_kind_of_alert_has_a_short_name() -> None:
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(alerts))) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if getattr(call.func, "id", "") == "alert"]
    codes = {first.value for first in named if isinstance(first, ast.Constant)}
    assert "constant" in codes
    assert {f"ui.explore.code.{code}" for code in codes} <= catalogue("en").keys()
