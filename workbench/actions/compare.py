"""Model comparison: the plan's defaults, a run in a child process, its leaderboard as it grows, the winner registered."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from workbench import bundle, jobs
from workbench.actions import agreement, audit, datasets, held
from workbench.actions.agreement import NOTHING_AGREED, Agreement
from workbench.actions.roles import part_asked
from workbench.actions.sources import Source
from workbench.data import Dataset, Roles, Signature
from workbench.data import datasets as tables
from workbench.data.repairs import Repairs
from workbench.errors import ExperimentError
from workbench.experiment.candidates import offered
from workbench.experiment.leaderboard import Comparison, ranked
from workbench.experiment.plan import Plan
from workbench.jobs import Recorder
from workbench.principal import Principal
from workbench.registry import ModelRecord, clean_name
from workbench.settings import get_settings
from workbench.task import Task
from workbench.words import Text

KIND = "compare"
UNREPAIRED = Repairs()
Emit = Callable[..., None]


def defaults(dataset_id: str, *, by: Principal) -> Plan:
    """Return the plan that a dataset's roles suggest, checked.

    Raises
    ------
    ExperimentError
        If there is no target yet, or the plan cannot work; everything that is wrong is named.
    """
    dataset = datasets.get(dataset_id, by=by)
    return checked(dataset, {})


def checked(dataset: Dataset, wishes: dict[str, Any]) -> Plan:
    """Complete a person's wishes with what the dataset's roles say."""
    roles = dataset.roles
    if not (target := wishes.get("target") or roles.target):
        raise ExperimentError("error.compare.no_target")
    base = {
        "target": target,
        "event": roles.event,
        "group": roles.group,
        "group_part": part_of(roles, wishes),
        "time": roles.time,
        "ignore": [c for c in roles.aside() if c != target],
        "name": clean_name(Path(dataset.name).stem),
    }
    return Plan.from_dict(base | wishes).checked(dataset.frame)


def part_of(roles: Roles, wishes: dict[str, Any]) -> dict[str, str] | None:
    """Return which part of the roles' group counts; of another group a person wishes for nobody said one."""
    return roles.group_part if wishes.get("group", roles.group) == roles.group else None


def candidates(task: Task, *, by: Principal) -> dict[str, Text]:
    """Return the models that can be compared for a task, by id, simplest first, with their names."""
    by.require("viewer")
    return {candidate.id: candidate.title for candidate in offered(task)}


def start(plan: dict[str, Any], *, dataset_id: str, by: Principal) -> str:
    """Start a comparison and return the run's id.

    Parameters
    ----------
    plan : dict
        What differs from `defaults`, by the plan's own names.
    dataset_id : str
        The table.
    by : Principal
        Who asks; an analyst.
    """
    audit.allow_change(by)
    dataset = datasets.get(dataset_id, by=by)
    full = checked(dataset, plan)
    held.registry().check_name(full.name)
    spec = {"dataset": dataset_id, "plan": full.to_dict(), "by": {"who": by.who, "kind": by.kind, "role": by.role}}
    run = jobs.start(
        held.store(),
        kind=KIND,
        title=f"{dataset.name}: {full.target}",
        spec=spec,
        by=by,
        environment=get_settings().environment(),
    )
    audit.record("comparison_started", by, run=run, dataset=dataset_id, target=full.target)
    return run


