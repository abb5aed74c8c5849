"""REST: the stateless front of the predictor, what the server counts, and the refusal of every other address.

A handler takes the body apart, asks `actions`, and gives the answer; nothing is decided here. What is asked of `actions` is
asked in a thread, its import included, so that the port goes on answering meanwhile.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, get_args

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from workbench import actions
from workbench.errors import RequestError
from workbench.serving import asked, bodies, counts, results
from workbench.serving.asked import documented
from workbench.serving.document import asked_in_query
from workbench.serving.plain import Answer
from workbench.serving.problems import caller, language
from workbench.words import Text

router = APIRouter(prefix="/api/v1")
metrics = APIRouter()
Result = TypeVar("Result")

FILE_BODY = {
    "parameters": [
        asked_in_query("filename", "The file's name, where the body is the file."),
        asked_in_query("out", "The format of the result; by default the file's own.", enum=["xlsx", "csv", "parquet"]),
        asked_in_query("reasons", "How many reasons a row gets.", type="integer", default=3),
        asked_in_query("encoding_out", "The encoding of a CSV result.", enum=[*get_args(asked.Encoding)], default="utf-8-sig"),
    ],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
}


async def ask(action: Callable[[], Result]) -> Result:
    """Run an action in a thread."""
    return await run_in_threadpool(action)


@router.get("/models", tags=["models"], summary="Every model, its champion version", response_class=Response)
async def models(request: Request) -> Response:
    """List the models: name, version, aliases, task, target."""
    by = caller(request)
    return Answer({"models": await ask(lambda: [actions.models.line(record) for record in actions.models.list(by=by)])})


@router.get("/models/{name}/schema", tags=["models"], summary="What a row must look like", response_class=Response)
async def schema(request: Request) -> Response:
    """Return a model's columns and labels; a row made of the examples can be predicted."""
    name = request.path_params["name"]
    return Answer(await ask(lambda: actions.models.schema(name, by=caller(request))))


@router.post(
    "/models/{name}/predict",
    tags=["models"],
    summary="Predict rows",
    response_class=Response,
    openapi_extra=documented(asked.Predict),
)
async def predict(request: Request) -> Response:
    """Predict every row or none; with `partial` a bad row comes back without a prediction."""
    name = request.path_params["name"]
    body, by, lang = await bodies.read(request, asked.Predict), caller(request), language(request)
    found = await ask(
        lambda: actions.predict.rows(name, body.rows, by=by, reasons=body.reasons, partial=body.partial, lang=lang)
    )
    counts.predicted("rest", len(body.rows))
    return Answer(found)


@router.post(
    "/models/{name}/predict-file",
    tags=["models"],
    summary="Score a file",
    response_class=Response,
    openapi_extra=FILE_BODY,
)
async def predict_file(request: Request) -> Response:
    """Take a file (a form field `file`, or the body with `?filename=`) and stream the scored file back."""
    name, reasons = request.path_params["name"], whole_number(request, "reasons", usual=3)
    folder = tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True)
    try:
        scratch = Path(folder.name)
        body, original = await bodies.take_file(
            request, scratch, limit=await ask(lambda: actions.uploads.limit(by=caller(request)))
        )
        form, by, lang = request.query_params.get("out") or suffix(original), caller(request), language(request)
        encoding = request.query_params.get("encoding_out", "utf-8-sig")
        path, media_type = await ask(
            lambda: actions.predict.upload_now(
                name, body, original, by=by, out=form, reasons=reasons, lang=lang, scratch=scratch, encoding_out=encoding
            )
        )
        answer = await results.download(results.blocks(path), path.name, media_type)
    except BaseException:
        folder.cleanup()
        raise
    answer.background = BackgroundTask(folder.cleanup)
    return answer


def whole_number(request: Request, name: str, *, usual: int) -> int:
    """Return a number asked for behind the question mark.

    Raises
    ------
    RequestError
        If it is none.
    """
    given = request.query_params.get(name, str(usual))
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        wrong = {"field": name, "problem": Text("error.serving.field_wrong", expected="0–999")}
        raise RequestError("error.serving.not_understood", fields=[wrong])
    return int(given)


def suffix(name: str) -> str:
    """Return the format of the result that suits a file: its own where we write it, Excel for Excel, CSV otherwise."""
    kind = Path(name).suffix.lower().lstrip(".")
    return kind if kind in ("csv", "parquet") else "xlsx" if kind.startswith("xls") else "csv"


@metrics.get("/metrics", include_in_schema=False)
async def counted() -> Response:
    """Return what the server has done since it started."""
    return PlainTextResponse(counts.report(), headers={"Cache-Control": "no-store"})
