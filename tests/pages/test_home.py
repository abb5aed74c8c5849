"""The home page is never empty, and one click leads to an example."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_a_first_visit_finds_three_samples(open_page: Open, texts: Read) -> None:
    at = open_page("home")
    assert not at.exception
    assert {f"home.sample.{sample.name}" for sample in actions.datasets.samples()} <= {button.key for button in at.button}
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
