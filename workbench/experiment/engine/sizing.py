"""A comparison cut to the memory there is: fewer folds at once, or fewer rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from workbench.experiment.candidates import candidate
from workbench.experiment.engine.around import Around
from workbench.experiment.engine.memory import Room, room, widest
from workbench.experiment.engine.sampling import sampled
from workbench.experiment.plan import Plan
from workbench.experiment.race import prepared
from workbench.experiment.table import Table
from workbench.jobs import container

# On so many rows, spread over the table, it is measured how wide each preparation makes a row.
MEASURED_ROWS = 2_000


def sized(table: Table, plan: Plan, around: Around, emit: Callable[..., None]) -> tuple[Table, Plan, Room]:
    """Return a table and its plan as they fit into the memory, and how many folds run at once.

    Parameters
    ----------
    table : Table
        The whole table.
    plan : Plan
        What is to be done; a smaller sample becomes part of it.
    around : Around
        Says which memory there is.
    emit : callable
        Told in a sentence (``memory``) what is done otherwise than wished.

    Raises
    ------
    ExperimentError
        If not even a small sample fits.
    """
    whole, table = table, sampled(table, plan.sample, plan.seed)
    if not around.begins:  # nothing but the best is trained, on the very rows that its folds had
        return table, plan, Room(1, None, 0)
    wanted = around.workers or container.processors()
    found = room(len(table.y), row_bytes(table, plan), wanted=wanted, memory=around.memory())
    for text in found.said:
        emit("memory", text=text)
    if found.sample is not None:
        plan = dataclasses.replace(plan, sample=found.sample)
        # Of all rows, as whoever repeats the plan draws them.
        table = sampled(whole, plan.sample, plan.seed)
    return table, plan, found


def row_bytes(table: Table, plan: Plan) -> int:
    """Return what a prepared row takes in the widest of a plan's preparations, measured on some rows."""
    assert plan.task is not None
    rows = np.unique(np.linspace(0, len(table.y) - 1, min(len(table.y), MEASURED_ROWS)).astype(np.intp))
    families = {candidate(plan.task, model).family for model in plan.models}
    made = [prepared(table, family, (rows, rows[:0])).train for family in sorted(families)]
    return widest([(one.nbytes, len(one)) for one in made])
