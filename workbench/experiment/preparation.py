"""The preparation that suits each family of models, fitted as a program that the bundle's replay follows.

Linear models get filled and scaled numbers, a flag for each column with blanks, and a column for each common category.
Trees get filled numbers and one code for each category. Native ones keep their blanks and are told which codes are
categories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from workbench.bundle.replay import prepare
from workbench.data.kinds import Kind
from workbench.experiment.candidates import Family

Column = dict[str, Any]

# A category seen less often shares one column with the other rare ones: it cannot be learned, and it widens every matrix.
RAREST = 20
# In a small table a category may be rarer: one row in this many.
RAREST_SHARE = 50
# Categories beyond the most frequent ones share that column too: a thousand columns of zeros do not fit into memory.
MOST_COLUMNS = 50


def fit(family: Family, frame: pl.DataFrame, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Fit the preparation of a family.

    Parameters
    ----------
    family : {"linear", "tree", "native"}
        What the models need.
    frame : polars.DataFrame
        The training rows; nothing else is looked at.
    kinds : mapping
        What each column is.

    Returns
    -------
    dict
        A program, as `workbench.bundle.preparation` describes it.
    """
    describe = FAMILIES[family]
    columns = [column for name in frame.columns for column in describe(frame.get_column(name), kinds[name])]
    return {"dtype": "float32" if family == "tree" else "float64", "columns": columns}


def categorical(program: Mapping[str, Any]) -> list[int]:
    """Return the positions of a native program's columns that are categories."""
    return [position for position, column in enumerate(program["columns"]) if column["kind"] == "table"]


def linear(column: pl.Series, kind: Kind) -> list[Column]:
    """Describe a column for models that add up their inputs."""
    if kind == "category":
        return one_hot(column)
    columns = [
        {**part, "missing": mean, "shift": mean, "scale": spread(values)}
        for part, values in parts(column, kind)
        for mean in [average(values)]
    ]
    blank = np.isnan(floats(column, kind))
    if blank.any():
        share = float(blank.mean())
        flag = {"kind": "missing", "source": column.name, "shift": share, "scale": scale_of(blank.astype(float).std())}
        columns.append(flag)
    return columns


def tree(column: pl.Series, kind: Kind) -> list[Column]:
    """Describe a column for models that cut between values: a blank is the middle, or a category of its own."""
    if kind == "category":
        values, _ = counted(column)
        return [lookup(column.name, values, list(map(float, range(len(values)))), unseen=float(len(values)), missing=-1.0)]
    return [{**part, "missing": middle(values), "shift": 0.0, "scale": 1.0} for part, values in parts(column, kind)]


def native(column: pl.Series, kind: Kind) -> list[Column]:
    """Describe a column for models that know blanks and categories themselves; an unseen category is a blank."""
    if kind == "category":
        values, _ = counted(column)
        return [lookup(column.name, values, list(map(float, range(len(values)))), unseen=None, missing=None)]
    return [{**part, "missing": None, "shift": 0.0, "scale": 1.0} for part, _ in parts(column, kind)]


FAMILIES: dict[Family, Callable[[pl.Series, Kind], list[Column]]] = {"linear": linear, "tree": tree, "native": native}


def one_hot(column: pl.Series) -> list[Column]:
    """Describe a category as one column for each common value, one for blanks and one for all that is rare or unseen."""
    values, counts = counted(column)
    enough = min(RAREST, max(2, len(column) // RAREST_SHARE))
    common = [value for value, count in zip(values, counts, strict=True) if count >= enough][:MOST_COLUMNS]
    blanks = column.null_count()
    # All columns share one list of values: the replay looks each row up once.
    columns = [lookup(column.name, common, unit(len(common), place), unseen=0.0, missing=0.0) for place in range(len(common))]
    if blanks >= enough:
        columns.append({"kind": "missing", "source": column.name, "shift": 0.0, "scale": 1.0})
    if len(common) < len(values) or 0 < blanks < enough:
        rare_blank = float(blanks < enough)
        columns.append(lookup(column.name, common, [0.0] * len(common), unseen=1.0, missing=rare_blank))
    return columns


def lookup(source: str, values: list[str], outputs: list[float], *, unseen: float | None, missing: float | None) -> Column:
    """Describe a column that looks its value up."""
    return {"kind": "table", "source": source, "values": values, "outputs": outputs, "unseen": unseen, "missing": missing}


def unit(length: int, place: int) -> list[float]:
    """Return zeros with a one at a place."""
    return [float(i == place) for i in range(length)]


def counted(column: pl.Series) -> tuple[list[str], list[int]]:
    """Return the values of a category, most frequent first (equally frequent ones by name), and their counts."""
    table = column.drop_nulls().cast(pl.String).alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    return table["value"].to_list(), table["count"].to_list()


def parts(column: pl.Series, kind: Kind) -> list[tuple[Column, np.ndarray]]:
    """Return the numbers a column becomes, each as the beginning of its description with its training values."""
    if kind != "date":
        return [({"kind": "number", "source": column.name}, floats(column, kind))]
    names = ["days", "month", "weekday", *(["hour"] if column.dtype == pl.Datetime else [])]
    return [({"kind": "date", "source": column.name, "part": part}, date_part(column, part)) for part in names]


def floats(column: pl.Series, kind: Kind) -> np.ndarray:
    """Return a column's values with NaN for blanks; of a date its day."""
    if kind == "date":
        return date_part(column, "days")
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def date_part(column: pl.Series, part: str) -> np.ndarray:
    """Return one part of a date column, read by the replay itself."""
    description = {"kind": "date", "source": column.name, "part": part, "missing": None, "shift": 0.0, "scale": 1.0}
    return prepare({"dtype": "float64", "columns": [description]}, column.to_frame())[:, 0]


def average(values: np.ndarray) -> float:
    """Return the mean of what is not blank; 0 where everything is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def middle(values: np.ndarray) -> float:
    """Return the median of what is not blank; 0 where everything is."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0


def spread(values: np.ndarray) -> float:
    """Return the standard deviation once blanks are filled with the mean; 1 for a constant."""
    known = values[~np.isnan(values)]
    if not len(known) or known.min() == known.max():
        return 1.0
    return scale_of(np.sqrt(((known - known.mean()) ** 2).sum() / len(values)))


def scale_of(deviation: float) -> float:
    """Return a divisor that leaves a constant alone."""
    return float(deviation) if deviation > 0 else 1.0
