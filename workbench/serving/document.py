"""The OpenAPI document: what the routes say of themselves, with the parts of their paths.

Handlers take what stands in their path from the request. Declared as arguments of theirs it would be analysed at start, which
costs a tenth of a second before the port is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

MEANINGS = {
    "name": "The model: NAME, NAME@VERSION or NAME@ALIAS.",
    "run_id": "The id that starting gave.",
    "upload_id": "The last part of the upload's address.",
}


def add_document(api: FastAPI) -> None:
    """Make an app's document name the parts of every path."""
    made: Callable[[], dict[str, Any]] = api.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        for path, operations in document["paths"].items():
            parts = [part(name) for name in re.findall(r"{(\w+)}", path)]
            for operation in operations.values():
                given = operation.get("parameters", [])
                operation["parameters"] = given + [one for one in parts if one not in given]
        return document

    api.openapi = openapi  # type: ignore[method-assign]


def part(name: str) -> dict[str, Any]:
    """Return the description of one part of a path."""
    return {"name": name, "in": "path", "required": True, "description": MEANINGS[name], "schema": {"type": "string"}}


def asked_in_query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """Return the description of something asked for behind the question mark."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "string"} | schema}
