"""Chance in these tests does not depend on which test ran before."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def fresh_chance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its module's generator anew."""
    if hasattr(request.module, "RANDOM"):
        monkeypatch.setattr(request.module, "RANDOM", np.random.default_rng(21))
