"""Calls that a shell and Python take as they stand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pytest

from workbench.actions import held
from workbench.ui.models import snippets

SCHEMA = {
    "columns": [{"name": "it's", "example": "O'Brien"}, {"name": "年齢", "example": 31.0}, {"name": "blank", "example": None}]
}


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WORKBENCH_PUBLIC_URL", "https://workbench.example.com/")
    held.clear()
    yield
    held.clear()


def test_a_shell_reads_the_body_word_for_word() -> None:
    words = shlex.split(snippets.snippets("顧客", SCHEMA)["curl"][0])
    assert json.loads(words[words.index("-d") + 1])["rows"] == [{"it's": "O'Brien", "年齢": 31.0, "blank": None}]
    assert "https://workbench.example.com/api/v1/models/%E9%A1%A7%E5%AE%A2/predict" in words


@pytest.mark.parametrize("name", ["requests", "gradio"])
def test_python_compiles_the_call(name: str) -> None:
    compile(snippets.snippets("credit", SCHEMA)[name][0], name, "exec")


def test_behind_access_every_call_carries_the_service_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_ACCESS", "cloudflare")
    monkeypatch.setenv("WORKBENCH_ACCESS_TEAM_DOMAIN", "acme.cloudflareaccess.com")
    monkeypatch.setenv("WORKBENCH_ACCESS_AUD", "a" * 64)
    held.clear()
    for text, _ in snippets.snippets("credit", SCHEMA).values():
        assert "CF-Access-Client-Secret" in text
