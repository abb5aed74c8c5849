"""Answers in JSON whose text stays readable, with dates, sentences and NumPy's numbers as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from starlette.responses import Response


class Answer(Response):
    """A JSON answer.

    Parameters
    ----------
    content : object
        What JSON can hold, and what `plain` can turn into it.
    status_code : int
    headers : mapping, optional
    media_type : str, optional
        ``application/json`` unless it is a problem.
    """

    media_type = "application/json"

    def __init__(
        self,
        content: Any,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        super().__init__(content, status_code, dict(headers or {}), media_type)

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return dumps(content).encode()


def dumps(content: Any) -> str:
    """Return JSON; a number that JSON cannot hold is an error of ours and not passed on."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain)


def plain(value: Any) -> Any:
    """Return a value of another kind as one that JSON has."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return [*value]
    if hasattr(value, "item"):  # a number of NumPy
        return value.item()
    if hasattr(value, "to_dict"):
        return value.to_dict()
    raise TypeError(f"JSON cannot hold {type(value).__name__}")
