"""The checks page in Chromium: from a finding to the honest score, a reason that is kept, and the advice adopted."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from workbench.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
# As functions: the page's own policy forbids to evaluate text.
IS_AT_REST = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
OVERFLOW = "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }"
TABS = ("findings", "honest", "arrival", "labels", "contract")


def ja(key: str, **values: object) -> str:
    """A sentence as the page says it."""
    return say(key, "ja", **values)


def at_rest(page: Page) -> None:
    """Wait until the script has run, and see that nothing went wrong."""
    page.wait_for_timeout(300)
    page.wait_for_function(IS_AT_REST)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    """Customers who came several times, with a date of closing that is there only for those who left."""
    chance, rows, each = random.Random(8), 400, 10
    person = [i // each for i in range(rows)]
    areas, plans = ([chance.randint(0, most) for _ in range(rows // each)] for most in (1, 2))
    left = [chance.random() < 0.4 for _ in range(rows)]
    frame = pl.DataFrame(
        {
            "来店番号": [f"C{number:03d}_{i % each}" for i, number in enumerate(person)],
            "解約手続日": [f"2024-0{1 + i % 9}-01" if yes else None for i, yes in enumerate(left)],
            "地域": [areas[number] for number in person],
            "プラン": [plans[number] for number in person],
            "利用額": [round(chance.gauss(0, 1), 3) for _ in range(rows)],
            "解約": ["はい" if yes else "いいえ" for yes in left],
        }
    )
    path = tmp_path / "来店.csv"
    path.write_bytes(frame.sample(fraction=1.0, shuffle=True, seed=1).write_csv().encode("cp932"))
    return path


@pytest.fixture
def checked(visit: Visit, leaky: Path) -> Page:
    """The checks page of that table."""
    page = visit("data")
    page.locator("input[type=file]").first.set_input_files(str(leaky))
    expect(page.get_by_role("heading", name=leaky.name)).to_be_visible()
    page.get_by_role("tab", name=ja("page.data.tab_roles")).click()
    at_rest(page)
    page.get_by_role("button", name="解約", exact=True).click()
    at_rest(page)
    page.get_by_role("button", name=ja("ui.roles.save")).click()
    expect(page.get_by_text("予測する列: 解約")).to_be_visible()
    at_rest(page)
    page.get_by_test_id("stSidebarNav").get_by_text(ja("page.checks.title"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.checks.title"))
    at_rest(page)
    return page


def card(page: Page, code: str) -> object:
    """The card of the first finding with a code."""
    return page.locator(f"[class*='st-key-checks-finding-{code}-']").first


def test_from_a_finding_to_the_honest_score_a_reason_and_the_adopted_advice(checked: Page, tmp_path: Path) -> None:
    page = checked
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()

    page.get_by_role("button", name=ja("ui.checks.do.score_without")).first.click()
    expect(page.get_by_text(re.compile("解約手続日 を外すと")).first).to_be_visible(timeout=120_000)
    at_rest(page)

    group = card(page, "WB401")
    group.get_by_role("button", name=ja("ui.checks.do.accept")).click()
    reason = page.get_by_label(ja("ui.checks.accept.reason"))
    reason.fill("別の店の客として扱うと決めている")
    reason.press("Enter")
    expect(page.get_by_text(ja("ui.checks.accepted", count=1)).first).to_be_visible()
    at_rest(page)
    page.reload()
    at_rest(page)
    page.get_by_test_id("stExpander").filter(has_text=ja("ui.checks.accepted", count=1)).locator("summary").click()
    expect(page.get_by_text("別の店の客として扱うと決めている")).to_be_visible()

    page.get_by_role("button", name=ja("ui.advice.adopt")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("解約手続日")).to_be_visible()
    dialog.get_by_role("button", name=ja("ui.advice.confirm"), exact=True).click()
    expect(page.get_by_text(ja("ui.advice.adopted"))).to_be_visible()
    at_rest(page)

    with page.expect_download() as download:
        page.get_by_role("button", name=ja("ui.checks.report")).click()
    path = tmp_path / "report.html"
    download.value.save_as(path)
    assert "別の店の客として扱うと決めている" in path.read_text(encoding="utf-8")
    assert "解約手続日" in path.read_text(encoding="utf-8")


def test_every_tab_fits_a_phone_and_is_kept_in_the_address(checked: Page) -> None:
    page = checked
    page.set_viewport_size({"width": 390, "height": 844})
    for name in TABS:
        tab = page.get_by_role("tab", name=ja(f"ui.checks.tab.{name}"), exact=True)
        tab.focus()
        tab.press("Enter")
        at_rest(page)
        expect(tab).to_have_attribute("aria-selected", "true")
        assert page.evaluate(OVERFLOW) <= 0, name
        assert (f"part={name}" in page.url) == (name != "findings")
    page.reload()
    at_rest(page)
    expect(page.get_by_role("tab", name=ja("ui.checks.tab.contract"), exact=True)).to_have_attribute("aria-selected", "true")
