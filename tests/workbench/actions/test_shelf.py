"""What a process remembers of datasets, and what other instances change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from workbench import actions
from workbench.actions import held, shelf
from workbench.data import Roles, datasets
from workbench.errors import DatasetNotFound
from workbench.principal import LOCAL, Principal


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass."""
    moment = [1_000.0]
    monkeypatch.setattr("workbench.actions.held.time.monotonic", lambda: moment[0])

    def later(seconds: float) -> None:
        moment[0] += seconds

    return later


def test_a_deletion_by_another_instance_is_known_within_ten_seconds(
    bring: Callable[..., str], clock: Callable[[float], None]
) -> None:
    dataset = bring()
    assert actions.datasets.get(dataset, by=LOCAL).rows == 300
    datasets.delete(held.store(), dataset, by=LOCAL)
    clock(9)
    assert actions.datasets.get(dataset, by=LOCAL).rows == 300
    clock(2)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=LOCAL)


def test_the_end_of_sharing_by_another_instance_is_known_within_ten_seconds(
    bring: Callable[..., str], clock: Callable[[float], None], stranger: Principal
) -> None:
    dataset = bring()
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    assert actions.datasets.get(dataset, by=stranger).rows == 300
    datasets.share(held.store(), dataset, by=LOCAL, shared=False)
    clock(10)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=stranger)
    assert actions.datasets.get(dataset, by=LOCAL).rows == 300


def test_people_who_look_at_equal_tables_share_one_copy(bring: Callable[..., str], stranger: Principal) -> None:
    first, second = bring(), bring()
    actions.datasets.share(first, by=LOCAL, shared=True)
    frames = [actions.datasets.get(i, by=who).frame for i, who in ((first, LOCAL), (second, LOCAL), (first, stranger))]
    assert all(frame is frames[0] for frame in frames)
    assert isinstance(frames[0], pl.DataFrame)


def test_what_is_changed_here_is_seen_at_once_by_everybody(bring: Callable[..., str], stranger: Principal) -> None:
    dataset = bring()
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    assert actions.datasets.get(dataset, by=stranger).roles.target == "解約"
    actions.datasets.set_roles(dataset, Roles(target="会員"), by=LOCAL)
    assert {actions.datasets.get(dataset, by=who).roles.target for who in (LOCAL, stranger)} == {"会員"}
    assert [r.roles.target for r in actions.datasets.mine(by=LOCAL)] == ["会員"]


def test_a_table_that_another_process_made_is_listed_when_it_is_opened(bring: Callable[..., str]) -> None:
    first = bring()
    assert len(actions.datasets.mine(by=LOCAL)) == 1
    made = datasets.load(held.store(), first, by=LOCAL)
    elsewhere = "20990101T000000Z-abcdef"
    datasets.save(held.store(), type(made)(**{**vars(made), "id": elsewhere, "family": elsewhere}))
    assert actions.datasets.get(elsewhere, by=LOCAL).rows == 300
    assert [r.id for r in actions.datasets.mine(by=LOCAL)] == [elsewhere, first]


def test_looking_again_asks_the_store_nothing(bring: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = bring()
    asked: list[Any] = []

    def look() -> int:
        return actions.datasets.get(dataset, by=LOCAL).rows + len(actions.datasets.mine(by=LOCAL))

    assert look() == 301
    for name in ("get", "stat", "list", "stream"):
        monkeypatch.setattr(held.store(), name, lambda *args, **_: asked.append(args))
    assert look() == 301
    assert asked == []
    assert len(shelf.listed()) == 1
