"""The checks on screen."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def test_nothing_open_points_to_the_data_page(open_page: Open, texts: Read) -> None:
    assert "No table is open yet" in texts(open_page("checks"))


def test_without_a_target_the_next_step_is_said(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    assert "Choose the target" in texts(open_page("checks", dataset=keep_table()))


def test_findings_come_with_evidence_and_what_to_do(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    at = open_page("checks", dataset=keep_table(target="解約"))
    assert not at.error
    assert "What to do:" in texts(at)
    assert "顧客番号" in texts(at), "the id column is named"
