"""The registry on screen."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_shipped_models_are_listed_with_their_scores(open_page: Open, texts: Read) -> None:
    at = open_page("models")
    assert not at.error
    assert list(at.dataframe[0].value["name"]) == [r.name for r in actions.models.list(by=LOCAL)]
    assert len(at.dataframe) == 3, "models, scores, versions"
    assert "There is no other version" in texts(at)


def test_an_unknown_version_is_said(open_page: Open) -> None:
    name = actions.models.list(by=LOCAL)[0].name
    at = open_page("models", model=f"{name}@20200101T000000Z-abcde")
    assert len(at.error) == 1
