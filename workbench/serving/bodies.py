"""Bodies of requests, read within a limit: JSON checked against a model, or a file written to a folder."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from workbench.errors import NotJson, RequestError, TooLarge
from workbench.words import Text

MB = 1_000_000
# Cloud Run itself takes no request over 32 MiB.
LARGEST_JSON = 32 * MB
# How rows look, for messages.
ROWS = '[{"age": 42, "region": "North"}]'
Asked = TypeVar("Asked", bound=BaseModel)


async def parts(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body as it comes.

    Raises
    ------
    TooLarge
        As soon as it is known to be over the limit.
    """
    if announced(request) > limit:
        raise TooLarge("error.serving.body_too_large", limit=limit // MB)
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge("error.serving.body_too_large", limit=limit // MB)
        yield part


def announced(request: Request) -> int:
    """Return the size a request announces, 0 where it does not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def whole(request: Request, limit: int) -> bytes:
    """Return the body.

    Raises
    ------
    TooLarge
        If it is over the limit.
    """
    return b"".join([part async for part in parts(request, limit)])


async def read(request: Request, model: type[Asked]) -> Asked:
    """Read a JSON body as a model.

    Raises
    ------
    NotJson
        If it is not JSON at all; says where it stops being so.
    RequestError
        Names every field that does not fit.
    """
    data = parsed(await whole(request, LARGEST_JSON))
    if not isinstance(data, dict):
        raise RequestError("error.serving.not_an_object", example=example(model))
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        fields = [{"field": place(error["loc"]), "problem": reason(error["type"], error["msg"])} for error in wrong.errors()]
        raise RequestError("error.serving.not_understood", fields=fields) from wrong


def parsed(body: bytes | str, *, refusal: str = "error.serving.not_json") -> object:
    """Return what JSON text says.

    Raises
    ------
    NotJson
        Says where it stops being JSON; what Python alone takes for a number, such as NaN, is none of it.
    """
    try:
        return json.loads(body, parse_constant=no_number)
    except json.JSONDecodeError as wrong:
        raise NotJson(refusal, problem=wrong.msg, line=wrong.lineno, column=wrong.colno) from wrong
    except (ValueError, RecursionError) as wrong:  # bytes of no encoding, thousands of digits, thousands of brackets
        raise NotJson(refusal, problem=type(wrong).__name__, line=1, column=1) from wrong


def no_number(name: str) -> NoReturn:
    """Refuse NaN and infinities."""
    raise NotJson("error.serving.no_number", name=name)


def example(model: type[BaseModel]) -> str:
    """Return a model's fields as the outline of a body."""
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    return "{" + ", ".join(f'"{name}": …' for name in required or [*model.model_fields][:2]) + "}"


def place(location: tuple[int | str, ...]) -> str:
    """Return where in the body something is, such as ``rows.3``."""
    return ".".join(str(step) for step in location)


def reason(kind: str, message: str) -> Text:
    """Return what is wrong with a field."""
    if kind == "missing":
        return Text("error.serving.field_missing")
    if kind == "extra_forbidden":
        return Text("error.serving.field_unknown")
    return Text("error.serving.field_wrong", expected=EXPECTED.get(kind, message.removeprefix("Input should be ")))


EXPECTED = {
    "list_type": Text("error.serving.expected_list"),
    "dict_type": Text("error.serving.expected_object"),
    "string_type": Text("error.serving.expected_text"),
    "int_type": Text("error.serving.expected_number"),
    "int_parsing": Text("error.serving.expected_number"),
    "int_from_float": Text("error.serving.expected_number"),
    "bool_type": Text("error.serving.expected_boolean"),
    "bool_parsing": Text("error.serving.expected_boolean"),
}


async def take_file(request: Request, folder: Path, *, limit: int) -> tuple[Path, str]:
    """Write the file of a request into a folder, and return (path, the name it came with).

    Either a form with a field ``file``, or the body itself with ``?filename=``.

    Raises
    ------
    RequestError
        If there is no file.
    TooLarge
        If it is over the limit.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await take_field(request, folder, limit=limit)
    name = Path(request.query_params.get("filename", "")).name
    path, size = folder / "body", 0
    with path.open("wb") as file:
        async for part in parts(request, limit):
            size += file.write(part)
    if not name or not size:
        raise RequestError("error.serving.no_file")
    return path, name


async def take_field(request: Request, folder: Path, *, limit: int) -> tuple[Path, str]:
    """Write the form field ``file`` into a folder."""
    body = parts(request, limit)

    async def receive() -> Message:
        part = await anext(body, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    try:
        form = await Request(request.scope, receive).form(max_files=1, max_fields=20)
    except HTTPException as broken:  # no boundary, or not the form it says it is
        raise RequestError("error.serving.no_file") from broken
    try:
        return await keep(form.get("file"), folder / "body")
    finally:
        await form.close()


async def keep(field: UploadFile | str | None, path: Path) -> tuple[Path, str]:
    """Write a form's file to a path."""
    if field is None or isinstance(field, str) or not field.filename or not field.size:
        raise RequestError("error.serving.no_file")
    with path.open("wb") as file:
        while block := await field.read(1 << 20):
            file.write(block)
    return path, Path(field.filename).name
