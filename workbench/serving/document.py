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


Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
ANY: Schema = {}
PROBLEM = {
    "type": "object",
    "required": ["status", "code", "detail", "fields"],
    "properties": {
        "type": TEXT,
        "status": WHOLE,
        "code": TEXT | {"description": "Stable, for programs."},
        "detail": TEXT | {"description": "What is wrong and what would do, in the caller's language."},
        "fields": {"type": "array", "items": {"type": "object", "properties": {"row": WHOLE, "field": TEXT, "problem": TEXT}}},
    },
}


def listed(**properties: Any) -> dict[str, Any]:
    """Return the schema of a list of objects."""
    return {"type": "array", "items": {"type": "object", "properties": properties}}


REASONS = listed(feature=TEXT, value=ANY, effect={"type": "number"})
PREDICTIONS = listed(
    prediction={"description": "A label or a number; null where the row is held."},
    probability={"type": "object", "additionalProperties": {"type": "number"}},
    warnings=listed(code=TEXT, field=TEXT, text=TEXT),
    reasons=REASONS,
)
COLUMNS = listed(
    name=TEXT,
    kind={"enum": ["number", "boolean", "date", "category", "text"]},
    required={"type": "boolean"},
    range={"description": "Smallest and largest value of the training; null where there is none."},
    categories={"description": "The labels of the training, most frequent first; null where there are none."},
    unit=ANY,
    example={"description": "A value that can be predicted."},
    limits={"description": "Smallest and largest value that the contract allows."},
    blank={"type": "boolean", "description": "Whether the contract allows a blank."},
    strict={"type": "boolean", "description": "Whether a row that breaks the contract is held."},
)
STARTED = {"id": TEXT, "url": TEXT}
# What a route answers, by method and path: its properties, or the content type of a file.
ANSWERS: dict[tuple[str, str], dict[str, Any] | str] = {
    ("get", "/api/v1/models"): {
        "models": listed(name=TEXT, version=TEXT, aliases={"type": "array", "items": TEXT}, task=TEXT, target=TEXT)
    },
    ("get", "/api/v1/models/{name}/schema"): {"columns": COLUMNS, "labels": {"type": "array", "items": ANY}},
    ("post", "/api/v1/models/{name}/predict"): {"model": TEXT, "predictions": PREDICTIONS, "why_not": TEXT},
    ("post", "/api/v1/models/{name}/predict-file"): "application/octet-stream",
    ("get", "/api/v1/results/{run_id}"): "application/octet-stream",
    ("get", "/api/v1/session"): {"who": TEXT, "kind": TEXT, "role": TEXT, "exp": ANY},
    ("post", "/api/v1/runs"): STARTED,
    ("post", "/api/v1/batches"): STARTED,
}


def content(answer: dict[str, Any] | str) -> dict[str, Any]:
    """Return the part of the document that describes what comes back."""
    if isinstance(answer, str):
        return {answer: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": {"type": "object", "properties": answer}}}


def add_document(api: FastAPI) -> None:
    """Make an app's document name the parts of every path, and say what comes back: answers and problems."""
    made: Callable[[], dict[str, Any]] = api.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        for path, operations in document["paths"].items():
            parts = [part(name) for name in re.findall(r"{(\w+)}", path)]
            for method, operation in operations.items():
                responses = operation["responses"]
                if answer := ANSWERS.get((method, path)):
                    next(iter(responses.values()))["content"] = content(answer)
                problem = {"application/problem+json": {"schema": PROBLEM}}
                responses["default"] = {"description": "A problem (RFC 9457).", "content": problem}
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
