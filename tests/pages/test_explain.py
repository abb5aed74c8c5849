"""Explanations on screen, of the models that ship."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_without_a_model_the_next_step_is_said(
    open_page: Open, texts: Read, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "SHIPPED", tmp_path)
    held.clear()
    assert "There is no model yet" in texts(open_page("explain"))


def test_a_shipped_model_is_explained_at_the_first_click(open_page: Open, texts: Read) -> None:
    for record in actions.models.list(by=LOCAL):
        at = open_page("explain", model=record.name)
        assert not at.error, record.name
        assert len(at.get("plotly_chart")) == 2, "overall, and one row"
        assert at.metric


def test_an_unknown_model_names_the_closest(open_page: Open) -> None:
    name = actions.models.list(by=LOCAL)[0].name
    at = open_page("explain", model=name + "x")
    assert name in at.error[0].value
    assert at.get("plotly_chart"), "the page goes on with a model that is there"


def test_a_row_of_the_open_table_can_be_explained(open_page: Open) -> None:
    dataset_id = actions.datasets.open_sample("advertising", by=LOCAL)
    record = next(r for r in actions.models.list(by=LOCAL) if r.sample == "advertising")
    at = open_page("explain", model=record.name, dataset=dataset_id)
    at.button_group(key="explain.start").set_value("row").run()
    at.number_input(key="explain.row").set_value(3).run()
    assert not at.error
    assert at.metric
