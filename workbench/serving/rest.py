"""REST: the stateless front of the predictor, and runs and batches for programs.

A handler takes the body apart, asks `actions`, and gives the answer; nothing is decided here. What is asked of `actions` is
asked in a thread, its import included, so that the port goes on answering meanwhile.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from workbench import actions
from workbench.errors import RequestError, WorkbenchError
from workbench.principal import Principal
from workbench.serving import asked, bodies, counts, results
from workbench.serving.asked import documented
from workbench.serving.document import asked_in_query
from workbench.serving.plain import Answer
from workbench.serving.problems import caller, language
from workbench.words import Lang, Text

if TYPE_CHECKING:
    from workbench.jobs import Job

router = APIRouter(prefix="/api/v1")
metrics = APIRouter()
Result = TypeVar("Result")

FILE_BODY = {
    "parameters": [
        asked_in_query("filename", "The file's name, where the body is the file."),
        asked_in_query("out", "The format of the result; by default the file's own.", enum=["xlsx", "csv", "parquet"]),
        asked_in_query("reasons", "How many reasons a row gets.", type="integer", default=3),
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
        path, media_type = await ask(
            lambda: actions.predict.upload_now(
                name, body, original, by=by, out=form, reasons=reasons, lang=lang, scratch=scratch
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


@router.get("/runs", tags=["runs"], summary="My runs, newest first", response_class=Response)
async def runs(request: Request) -> Response:
    """List the caller's runs of every kind."""
    by, lang = caller(request), language(request)
    return Answer({"runs": await ask(lambda: [line(job, lang) for job in actions.runs.mine(by=by)])})


@router.post(
    "/runs",
    tags=["runs"],
    status_code=202,
    summary="Start a comparison",
    response_class=Response,
    openapi_extra=documented(asked.StartRun),
)
async def start_run(request: Request) -> Response:
    """Start a comparison on a dataset, an upload or a sample, and return its id at once."""
    body, by = await bodies.read(request, asked.StartRun), caller(request)
    run = await ask(lambda: actions.compare.start(body.plan, dataset_id=opened(body, by), by=by))
    return started(run, "runs")


@router.get("/runs/{run_id}", tags=["runs"], summary="Where a run stands", response_class=Response)
async def run(request: Request) -> Response:
    """Return a run's state with its leaderboard so far, or its result."""
    run_id = request.path_params["run_id"]
    by, lang = caller(request), language(request)
    return Answer(await ask(lambda: standing(run_id, by, lang)))


@router.post(
    "/batches",
    tags=["runs"],
    status_code=202,
    summary="Score a dataset or an upload",
    response_class=Response,
    openapi_extra=documented(asked.StartBatch),
)
async def start_batch(request: Request) -> Response:
    """Start scoring with a model, and return the batch's id at once; its file will be at `/api/v1/results/{id}`."""
    body, by, lang = await bodies.read(request, asked.StartBatch), caller(request), language(request)
    return started(await ask(lambda: begin(body, by, lang)), "batches")


@router.get("/batches/{run_id}", tags=["runs"], summary="Where a batch stands", response_class=Response)
async def batch(request: Request) -> Response:
    """Return a batch's state, its report, and where its file is."""
    run_id = request.path_params["run_id"]
    by, lang = caller(request), language(request)
    return Answer(await ask(lambda: standing(run_id, by, lang)))


@router.delete("/runs/{run_id}", tags=["runs"], status_code=202, summary="Stop a run", response_class=Response)
@router.delete("/batches/{run_id}", tags=["runs"], status_code=202, summary="Stop a batch", response_class=Response)
async def stop(request: Request) -> Response:
    """Ask a run to stop; asking twice does no harm."""
    run_id = request.path_params["run_id"]
    await ask(lambda: actions.runs.stop(run_id, by=caller(request)))
    return Answer({"id": run_id}, 202)


@metrics.get("/metrics", include_in_schema=False)
async def counted() -> Response:
    """Return what the server has done since it started."""
    return PlainTextResponse(counts.report(), headers={"Cache-Control": "no-store"})


@router.api_route("/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], include_in_schema=False)
async def nothing() -> Response:
    """Refuse what is not there: Streamlit behind would answer any address with its page."""
    raise HTTPException(404)


def opened(source: asked.Source, by: Principal) -> str:
    """Return the id of the dataset that a body names, opening an upload or a sample.

    Raises
    ------
    RequestError
        Unless exactly one is named.
    """
    the_one(source)
    if source.upload:
        return actions.datasets.from_upload(source.upload, by=by)
    return source.dataset or actions.datasets.open_sample(source.sample or "", by=by)


def the_one(source: asked.Source) -> None:
    """Refuse a body that names no table, or several."""
    if sum(bool(named) for named in (source.dataset, source.upload, source.sample)) != 1:
        raise RequestError("error.serving.one_source")


def begin(body: asked.StartBatch, by: Principal, lang: Lang) -> str:
    """Start a batch: an upload is scored as it is, without becoming a dataset."""
    the_one(body)
    dataset = None if body.upload else opened(body, by)
    return actions.predict.start_file(
        body.model, by=by, dataset_id=dataset, upload_id=body.upload, out=body.out, reasons=body.reasons, lang=lang
    )


def started(run_id: str, kind: str) -> Response:
    """Return the answer to something started."""
    address = f"/api/v1/{kind}/{run_id}"
    return Answer({"id": run_id, "url": address}, 202, {"Location": address})


def line(job: Job, lang: Lang) -> dict[str, Any]:
    """Return a run as lists show it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "progress": job.progress,
        "created": job.created,
        "note": said(job.note, lang),
        "error": said(job.error, lang),
    }


def standing(run_id: str, by: Principal, lang: Lang) -> dict[str, Any]:
    """Return everything about one run: a comparison's leaderboard, a batch's report and file."""
    job = actions.runs.find(run_id, by=by)
    found = line(job, lang)
    if job.kind == "batch":
        result = job.result or {}
        address = f"/api/v1/results/{run_id}" if result.get("file") else None
        return found | {"report": result.get("report"), "result_url": address}
    if job.kind != "compare":
        return found | {"result": job.result}
    state = {name: value for name, value in actions.compare.state(run_id, by=by).items() if name != "job"}
    return found | spoken({"leaderboard": state.pop("rows", [])} | state, lang)


def said(text: Text | WorkbenchError | None, lang: Lang) -> str | None:
    """Say a sentence, if there is one."""
    return text.say(lang) if text is not None else None


def spoken(value: Any, lang: Lang) -> Any:
    """Say every sentence inside plain data."""
    if isinstance(value, Text):
        return value.say(lang)
    if isinstance(value, dict):
        if value.keys() == {"key", "values"}:
            return Text.from_dict(value).say(lang)
        return {name: spoken(part, lang) for name, part in value.items()}
    return [spoken(part, lang) for part in value] if isinstance(value, list | tuple) else value
