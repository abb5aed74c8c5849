"""The self-check: one failing part does not hide the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import actions
from workbench.actions import held
from workbench.principal import LOCAL, Principal


def states() -> dict[str, str]:
    """State by the key of the line's name."""
    return {line.name.key: line.state for line in actions.status.report(by=LOCAL)}


def test_everything_is_there(viewer: Principal) -> None:
    found = states()
    assert found["status.store"] == found["status.models"] == found["status.training"] == "ok"
    assert found["status.access"] == "warning"  # anybody who reaches this machine is in
    assert len(actions.status.report(by=viewer)) == len(found)


def test_an_unreachable_store_is_an_error_among_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "file" / "store"))
    held.clear()
    found = states()
    assert found["status.store"] == "error"
    assert found["status.training"] == found["status.models"] == "ok"


def test_every_line_is_said_in_both_languages() -> None:
    for line in actions.status.report(by=LOCAL):
        assert line.name.say("ja") != line.name.say("en")
        assert line.detail.say("ja")
