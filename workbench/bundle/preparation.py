"""The fitted preparation as plain data: one description for every column of the matrix a model was fitted on.

A program is ``{"dtype": "float64" | "float32", "columns": [...], "ops": [...]}``. Each column is one of::

    {"kind": "number",   "source": c, "missing": x, "shift": 0.0, "scale": 1.0}   the number itself, blanks filled
    {"kind": "missing",  "source": c, "shift": 0.0, "scale": 1.0}                 1 where blank, else 0
    {"kind": "table",    "source": c, "values": [...], "outputs": [...], "unseen": x, "missing": x}
    {"kind": "date",     "source": c, "part": p, "missing": x, "shift": 0.0, "scale": 1.0}
    {"kind": "constant", "value": x}

The value is ``(filled - shift) / scale``. ``null`` in place of a number is NaN. A table's values are text. A date's parts are
``days`` (whole days since 1 January 1970), ``year``, ``month`` (1 to 12), ``day`` (of the month), ``weekday`` (Monday is 0)
and ``hour``. A number with ``"float32": true`` is rounded to that precision first, as it was when the model was fitted. The
operations, which not every program has, work on the finished columns: `operations`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbench.bundle.operations import checked_width
from workbench.errors import BundleError

DTYPES = ("float64", "float32")
PARTS = ("days", "year", "month", "day", "weekday", "hour")
KINDS = ("number", "missing", "table", "date", "constant")
NUMBERS = {
    "number": ("missing", "shift", "scale"),
    "missing": ("shift", "scale"),
    "table": ("unseen", "missing"),
    "date": ("missing", "shift", "scale"),
    "constant": ("value",),
}


def check_program(program: Any) -> dict[str, Any]:
    """Return a program that the replay can follow.

    Raises
    ------
    BundleError
        Names the first column that is not described as it should be, or the operations.
    """
    if not isinstance(program, Mapping) or program.get("dtype") not in DTYPES or not isinstance(program.get("columns"), list):
        raise BundleError("error.bundle.program", column="-")
    for position, column in enumerate(program["columns"]):
        if not is_described(column):
            raise BundleError("error.bundle.program", column=position)
    if "ops" in program and checked_width(program["ops"], len(program["columns"])) is None:
        raise BundleError("error.bundle.program", column="ops")
    return dict(program)


def is_plain(program: Mapping[str, Any]) -> bool:
    """Tell whether who knows neither operations nor rounding can follow a program."""
    return not program.get("ops") and not any(column.get("float32") for column in program["columns"])


def is_described(column: Any) -> bool:
    """Tell whether one column of a program is complete and well formed."""
    if not isinstance(column, Mapping) or column.get("kind") not in KINDS:
        return False
    kind = column["kind"]
    whole = kind == "constant" or isinstance(column.get("source"), str)
    whole = whole and all(is_number(column.get(name)) for name in NUMBERS[kind])
    whole = whole and (column.get("scale", 1.0) not in (0, None)) and column.get("shift", 0.0) is not None
    if kind == "table":
        return whole and is_table(column)
    whole = whole and isinstance(column.get("float32", False), bool)
    return whole and (kind != "date" or column.get("part") in PARTS)


def is_table(column: Mapping[str, Any]) -> bool:
    """Tell whether a table has one output for every one of its distinct values."""
    values, outputs = column.get("values"), column.get("outputs")
    if not isinstance(values, list) or not isinstance(outputs, list) or len(values) != len(outputs):
        return False
    return all(isinstance(v, str) for v in values) and len(set(values)) == len(values) and all(is_number(x) for x in outputs)


def is_number(value: Any) -> bool:
    """Tell whether a value is a number of JSON, or null."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def number(value: float | None) -> float:
    """Return a number of a program, where null stands for NaN."""
    return math.nan if value is None else float(value)


def finished(program: Mapping[str, Any]) -> list[Mapping[str, Any] | None]:
    """Return for every column of the matrix the description it comes from; None where several are mixed."""
    columns: list[Mapping[str, Any] | None] = list(program["columns"])
    for operation in program.get("ops", ()):
        if operation["op"] == "take":
            columns = [columns[place] for place in operation["at"]]
        elif operation["op"] == "project":
            columns = [None] * len(operation["components"])
    return columns


def is_mixed(program: Mapping[str, Any]) -> bool:
    """Tell whether a column of the matrix is made of several original ones, so that none can be named for it."""
    return any(operation["op"] == "project" for operation in program.get("ops", ()))


def sources(program: Mapping[str, Any]) -> list[str | None]:
    """Return for every column of the matrix the original column it comes from; None for a constant or a mixture."""
    return [column.get("source") if column else None for column in finished(program)]
