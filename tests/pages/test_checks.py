"""The checks on screen."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_nothing_open_points_to_the_data_page(open_page: Open, texts: Read) -> None:
    assert "No table is open yet" in texts(open_page("checks"))


def test_without_a_target_the_next_step_is_said(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    assert "Choose the target" in texts(open_page("checks", dataset=keep_table()))


def test_findings_come_with_evidence_and_what_to_do(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    at = open_page("checks", dataset=keep_table(target="解約"))
    assert not at.error
    assert "What to do:" in texts(at)
    assert "顧客番号" in texts(at), "the id column is named"


@pytest.mark.slow
def test_one_click_tells_what_the_score_would_be(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    dataset = keep_table(target="解約")
    at = open_page("checks", dataset=dataset)
    at.button(key=f"checks.honest.{dataset}").click().run()
    assert not at.error, texts(at)
    run = str(at.query_params["honest"])
    patience = time.monotonic() + 120
    while (state := actions.runs.find(run, by=LOCAL).state) in ("waiting", "running") and time.monotonic() < patience:
        time.sleep(0.2)
    assert state == "finished"
    shown = texts(open_page("checks", dataset=dataset, honest=run))
    assert "A random split is the advised one" in shown or "with a random split" in shown
    assert "LightGBM on five folds" in shown
