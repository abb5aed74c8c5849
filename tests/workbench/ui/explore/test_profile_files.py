"""The profile is offered in three forms, named after the table and made only when somebody asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.data import datasets
from workbench.data.reading import read
from workbench.principal import LOCAL

PATIENCE = 60


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def dataset_id(make_table: Callable[..., pl.DataFrame], tmp_path: Path) -> str:
    """A small table with an awkward name."""
    path = tmp_path / "t.csv"
    make_table(80).write_csv(path)
    made = datasets.make(read(path, name="t.csv", max_rows=1000), name="顧客/一覧: 最新.csv", owner=LOCAL.who)
    datasets.save(held.store(), made)
    return made.id


def draw() -> None:
    """A page with the buttons."""
    import streamlit as st

    from workbench import actions
    from workbench.ui.explore import profile_files
    from workbench.ui.people import who

    profile_files.downloads(actions.datasets.record(st.query_params["dataset"], by=who()))
    st.session_state["makers"] = {form: profile_files.made(form, st.query_params["dataset"]) for form in profile_files.MEDIA}


def run(dataset_id: str) -> AppTest:
    at = AppTest.from_function(draw, default_timeout=PATIENCE)
    at.query_params["dataset"] = dataset_id
    at.query_params["lang"] = "ja"
    return at.run()


def test_three_forms_are_offered_and_made_on_demand(dataset_id: str) -> None:
    at = run(dataset_id)

    assert not at.exception
    assert [button.proto.label for button in at.get("download_button")] == ["ページ（HTML）", "データ（JSON）", "数値（Excel）"]
    makers = at.session_state["makers"]
    assert makers["html"]().startswith('<!doctype html>\n<html lang="ja">')
    assert json.loads(makers["json"]())["rows"] == 80
    assert openpyxl.load_workbook(BytesIO(makers["xlsx"]())).sheetnames[0] == "概要"


def test_nothing_is_made_while_the_page_runs(dataset_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("html", "json_data", "xlsx"):
        monkeypatch.setattr(actions.profile, name, lambda *_, name=name, **__: asked.append(name))

    at = run(dataset_id)

    assert len(at.get("download_button")) == 3
    assert not asked
