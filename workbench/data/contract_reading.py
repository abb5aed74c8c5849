"""A contract's file read back, as `contract` writes it and a person edits it: what is allowed, and what is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from workbench.data.bounds import ON_BREAK, Bounds
from workbench.data.decisions import Action, Decision
from workbench.errors import DataError, closest

# No contract of ten thousand columns comes near.
MOST_BYTES = 20_000_000
KEYS = ("minimum", "maximum", "blank", "on_break")
# Why a column that is left out stays so; others are left out by what the table or the plan says.
DECIDED: dict[str, Action] = {"id": "exclude", "excluded": "exclude", "known_later": "role"}


@dataclass(frozen=True)
class Agreed:
    """What a contract's file says for a comparison."""

    target: str | None
    split: dict[str, Any]
    """``group group_part time``."""
    bounds: dict[str, Bounds]
    left_out: tuple[str, ...]
    decisions: tuple[Decision, ...]
    """Who decided about columns that are left out, and when."""


def read_contract(path: Path) -> Agreed:
    """Read a contract: YAML or JSON.

    Raises
    ------
    DataError
        If there is no such file, it is no contract, or says of a column what cannot be; names the column and the value.
    """
    document = parsed(path)
    columns, left = (part_of(document, name, path) for name in ("columns", "left_out"))
    out = [one for one in left if one.get("why") in DECIDED]
    try:
        return Agreed(
            target=(document.get("target") or {}).get("column"),
            split=dict(document.get("split") or {}),
            bounds={one["name"]: bounds_of(one["name"], one["bounds"]) for one in columns if one.get("bounds")},
            left_out=tuple(str(one["name"]) for one in out),
            decisions=tuple(decision(one) for one in out if one.get("who") and one.get("when")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise DataError("error.contract.not_one", path=path.name) from problem


def parsed(path: Path) -> dict[str, Any]:
    """Return the document of a file."""
    if not path.is_file():
        raise DataError("error.contract.no_file", path=str(path))
    try:
        text = path.read_bytes()[: MOST_BYTES + 1].decode("utf-8-sig")
        document = yaml.safe_load(text) if len(text) <= MOST_BYTES else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as problem:
        raise DataError("error.contract.not_one", path=path.name) from problem
    if isinstance(document, dict) and "schema_type" in document:
        raise DataError("error.contract.pandera", path=path.name)
    if not isinstance(document, dict) or "contract" not in document:
        raise DataError("error.contract.not_one", path=path.name)
    return document


def part_of(document: Mapping[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    """Return one of the document's lists of columns."""
    found = document.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in found):
        raise DataError("error.contract.not_one", path=path.name)
    return found


def bounds_of(column: str, said: Any) -> Bounds:
    """Return what is allowed in a column; whether it can be is for who knows the column's kind."""
    if not isinstance(said, dict):
        raise DataError("error.contract.value", column=column, setting="bounds", value=str(said))
    for key, value in said.items():
        if key not in KEYS:
            raise DataError("error.contract.key", column=column, setting=str(key), hint=closest(str(key), KEYS))
        if (key == "blank" and not isinstance(value, bool)) or (key == "on_break" and value not in ON_BREAK):
            raise DataError("error.contract.value", column=column, setting=key, value=str(value))
    made = Bounds.from_dict(said)
    return replace(made, minimum=end(made.minimum), maximum=end(made.maximum))


def end(value: Any) -> Any:
    """Return an end of a range: YAML reads a date that stands there as one."""
    return value.isoformat() if isinstance(value, dt.date) else float(value) if type(value) is int else value


def decision(one: Mapping[str, Any]) -> Decision:
    """Return who decided that a column is left out."""
    when = one["when"] if isinstance(one["when"], dt.datetime) else dt.datetime.fromisoformat(str(one["when"]))
    told = (str(one.get(name) or "") for name in ("code", "reason"))
    code, reason = told
    return Decision(DECIDED[one["why"]], code, (str(one["name"]),), reason, str(one["who"]), when)
