"""REST: comparisons and batches for programs: started, looked at, stopped, and comparisons resumed.

As everywhere in this room, what is asked of `actions` is asked in a thread, its import included.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool as ask
from starlette.requests import Request
from starlette.responses import Response

from workbench import actions
from workbench.errors import RequestError, WorkbenchError
from workbench.principal import Principal
from workbench.serving import asked, bodies
from workbench.serving.asked import documented
from workbench.serving.plain import Answer
from workbench.serving.problems import caller, language
from workbench.words import Lang, Text, say_all

if TYPE_CHECKING:
    from workbench.jobs import Job

router = APIRouter(prefix="/api/v1", tags=["runs"])
# Seconds between two looks at a large file that a child reads.
LOOK = 0.2


@router.get("/runs", summary="My runs, newest first", response_class=Response)
async def runs(request: Request) -> Response:
    """List the caller's runs of every kind."""
    by, lang = caller(request), language(request)
    return Answer({"runs": await ask(lambda: [line(job, lang) for job in actions.runs.mine(by=by)])})


@router.post(
    "/runs",
    status_code=202,
    summary="Start a comparison",
    response_class=Response,
    openapi_extra=documented(asked.StartRun),
)
async def start_run(request: Request) -> Response:
    """Start a comparison on a dataset, an upload or a sample, and return its id as soon as the table is read."""
    body, by = await bodies.read(request, asked.StartRun), caller(request)
    dataset = await opened(body, by)
    return started(await ask(lambda: actions.compare.start(body.plan, dataset_id=dataset, by=by)), "runs")


@router.get("/runs/{run_id}", summary="Where a run stands", response_class=Response)
async def run(request: Request) -> Response:
    """Return a run's state with its leaderboard so far, or its result."""
    run_id = request.path_params["run_id"]
    by, lang = caller(request), language(request)
    return Answer(await ask(lambda: standing(run_id, by, lang)))


@router.post("/runs/{run_id}/resume", status_code=202, summary="Resume a comparison", response_class=Response)
async def resume(request: Request) -> Response:
    """Go on with a comparison that ended too early, as a new run whose id is returned; again while that goes, the same one."""
    run_id, by = request.path_params["run_id"], caller(request)
    return started(await ask(lambda: actions.resuming.resume(run_id, by=by)), "runs")


@router.post(
    "/batches",
    status_code=202,
    summary="Score a dataset or an upload",
    response_class=Response,
    openapi_extra=documented(asked.StartBatch),
)
async def start_batch(request: Request) -> Response:
    """Start scoring with a model, and return the batch's id at once; its file will be at `/api/v1/results/{id}`."""
    body, by, lang = await bodies.read(request, asked.StartBatch), caller(request), language(request)
    the_one(body)
    dataset = None if body.upload else await opened(body, by)  # an upload is scored as it is, without becoming a dataset
    how: dict[str, Any] = {"out": body.out, "reasons": body.reasons, "encoding_out": body.encoding_out, "force": body.force}
    run_id = await ask(
        lambda: actions.predict.start_file(body.model, by=by, dataset_id=dataset, upload_id=body.upload, lang=lang, **how)
    )
    return started(run_id, "batches")


@router.get("/batches/{run_id}", summary="Where a batch stands", response_class=Response)
async def batch(request: Request) -> Response:
    """Return a batch's state, its report, and where its file is."""
    run_id = request.path_params["run_id"]
    by, lang = caller(request), language(request)
    return Answer(await ask(lambda: standing(run_id, by, lang)))


@router.delete("/runs/{run_id}", status_code=202, summary="Stop a run", response_class=Response)
@router.delete("/batches/{run_id}", status_code=202, summary="Stop a batch", response_class=Response)
async def stop(request: Request) -> Response:
    """Ask a run to stop; asking twice does no harm."""
    run_id = request.path_params["run_id"]
    await ask(lambda: actions.runs.stop(run_id, by=caller(request)))
    return Answer({"id": run_id}, 202)


async def opened(source: asked.Source, by: Principal) -> str:
    """Return the id of the dataset that a body names, opening an upload or a sample; a large upload is read in a child.

    Raises
    ------
    RequestError
        Unless exactly one is named.
    """
    the_one(source)
    if source.dataset:
        return source.dataset
    if source.sample:
        sample = source.sample
        return await ask(lambda: actions.datasets.open_sample(sample, by=by))
    upload = source.upload or ""
    kind, made = await ask(lambda: actions.datasets.open_upload(upload, by=by, settings={}))
    if kind == "dataset":
        return made
    while (dataset := await ask(lambda: actions.opening.made(made, by=by))) is None:
        await asyncio.sleep(LOOK)
    return dataset


def the_one(source: asked.Source) -> None:
    """Refuse a body that names no table, or several."""
    if sum(bool(named) for named in (source.dataset, source.upload, source.sample)) != 1:
        raise RequestError("error.serving.one_source")


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
    return found | say_all({"leaderboard": state.pop("rows", [])} | state, lang)


def said(text: Text | WorkbenchError | None, lang: Lang) -> str | None:
    """Say a sentence, if there is one."""
    return text.say(lang) if text is not None else None
