"""Labels as a plan writes them."""

from __future__ import annotations

import pytest

from workbench.ui.resources import label


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (1.0, "1"), (0.5, "0.5"), ("はい", "はい"), (2, "2")])
def test_a_label_is_written_as_a_plan_writes_it(value: object, text: str) -> None:
    assert label(value) == text
