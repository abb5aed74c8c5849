"""Fields that fit a column's range."""

from __future__ import annotations

import pytest

from workbench.ui.fields import step


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(18, 79, 1.0), (0, 1, 0.01), (0.0, 1_000_000.0, 10_000.0), (5, 5, 1.0), (None, None, 1.0)]
)
def test_a_step_has_the_size_a_person_would_take(low: float | None, high: float | None, expected: float) -> None:
    assert step(low, high) == pytest.approx(expected)
