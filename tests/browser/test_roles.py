"""The sheet of roles in a real browser: typed into with the keyboard, kept while one looks elsewhere, saved when asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Position, expect

from workbench.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
IS_AT_REST = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
ROW, HEAD = 35, 35


def ja(key: str, **values: object) -> str:
    """A sentence as the page says it."""
    return say(key, "ja", **values)


def at_rest(page: Page) -> None:
    """Wait until the script has run, and see that nothing went wrong."""
    page.wait_for_timeout(300)
    page.wait_for_function(IS_AT_REST)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def open_roles(page: Page) -> None:
    """Turn to the sheet."""
    page.get_by_role("tab", name=ja("page.data.tab_roles")).click()
    at_rest(page)


def grid(page: Page) -> Locator:
    """The sheet, which is the last grid of the page."""
    return page.get_by_test_id("stDataFrame").last


def spot(x: int, row: int) -> Position:
    """Where a row of the sheet is, so far from its left edge."""
    return {"x": x, "y": HEAD + ROW * row + ROW // 2}


def write(page: Page, text: str, key: str, at: Position | None = None) -> None:
    """Open the cell that is chosen, or at a place, write into it and leave it by a key."""
    cell = page.locator("#portal textarea, #portal input")
    open_cell(page, cell, at)
    page.keyboard.type(text)
    expect(cell).to_have_value(text)
    page.wait_for_timeout(200)  # nobody leaves a cell in the millisecond of the last letter
    page.keyboard.press(key)
    expect(cell).to_have_count(0)
    at_rest(page)


def open_cell(page: Page, cell: Locator, at: Position | None) -> None:
    """Open a cell; a page that is drawn again just then swallows the click or the key, and a person repeats it."""
    for _ in range(5):
        if at:
            grid(page).scroll_into_view_if_needed()
            grid(page).click(position=at)
        page.keyboard.press("Enter")
        try:
            expect(cell).to_be_focused(timeout=10_000)
        except AssertionError:
            at_rest(page)
        else:
            return
    raise AssertionError("the cell never opened")


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A table of 122 columns."""
    names = ["顧客番号", "解約", *(f"項目{i:03d}" for i in range(120))]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for i in range(60):
        writer.writerow([f"C{i:05d}", "はい" if i % 3 else "いいえ", *(i * (j % 16 + 1) % 17 for j in range(120))])
    path = tmp_path / "広い表.csv"
    path.write_bytes(out.getvalue().encode("cp932"))
    return path


def test_roles_of_122_columns_are_typed_kept_and_saved(visit: Visit, wide: Path) -> None:
    page = visit("data")
    page.locator("input[type=file]").first.set_input_files(str(wide))
    expect(page.get_by_role("heading", name=wide.name)).to_be_visible()
    open_roles(page)
    expect(page.get_by_text("顧客番号 → ID")).to_be_visible()
    page.get_by_role("button", name="解約", exact=True).click()
    at_rest(page)
    search = page.get_by_placeholder(ja("ui.roles.search_hint"))
    search.fill("項目00")
    search.press("Enter")
    expect(page.get_by_role("button", name=ja("ui.roles.many", number=10))).to_be_visible()
    at_rest(page)
    write(page, "one", "Enter", at=spot(770, 0))
    for text, key in (("two", "Enter"), ("three", "Tab"), ("kg", "Enter")):
        write(page, text, key)
    page.get_by_role("button", name=ja("ui.roles.many", number=10)).click()
    body = page.get_by_test_id("stPopoverBody")
    body.get_by_test_id("stSelectbox").filter(has_text=ja("roles.header.known")).get_by_role("combobox").click()
    page.get_by_role("option", name=ja("roles.known.yes"), exact=True).click()
    body.get_by_role("button", name=ja("ui.roles.apply")).click()
    expect(page.get_by_text(ja("ui.roles.unsaved", count=12))).to_be_visible()
    at_rest(page)
    for place in ("explore", "data"):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=ja(f"page.{place}.title")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(ja(f"page.{place}.title"))
        at_rest(page)
    open_roles(page)
    expect(search).to_have_value("項目00")
    expect(page.get_by_text(ja("ui.roles.unsaved", count=12))).to_be_visible()
    page.get_by_role("button", name=ja("ui.roles.save")).click()
    expect(page.get_by_text("予測する列: 解約")).to_be_visible()
    at_rest(page)
    page.get_by_text(ja("ui.roles.files")).click()
    expect(page.get_by_role("button", name=ja("ui.roles.download"))).to_be_visible()
    at_rest(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=ja("ui.roles.download")).click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        sheet = {row["列"]: row for row in csv.DictReader(file)}
    assert len(sheet) == 122
    assert (sheet["顧客番号"]["役割"], sheet["解約"]["役割"], sheet["解約"]["起きたこと"]) == ("ID", "目的変数", "はい")
    assert [sheet[f"項目00{i}"]["意味"] for i in range(4)] == ["one", "two", "three", ""]
    assert sheet["項目002"]["単位"] == "kg"
    assert [sheet[name]["予測時に分かる"] for name in ("項目000", "項目009", "項目010")] == ["はい", "はい", ""]
