"""The plan of a comparison, and a run as it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_nothing_open_points_to_the_data_page(open_page: Open, texts: Read) -> None:
    assert "No table is open yet" in texts(open_page("compare"))


def test_without_a_target_the_next_step_is_said(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    assert "Choose the target" in texts(open_page("compare", dataset=keep_table()))


def test_a_target_that_cannot_be_learned_is_one_clear_sentence(open_page: Open, keep_table: Callable[..., str]) -> None:
    at = open_page("compare", dataset=keep_table(target="顧客番号"))
    assert len(at.error) == 1
    assert "顧客番号" in at.error[0].value


def test_a_run_that_is_not_mine_is_said_and_leaves_the_url(open_page: Open) -> None:
    at = open_page("compare", run="20260101T000000Z-abcdef")
    assert len(at.error) == 1
    assert "run" not in at.query_params


def test_how_rows_are_split_and_what_is_left_out_is_said_with_the_way_to_change_it(
    open_page: Open, keep_table: Callable[..., str], texts: Read
) -> None:
    dataset_id = keep_table(target="解約", exclude=("顧客番号",))
    at = open_page("compare", dataset=dataset_id)
    assert not at.error
    assert "At random, with each value of '解約' in its share on both sides" in texts(at)
    actions.decisions.exclude(dataset_id, ["売上"], code="WB301", reason="解約後に計上される", by=LOCAL)
    actions.decisions.use_time(dataset_id, "登録日", code="WB402", by=LOCAL)
    at = open_page("compare", dataset=dataset_id)
    shown = texts(at)
    assert "By time. The models learn from earlier rows" in shown
    assert "顧客番号: The column is marked as not to be used." in shown
    assert "because of WB301. Reason: 解約後に計上される" in shown
    assert [e.label for e in at.expander if "not learned from" in e.label] == ["3 columns are not learned from"]


def test_the_split_is_said_in_japanese(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    at = open_page("compare", lang="ja", dataset=keep_table(target="売上"))
    assert "無作為に分けます" in texts(at)


@pytest.mark.slow
def test_a_comparison_is_started_watched_and_leads_to_its_model(
    open_page: Open, keep_table: Callable[..., str], texts: Read, query: Callable[..., str]
) -> None:
    dataset_id = keep_table(rows=240, target="解約", exclude=("顧客番号", "ランク", "売上"))
    at = open_page("compare", dataset=dataset_id)
    assert not at.error
    at.multiselect(key=f"compare.models.{dataset_id}").set_value(["lr", "dt"])
    at.number_input(key=f"compare.folds.{dataset_id}").set_value(2)
    at.button(key=f"FormSubmitter:compare.plan.{dataset_id}-Compare models").click().run()
    assert not at.error
    run = query(at, "run")
    wait_for(run)
    at.run()
    assert not at.error
    assert len(at.dataframe[0].value) == 3, "two models and the baseline"
    assert "Kept as" in texts(at)
    is_diagnosed_in_every_tab(run, open_page, texts)


def is_diagnosed_in_every_tab(run: str, open_page: Open, texts: Read) -> None:
    """Look into the chosen row: every tab is drawn, and a threshold moves the counts."""
    for tab in ("curves", "calibration", "gain", "scores", "weak", "groups", "learning", "threshold"):
        at = open_page("compare", run=run, tab=tab)
        assert not at.error, tab
        assert "Diagnosis:" in " ".join(one.value for one in at.subheader), tab
    before = texts(at)
    at.slider[0].set_value(0.2).run()
    assert not at.error
    assert texts(at) != before, "the cost of the errors is another"


def wait_for(run: str, seconds: int = 240) -> None:
    """Wait until a run has ended."""
    import time

    for _ in range(seconds):
        job = actions.runs.find(run, by=LOCAL)
        if job.state not in {"waiting", "running"}:
            assert job.state == "finished", job
            return
        time.sleep(1)
    raise AssertionError("the run did not end")
