"""Recipes: the one of a comparison or a model as YAML, a recipe's file read, and a recipe as the wishes of a new comparison."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import jobs
from workbench.actions import compare, datasets, held, predict, sources
from workbench.data import uploads as upload_store
from workbench.data.repairs import Repairs
from workbench.data.roles import Roles
from workbench.errors import BundleError, DataError, DatasetNotFound, ExperimentError, JobError
from workbench.experiment.plan import Plan
from workbench.experiment.recipe import Origin, Recipe
from workbench.experiment.recipe import reading as recipe_reading
from workbench.experiment.recipe.reading import READING
from workbench.principal import Principal
from workbench.registry import clean_name
from workbench.words import Lang, Text

# A recipe is a few kB; one of a table with ten thousand columns below this.
MOST_BYTES = 1 << 20


def of_run(run_id: str, *, by: Principal) -> Recipe:
    """Return the recipe of a comparison that runs or has run.

    Raises
    ------
    JobNotFound
        If there is no such run that this person may see.
    JobError
        If it is a run of another kind.
    DatasetNotFound
        If its table was deleted, or is not shared with this person.
    """
    job = jobs.find(held.store(), run_id, by=by)
    if job.kind != compare.KIND:
        raise JobError("error.recipe.no_comparison", run=run_id)
    known = datasets.record(job.spec["dataset"], by=by)
    origin = Origin(known.name, known.rows, known.fingerprint, known.source.get("sample"))
    return Recipe.of(
        Plan.from_dict(as_run(job.spec["plan"], job.result or {})),
        known.roles,
        repairs=known.repairs,
        reading=decided(known.settings),
        data=origin,
        result=result_of(job.result or {}),
    )


def of_model(reference: str, *, by: Principal) -> Recipe:
    """Return the recipe of a registered model, or of a bundle of this machine for the command line.

    Raises
    ------
    ModelNotFound
        Names the closest models.
    BundleError
        If what the bundle says of its training is none of ours.
    """
    model = predict.named_bundle(reference, by=by)
    manifest, kept = model.manifest, model.contract.get("recipe") or {}
    try:
        repairs = Repairs.from_list(kept["repairs"]) if "repairs" in kept else model.repairs
        roles = Roles.from_dict(model.contract.get("roles") or {})
        plan = Plan.from_dict(manifest.plan | {"name": manifest.name})
        name = (model.contract.get("table") or {}).get("name") or manifest.sample or ""
        origin = Origin(name, kept.get("rows") or manifest.rows, manifest.fingerprint, manifest.sample)
    except (DataError, ExperimentError, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BundleError("error.bundle.unreadable", file="contract.json") from problem
    result = {"model": manifest.estimator, "metrics": manifest.metrics, "holdout": manifest.holdout}
    return Recipe.of(plan, roles, repairs=repairs, reading=decided(kept.get("reading") or {}), data=origin, result=result)


def as_run(plan: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's plan with the rows it drew: memory may have decided that when it began."""
    sample = (result.get("plan") or {}).get("sample")
    return {**plan, "sample": sample if sample is not None else plan.get("sample")}


def decided(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person decided about reading, without what was left to the reader."""
    return {name: settings[name] for name in READING if settings.get(name) is not None}


def result_of(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a finished comparison found, as a repetition compares it."""
    best = next((row for row in result.get("leaderboard") or () if row["rank"] == 1), None)
    return best and {"model": best["model"], "metrics": best["metrics"], "holdout": result.get("holdout")}


def yaml_of_run(run_id: str, *, by: Principal, lang: Lang = "en") -> str:
    """Return the recipe of a comparison as text; its head speaks a language."""
    return of_run(run_id, by=by).to_yaml(lang)


def yaml_of_model(reference: str, *, by: Principal, lang: Lang = "en") -> str:
    """Return the recipe of a model as text; its head speaks a language."""
    return of_model(reference, by=by).to_yaml(lang)


def file_name(run_id: str, *, by: Principal, lang: Lang) -> str | None:
    """Return what a comparison's recipe is called as a file; None where its table is gone or not this person's to see."""
    job = jobs.find(held.store(), run_id, by=by)
    try:
        datasets.record(job.spec["dataset"], by=by)
    except DatasetNotFound:
        return None
    plan = job.spec["plan"]
    return Text("ui.recipe.file_name", name=clean_name(plan["name"] or plan["target"])).say(lang)


def read(path: Path, *, by: Principal) -> Recipe:
    """Read a recipe's file.

    Raises
    ------
    DataError
        If there is no such file, or it is far too large to be a recipe.
    ExperimentError
        Names everything that is wrong in it, each by its key and line.
    """
    by.require("viewer")
    if not path.is_file():
        raise DataError("error.recipe.no_file", path=str(path), hint=sources.nearby(path))
    if path.stat().st_size > MOST_BYTES:
        raise DataError("error.recipe.too_large", path=str(path), most=MOST_BYTES >> 20)
    try:
        return of_bytes(path.read_bytes(), path.name)
    except OSError as problem:
        raise DataError("error.recipe.no_file", path=str(path)) from problem


def of_bytes(content: bytes, name: str) -> Recipe:
    """Read a recipe of bytes that somebody sent."""
    if len(content) > MOST_BYTES:
        raise DataError("error.recipe.too_large", path=name, most=MOST_BYTES >> 20)
    try:
        return recipe_reading.read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise ExperimentError("error.recipe.none") from problem


@dataclass(frozen=True)
class Filled:
    """A recipe as the start of a new comparison's form."""

    plan: Plan
    """Checked against the table."""
    texts: tuple[Text, ...] = ()
    """What of the recipe does not come along, a sentence each."""

    @property
    def wishes(self) -> dict[str, Any]:
        """The plan by its own names, as `compare.start` takes it."""
        return self.plan.to_dict()


def from_upload(dataset_id: str, upload_id: str, *, by: Principal) -> Filled:
    """Read a whole upload as a recipe for a table that is open; its chunks are removed, whatever it was."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            path, name = upload_store.source(held.store(), upload_id, owner=by.who, into=Path(scratch))
            if path.stat().st_size > MOST_BYTES:
                raise DataError("error.recipe.too_large", path=name, most=MOST_BYTES >> 20)
            return fill(path.read_bytes(), name, dataset_id, by=by)
    finally:
        upload_store.abort(held.store(), upload_id, owner=by.who)


def fill(content: bytes, name: str, dataset_id: str, *, by: Principal) -> Filled:
    """Return what a recipe asks of a table that is open.

    Parameters
    ----------
    content : bytes
        The recipe's file.
    name : str
        Its name.
    dataset_id : str
        The table.
    by : Principal
        Who asks.

    Raises
    ------
    DataError
        If the table lacks the target, the group or the time.
    ExperimentError
        Names everything that is wrong in the recipe, or cannot work on this table.
    """
    dataset = datasets.get(dataset_id, by=by)
    recipe = of_bytes(content, name)
    plan, _, gone = recipe.on(dataset.columns)
    texts = [Text("recipe.gone", count=len(gone), columns=gone)] if gone else []
    if missing := [step for step in recipe.repairs.steps if step not in dataset.repairs.steps]:
        columns = list(dict.fromkeys(step.column for step in missing))
        texts.append(Text("recipe.not_repaired", count=len(columns), columns=columns))
    return Filled(plan.checked(dataset.frame), tuple(texts))
