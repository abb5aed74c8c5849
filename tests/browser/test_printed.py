"""A printed profile opened from the disk in a real browser, offline: charts in both themes, safe names, search, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from workbench import profile, report
from workbench.profile import page as sections
from workbench.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOSTILE = "</script><script>window.hacked=1</script><!--<img src=x onerror=window.hacked=1>"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile of a Japanese table, one of whose names would like to be a script."""
    rows = range(120)
    table = pl.DataFrame(
        {
            "年齢": [20.0 + r % 50 if r % 9 else None for r in rows],
            HOSTILE: [f"{HOSTILE}{r % 3}" for r in rows],
            "職業": [("会社員", "公務員", "$自営業$")[r % 3] for r in rows],
            "解約": ["はい" if r % 4 else "いいえ" for r in rows],
        }
        | {f"数値{i:02d}": [float((r * (i + 7)) % 23) for r in rows] for i in range(20)}
    )
    made = profile.profile(table, target="解約", event="はい")
    path = tmp_path_factory.mktemp("printed") / "要約.html"
    path.write_text(report.page(HOSTILE, sections.sections(made, "ja"), "ja", made="2026-09-01"), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, printed: Path) -> Iterator[Open]:
    """Open the page with the network off; whatever goes wrong in it, or is asked of the network, fails the test."""
    contexts, wrong = [], []

    def opening(**look: object) -> Page:
        context = browser.new_context(**{"locale": "ja-JP", "offline": True, "accept_downloads": True, **look})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        page.on(
            "request",
            lambda asked: wrong.append(asked.url) if not asked.url.startswith(("file:", "blob:", "data:")) else None,
        )
        page.goto(printed.as_uri())
        page.set_default_timeout(60_000)
        return page

    yield opening
    for context in contexts:
        context.close()
    assert not wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_drawn_when_they_come_into_view_in_both_themes(opened: Open, scheme: str) -> None:
    page = opened(color_scheme=scheme)

    places = page.locator(".chart")
    last = places.last
    assert last.locator("svg").count() == 0
    last.scroll_into_view_if_needed()
    expect(last.locator("svg.main-svg").first).to_be_visible(timeout=60_000)
    assert 0 < page.locator(".chart[data-drawn]").count() < places.count()
    background = page.evaluate("getComputedStyle(document.querySelector('th')).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


def test_a_name_that_would_be_a_script_is_only_shown(opened: Open) -> None:
    page = opened()

    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    page.locator("#column-1").scroll_into_view_if_needed()
    expect(page.locator("#column-1 svg.main-svg").first).to_be_visible(timeout=60_000)
    expect(page.locator("#column-1 .gtitle").first).to_contain_text("</script>")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0


def test_the_table_of_columns_is_searched_and_sorted(opened: Open) -> None:
    page = opened()
    table = page.locator("table[data-tools]")
    lines = table.locator("tbody tr:visible")
    expect(lines).to_have_count(24)

    page.get_by_role("searchbox").fill("数値1")
    expect(lines).to_have_count(10)
    expect(page.get_by_role("status")).to_have_text("24行中10行")
    page.get_by_role("searchbox").fill("")

    missing = table.get_by_role("columnheader", name=say("profile.head.missing", "ja"))
    missing.get_by_role("button").click()
    expect(missing).to_have_attribute("aria-sort", "descending")
    expect(lines.first.locator("td").first).to_have_text("年齢")
    missing.get_by_role("button").click()
    expect(lines.last.locator("td").first).to_have_text("年齢")


def test_a_phone_shows_everything_without_scrolling_sideways(opened: Open) -> None:
    page = opened(viewport={"width": 390, "height": 844})

    page.locator("#column-2").scroll_into_view_if_needed()
    expect(page.locator("#column-2 svg.main-svg").first).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate(
        "[...document.querySelectorAll('#column-2 .chart text')].map(t => parseFloat(getComputedStyle(t).fontSize))"
    )
    assert min(sizes) >= 12


def test_a_chart_is_saved_on_white_paper(opened: Open) -> None:
    page = opened(color_scheme="dark")
    chart = page.locator("#column-0 .chart").first
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg.main-svg").first).to_be_visible(timeout=60_000)

    chart.hover()
    buttons = chart.locator(".modebar-btn")
    assert [b.get_attribute("data-title") for b in buttons.all()] == [
        say(f"figure.plotly.{name}", "ja") for name in ("png", "svg")
    ]
    with page.expect_download() as taken:
        buttons.nth(0).click()
    picture = Image.open(BytesIO(Path(taken.value.path()).read_bytes())).convert("RGBA")
    assert taken.value.suggested_filename == "年齢.png"
    assert picture.getpixel((2, 2)) == (255, 255, 255, 255)
    with page.expect_download() as taken:
        buttons.nth(1).click()
    assert taken.value.suggested_filename == "年齢.svg"
    assert Path(taken.value.path()).read_text(encoding="utf-8").startswith("<svg")


def test_every_chart_is_drawn_for_print(opened: Open) -> None:
    page = opened()
    page.wait_for_function("window.Plotly")

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    assert page.locator(".chart[data-drawn]").count() == page.locator(".chart").count()
    expect(page.locator(".chart svg.main-svg").last).to_be_attached()
