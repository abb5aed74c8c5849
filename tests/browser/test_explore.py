"""The explore page in Chromium: from a Japanese file to its story and a sentence's chart, and there again after a reload."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from workbench.words import Lang, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
# As functions: the page's own policy forbids to evaluate text.
IS_AT_REST = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
OVERFLOW = "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }"
TABS = ("story", "alerts", "columns", "together", "chart", "compare")


def ja(key: str, **values: object) -> str:
    """A sentence as the page says it."""
    return say(key, "ja", **values)


def at_rest(page: Page) -> None:
    """Wait until the script has run, and see that nothing went wrong."""
    page.wait_for_timeout(300)
    page.wait_for_function(IS_AT_REST)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def query(page: Page) -> dict[str, str]:
    """What the address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def open_tab(page: Page, name: str, lang: Lang = "ja") -> None:
    """See that a tab is the open one."""
    expect(page.get_by_role("tab", name=say(f"ui.explore.tab.{name}", lang), exact=True)).to_have_attribute(
        "aria-selected", "true"
    )


@pytest.fixture
def explored(visit: Visit, customers: Path) -> Page:
    """The explore page of a table that was just brought in, with a target."""
    page = visit("data")
    page.locator("input[type=file]").first.set_input_files(str(customers))
    expect(page.get_by_role("heading", name=customers.name)).to_be_visible()
    page.get_by_role("tab", name=ja("page.data.tab_roles")).click()
    at_rest(page)
    page.get_by_role("button", name="解約", exact=True).click()
    at_rest(page)
    page.get_by_role("button", name=ja("ui.roles.save")).click()
    expect(page.get_by_text("予測する列: 解約")).to_be_visible()
    at_rest(page)
    page.get_by_test_id("stSidebarNav").get_by_text(ja("page.explore.title"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.explore.title"))
    at_rest(page)
    return page


def test_a_sentence_leads_to_its_chart_which_a_reload_and_the_other_language_keep(explored: Page) -> None:
    page = explored
    expect(page.get_by_role("heading", name=ja("ui.explore.moves"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)  # the ranking, and the target along the only date column
    page.locator(".st-key-explore-question-0").get_by_role("button").click()
    open_tab(page, "columns")
    page.wait_for_url(re.compile("column="))
    column = query(page)["column"]
    expect(page.get_by_role("heading", name=column, exact=True)).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    at_rest(page)

    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("page.explore.title", "en"))
    open_tab(page, "columns", "en")
    expect(page.get_by_role("heading", name=column, exact=True)).to_be_visible()
    at_rest(page)

    page.reload()
    open_tab(page, "columns", "en")
    expect(page.get_by_role("heading", name=column, exact=True)).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    assert query(page)["column"] == column


def test_tabs_are_turned_to_by_hand_kept_through_the_menu_and_fit_a_phone(explored: Page) -> None:
    page = explored
    page.set_viewport_size({"width": 390, "height": 844})
    for name in TABS:
        page.get_by_role("tab", name=ja(f"ui.explore.tab.{name}"), exact=True).click()
        open_tab(page, name)
        at_rest(page)
        assert query(page).get("tab", "story") == name
        assert page.evaluate(OVERFLOW) <= 0, name
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("tab", name=ja("ui.explore.tab.together"), exact=True).click()
    at_rest(page)
    for place in ("checks", "explore"):
        page.get_by_test_id("stSidebarNav").get_by_text(ja(f"page.{place}.title"), exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(ja(f"page.{place}.title"))
        at_rest(page)
        assert query(page).get("tab") == {"checks": None, "explore": "together"}[place]
    open_tab(page, "together")


def test_a_row_of_the_list_shows_its_column(explored: Page) -> None:
    page = explored
    page.get_by_role("tab", name=ja("ui.explore.tab.columns"), exact=True).click()
    at_rest(page)
    search = page.get_by_placeholder(ja("ui.explore.search_hint"))
    search.fill("登録")
    search.press("Enter")
    expect(page.get_by_text(ja("ui.explore.found", count=1, of=7))).to_be_visible()
    at_rest(page)
    grid = page.get_by_test_id("stDataFrame").first
    grid.click(position={"x": 16, "y": 35 + 17})
    expect(page.get_by_role("heading", name="登録日", exact=True)).to_be_visible()
    assert query(page)["column"] == "登録日"
