"""Predictions: rows at once, a file as a run, and its result streamed back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workbench import jobs
from workbench.actions import audit, datasets, held, sources
from workbench.actions.local_bundles import local_bundle
from workbench.bundle import Bundle
from workbench.errors import JobError, PredictionError
from workbench.explain import Explainer
from workbench.jobs import Recorder
from workbench.predict import Predictor, batch, workbook
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.words import Lang

KIND = "batch"
# A file system's limit for one name is 255 bytes; a model's name takes up to 80 letters of it.
MOST_BYTES = 90
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def predictor(reference: str, *, by: Principal) -> Predictor:
    """Return the Predictor of a registered model."""
    by.require("viewer")
    return held.predictor(held.registry().resolve(reference))


def local_predictor(made: Bundle) -> Predictor:
    """Return the Predictor of a bundle that this process does not hold."""
    explaining: list[Explainer] = []

    def explainer() -> Explainer:
        if not explaining:
            explaining.append(Explainer(made))
        return explaining[0]

    return held.make_predictor(made, explainer)


def as_written(reference: str, *, by: Principal) -> list[str]:
    """Return the columns that a model takes as text: a file for it is read without guessing what they are.

    A code 1.10 would become 1.1, and TRUE would become true, where every value of a new file looks like that.
    """
    return texts(named_bundle(reference, by=by))


def texts(model: Bundle) -> list[str]:
    """Return the columns of a model that hold labels or free text."""
    return [field.name for field in model.signature.fields if field.kind in ("category", "text")]


def rows(
    reference: str, given: list[dict[str, Any]], *, by: Principal, reasons: int = 0, partial: bool = False, lang: Lang = "en"
) -> dict[str, Any]:
    """Predict rows that a person or a program sends.

    Parameters
    ----------
    reference : str
        The model.
    given : list of dict
        A value a column.
    by : Principal
        Who asks.
    reasons : int
        How many reasons a row gets.
    partial : bool
        Give bad rows back without a prediction instead of refusing all.
    lang : {"ja", "en"}
        The language of warnings.

    Returns
    -------
    dict
        ``model`` and ``predictions``, the contract of `POST /api/v1/models/{name}/predict`.

    Raises
    ------
    SignatureError
        Names every bad row and field.
    """
    return predictor(reference, by=by).rows(given, reasons=reasons, partial=partial, lang=lang)


def start_file(
    reference: str,
    *,
    by: Principal,
    dataset_id: str | None = None,
    upload_id: str | None = None,
    out: str = "xlsx",
    reasons: int = 3,
    encoding_out: str = "utf-8-sig",
    force: bool = False,
    lang: Lang = "en",
) -> str:
    """Score a dataset or an upload as a run, and return the run's id."""
    by.require("viewer")
    if out not in MEDIA_TYPES:
        raise PredictionError("error.batch.format", format=out, known=sorted(MEDIA_TYPES))
    if (dataset_id is None) == (upload_id is None):
        raise PredictionError("error.batch.one_source")
    record = held.registry().resolve(reference)
    name = datasets.get(dataset_id, by=by).name if dataset_id else "upload"
    spec = {
        "model": f"{record.name}@{record.version}",
        "dataset": dataset_id,
        "upload": upload_id,
        "out": out,
        "reasons": reasons,
        "encoding_out": encoding_out,
        "force": force,
        "lang": lang,
        "by": {"who": by.who, "kind": by.kind, "role": by.role},
    }
    title = f"{record.name}: {name}"
    run = jobs.start(held.store(), kind=KIND, title=title, spec=spec, by=by, environment=get_settings().environment())
    audit.record("batch_started", by, run=run, model=spec["model"])
    return run


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Score a job's table, in its child process, and put the file into the store."""
    by = Principal(**spec["by"])
    frame, name, fingerprint = scored_table(spec, by)
    out = recorder.folder / file_name(name, spec["model"], spec["out"])
    report = file(
        predictor(spec["model"], by=by),
        frame,
        out,
        reasons=spec["reasons"],
        encoding_out=spec["encoding_out"],
        force=spec["force"],
        lang=spec["lang"],
        fingerprint=fingerprint,
        progress=recorder.progress,
    )
    if out.exists():
        held.store().write(f"batches/{recorder.job_id}/result", blocks(out))
    return {"report": report, "file": out.name if out.exists() else None, "format": spec["out"], "model": spec["model"]}


def file_name(table: str, reference: str, form: str) -> str:
    """Return what a scored file is called: by its table, as much of the name as every file system takes, and by its model."""
    stem = Path(table).stem.encode()[:MOST_BYTES].decode(errors="ignore")
    return f"{stem}_{reference.split('@')[0]}.{form}"


