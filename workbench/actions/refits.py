"""Quick refits behind the closed loop: the plan that a table, its roles and its findings give, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from workbench.checks import CheckReport
from workbench.checks.advice.loop import Answer, Suspect, answers, suspects
from workbench.data import Roles
from workbench.experiment.plan import Plan
from workbench.experiment.quick import FOLDS, Quick

Told = Callable[[int, int, Answer], None]


def plan_of(frame: pl.DataFrame, roles: Roles, report: CheckReport) -> tuple[Plan, list[Suspect]]:
    """Return the plan of the quick refits, with the advised split, and what is suspected.

    Parameters
    ----------
    frame : polars.DataFrame
        The table that was checked.
    roles : Roles
        Its roles; the target among them.
    report : CheckReport
        What the checks found.

    Raises
    ------
    ExperimentError
        If nothing can be refitted on this table; everything that is wrong is named.
    """
    assert roles.target is not None
    accused, advice = suspects(report.findings), report.advice
    questioned = {name for one in accused for name in one.columns}
    # The advice begins with the roles; it only leaves one of them out where group and time do not go together.
    group = advice["group"]
    part = roles.group_part if group == roles.group else advice.get("group_part")
    wishes = {
        "target": roles.target,
        "event": roles.event,
        "group": group,
        "group_part": part if group else None,
        "time": advice["time"],
        "folds": FOLDS,
        # What is only useless stays out of every refit; what is suspected is the question.
        "ignore": [name for name in (*roles.aside(), *advice["exclude"]) if name not in questioned and name != roles.target],
    }
    return Plan.from_dict(wishes).checked(frame), accused


def run(
    frame: pl.DataFrame,
    plan: Plan,
    accused: Sequence[Suspect],
    *,
    certain: Sequence[str] | None = None,
    told: Told | None = None,
    fold: Callable[[], None] | None = None,
) -> list[Answer]:
    """Refit and compare; see `workbench.checks.advice.loop.answers`."""
    quick = Quick(frame, plan)
    return answers(
        accused,
        lambda *, without, how: quick.scores(without=without, how=how, told=fold),
        is_split=is_split(plan),
        certain=certain,
        told=told,
    )


def is_split(plan: Plan) -> bool:
    """Tell whether the advised split is another than a random one."""
    return plan.group is not None or plan.time is not None
