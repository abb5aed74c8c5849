"""The home page is never empty, and one click leads to an example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.jobs import records
from workbench.principal import LOCAL, Principal
from workbench.store import FolderStore, put_json

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


def finished(kind: str, result: dict[str, Any] | None, owner: Principal = LOCAL, **spec: Any) -> str:
    """Write a run's folder as its child leaves it; without a result it still runs."""
    now = datetime.now(UTC)
    job_id = records.new_id(now)
    record = {"id": job_id, "kind": kind, "title": f"{kind} of 顧客.csv", "owner": owner.who, "created": now.isoformat()}
    put_json(held.store(), records.place(job_id, records.SPEC), record | {"spec": spec})
    if result is None:
        records.beat(held.store(), job_id, "running", progress=0.4)
    else:
        records.settle(held.store(), job_id, "finished", at=now, result=result)
    return job_id


def test_a_table_says_where_it_stands(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    dataset_id = keep_table()
    assert "needs a target" in texts(open_page("home"))
    roles = actions.datasets.get(dataset_id, by=LOCAL).roles
    actions.datasets.set_roles(dataset_id, replace(roles, target="解約"), by=LOCAL)
    assert "ready to compare" in texts(open_page("home"))
    finished("compare", {"leaderboard": [{}], "registered": None}, dataset=dataset_id)
    assert "badge[:material/leaderboard: compared]" in texts(open_page("home"))
    finished("compare", None, dataset=dataset_id)
    at = open_page("home")
    assert "being compared" in texts(at)
    assert any("running 40%" in link.proto.label for link in at.get("page_link"))
    finished("compare", {"leaderboard": [{}], "registered": "m@20260901T101500Z-abcdef"}, dataset=dataset_id)
    assert "has a model" not in texts(open_page("home"))
    held.store().put("models/m/20260901T101500Z-abcdef/manifest.json", b"{}")
    assert "has a model" in texts(open_page("home"))


def test_a_profile_is_listed_while_it_is_made(open_page: Open, keep_table: Callable[..., str]) -> None:
    dataset_id = keep_table()
    finished("profile", {"dataset": dataset_id}, dataset=dataset_id)
    assert not any("Profile of" in link.proto.label for link in open_page("home").get("page_link"))
    finished("profile", None, dataset=dataset_id)
    (link,) = [link.proto for link in open_page("home").get("page_link") if "Profile of" in link.proto.label]
    assert "running 40%" in link.label
    assert link.page == "explore"
    assert f"dataset={dataset_id}" in link.query_string


def test_what_the_team_shares_is_listed_with_its_owner(open_page: Open, texts: Read) -> None:
    assert "Shared with me" not in texts(open_page("home"))
    ben = Principal("ben@example.com")
    run = finished("batch", {"file": "scored.xlsx"}, owner=ben)
    actions.runs.share(run, by=ben, shared=True)
    dataset_id = actions.datasets.open_sample("spam", by=ben)
    actions.datasets.share(dataset_id, by=ben, shared=True)
    at = open_page("home")
    assert "Shared with me" in texts(at)
    labels = [link.proto.label for link in at.get("page_link") if "from ben@example.com" in link.proto.label]
    assert len(labels) == 2


def test_it_costs_a_few_listings_however_much_is_mine(
    open_page: Open, keep_table: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        dataset_id = keep_table(60, target="解約")
    for _ in range(30):
        finished("compare", {"leaderboard": [{}], "registered": None}, dataset=dataset_id)
    open_page("home")
    held.listings.clear()
    asked: list[str] = []

    def counted(call: str) -> Callable[..., Any]:
        original = getattr(FolderStore, call)

        def counting(store: FolderStore, *names: Any, **options: Any) -> Any:
            asked.append(call)
            return original(store, *names, **options)

        return counting

    for call in ("get", "stat", "list", "folders", "stream"):
        monkeypatch.setattr(FolderStore, call, counted(call))
    at = open_page("home")
    assert not at.exception
    assert set(asked) <= {"list", "folders"}
    assert len(asked) <= 7 * 2  # the page is drawn twice here


def test_an_interrupted_deletion_can_be_finished(
    open_page: Open, keep_table: Callable[..., str], texts: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset_id = keep_table()
    with monkeypatch.context() as interrupted:
        interrupted.setattr(actions.forget, "tell", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.forget.forget(dataset_id, by=LOCAL, models=None)
    at = open_page("home")
    assert "The deletion of 顧客.csv was interrupted" in texts(at)
    at.button(key=f"belongings.finish.{dataset_id}").click().run()
    assert "The table 顧客.csv is deleted" in at.success[0].value
    assert actions.forget.unfinished(by=LOCAL) == {}


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
