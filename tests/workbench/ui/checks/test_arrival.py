"""New data on the checks page: nothing without another table, a run that is asked for, the verdict with what moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

PATIENCE = 120


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def bring(make_table: Callable[..., pl.DataFrame]) -> Callable[..., str]:
    """Bring a small table in, and return its id."""

    def bringing(name: str, rows: int = 200, *, without: str | None = None) -> str:
        frame = make_table(rows, seed=rows)
        data = (frame.drop(without) if without else frame).write_csv().encode()
        upload = actions.uploads.create(by=LOCAL, size=len(data), name=name)
        actions.uploads.append(upload, by=LOCAL, at=0, data=data)
        dataset = actions.datasets.from_upload(upload, by=LOCAL)
        roles = replace(actions.datasets.get(dataset, by=LOCAL).roles, target="解約", exclude=("顧客番号",))
        actions.datasets.set_roles(dataset, roles, by=LOCAL)
        return dataset

    return bringing


def draw() -> None:
    """A page that is the panel."""
    import streamlit as st

    from workbench import actions
    from workbench.principal import LOCAL
    from workbench.ui import address
    from workbench.ui.checks import arrival

    address.restore()
    arrival.panel(actions.datasets.record(st.session_state["id"], by=LOCAL))


def opened(dataset_id: str, lang: str = "en", run: str | None = None) -> AppTest:
    """The panel of a table."""
    at = AppTest.from_function(draw, default_timeout=PATIENCE)
    at.query_params["lang"] = lang
    if run:
        at.query_params["arrival"] = run
    at.session_state["id"] = dataset_id
    return at.run()


def said(at: AppTest) -> str:
    """Everything in sentences."""
    kinds = ("markdown", "caption", "info", "success", "warning", "error", "subheader")
    return "\n".join(str(e.value) for kind in kinds for e in at.get(kind))


def finished(run: str) -> None:
    """Wait until a run has ended well."""
    patience = time.monotonic() + PATIENCE
    while (state := actions.runs.find(run, by=LOCAL).state) in ("waiting", "running") and time.monotonic() < patience:
        time.sleep(0.1)
    assert state == "finished"


def test_without_another_table_the_next_step_is_said(bring: Callable[..., str]) -> None:
    at = opened(bring("顧客.csv"))

    assert not at.exception
    assert "There is no other table" in said(at)


@pytest.mark.slow
def test_the_verdict_comes_with_its_reasons_and_every_column(bring: Callable[..., str]) -> None:
    train, new = bring("顧客.csv", 300), bring("新規.csv", 150, without="年齢")
    at = opened(train)
    assert at.selectbox(key=f"checks.arrival.table.{train}").value == new

    at.button(key=f"checks.arrival.{train}").click().run()
    assert not at.exception
    run = at.query_params["arrival"]
    run = run if isinstance(run, str) else run[0]
    finished(run)

    for lang, stop, reason in (("en", "Stop", "is missing: 年齢"), ("ja", "中止してください", "列がありません: 年齢")):
        at = opened(train, lang, run)
        assert not at.exception
        assert [element for element in at.error if stop in element.value]
        assert reason in said(at)
        assert at.dataframe
    names = list(at.dataframe[-1].value.iloc[:, 0])
    assert "収入" in names
    assert "年齢" not in names


@pytest.mark.slow
def test_somebody_who_comes_back_sees_the_newest_run_of_this_table_only(bring: Callable[..., str]) -> None:
    train, new = bring("顧客.csv", 300), bring("新規.csv", 150)
    run = actions.arrival.start(train, new, by=LOCAL)
    finished(run)

    assert "What moved" not in said(opened(new))
    assert "150 rows of 新規.csv" in said(opened(train))
    assert "150 rows of 新規.csv" not in said(opened(new, run=run)), "an address of another table is not believed"


def test_a_table_that_was_deleted_meanwhile_is_a_sentence(bring: Callable[..., str]) -> None:
    train, new = bring("顧客.csv", 300), bring("新規.csv", 150)
    at = opened(train)
    actions.datasets.delete(new, by=LOCAL)

    at.button(key=f"checks.arrival.{train}").click().run()

    assert not at.exception