def work(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """Do the comparison of a job, in its child process."""
    by = Principal(**spec["by"])
    dataset = datasets.get(spec["dataset"], by=by)
    plan = Plan.from_dict(spec["plan"])

    done = 0

    def emit(kind: str, **fields: Any) -> None:
        nonlocal done
        recorder.emit(kind, **fields)
        if kind == "fold":
            done += 1
            recorder.progress(done / (len(plan.models) * plan.folds))

    limit = get_settings().max_train_minutes * 60.0
    compared = run(dataset.frame, with_budget(plan, limit), emit=emit)
    tables.record(held.store(), dataset.id, by=by)  # deleted meanwhile: no model may keep rows of it
    record = keep(
        compared,
        dataset.frame,
        fingerprint=dataset.fingerprint,
        roles=dataset.roles,
        repairs=dataset.repairs,
        by=by,
        agreed=agreement.of_dataset(dataset),
    )
    return result(compared, record)


def with_budget(plan: Plan, limit: float) -> Plan:
    """Hold a plan's time budget under the operator's limit."""
    return Plan.from_dict(plan.to_dict() | {"budget": min(plan.budget or limit, limit)})


def run(frame: pl.DataFrame, plan: Plan, *, emit: Emit) -> Comparison:
    """Compare in this process: only ever a job's child or the command line, because PyCaret changes its process."""
    from workbench.experiment import engine  # the only way to PyCaret, and it stays out of the server

    return engine.compare(frame, plan, emit=emit)


def keep(
    compared: Comparison,
    frame: pl.DataFrame,
    *,
    fingerprint: str,
    roles: Roles,
    repairs: Repairs,
    by: Principal,
    sample: str | None = None,
    agreed: Agreement = NOTHING_AGREED,
) -> ModelRecord | None:
    """Write the best model as a bundle and register it; nothing where no candidate finished."""
    if compared.fitted is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        write_bundle(
            folder, compared, frame, fingerprint=fingerprint, roles=roles, repairs=repairs, sample=sample, agreed=agreed
        )
        record = held.registry().add(folder, by=by)
    audit.record("model_registered", by, model=record.name, version=record.version)
    return record


def write_bundle(
    folder: Path,
    compared: Comparison,
    frame: pl.DataFrame,
    *,
    fingerprint: str,
    roles: Roles,
    repairs: Repairs = UNREPAIRED,
    sample: str | None = None,
    agreed: Agreement = NOTHING_AGREED,
) -> bundle.Manifest:
    """Write the best model of a comparison into a folder, with what was agreed about the rows it takes."""
    plan, fitted = compared.plan, compared.fitted
    assert fitted is not None
    known = frame.filter(pl.col(plan.target).is_not_null())
    features = list(compared.features)
    signature = with_units(Signature.of(known, features), roles)
    return bundle.write(
        folder,
        fitted=fitted,
        frame=known.select([*features, plan.target]),
        signature=agreed.obeyed(signature),
        name=plan.name,
        plan=plan.to_dict(),
        fingerprint=fingerprint,
        sample=sample,
        now=datetime.now(UTC),
        roles=roles.to_dict(),
        repairs=repairs,
        contract=agreed.document(signature, frame, plan_roles(plan, roles), rows=known.height, fingerprint=fingerprint),
    )


def plan_roles(plan: Plan, roles: Roles) -> Roles:
    """Return the roles as the plan had them: it may have another target or split, and leave out more."""
    ignored = tuple(name for name in plan.ignore if name not in roles.aside())
    return replace(
        roles,
        target=plan.target,
        event=plan.event,
        group=plan.group,
        group_part=plan.group_part,
        time=plan.time,
        exclude=(*roles.exclude, *ignored),
    )


def with_units(signature: Signature, roles: Roles) -> Signature:
    """Give the fields of a signature the units that the analyst wrote."""
    return Signature(tuple(replace(field, unit=roles.unit.get(field.name)) for field in signature.fields))


def result(compared: Comparison, record: ModelRecord | None) -> dict[str, Any]:
    """Return the contract's keys of a finished comparison."""
    return compared.to_dict() | {"registered": f"{record.name}@{record.version}" if record else None}


def state(run_id: str, *, by: Principal) -> dict[str, Any]:
    """Return where a comparison stands: its job, the rows so far, and the result once there is one.

    Raises
    ------
    JobNotFound
        If there is no such run of this person.
    """
    job = jobs.find(held.store(), run_id, by=by)
    done = job.result or {}
    if done.get("leaderboard"):
        return {"job": job, "rows": done["leaderboard"], **{k: done.get(k) for k in RESULT_KEYS}}
    happened = jobs.events(held.store(), run_id)
    rows = ranked([e["row"] for e in happened if e["kind"] == "row"], job.spec["plan"]["sort"])
    baseline = next((e["row"] for e in happened if e["kind"] == "baseline"), None)
    return {"job": job, "rows": rows, **dict.fromkeys(RESULT_KEYS), "baseline": baseline}


RESULT_KEYS = ("baseline", "best", "recommended", "registered", "excluded", "seconds", "plan", "holdout")


def stop(run_id: str, *, by: Principal) -> None:
    """Ask a comparison to stop; the rows that are finished stay."""
    jobs.stop(held.store(), run_id, by=by)
    audit.record("run_stopped", by, run=run_id)


def of_source(
    source: Source, wishes: dict[str, Any], *, by: Principal, emit: Emit, repairs: Repairs = UNREPAIRED
) -> dict[str, Any]:
    """Compare on a table that is not stored, for the command line, and register the best.

    Parameters
    ----------
    source : Source
        The table, repaired already.
    wishes : dict
        What differs from what its roles suggest; a part of the group as it is typed, ``before:_``.
    by : Principal
        Who asks; an analyst.
    emit : callable
        Told what happens.
    repairs : Repairs, optional
        How it was repaired: new rows will be, too.

    Returns
    -------
    dict
        The contract's keys of `compare`.

    Raises
    ------
    ExperimentError
        If the plan cannot work.
    """
    audit.allow_change(by)
    made = replace(tables.make(source.reading, name=source.name, owner=by.who), roles=source.roles)
    plan = checked(made, wishes | ({"group_part": part_asked(wishes["group_part"])} if "group_part" in wishes else {}))
    held.registry().check_name(plan.name)
    compared = run(made.frame, plan, emit=emit)
    record = keep(
        compared,
        made.frame,
        fingerprint=made.fingerprint,
        roles=made.roles,
        repairs=repairs,
        by=by,
        sample=source.sample,
        agreed=Agreement(source.name),
    )
    return result(compared, record)
