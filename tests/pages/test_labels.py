"""Wrong labels and outliers on the checks page."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL
from workbench.words import say

Read = Callable[[AppTest], str]


def script(dataset: str, run: str | None) -> None:
    """Draw the panel alone."""
    import streamlit as st

    from workbench import actions
    from workbench.principal import LOCAL
    from workbench.ui.checks import labels

    if run:
        st.query_params["labels"] = run
    labels.panel(actions.datasets.record(dataset, by=LOCAL))


def panel(dataset: str, run: str | None = None) -> AppTest:
    """Run the panel."""
    return AppTest.from_function(script, args=(dataset, run), default_timeout=120).run()


def finished(run: str) -> None:
    """Wait for a run."""
    patience = time.monotonic() + 120
    while (state := actions.runs.find(run, by=LOCAL).state) in ("waiting", "running") and time.monotonic() < patience:
        time.sleep(0.2)
    assert state == "finished"


def test_the_search_is_offered_before_anything_ran(keep_table: Callable[..., str], texts: Read) -> None:
    at = panel(keep_table(target="解約"))
    assert not at.exception
    assert any("models" in text or "モデル" in text for text in texts(at).splitlines())


@pytest.mark.slow
def test_one_click_lists_the_rows_with_given_and_suggested_labels(keep_table: Callable[..., str], texts: Read) -> None:
    dataset = keep_table(target="解約")
    at = panel(dataset)
    at.button(key=f"checks.labels.{dataset}").click().run()
    assert not at.exception
    run = actions.labels.latest(dataset, by=LOCAL)
    assert run
    finished(run)
    at = panel(dataset)
    assert not at.exception, "the newest run is found without an address"
    shown = texts(at)
    assert "check.WB601" not in shown
    assert any(say("check.WB601.title", lang) in shown for lang in ("en", "ja"))
    told = actions.label_rows.told(run, by=LOCAL)
    assert told is not None
    assert len(at.get("download_button")) == 2 * sum(count > 0 for count in told.listed.values())
    other = keep_table(rows=120, target="解約")
    assert not panel(other, run).exception, "a run of another table is put aside"
