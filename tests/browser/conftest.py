"""A real server and a real browser, as a person has them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.served import running_server

# The first visit to a page imports what it needs; two cores are shared with training.
PATIENCE = 60_000


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server whose store nobody has used."""
    with running_server() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; closed with its module, because while Playwright runs no other test can start an event loop."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Open an address of the server in a browser of a language."""
    expect.set_options(timeout=PATIENCE)
    contexts = []

    def visiting(path: str = "", locale: str = "ja-JP", address: str = "") -> Page:
        context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address or server}/{path}")
        return page

    yield visiting
    for context in contexts:
        context.close()


@pytest.fixture
def customers(tmp_path: Path, make_table: Callable[..., object]) -> Path:
    """A table as a Japanese Excel saves it: cp932, Japanese names, blanks, labels with commas."""
    path = tmp_path / "顧客一覧.csv"
    path.write_bytes(make_table(300).drop("顧客番号", "ランク", "売上").write_csv().encode("cp932"))  # type: ignore[attr-defined]
    return path
