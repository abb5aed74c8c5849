"""What an analyst does in one sitting, in Chromium against the real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from playwright.sync_api import Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooSlow

from tests.served import free_port, running_server
from workbench.data import read as read_table
from workbench.words import Lang, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# As functions: the page's own policy forbids to evaluate text.
IS_AT_REST = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
SOMEBODY_ELSE = (
    "() => { window.stale = true; __wbWatch.data = {...__wbWatch.data, who: 'other@example.com'}; __wbWatch.check() }"
)

Visit = Callable[..., Page]
Table = Callable[..., pl.DataFrame]


def ja(key: str, **values: object) -> str:
    return say(key, "ja", **values)


def menu(page: Page, name: str, lang: Lang = "ja") -> None:
    """Pick a page from Streamlit's menu, which clears the URL's query."""
    page.get_by_test_id("stSidebarNav").get_by_text(say(f"page.{name}.title", lang), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say(f"page.{name}.title", lang))
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until the script has run, and see that nothing went wrong."""
    page.wait_for_function(IS_AT_REST)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def watched(page: Page) -> None:
    """Wait until the watcher of the sign-in is at work."""
    page.wait_for_function("() => window.__wbWatch?.check !== undefined")


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box, by its label; a rerun that comes in between closes its list again."""
    box = page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox")
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        at_rest(page)
        box.click()
        try:
            wanted.click(timeout=5000)
            return at_rest(page)
        except TooSlow:
            page.keyboard.press("Escape")
    raise AssertionError(f"{option} cannot be picked")


def query(page: Page, name: str) -> str:
    """Wait for an id in the URL, and return it."""
    page.wait_for_url(re.compile(rf"[?&]{name}="))
    found = re.search(rf"[?&]{name}=([^&]+)", page.url)
    assert found
    return found[1]


def upload(page: Page, path: Path) -> None:
    """Give the upload control a file."""
    page.locator("input[type=file]").first.set_input_files(str(path))


def open_table(visit: Visit, path: Path, target: str = "解約") -> Page:
    """Bring a file in and say what is to be predicted."""
    page = visit("data")
    upload(page, path)
    expect(page.get_by_role("heading", name=path.name)).to_be_visible()
    page.get_by_role("tab", name=ja("page.data.tab_roles")).click()
    choose(page, ja("ui.roles.target"), target)
    page.get_by_role("button", name=ja("ui.roles.save")).click()
    expect(page.get_by_text(f"予測する列: {target}")).to_be_visible()
    at_rest(page)
    return page


def start_comparison(page: Page, *, keep: int, folds: int) -> str:
    """Start a comparison of the first few models that are offered."""
    menu(page, "compare")
    at_rest(page)
    tags = page.locator("[data-testid=stMultiSelect] [data-baseweb=tag]")
    while tags.count() > keep:
        tags.last.get_by_role("button").or_(tags.last.locator("[title=Delete], [aria-label*=elete]")).first.click()
        page.wait_for_timeout(100)
    page.get_by_text(ja("ui.plan.advanced")).click()
    field = page.get_by_label(ja("ui.plan.folds"), exact=True)
    field.fill(str(folds))
    field.press("Tab")
    for _ in range(5):
        at_rest(page)
        page.get_by_role("button", name=ja("ui.plan.start")).click()
        try:
            page.wait_for_url(re.compile(r"[?&]run="), timeout=20_000)
            return query(page, "run")
        except TooSlow:  # a rerun that came in between took the click
            continue
    raise AssertionError("the comparison does not start")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_deep_link_on_a_fresh_server_shows_the_frame(visit: Visit, lang: Lang) -> None:
    with running_server() as address:
        page = visit("explore", locale={"ja": "ja-JP", "en": "en-US"}[lang], address=address)
        expect(page.get_by_role("heading", level=1)).to_have_text(say("page.explore.title", lang))
        expect(page.get_by_test_id("stSidebarNav")).to_contain_text(say("page.home.title", lang))
        expect(page.get_by_text("you@localhost")).to_be_visible()


def test_the_language_can_be_changed_and_stays(visit: Visit) -> None:
    page = visit("status", locale="en-US")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("page.status.title", "en"))
    page.get_by_text("日本語", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.status.title"))
    menu(page, "explore")
    assert query(page, "lang") == "ja"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.explore.title"))


def test_a_first_visit_gets_from_home_to_reasons_in_one_click(visit: Visit) -> None:
    page = visit()
    page.get_by_test_id("stPageLink").filter(has_text=ja("page.explain.title")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.explain.title"))
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    assert query(page, "model")


def test_from_a_japanese_file_to_a_scored_file(visit: Visit, customers: Path, tmp_path: Path, make_table: Table) -> None:
    page = open_table(visit, customers)
    dataset = query(page, "dataset")
    page.get_by_role("tab", name=ja("page.data.tab_how")).click()
    expect(page.get_by_text("cp932", exact=True)).to_be_visible()

    menu(page, "explore")
    assert query(page, "dataset") == dataset, "the menu took the id out of the URL, the frame wrote it back"
    expect(page.locator(".js-plotly-plot").first).to_be_visible()

    menu(page, "checks")
    expect(page.get_by_role("heading", name=ja("page.checks.advice"))).to_be_visible()

    run = start_comparison(page, keep=2, folds=3)
    expect(page.get_by_text(ja("ui.run.finished"))).to_be_visible(timeout=180_000)
    model = page.get_by_test_id("stPageLink").filter(has_text=ja("page.predict.title"))
    expect(model).to_be_visible()
    page.reload()
    assert query(page, "run") == run
    expect(page.get_by_text(ja("ui.run.finished"))).to_be_visible()

    page.get_by_test_id("stPageLink").filter(has_text=ja("page.predict.title")).click()
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible()
    page.get_by_role("button", name=ja("page.predict.predict")).click()
    at_rest(page)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(re.compile("はい|いいえ"))

    page.get_by_role("tab", name=ja("page.predict.file"), exact=True).click()
    new = tmp_path / "新しい顧客.csv"
    new.write_bytes(make_table(50, seed=9).write_csv().encode("cp932"))
    upload(page, new)
    expect(page.get_by_text(ja("ui.sources.arrived", file=new.name))).to_be_visible()
    page.get_by_role("button", name=ja("ui.batch.start")).click()
    link = page.get_by_role("link", name=re.compile("xlsx"))
    expect(link).to_be_visible(timeout=120_000)
    scored = read(download(page, link), tmp_path)
    assert scored.height == 50
    assert "予測" in scored.columns


def download(page: Page, link: Locator) -> Download:
    """Click a link that downloads, in this tab: the one it would open closes itself before a test can listen to it."""
    link.evaluate("(element) => element.removeAttribute('target')")
    with page.expect_download() as found:
        link.click()
    return found.value


def read(download: Download, folder: Path) -> pl.DataFrame:
    """Keep a download, and read it as a spreadsheet."""
    path = folder / "scored.xlsx"
    download.save_as(path)
    return read_table(path, name=path.name, max_rows=1000).frame


def test_a_stopped_comparison_keeps_what_is_done(visit: Visit, tmp_path: Path, make_table: Table) -> None:
    path = tmp_path / "大きい表.csv"
    path.write_bytes(make_table(6000).drop("顧客番号", "ランク", "売上").write_csv().encode("cp932"))
    page = open_table(visit, path)
    start_comparison(page, keep=9, folds=10)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=180_000)
    page.get_by_role("button", name=ja("ui.run.stop"), exact=True).click()
    expect(page.get_by_text(ja("ui.run.stopped"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(ja("ui.run.stopped"))).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    expect(page.get_by_role("button", name=ja("ui.runs_kept.resume"))).to_be_visible()


def test_an_empty_file_is_said_at_once(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "空.csv"
    path.touch()
    page = visit("data")
    upload(page, path)
    expect(page.get_by_text(ja("ui.upload.empty", name=path.name))).to_be_visible()


def test_a_file_that_is_no_table_is_one_clear_sentence(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "写真.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    page = visit("data")
    upload(page, path)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    page.get_by_role("button", name=ja("ui.sources.give_up")).click()
    expect(page.get_by_text(ja("page.data.nothing_open"))).to_be_visible()


def test_an_opened_table_survives_a_reload(visit: Visit, customers: Path) -> None:
    page = visit("data")
    at_rest(page)
    upload(page, customers)
    expect(page.get_by_role("heading", name=customers.name)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=customers.name)).to_be_visible()


def test_what_is_open_survives_the_menu_and_a_restarted_server(visit: Visit, tmp_path: Path) -> None:
    port, store = free_port(), str(tmp_path / "store")
    with running_server(at=port, WORKBENCH_STORE=store) as address:
        page = visit("data", address=address)
        at_rest(page)
        page.get_by_role("button", name=say("sample.spam.title", "ja")).click()
        expect(page.get_by_role("heading", name="spam", exact=True)).to_be_visible()
        opened = parse_qs(urlsplit(page.url).query)["dataset"]
        menu(page, "checks")
        assert parse_qs(urlsplit(page.url).query)["dataset"] == opened
    with running_server(at=port, WORKBENCH_STORE=store):
        # The tab finds the new server by itself and goes on with what it had open, without a reload.
        menu(page, "explore")
        expect(page.get_by_text("4,601").first).to_be_visible()
        assert parse_qs(urlsplit(page.url).query)["dataset"] == opened
        page.reload()
        expect(page.get_by_text("4,601").first).to_be_visible()


def test_somebody_elses_sign_in_reloads_the_page(visit: Visit) -> None:
    page = visit("status")
    watched(page)
    page.evaluate(SOMEBODY_ELSE)
    page.wait_for_function("() => window.stale === undefined")
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.status.title"))


def test_a_sign_in_that_ended_offers_to_sign_in_again(visit: Visit) -> None:
    page = visit("status")
    watched(page)
    page.route("**/api/v1/session", lambda route: route.fulfill(status=401))
    page.evaluate("() => __wbWatch.check()")
    link = page.get_by_role("link", name=ja("ui.watch.expired"))
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "/signed-in"
    page.unroute("**/api/v1/session")
    with page.expect_popup():
        link.click()
    expect(link).to_be_hidden()
