"""Calls to copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.principal import LOCAL

Open = Callable[..., AppTest]


def test_every_call_names_a_real_model_and_a_row_that_can_be_predicted(open_page: Open) -> None:
    record = actions.models.list(by=LOCAL)[0]
    at = open_page("api", model=record.name)
    assert not at.error
    assert len(at.code) == 5
    assert all(record.name in code.value for code in at.code)
    first = actions.models.schema(record.name, by=LOCAL)["columns"][0]["name"]
    assert first in at.code[0].value


def test_behind_access_the_calls_carry_the_headers_of_a_service_token(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_ACCESS", "cloudflare")
    monkeypatch.setenv("WORKBENCH_ACCESS_TEAM_DOMAIN", "acme.cloudflareaccess.com")
    monkeypatch.setenv("WORKBENCH_ACCESS_AUD", "a" * 64)
    held.clear()
    at = open_page("api")
    assert all("CF-Access-Client-Id" in code.value for code in at.code)


def test_python_calls_can_be_run(open_page: Open) -> None:
    at = open_page("api")
    for code in at.code:
        if code.language == "python":
            compile(code.value, "snippet", "exec")
