"""Values as JSON can hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.words import Text


def plain(value: Any) -> Any:
    """Return a value as plain data: texts as keys with values, numbers that are not finite as None, tuples as lists.

    Raises
    ------
    TypeError
        If there is no plain form: a mistake of ours.
    """
    if isinstance(value, Text):
        return {"key": value.key, "values": plain(value.values)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, str):
        return str(value)  # without the class of a StrEnum
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if callable(item := getattr(value, "item", None)):  # a NumPy scalar
        return plain(item())
    raise TypeError(f"{type(value).__name__} has no plain form")
