"""What a comparison's plan does to a table, in sentences: how its rows are split, and which columns are left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbench.actions import datasets, decisions, plan_choices
from workbench.data import DatasetRecord
from workbench.data.deciding import part_text
from workbench.data.decisions import Decision, about
from workbench.experiment.candidates import candidate
from workbench.experiment.plan import Plan
from workbench.experiment.plan.estimators import estimator_settings
from workbench.principal import Principal
from workbench.task import Task
from workbench.words import Text

# More names than this in a sentence are only counted.
MOST_NAMED = 8
FAMILIES = ("linear", "tree", "native")


@dataclass(frozen=True)
class LeftOut:
    """Columns that are left out for one reason."""

    columns: tuple[str, ...]
    reason: Text

    @property
    def text(self) -> Text:
        """The columns, as far as they can be listed, and the reason."""
        named = list(self.columns[:MOST_NAMED])
        more = len(self.columns) - len(named)
        columns = Text("plan.left_out.more", columns=named, count=more) if more else named
        return Text("plan.left_out.line", columns=columns, why=self.reason)


@dataclass(frozen=True)
class Said:
    """A plan in sentences."""

    split: Text
    left_out: tuple[LeftOut, ...]
    prepared: tuple[Text, ...] = ()

    @property
    def count(self) -> int:
        """How many columns are left out."""
        return sum(len(one.columns) for one in self.left_out)


def of(dataset_id: str, plan: Plan, *, by: Principal) -> Said:
    """Return what a checked plan would do to a dataset, with what was decided about its columns.

    Raises
    ------
    DatasetNotFound
        If there is no such dataset that this person may see.
    """
    known = datasets.record(dataset_id, by=by)
    return Said(split(plan), left_out(plan, known, decisions.of(dataset_id, by=by)), prepared(plan, known.rows))


def prepared(plan: Plan, rows: int) -> tuple[Text, ...]:
    """Return how a checked plan prepares the columns and sets the models, for those that it compares.

    Parameters
    ----------
    plan : Plan
        A checked one.
    rows : int
        How many rows its table has.
    """
    assert plan.task is not None
    found = [Text("plan.prepared.pycaret")]
    if plan.preprocessing == "suited":
        families = {candidate(plan.task, model).family for model in plan.models}
        found = [Text(f"plan.prepared.{family}") for family in FAMILIES if family in families]
    if "rf" in plan.models and estimator_settings(plan, min(rows, plan.sample or rows)):
        found.append(Text("plan.prepared.forest"))
    for name, value in plan.switches.changed().items():
        if not (name in plan_choices.SUITED_ONLY and plan.preprocessing == "pycaret"):
            found.append(switched(plan_choices.switch(name), value))
    return (*found, *([Text("plan.prepared.balanced")] if plan.class_weight == "balanced" else []))


def switched(one: plan_choices.Switch, value: Any) -> Text:
    """Return one switch with what it is set to."""
    shown = Text("plan.prepared.yes") if one.kind == "truth" else one.choice(value) if one.kind == "choice" else str(value)
    return Text("plan.prepared.switched", switch=one.title, value=shown)


def split(plan: Plan) -> Text:
    """Return how a checked plan splits rows, as one sentence."""
    if plan.group is None and plan.time is None:
        return Text("plan.split.random" if plan.task is Task.REGRESSION else "plan.split.stratified", target=plan.target)
    if plan.group is None:
        return Text("plan.split.time", time=plan.time)
    of_part = plan.group_part is not None
    group = part_text(plan.group, plan.group_part) if of_part else Text("plan.split.column", column=plan.group)  # type: ignore[arg-type]
    return Text("plan.split.group", group=group) if plan.time is None else Text("plan.split.both", group=group, time=plan.time)


def left_out(plan: Plan, known: DatasetRecord, decided: Iterable[Decision]) -> tuple[LeftOut, ...]:
    """Return the columns that a plan leaves out, by reason; what a person decided comes with the words of then."""
    made, reasons = tuple(decided), dict[Text, list[str]]()
    for name in (*plan.ignore, plan.group, plan.time):
        if name is not None:
            reasons.setdefault(why(name, plan, known, made), []).append(name)
    return tuple(LeftOut(tuple(dict.fromkeys(columns)), reason) for reason, columns in reasons.items())


def why(name: str, plan: Plan, known: DatasetRecord, decided: tuple[Decision, ...]) -> Text:
    """Return why a column is left out."""
    roles = known.roles
    if name == plan.group:
        return Text("experiment.excluded.group")
    if name == plan.time:
        return Text("experiment.excluded.time")
    if name in roles.exclude:
        return by_whom("plan.why.exclude", about(decided, name, "exclude"))
    if name in roles.unknown_at_prediction:
        return by_whom("plan.why.later", about(decided, name, "role"))
    return Text("plan.why.id" if name in roles.ids else "plan.why.wish")


def by_whom(key: str, decision: Decision | None) -> Text:
    """Return a reason, with the finding that was decided about and what the person wrote."""
    if decision is None:
        return Text(key)
    told = Text("plan.why.told", reason=decision.reason) if decision.reason else ""
    return Text("plan.why.decided", what=Text(key), code=decision.code or "–", who=decision.who, told=told)
