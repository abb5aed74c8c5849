"""A profile as bytes that last: JSON with its sentences still unsaid, and the version of the formula that made its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.words import Text

# Grows whenever a profile gets other numbers, keys or sentences: what was kept before is then made anew.
VERSION = 2


def to_json(profiled: Mapping[str, Any]) -> bytes:
    """Return a profile as JSON.

    Parameters
    ----------
    profiled : mapping
        What `profile` returned.

    Returns
    -------
    bytes
        UTF-8 without spaces; `from_json` makes an equal profile of it, with lists for tuples and None for what is not finite.
    """
    whole = {"version": VERSION, "profile": profiled}
    try:
        return written(whole)
    except ValueError:  # a number that is not finite, which JSON cannot carry
        return written(finite(whole))


def from_json(data: bytes) -> dict[str, Any] | None:
    """Return the profile that `to_json` wrote, or None where another formula made it or the bytes are none of ours."""
    try:
        found = json.loads(data, object_hook=revived)
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("version") != VERSION:
        return None
    profiled = found.get("profile")
    return profiled if isinstance(profiled, dict) else None


def written(value: Any) -> bytes:
    """Write plain data and texts as JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plainly).encode()


def plainly(value: Any) -> Any:
    """Return what JSON does not know as something it does.

    Raises
    ------
    TypeError
        If there is no plain form: a mistake of ours.
    """
    if isinstance(value, Text):
        return value.to_dict()
    if isinstance(value, date):
        return value.isoformat()
    if callable(item := getattr(value, "item", None)):  # a NumPy scalar
        return item()
    raise TypeError(f"{type(value).__name__} has no plain form")


def finite(value: Any) -> Any:
    """Return data with None for every number that is not finite."""
    if isinstance(value, Text):
        return Text(value.key, **{name: finite(part) for name, part in value.values.items()})
    if isinstance(value, Mapping):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    if callable(item := getattr(value, "item", None)):
        value = item()
    return None if isinstance(value, float) and value - value != 0.0 else value


def revived(data: dict[str, Any]) -> Any:
    """Make a text again of its plain data; numbers by column name never look like one."""
    is_text = data.keys() == {"key", "values"} and isinstance(data["key"], str) and isinstance(data["values"], dict)
    return Text(data["key"], **data["values"]) if is_text else data
