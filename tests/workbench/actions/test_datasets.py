"""Tables belong to who opened them; samples open once; a demonstration stores nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from workbench import actions
from workbench.actions import held
from workbench.data import Roles
from workbench.errors import AccessDenied, ColumnNotFound, DatasetNotFound, TooLarge
from workbench.principal import LOCAL, Principal


def test_an_upload_becomes_a_dataset_and_its_chunks_are_gone(bring: Callable[..., str]) -> None:
    dataset = actions.datasets.get(bring(120), by=LOCAL)
    assert (dataset.rows, dataset.name, dataset.reading["encoding"]) == (120, "顧客.csv", "cp932")
    assert not list(held.store().list("uploads/"))


def test_somebody_elses_table_is_not_found(bring: Callable[..., str], stranger: Principal) -> None:
    dataset = bring()
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=stranger)
    assert actions.datasets.mine(by=stranger) == []


def test_a_sample_is_opened_once(analyst: Principal) -> None:
    assert actions.datasets.open_sample("advertising", by=analyst) == actions.datasets.open_sample("advertising", by=analyst)
    assert [d.name for d in actions.datasets.mine(by=analyst)] == ["advertising"]


def test_a_viewer_sees_a_sample_but_keeps_nothing(viewer: Principal) -> None:
    dataset = actions.datasets.open_sample("advertising", by=viewer)
    assert actions.datasets.get(dataset, by=viewer).rows == 208
    assert not list(held.store().list("datasets/"))
    with pytest.raises(AccessDenied, match=r"viewer@example\.com may look and predict"):
        actions.datasets.set_roles(dataset, Roles(target="revenue"), by=viewer)


def test_a_demonstration_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    held.clear()
    dataset = actions.datasets.open_sample("spam", by=LOCAL)
    with pytest.raises(AccessDenied, match="read-only demonstration"):
        actions.compare.start({}, dataset_id=dataset, by=LOCAL)
    with pytest.raises(AccessDenied, match="read-only demonstration"):
        actions.uploads.create(by=LOCAL, size=10, name="a.csv")
    assert not list(held.store().list(""))


def test_roles_that_name_no_column_are_refused_and_nothing_changes(bring: Callable[..., str]) -> None:
    dataset = bring()
    with pytest.raises(ColumnNotFound, match="Closest names: 解約"):
        actions.datasets.set_roles(dataset, Roles(target="解役"), by=LOCAL)
    assert actions.datasets.get(dataset, by=LOCAL).roles.target == "解約"


def test_a_file_over_the_limit_is_refused_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_MAX_UPLOAD_MB", "1")
    held.clear()
    with pytest.raises(TooLarge, match="1"):
        actions.uploads.create(by=LOCAL, size=2_000_000, name="big.csv")


def test_a_deleted_table_is_gone(bring: Callable[..., str]) -> None:
    dataset = bring()
    actions.datasets.delete(dataset, by=LOCAL)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=LOCAL)


def test_what_changes_something_leaves_an_audit_line(bring: Callable[..., str]) -> None:
    dataset = bring()
    lines = [json.loads(held.store().get(stat.name)) for stat in held.store().list("audit/")]
    assert [line["verb"] for line in lines] == ["dataset_opened", "roles_set"]
    assert {line["by"] for line in lines} == {LOCAL.who}
    assert {line["dataset"] for line in lines} == {dataset}
