"""A repair: one rule for one column, as plain data that is stored with a dataset and travels with a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from workbench.data.repairs.dates import FORMS
from workbench.words import Text

Rule = Literal["spaces", "width", "kana", "nfkc", "thousands", "negative", "unit", "date", "missing", "type"]
# In the order in which they are applied within a column.
RULES: tuple[Rule, ...] = get_args(Rule)
KINDS = ("number", "boolean", "date", "category", "text")
# A list of values for nothing is short; one that is not came from nobody.
MOST_VALUES = 1_000


@dataclass(frozen=True)
class Repair:
    """One rule for one column.

    Raises
    ------
    ValueError
        If there is no such rule, or its options are not what it takes.

    Examples
    --------
    >>> Repair("金額", "unit", {"unit": "円"}).to_dict()
    {'column': '金額', 'rule': 'unit', 'options': {'unit': '円'}}
    """

    column: str
    rule: Rule
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Plain data: `unit`, `form` of a date, `values` that are missing, `kind` of a type."""

    def __post_init__(self) -> None:
        if not isinstance(self.column, str) or self.rule not in RULES or not isinstance(self.options, Mapping):
            raise ValueError(f"no repair: {self.rule!r} of {self.column!r}")
        if not does_take(self.rule, self.options):
            raise ValueError(f"the rule {self.rule!r} does not take {dict(self.options)!r}")

    @property
    def title(self) -> Text:
        """What the rule is called."""
        return Text(f"repair.rule.{self.rule}")

    @property
    def about(self) -> Text:
        """What the rule does, in a sentence."""
        return Text(f"repair.about.{self.rule}")

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same repair."""
        return {"column": self.column, "rule": self.rule, "options": dict(self.options)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Repair:
        """Return the repair that `to_dict` described.

        Raises
        ------
        ValueError
            If the data describe none.
        """
        if not isinstance(data, Mapping) or not {"column", "rule"} <= set(data) <= {"column", "rule", "options"}:
            raise ValueError(f"not a repair: {data!r}")
        return cls(data["column"], data["rule"], data.get("options") or {})


def does_take(rule: Rule, options: Mapping[str, Any]) -> bool:
    """Tell whether options are exactly what a rule takes."""
    takes = TAKES.get(rule)
    if not isinstance(options, Mapping) or set(options) != ({takes[0]} if takes else set()):
        return False
    return takes is None or takes[1](options[takes[0]])


def is_unit(value: object) -> bool:
    """Whether a value can name a unit."""
    return isinstance(value, str) and 0 < len(value.strip()) <= 20


def is_values(value: object) -> bool:
    """Whether a value is a list of texts."""
    return isinstance(value, list | tuple) and 0 < len(value) <= MOST_VALUES and all(isinstance(v, str) for v in value)


# The one option of those rules that have one.
TAKES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "unit": ("unit", is_unit),
    "date": ("form", FORMS.__contains__),
    "missing": ("values", is_values),
    "type": ("kind", KINDS.__contains__),
}
