"""Files on their way out: streamed in blocks without a length, under names of any script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from workbench import actions
from workbench.serving.problems import caller

router = APIRouter(prefix="/api/v1/results", tags=["results"])

BLOCK = 1 << 20


@router.get("/{run_id}", summary="A finished file, streamed", response_class=Response)
async def result(request: Request) -> Response:
    """Return the scored file of a finished batch."""
    run_id = request.path_params["run_id"]
    stream, name, media_type = await run_in_threadpool(lambda: actions.predict.result(run_id, by=caller(request)))
    return await download(stream, name, media_type)


async def download(stream: Iterable[bytes], name: str, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """Return a file as a chunked answer; its first block is read before anything is promised."""
    blocks = iter(stream)
    first = await run_in_threadpool(lambda: next(blocks, b""))
    named = {"Content-Disposition": disposition(name), "Cache-Control": "no-store", **(headers or {})}
    return StreamingResponse(chain([first], blocks), media_type=media_type, headers=named)


def disposition(name: str) -> str:
    """Return the header that gives a download its name: in UTF-8, and in ASCII for who reads only that."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def blocks(path: Path) -> Iterator[bytes]:
    """Yield a file's contents."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
