"""The home page is never empty, and one click leads to an example."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_a_first_visit_finds_three_samples(open_page: Open, texts: Read) -> None:
    at = open_page("home")
    assert not at.exception
    assert {f"home.sample.{sample.name}" for sample in actions.datasets.samples(by=LOCAL)} <= {
        button.key for button in at.button
    }
    assert "Tables you open appear here" in texts(at)


def test_a_sample_opens_on_the_data_page_with_its_roles(open_page: Open, query: Callable[..., str]) -> None:
    at = open_page("home")
    at.button(key="home.sample.advertising").click().run()
    assert not at.error
    dataset = actions.datasets.get(query(at, "dataset"), by=LOCAL)
    assert dataset.roles.target
    assert at.header[0].value == dataset.name


def test_my_tables_are_listed(open_page: Open, keep_table: Callable[..., str]) -> None:
    keep_table()
    at = open_page("home")
    assert any("顧客.csv" in link.proto.label for link in at.get("page_link"))


@pytest.mark.parametrize("page", ["home", "models", "explain", "predict"])
def test_what_ships_is_there_even_when_the_store_is_not(page: str, open_page: Open, no_store: None) -> None:
    at = open_page(page)
    assert not at.exception
    assert any("WORKBENCH_STORE" in error.value for error in at.error)
    if page == "home":
        assert "home.sample.spam" in {button.key for button in at.button}
    else:
        assert at.selectbox[0].options[0].startswith("ad-revenue")


def test_a_sample_that_cannot_be_kept_says_what_would_do(open_page: Open, no_store: None) -> None:
    at = open_page("data")
    at.button(key="data.sample.spam").click().run()
    assert any("WORKBENCH_STORE" in error.value for error in at.error)
