"""What stands beside a field of the what-if form: what training saw, and what the contract asks."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.ui.models.fields import about

SEEN = "Seen in training: 18 to 79.5"
HELD = "A row that breaks this gets no prediction."
AGE: dict[str, Any] = {
    "name": "年齢",
    "kind": "number",
    "required": True,
    "range": [18.0, 79.5],
    "categories": None,
    "unit": None,
    "example": 40.0,
    "limits": None,
    "blank": True,
    "strict": False,
}


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (AGE, [SEEN]),
        (AGE | {"range": None}, None),
        (
            AGE | {"limits": [0.0, None], "unit": "years"},
            [SEEN, "Allowed: 0 or more.", "Unit: years"],
        ),
        (
            AGE | {"range": None, "limits": [0.0, 120.0], "blank": False, "strict": True},
            ["Allowed: 0 to 120.", "Must not be blank.", HELD],
        ),
        (
            AGE | {"kind": "date", "range": ["2024-01-01", "2024-12-31"], "limits": [None, "2025-03-31"]},
            ["Seen in training: 2024-01-01 to 2024-12-31", "Allowed: 2025-03-31 or less."],
        ),
        (
            AGE | {"kind": "category", "range": None, "categories": ["a"], "strict": True},
            [HELD],
        ),
    ],
)
def test_a_field_says_what_training_saw_and_what_the_contract_asks(column: dict[str, Any], told: list[str] | None) -> None:
    found = about(column)
    assert (found.split("  \n") if found else None) == told
