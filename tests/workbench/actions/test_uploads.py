"""Uploads as people make them: abandoned ones go in the background, now and then, and nobody waits for that."""

from __future__ import annotations

import logging
import threading

import pytest

from workbench.actions import held, uploads
from workbench.data import uploads as rooms
from workbench.errors import StoreError
from workbench.principal import Principal


@pytest.fixture
def sweeper(monkeypatch: pytest.MonkeyPatch) -> uploads.Sweeper:
    """One that has not swept yet."""
    made = uploads.Sweeper()
    monkeypatch.setattr(uploads, "sweeper", made)
    return made


@pytest.mark.usefixtures("own_store")
def test_announcing_a_file_sweeps_once_an_hour(
    sweeper: uploads.Sweeper, analyst: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = []
    monkeypatch.setattr(rooms, "sweep", lambda store, *, now: swept.append((store, now)) or [])
    for hour in (1, 2):
        for _ in range(3):
            assert uploads.create(by=analyst, size=3, name="a.csv")
        for thread in threading.enumerate():
            if thread.name == "sweeper":
                thread.join()
        assert [store for store, _ in swept] == [held.store()] * hour
        sweeper.next -= uploads.SWEPT_EVERY


@pytest.mark.usefixtures("own_store")
def test_a_sweep_that_fails_is_only_logged(
    sweeper: uploads.Sweeper, analyst: Principal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> list[str]:
        raise StoreError("error.store.damaged", name="x")

    monkeypatch.setattr(rooms, "sweep", fail)
    with caplog.at_level(logging.ERROR):
        thread = sweeper.start(held.store())
        assert thread
        thread.join()
    assert "uploads_not_swept" in caplog.text
    assert uploads.create(by=analyst, size=3, name="a.csv")
