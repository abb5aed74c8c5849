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

from workbench.bundle.preparation import finished
from workbench.bundle.replay import prepare
from workbench.data.kinds import Kind
from workbench.experiment.candidates import Family
from workbench.experiment.plan.switches import SUITED, Switches
from workbench.experiment.preparation.learning import learnt
from workbench.experiment.preparation.scaling import FILLERS, SCALINGS, method_of, scale_of

Column = dict[str, Any]

# A category seen less often shares one column with the other rare ones: it cannot be learned, and it widens every matrix.
RAREST = 20
# In a small table a category may be rarer: one row in this many.
RAREST_SHARE = 50
# Categories beyond the most frequent ones share that column too: a thousand columns of zeros do not fit into memory.
MOST_COLUMNS = 50


def fit(
    family: Family, frame: pl.DataFrame, kinds: Mapping[str, Kind], switches: Switches = SUITED, y: np.ndarray | None = None
) -> dict[str, Any]:
    """Fit the preparation of a family.

    Parameters
    ----------
    family : {"linear", "tree", "native"}
        What the models need.
    frame : polars.DataFrame
        The training rows; nothing else is looked at.
    kinds : mapping
        What each column is.
    switches : Switches, optional
        What an analyst wants otherwise than it suits the family.
    y : numpy.ndarray, optional
        The rows' targets: of two columns that say the same, the one that says more about them stays.

    Returns
    -------
    dict
        A program, as `workbench.bundle.preparation` describes it.
    """
    # Principal components are of numbers only, so every family gets them from the same columns.
    chosen = "linear" if switches.pca is not None else family
    describe = FAMILIES[chosen]
    columns = [column for name in frame.columns for column in describe(frame.get_column(name), kinds[name], switches)]
    program: dict[str, Any] = {"dtype": "float32" if chosen == "tree" else "float64", "columns": columns}
    operations = learnt(program, frame, switches, y, is_scaled=chosen == "linear")
    return program | {"ops": operations} if operations else program


def categorical(program: Mapping[str, Any]) -> list[int]:
    """Return the positions of a native program's columns that are categories."""
    return [position for position, column in enumerate(finished(program)) if column and column["kind"] == "table"]


def linear(column: pl.Series, kind: Kind, switches: Switches) -> list[Column]:
    """Describe a column for models that add up their inputs."""
    if kind == "category":
        return one_hot(column, switches)
    columns = numbers(column, kind, switches, "mean", "standard")
    blank = np.isnan(floats(column, kind))
    if blank.any():
        # Scaled otherwise than by its spread, a flag is as it is: 0 or 1.
        is_scaled = method_of(switches, "standard") == "standard"
        share, deviation = (float(blank.mean()), scale_of(blank.astype(float).std())) if is_scaled else (0.0, 1.0)
        columns.append({"kind": "missing", "source": column.name, "shift": share, "scale": deviation})
    return columns


def tree(column: pl.Series, kind: Kind, switches: Switches) -> list[Column]:
    """Describe a column for models that cut between values: a blank is the middle, or a category of its own."""
    if kind == "category":
        return coded(column, switches, unseen=True, missing=-1.0)
    return numbers(column, kind, switches, "median", "single")


def native(column: pl.Series, kind: Kind, switches: Switches) -> list[Column]:
    """Describe a column for models that know blanks and categories themselves; an unseen category is a blank."""
    if kind == "category":
        return coded(column, switches, unseen=switches.rare is not None, missing=None)
    return numbers(column, kind, switches, None, "none")


FAMILIES: dict[Family, Callable[[pl.Series, Kind, Switches], list[Column]]] = {"linear": linear, "tree": tree, "native": native}


def numbers(column: pl.Series, kind: Kind, switches: Switches, filler: str | None, scaling: str) -> list[Column]:
    """Describe the numbers a column becomes: filled and scaled as suits the family, unless switched."""
    filler = switches.numbers_missing if switches.numbers_missing != "suited" else filler
    # What is bent first is scaled afterwards, by an operation.
    method = "none" if switches.transformation != "none" else method_of(switches, scaling)
    columns = []
    for part, values in parts(column, kind):
        filled = None if filler is None else FILLERS[filler](values)
        shift, scale = SCALINGS[method](values, filled)
        columns.append({**part, "missing": filled, "shift": shift, "scale": scale})
    return columns


def coded(column: pl.Series, switches: Switches, *, unseen: bool, missing: float | None) -> list[Column]:
    """Describe a category as one code for each value, frequent ones first; what is rare shares a code with what is unseen."""
    values, counts = counted(column)
    if switches.rare is not None:
        values = [value for value, count in zip(values, counts, strict=True) if count >= switches.rare * len(column)]
    if switches.categories_missing == "mode":
        missing = 0.0
    elif switches.categories_missing == "own" and missing is None:
        missing = float(len(values) + 1)
    codes = list(map(float, range(len(values))))
    return [lookup(column.name, values, codes, unseen=float(len(values)) if unseen else None, missing=missing)]


def one_hot(column: pl.Series, switches: Switches = SUITED) -> list[Column]:
    """Describe a category as one column for each common value, one for blanks and one for all that is rare or unseen."""
    values, counts = counted(column)
    enough = min(RAREST, max(2, len(column) // RAREST_SHARE)) if switches.rare is None else switches.rare * len(column)
    most = switches.most_one_hot or MOST_COLUMNS
    common = [value for value, count in zip(values, counts, strict=True) if count >= enough][:most]
    blanks, kind = column.null_count(), switches.categories_missing
    is_mode = kind == "mode"
    has_own = blanks > 0 if kind == "own" else blanks >= enough and not is_mode
    # All columns share one list of values: the replay looks each row up once.
    columns = [
        lookup(column.name, common, unit(len(common), place), unseen=0.0, missing=float(is_mode and place == 0))
        for place in range(len(common))
    ]
    if has_own:
        columns.append({"kind": "missing", "source": column.name, "shift": 0.0, "scale": 1.0})
    if len(common) < len(values) or (blanks > 0 and not has_own and not is_mode):
        rare_blank = float(not has_own and not (is_mode and common))
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
    return column.cast(pl.Float64).to_numpy()  # nulls become NaN


def date_part(column: pl.Series, part: str) -> np.ndarray:
    """Return one part of a date column, read by the replay itself."""
    description = {"kind": "date", "source": column.name, "part": part, "missing": None, "shift": 0.0, "scale": 1.0}
    return prepare({"dtype": "float64", "columns": [description]}, column.to_frame())[:, 0]
