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

# No label has this name, so it is one that was never seen.
UNSEEN = "unseen"
NUMBERS = (0.0, 1.0, -7.0, 5000.0)
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


def trials(features: pd.DataFrame, asked: Sequence[Asked]) -> pd.DataFrame:
    """Return rows in which each column in turn takes every value it may have, while the others stay as they are.

    Parameters
    ----------
    features : pandas.DataFrame
        The training rows.
    asked : sequence of Asked
        What its columns are.
    """
    values = [tried(features[one.name], one) for one in asked]
    length = sum(map(len, values)) + PADDING
    made, start = {}, 0
    for one, wanted in zip(asked, values, strict=True):
        known = features[one.name].dropna()
        usual = known.iloc[0] if len(known) else wanted[0]
        usual = np.datetime64(usual, "ns") if one.kind == "date" else usual
        column = np.full(length, usual, dtype=dtype_of(features[one.name], one))
        column[start : start + len(wanted)] = wanted
        start += len(wanted)
        made[one.name] = column
    return pd.DataFrame(made)


def tried(column: pd.Series, one: Asked) -> list[Any]:
    """Return the values that a column tries; the last one is a blank."""
    if one.kind == "category":
        return [*(label for label in pd.unique(column.astype(object)) if isinstance(label, str)), UNSEEN, np.nan]
    if one.kind == "date":
        return [np.datetime64(day, "ns") for day in (*DAYS, "NaT")]
    return [*NUMBERS, np.nan]


def dtype_of(column: pd.Series, one: Asked) -> str:
    """Return the type in which a column's trials are asked: one that can hold a blank and widens others as its own does."""
    if one.kind == "number":
        return "float32" if np.result_type(column.dtype, np.float32) == np.float32 else "float64"
    return "datetime64[ns]" if one.kind == "date" else "object"


def described(
    replies: pd.DataFrame, features: pd.DataFrame, asked: Sequence[Asked], table: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return the description of each prepared column.

    Parameters
    ----------
    replies : pandas.DataFrame
        What came of `trials`.
    features : pandas.DataFrame
        The training rows.
    asked : sequence of Asked
        What its columns are.
    table : pandas.DataFrame
        What came of the training rows.

    Raises
    ------
    ExperimentError
        If a column was made of several, or of numbers otherwise than by filling blanks.
    """
    answers = replies[list(table.columns)].to_numpy("float64")
    owners: dict[int, tuple[Asked, list[Any], np.ndarray]] = {}
    start = 0
    for one in asked:
        wanted = tried(features[one.name], one)
        part = answers[start : start + len(wanted)]
        start += len(wanted)
        moved = ~((part == part[0]) | (np.isnan(part) & np.isnan(part[0]))).all(axis=0)
        for place in np.flatnonzero(moved):
            if place in owners:
                raise ExperimentError("error.experiment.parity", step=f"{owners[place][0].source} × {one.source}")
            owners[int(place)] = (one, wanted, part[:, place])
    return [
        with_blanks(column_of(str(name), owners[place], features), table[name]) if place in owners else constant(table[name])
        for place, name in enumerate(table.columns)
    ]


def with_blanks(described: dict[str, Any], column: pd.Series) -> dict[str, Any]:
    """Fill blanks that PyCaret met in no training row and leaves as they are: most models would refuse such a new row."""
    is_new = described["missing"] is None and not column.isna().any()
    return described | {"missing": float(np.median(column.to_numpy("float64")))} if is_new else described


def constant(column: pd.Series) -> dict[str, Any]:
    """Describe a column that no value of any feature moves."""
    return {"kind": "constant", "value": value(column.iloc[0])}


def column_of(name: str, owner: tuple[Asked, list[Any], np.ndarray], features: pd.DataFrame) -> dict[str, Any]:
    """Describe a column by what its source's values became."""
    one, wanted, answers = owner
    missing = value(answers[-1])
    if one.kind == "category":
        labels = [one.labels[token] for token in wanted[:-2]]
        outputs = [value(answer) for answer in answers[:-2]]
        return {
            "kind": "table", "source": one.source, "values": labels, "outputs": outputs,
            "unseen": value(answers[-2]), "missing": missing,
        }  # fmt: skip
    plain = {"source": one.source, "missing": missing, "shift": 0.0, "scale": 1.0}
    if one.kind == "date":
        part = next((part for part in PARTS if name.endswith(f"_{part}")), None)
        if part is None:
            raise ExperimentError("error.experiment.parity", step=one.source)
        return {"kind": "date", "part": part, **plain}
    if not np.array_equal(answers[:-1], NUMBERS):
        raise ExperimentError("error.experiment.parity", step=one.source)
    is_rounded = features[one.name].dtype == "float32"
    return {"kind": "number", **plain} | ({"float32": True} if is_rounded else {})


def value(answer: Any) -> float | None:
    """Return an answer as a program holds it: null for no number."""
    return None if np.isnan(answer) else float(answer)