def scored_table(spec: dict[str, Any], by: Principal) -> tuple[pl.DataFrame, str, str]:
    """Return (table, name, fingerprint) of what a job scores."""
    if spec["dataset"]:
        dataset = datasets.get(spec["dataset"], by=by)
        return dataset.frame, dataset.name, dataset.fingerprint
    source = sources.open_upload(spec["upload"], by=by, text=texts(predictor(spec["model"], by=by).bundle))
    made = datasets.datasets.make(source.reading, name=source.name, owner=by.who)
    return made.frame, made.name, made.fingerprint


def file(
    model: Predictor,
    frame: pl.DataFrame,
    out: Path,
    *,
    reasons: int,
    encoding_out: str,
    force: bool,
    lang: Lang,
    fingerprint: str,
    progress: Any = None,
) -> dict[str, Any]:
    """Score a table into a file and return the report (contract of `predict --json`)."""
    began = time.perf_counter()
    report = batch.score(
        model,
        frame,
        out=out,
        reasons=reasons,
        encoding_out=encoding_out,
        lang=lang,
        progress=progress,
        force=force,
        facts={"fingerprint": fingerprint, "at": datasets.now().isoformat(timespec="seconds")},
    )
    return report.to_dict(lang) | {"seconds_total": round(time.perf_counter() - began, 3)}


def blocks(path: Path, size: int = 1 << 20) -> Iterator[bytes]:
    """Yield a file in blocks."""
    with path.open("rb") as opened:
        while block := opened.read(size):
            yield block


def upload_now(
    reference: str,
    body: Path,
    name: str,
    *,
    by: Principal,
    out: str,
    reasons: int,
    lang: Lang,
    scratch: Path,
    encoding_out: str = "utf-8-sig",
) -> tuple[Path, str]:
    """Score a small file at once, and return (the scored file, its media type); the caller owns the scratch folder."""
    if out not in MEDIA_TYPES:
        raise PredictionError("error.batch.format", format=out, known=sorted(MEDIA_TYPES))
    model = predictor(reference, by=by)
    source = sources.read_path(body, text=texts(model.bundle), name=name)
    made = datasets.datasets.make(source.reading, name=name, owner=by.who)
    target = scratch / file_name(name, reference, out)
    report = file(
        model,
        made.frame,
        target,
        reasons=reasons,
        encoding_out=encoding_out,
        force=False,
        lang=lang,
        fingerprint=made.fingerprint,
    )
    if not target.exists():
        raise PredictionError("error.batch.stopped", problems=report["warnings"][:5])
    return target, MEDIA_TYPES[out]


def result(run_id: str, *, by: Principal) -> tuple[Iterator[bytes], str, str]:
    """Return (blocks, file name, media type) of a finished batch.

    Raises
    ------
    JobError
        If the run has no file, or not yet.
    """
    job = jobs.find(held.store(), run_id, by=by)
    if job.kind != KIND or not (job.result or {}).get("file"):
        raise JobError("error.batch.no_file", run=run_id)
    assert job.result is not None
    return held.store().stream(f"batches/{run_id}/result"), job.result["file"], MEDIA_TYPES[job.result["format"]]


def template(reference: str, *, by: Principal, lang: Lang) -> tuple[bytes, str]:
    """Return (workbook, file name) that a person fills in."""
    model = predictor(reference, by=by).bundle
    with tempfile.TemporaryDirectory() as scratch:
        path = workbook.template(model.signature, Path(scratch) / "template.xlsx", lang=lang)
        return path.read_bytes(), f"{model.manifest.name}_template.xlsx"


def named_bundle(reference: str, *, by: Principal) -> Bundle:
    """Return the bundle of a registered model, or of a folder or zip of this machine, for the command line."""
    by.require("viewer")
    return local_bundle(reference) or held.bundle(held.registry().resolve(reference))


def of_source(
    reference: str,
    source: sources.Source,
    out: Path,
    *,
    by: Principal,
    reasons: int,
    encoding_out: str,
    force: bool,
    lang: Lang,
    progress: batch.Progress | None = None,
) -> dict[str, Any]:
    """Score a table that is not stored, for the command line, and return the report."""
    if out.suffix.lower().removeprefix(".") not in MEDIA_TYPES:
        raise PredictionError("error.batch.format", format=out.suffix or out.name, known=sorted(MEDIA_TYPES))
    made = datasets.datasets.make(source.reading, name=source.name, owner=by.who)
    model = local_predictor(named_bundle(reference, by=by))
    return file(
        model,
        made.frame,
        out,
        reasons=reasons,
        encoding_out=encoding_out,
        force=force,
        lang=lang,
        fingerprint=made.fingerprint,
        progress=progress,
    )
