"""One row and whole files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def shipped(sample: str) -> str:
    return next(r.name for r in actions.models.list(by=LOCAL) if r.sample == sample)


def test_the_page_says_the_same_number_as_the_action(open_page: Open) -> None:
    name = shipped("advertising")
    at = open_page("predict", model=name)
    assert not at.error
    row = {c["name"]: c["example"] for c in actions.models.schema(name, by=LOCAL)["columns"]}
    expected = actions.predict.rows(name, [row], by=LOCAL)["predictions"][0]["prediction"]
    from workbench.figure import number

    assert at.metric[0].value == number(expected)


def test_without_a_file_nothing_can_be_scored(open_page: Open, texts: Read) -> None:
    at = open_page("predict", model=shipped("advertising"))
    assert "Choose a file above" in texts(at)
    assert next(b for b in at.button if "predict.file" in str(b.key)).disabled


def test_a_run_that_is_gone_is_said(open_page: Open) -> None:
    at = open_page("predict", model=shipped("advertising"), batch="20260101T000000Z-abcdef")
    assert len(at.error) == 1
    assert "batch" not in at.query_params


@pytest.mark.slow
def test_the_open_table_is_scored_and_can_be_downloaded(open_page: Open, query: Callable[..., str]) -> None:
    dataset_id = actions.datasets.open_sample("advertising", by=LOCAL)
    at = open_page("predict", model=shipped("advertising"), dataset=dataset_id)
    at.checkbox(key=f"predict.use.{dataset_id}").check().run()
    next(b for b in at.button if "predict.file" in str(b.key)).click().run()
    assert not at.error
    batch = query(at, "batch")
    wait_for(batch)
    at.run()
    rows = actions.datasets.get(dataset_id, by=LOCAL).rows
    assert {"Rows in", "Rows out"} <= {m.label for m in at.metric}
    assert [m.value for m in at.metric if m.label == "Rows out"] == [f"{rows:,}"]
    assert any(f"/api/v1/results/{batch}" in link.proto.url for link in at.get("link_button"))


def wait_for(run: str, seconds: int = 120) -> None:
    """Wait until a run has ended."""
    import time

    for _ in range(seconds):
        job = actions.runs.find(run, by=LOCAL)
        if job.state not in {"waiting", "running"}:
            assert job.state == "finished", job
            return
        time.sleep(1)
    raise AssertionError("the run did not end")
