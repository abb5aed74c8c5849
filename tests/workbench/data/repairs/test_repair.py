"""A repair as plain data."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.data.repairs import RULES, Repair
from workbench.data.repairs.repair import TAKES

SOME: dict[str, Any] = {"unit": "円", "form": "era", "values": ["-1"], "kind": "number"}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_name_a_sentence_and_survives_json(rule: Any) -> None:
    takes = TAKES[rule][0] if rule in TAKES else None
    repair = Repair("金額", rule, {takes: SOME[takes]} if takes else {})
    assert Repair.from_dict(repair.to_dict()) == repair
    assert repair.title.say("ja")
    assert repair.about.say("en").endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"column": "x"},
        {"column": "x", "rule": "exec"},
        {"column": 1, "rule": "spaces"},
        {"column": "x", "rule": "spaces", "options": {"more": 1}},
        {"column": "x", "rule": "unit"},
        {"column": "x", "rule": "unit", "options": {"unit": ""}},
        {"column": "x", "rule": "date", "options": {"form": "%c"}},
        {"column": "x", "rule": "date", "options": {"form": ["era"]}},
        {"column": "x", "rule": "missing", "options": {"values": "abc"}},
        {"column": "x", "rule": "missing", "options": {"values": []}},
        {"column": "x", "rule": "type", "options": {"kind": "object"}},
        {"column": "x", "rule": "spaces", "extra": True},
    ],
)
def test_junk_is_no_repair(data: Any) -> None:
    with pytest.raises(ValueError, match=r"repair|does not take"):
        Repair.from_dict(data)
