"""The frame around every page: the menu, the language, what is open, and the net below."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from workbench.actions import held
from workbench.ui import places
from workbench.words import say

PROJECT = Path(__file__).resolve().parent.parent
PAGES = [name for names in places.SECTIONS.values() for name in names]


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_file(str(PROJECT / "workbench/ui/frame.py"), default_timeout=120)


def open_page(at: AppTest, name: str) -> AppTest:
    return at.switch_page(str(PROJECT / f"pages/{name}.py")).run()


def test_the_menu_names_every_page_once() -> None:
    assert sorted(PAGES) == sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_nothing_open(at: AppTest, name: str, lang: str) -> None:
    at.query_params["lang"] = lang
    at.run()
    open_page(at, name)
    assert not at.exception
    assert not at.error
    assert at.title, "a page says what it is"
    assert at.sidebar.caption[0].value == "you@localhost"


def test_the_title_is_in_the_language_of_the_browser(at: AppTest) -> None:
    at.context = {"locale": "ja-JP"}
    at.run()
    assert at.title[0].value == say("page.home.heading", "ja")


def test_a_chosen_language_wins_over_the_browser_and_stands_in_the_url(at: AppTest) -> None:
    at.context = {"locale": "en-US"}
    at.run()
    at.button_group(key="frame.lang").set_value("ja").run()
    assert at.title[0].value == say("page.home.heading", "ja")
    assert at.query_params["lang"] == "ja"


def test_the_operator_may_fix_the_language(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_LANG", "ja")
    held.clear()
    at.query_params["lang"] = "en"
    at.run()
    assert at.title[0].value == say("page.home.heading", "ja")
    assert not at.get("button_group")


def test_an_id_that_the_menu_took_from_the_url_is_written_back(at: AppTest) -> None:
    at.query_params["model"] = "credit"
    at.run()
    del at.query_params["model"]
    open_page(at, "status")
    assert at.query_params["model"] == "credit"


def test_a_table_that_is_gone_is_said_and_leaves_the_url(at: AppTest) -> None:
    at.query_params["dataset"] = "20200101T000000Z-abcdef"
    at.run()
    open_page(at, "explore")
    assert len(at.error) == 1
    assert "dataset" not in at.query_params


def test_a_failure_nobody_foresaw_shows_a_number_and_no_traceback(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.actions import status

    def broken(**_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(status, "report", broken)
    at.query_params["lang"] = "en"
    at.run()
    open_page(at, "status")
    assert not at.exception
    assert "number" in at.error[0].value
    assert "secret" not in at.error[0].value


def test_a_stranger_is_refused_on_every_page(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_ACCESS", "cloudflare")
    monkeypatch.setenv("WORKBENCH_ACCESS_TEAM_DOMAIN", "acme.cloudflareaccess.com")
    monkeypatch.setenv("WORKBENCH_ACCESS_AUD", "a" * 64)
    monkeypatch.setenv("WORKBENCH_ANALYSTS", "@acme.example")
    held.clear()
    at.user = {"email": "eve@evil.example"}
    at.run()
    assert at.error
    assert not at.title
