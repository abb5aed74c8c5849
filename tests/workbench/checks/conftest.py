"""Chance in these tests does not depend on which test ran before."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from workbench.checks.check import Check, Failed


@pytest.fixture(autouse=True)
def fresh_chance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its module's generator anew."""
    if hasattr(request.module, "RANDOM"):
        monkeypatch.setattr(request.module, "RANDOM", np.random.default_rng(21))


@pytest.fixture(autouse=True)
def nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a check that breaks break its test, where the product would only say so beside what the others found."""

    def raised(check: Check) -> Failed:
        raise  # noqa: PLE0704 - called where the exception is being handled

    monkeypatch.setattr(sys.modules["workbench.checks.run"], "broken", raised)
