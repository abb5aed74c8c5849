"""What a fitted preparation makes of each column, learnt by asking: chosen values go in, the answers are written down.

Reading the fitted attributes instead would tie a bundle to the versions of PyCaret and of what it is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.bundle.preparation import PARTS
from workbench.errors import ExperimentError
from workbench.experiment.engine.asking_numbers import BLANKS, asked_at_once, moved, number, owners

# No label has this name, so it is one that was never seen.
UNSEEN = "unseen"
DAYS = ("2001-02-03 04:05:06", "2014-11-25 17:18:19")
# PyCaret drops a date's parts where more than a tenth of the rows are blank, so most rows of what is asked are not.
PADDING = 40


@dataclass(frozen=True)
class Asked:
    """One column of the features as PyCaret has it."""

    name: str
    source: str
    """The table's own name of it."""
    kind: Literal["number", "date", "category"]
    labels: dict[str, str] = field(default_factory=dict)
    """The table's own label behind each of PyCaret's."""


@dataclass(frozen=True)
class Trials:
    """What columns are asked."""

    frame: pd.DataFrame
    """Rows in which columns take every value that they may have, while the others stay as they are."""
    numbers: np.ndarray
    """The values of all number columns, which take theirs in the same rows, the first ones."""
    others: dict[str, list[Any]]
    """The values of each other column, by its name: they follow one after the other."""


def trials(features: pd.DataFrame, asked: Sequence[Asked]) -> Trials:
    """Return what to ask.

    Parameters
    ----------
    features : pandas.DataFrame
        The training rows.
    asked : sequence of Asked
        What its columns are.
    """
    numbers = asked_at_once(sum(one.kind == "number" for one in asked))
    others = {one.name: tried(features[one.name], one) for one in asked if one.kind != "number"}
    length, start, places = len(numbers) + sum(map(len, others.values())) + PADDING, len(numbers), iter(numbers.T)
    made = {}
    for one in asked:
        wanted = others.get(one.name, [0.0])
        column = np.full(length, wanted[0], dtype=dtype_of(features[one.name], one))
        if one.kind == "number":
            column[: len(numbers)] = next(places)
        else:
            column[start : start + len(wanted)] = wanted
            start += len(wanted)
        made[one.name] = column
    return Trials(pd.DataFrame(made), numbers, others)


def tried(column: pd.Series, one: Asked) -> list[Any]:
    """Return the values that a date or a category tries; the last one is a blank."""
    if one.kind == "date":
        return [np.datetime64(day, "ns") for day in (*DAYS, "NaT")]
    return [*column.dropna().unique(), UNSEEN, np.nan]


def dtype_of(column: pd.Series, one: Asked) -> str:
    """Return the type in which a column's trials are asked: one that can hold a blank and widens others as its own does."""
    if one.kind == "number":
        return "float32" if np.result_type(column.dtype, np.float32) == np.float32 else "float64"
    return "datetime64[ns]" if one.kind == "date" else "object"


def described(
    replies: pd.DataFrame, said: Trials, features: pd.DataFrame, asked: Sequence[Asked], dates: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return the description of each prepared column.

    Parameters
    ----------
    replies : pandas.DataFrame
        What came of what was asked.
    said : Trials
        What was asked.
    features : pandas.DataFrame
        The training rows.
    asked : sequence of Asked
        What its columns are.
    dates : pandas.DataFrame
        What came of the training rows' dates.

    Raises
    ------
    ExperimentError
        If a column was made of several, or of numbers otherwise than by filling blanks.
    """
    answers = replies.to_numpy("float64")
    numbers = [one for one in asked if one.kind == "number"]
    given = said.numbers
    found: dict[int, dict[str, Any]] = {}
    for place, owner in owners(answers[: len(given)], given).items():
        if owner is None:
            raise ExperimentError("error.experiment.parity", step=origin(str(replies.columns[place]), asked))
        one = numbers[owner]
        is_rounded = features[one.name].dtype == "float32"
        found[place] = number(one.source, value(answers[BLANKS, place]), is_rounded=is_rounded)
    start = len(given)
    for one in asked:
        if one.kind == "number":
            continue
        wanted = said.others[one.name]
        part = answers[start : start + len(wanted)]
        start += len(wanted)
        for place in map(int, moved(part)):
            if place in found:
                raise ExperimentError("error.experiment.parity", step=f"{found[place]['source']} × {one.source}")
            name = str(replies.columns[place])
            found[place] = date(name, one, dates[name]) if one.kind == "date" else table(one, wanted, part[:, place])
    constants = ({"kind": "constant", "value": value(answer)} for answer in answers[0])
    return [found.get(place, constant) for place, constant in enumerate(constants)]


def origin(name: str, asked: Sequence[Asked]) -> str:
    """Return the table's own name of what a prepared column is called after; a dash for none."""
    return next((one.source for one in asked if one.name == name.partition("_")[0]), "–")


def table(one: Asked, wanted: Sequence[Any], answers: np.ndarray) -> dict[str, Any]:
    """Describe a column that is looked up by a category."""
    return {
        "kind": "table",
        "source": one.source,
        "values": [one.labels[token] for token in wanted[:-2]],
        "outputs": [value(answer) for answer in answers[:-2]],
        "unseen": value(answers[-2]),
        "missing": value(answers[-1]),
    }


def date(name: str, one: Asked, learnt: pd.Series) -> dict[str, Any]:
    """Describe a part of a date.

    Blanks that PyCaret met in no training row and leaves as they are get the median: most models would refuse such a new row.
    """
    part = next((part for part in PARTS if name.endswith(f"_{part}")), None)
    if part is None:
        raise ExperimentError("error.experiment.parity", step=one.source)
    missing = None if learnt.isna().any() else float(np.median(learnt.to_numpy("float64")))
    return {"kind": "date", "source": one.source, "part": part, "missing": missing, "shift": 0.0, "scale": 1.0}


def value(answer: Any) -> float | None:
    """Return an answer as a program holds it: null for no number."""
    return None if np.isnan(answer) else float(answer)
