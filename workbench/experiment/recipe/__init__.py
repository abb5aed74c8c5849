"""The recipe of a comparison: its plan, roles, repairs and reading, written as YAML that a person reads and edits."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from workbench.data.contract_files import WIDTH, Dumper
from workbench.data.repairs import Repairs
from workbench.data.roles import Roles
from workbench.errors import ColumnNotFound, ColumnsNotFound
from workbench.experiment.plan import Plan
from workbench.words import Lang, Text

VERSION = 1
# Keys stand below each other down to this depth.
MOST_DEEP = 2
FACTS: dict[str, type] = {"name": str, "rows": int, "fingerprint": str, "sample": str}
# What stands in the plan, so that it is said once.
PLANNED = ("target", "event", "group", "group_part", "time")
LEFT_OUT = ("ids", "exclude", "unknown_at_prediction")
# The comments above a recipe; there are none inside it, so that any program may write it again.
HEAD = ("recipe.head.about", "recipe.head.again", "recipe.head.new", "recipe.head.rules")


@dataclass(frozen=True)
class Origin:
    """The table a recipe was made with."""

    name: str = ""
    rows: int | None = None
    fingerprint: str = ""
    """Of the table as it was learned from, repaired already."""
    sample: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what is known, as plain data."""
        return {name: value for name in FACTS if (value := getattr(self, name)) not in (None, "")}


@dataclass(frozen=True)
class Recipe:
    """A comparison that can be run again."""

    plan: Plan
    """As it was checked: every default is written out."""
    roles: Roles = field(default_factory=Roles)
    """What else was said of the columns; target, event, group and time are the plan's."""
    repairs: Repairs = field(default_factory=Repairs)
    reading: Mapping[str, Any] = field(default_factory=dict)
    """What a person decided instead of the reader."""
    data: Origin = field(default_factory=Origin)
    result: Mapping[str, Any] | None = None
    """What came out: `model`, `metrics` and `holdout` of the best, so that a repetition can tell whether it is one."""

    @classmethod
    def of(cls, plan: Plan, roles: Roles, **more: Any) -> Recipe:
        """Return the recipe of a plan that was checked, with the roles as they were when it ran.

        Parameters
        ----------
        plan : Plan
            What was done.
        roles : Roles
            What is said of the columns now; a column that the plan did not leave out is not left out.
        **more
            The recipe's other parts.
        """
        aside = {kind: tuple(name for name in getattr(roles, kind) if name in plan.ignore) for kind in LEFT_OUT}
        listed = {name for names in aside.values() for name in names}
        changed: dict[str, Any] = {**dict.fromkeys(PLANNED), **aside}
        own = replace(roles, **changed)
        return cls(replace(plan, ignore=tuple(name for name in plan.ignore if name not in listed)), own, **more)

    @property
    def full_plan(self) -> Plan:
        """The plan with every column that the roles leave out."""
        return replace(self.plan, ignore=tuple(dict.fromkeys((*self.plan.ignore, *self.roles.aside()))))

    @property
    def full_roles(self) -> Roles:
        """The roles with the plan's target and split."""
        return replace(self.roles, **{name: getattr(self.plan, name) for name in PLANNED})

    def with_roles(self, roles: Roles) -> Recipe:
        """Return the recipe with what somebody else says of the columns; what they do not say of the plan stays."""
        plan = replace(
            self.plan,
            target=roles.target or self.plan.target,
            event=self.plan.event if roles.event is None else roles.event,
            group=roles.group,
            group_part=roles.group_part,
            time=roles.time,
        )
        own: dict[str, Any] = dict.fromkeys(PLANNED)
        return replace(self, plan=plan, roles=replace(roles, **own))

    def on(self, columns: Collection[str]) -> tuple[Plan, Roles, list[str]]:
        """Return plan and roles for a table, and the columns that were to be left out and are not there at all.

        Raises
        ------
        ColumnNotFound
            If the table lacks the target, the group or the time; names all of them.
        """
        plan, there = self.full_plan, set(columns)
        needed = [name for name in (plan.target, plan.group, plan.time) if name is not None]
        if missing := [name for name in dict.fromkeys(needed) if name not in there]:
            raise ColumnNotFound(missing[0], columns) if len(missing) == 1 else ColumnsNotFound(missing, columns)
        gone = [name for name in plan.ignore if name not in there]
        return replace(plan, ignore=tuple(n for n in plan.ignore if n in there)), self.full_roles.only(there), gone

    def to_yaml(self, lang: Lang = "en") -> str:
        """Return the recipe as text, of which `recipe_reading.read` makes the same recipe; its head speaks a language."""
        roles = {name: value for name, value in self.roles.to_dict().items() if value}
        parts: dict[str, Any] = {
            "recipe": VERSION,
            "data": self.data.to_dict(),
            "reading": dict(self.reading),
            "repairs": self.repairs.to_list(),
            "roles": roles,
            "plan": self.plan.to_dict(),
            "result": dict(self.result) if self.result else None,
        }
        plain = {name: value for name, value in json.loads(json.dumps(parts)).items() if value}
        return self.head(lang) + "\n" + "\n".join(laid_out(name, value) for name, value in plain.items())

    def head(self, lang: Lang) -> str:
        """Return what stands above the recipe, each line a comment."""
        table = one_line(self.data.name or "–")
        return "".join(f"# {one_line(Text(key, table=table).say(lang))}\n" for key in HEAD)


def laid_out(name: str, value: Any) -> str:
    """Return a part of a recipe as YAML: a line for each setting, and for each repair."""
    dumper = Dumper(io.StringIO(), sort_keys=False)
    node = dumper.represent_data({name: value})
    lay_out(node, 0)
    text: str = yaml.serialize(node, Dumper=Dumper, allow_unicode=True, width=WIDTH)
    return text


def lay_out(node: yaml.Node, depth: int) -> None:
    """Let keys stand below each other down to the third level, as repairs do; lists and what is deeper stand in one line."""
    if isinstance(node, yaml.MappingNode):
        node.flow_style = depth > MOST_DEEP or not node.value
        for _, value in node.value:
            lay_out(value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        node.flow_style = depth > 1
        for value in node.value:
            lay_out(value, MOST_DEEP + 1)


def one_line(text: str) -> str:
    """Return a text that cannot leave its comment: without line ends and what does not print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
