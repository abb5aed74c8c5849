"""A report as bytes that last: JSON with its sentences still unsaid, and the version of the formula that made its findings.

What JSON does not know stands in an object of one key that begins with ``!``; so does an object that would look like one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from workbench.checks.catalogue import CHECKS
from workbench.checks.check import Check, CheckReport, Failed, Finding, NotApplicable, Outcome
from workbench.words import Text

# Grows whenever a check gets another formula, sentence or figure: what was kept before is then made anew.
VERSION = 2
BY_CODE = {check.code: check for check in CHECKS}


def to_json(report: CheckReport) -> bytes:
    """Return a report as JSON.

    Returns
    -------
    bytes
        UTF-8 without spaces, of no language; `from_json` makes an equal report of it.
    """
    return written({"version": VERSION, "report": report})


def from_json(data: bytes) -> CheckReport | None:
    """Return the report that `to_json` wrote, or None where another formula made it or the bytes are none of ours."""
    found = revived(data)
    report = found.get("report") if isinstance(found, dict) and found.get("version") == VERSION else None
    return report if isinstance(report, CheckReport) else None


def outcome_to_json(outcome: Outcome | Failed, advice: dict[str, Any] | None) -> str:
    """Return what one check said, and what all until then advise, as JSON."""
    return written({"version": VERSION, "outcome": outcome, "advice": advice}).decode()


def outcome_from_json(data: str) -> tuple[Outcome | Failed, dict[str, Any] | None] | None:
    """Return what `outcome_to_json` wrote, or None where another formula made it."""
    found = revived(data.encode())
    if not isinstance(found, dict) or found.get("version") != VERSION or "outcome" not in found:
        return None
    return found["outcome"], found["advice"]


def written(value: Any) -> bytes:
    """Write plain data, and what a report consists of, as JSON."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def revived(data: bytes) -> Any:
    """Read what `written` wrote; None where it is none of ours."""
    try:
        return json.loads(data, object_hook=whole)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"!number": str(value)}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return plain_mapping(value)
    if callable(item := getattr(value, "item", None)):  # a NumPy scalar
        return plain(item())
    return {f"!{name}": parts for name, parts in [tagged(value)]}


def plain_mapping(value: Mapping[Any, Any]) -> Any:
    """Return a mapping as an object, or as its pairs where its keys are not plain names."""
    if all(isinstance(key, str) and not key.startswith("!") for key in value):
        return {str(key): plain(part) for key, part in value.items()}
    return {"!pairs": [[plain(key), plain(part)] for key, part in value.items()]}


def tagged(value: Any) -> tuple[str, Any]:
    """Return what a value is, and what it is made of.

    Raises
    ------
    TypeError
        If there is no plain form: a mistake of ours.
    """
    if isinstance(value, tuple):
        return "tuple", [plain(part) for part in value]
    if isinstance(value, Text):
        return "text", [value.key, plain(value.values)]
    if isinstance(value, Check):
        return "check", value.code
    if isinstance(value, datetime):
        return "datetime", value.isoformat()
    if isinstance(value, date):
        return "date", value.isoformat()
    for name, made in MADE.items():
        if isinstance(value, made):
            return name, {field.name: plain(getattr(value, field.name)) for field in fields(made)}
    raise TypeError(f"{type(value).__name__} has no plain form")


MADE: dict[str, type[Any]] = {"report": CheckReport, "finding": Finding, "not_applicable": NotApplicable, "failed": Failed}
MAKERS: dict[str, Callable[[Any], Any]] = {
    "!number": float,
    "!pairs": dict,
    "!tuple": tuple,
    "!text": lambda parts: Text(parts[0], **parts[1]),
    "!check": lambda code: BY_CODE[code],
    "!date": date.fromisoformat,
    "!datetime": datetime.fromisoformat,
    "!report": lambda parts: CheckReport(**parts),
    "!finding": lambda parts: Finding(**parts),
    "!not_applicable": lambda parts: NotApplicable(**parts),
    "!failed": lambda parts: Failed(**parts),
}


def whole(data: dict[str, Any]) -> Any:
    """Make of an object what it stands for."""
    if len(data) == 1 and (name := next(iter(data))).startswith("!"):
        return MAKERS[name](data[name])
    return data
