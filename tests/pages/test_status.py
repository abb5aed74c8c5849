"""The self-check on screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench.actions import held

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_every_part_is_named_with_its_state(open_page: Open, texts: Read) -> None:
    at = open_page("status")
    assert not at.exception
    assert "**Store**" in texts(at)
    assert "All right" in texts(at)


def test_a_store_that_cannot_be_reached_is_said(
    open_page: Open, texts: Read, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_STORE", "/proc/nowhere/store")
    held.clear()
    assert "Broken" in texts(open_page("status"))
