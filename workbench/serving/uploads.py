"""Resumable uploads: tus 1.0.0 with creation and termination, over the chunks that `actions.uploads` keeps.

Any instance may take the next chunk, and a chunk whose connection broke has never existed.
"""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from workbench import actions
from workbench.errors import RequestError, WorkbenchError
from workbench.serving import bodies
from workbench.serving.plain import Answer
from workbench.serving.problems import MEDIA_TYPE, answer, caller, language, problem
from workbench.words import say

router = APIRouter(prefix="/api/v1/uploads", tags=["uploads"])

VERSION = "1.0.0"
TUS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
# Below Cloud Run's 32 MiB a request.
LARGEST_CHUNK = 30 * bodies.MB
CHUNK_TYPE = "application/offset+octet-stream"
LONGEST_NAME = 300
# What a client that went away would have been told, for the log.
GONE = 499

Handler = Callable[[Request], Awaitable[Response]]


def tus(handler: Handler) -> Handler:
    """Make a handler speak tus: the version is asked for and given, in refusals too."""

    @functools.wraps(handler)
    async def speaking(request: Request) -> Response:
        try:
            if request.headers.get("tus-resumable") != VERSION:
                sentence = say("error.serving.tus_version", language(request))
                return Answer(problem(412, "tus_version", sentence), 412, TUS | {"Tus-Version": VERSION}, MEDIA_TYPE)
            return await handler(request)
        except ClientDisconnect:
            return Response(status_code=GONE, headers=TUS)
        except WorkbenchError as refused:
            return answer(refused, language(request), TUS)

    return speaking


@router.options("", status_code=204, summary="What the server can do", response_class=Response)
@router.options("/{upload_id}", include_in_schema=False)
async def abilities(request: Request) -> Response:
    """Return the version, extensions and limit of uploads."""
    limit = await run_in_threadpool(largest, request)
    able = {"Tus-Version": VERSION, "Tus-Extension": "creation,termination", "Tus-Max-Size": str(limit)}
    return Response(status_code=204, headers=TUS | able)


@router.post("", status_code=201, summary="Announce a file", response_class=Response)
@tus
async def create(request: Request) -> Response:
    """Take the size (`Upload-Length`) and name (`Upload-Metadata`) of a file; its address is in `Location`."""
    size = number(request, "upload-length", "error.serving.upload_length")
    name = filename(request.headers.get("upload-metadata", ""))
    made = await run_in_threadpool(lambda: actions.uploads.create(by=caller(request), size=size, name=name))
    return Response(status_code=201, headers=TUS | {"Location": f"/api/v1/uploads/{made}"})


@router.head("/{upload_id}", summary="How much is in", response_class=Response)
@tus
async def progress(request: Request) -> Response:
    """Return the offset to go on from."""
    at, size = await run_in_threadpool(lambda: actions.uploads.offset(named(request), by=caller(request)))
    return Response(headers=TUS | {"Upload-Offset": str(at), "Upload-Length": str(size)})


@router.patch("/{upload_id}", status_code=204, summary="Send the next chunk")
@tus
async def append(request: Request) -> Response:
    """Take a chunk at an offset."""
    if request.headers.get("content-type") != CHUNK_TYPE:
        raise RequestError("error.serving.chunk_type")
    at = number(request, "upload-offset", "error.serving.upload_offset")
    data = await bodies.whole(request, LARGEST_CHUNK)
    offset = await run_in_threadpool(lambda: actions.uploads.append(named(request), by=caller(request), at=at, data=data))
    return Response(status_code=204, headers=TUS | {"Upload-Offset": str(offset)})


@router.delete("/{upload_id}", status_code=204, summary="Remove an upload")
@tus
async def abort(request: Request) -> Response:
    """Remove what is in."""
    await run_in_threadpool(lambda: actions.uploads.abort(named(request), by=caller(request)))
    return Response(status_code=204, headers=TUS)


def named(request: Request) -> str:
    """Return the upload's id."""
    return str(request.path_params["upload_id"])


def largest(request: Request) -> int:
    """Return the largest file taken in; in a thread, because the first use imports."""
    return actions.uploads.limit(by=caller(request))


def number(request: Request, header: str, refusal: str) -> int:
    """Return a header that holds a number of bytes."""
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit()):
        raise RequestError(refusal)
    return int(value)


def filename(metadata: str) -> str:
    """Return the name a client gives its file, or a name that says nothing."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace").strip()[:LONGEST_NAME] or "upload"
            except binascii.Error:
                break
    return "upload"
