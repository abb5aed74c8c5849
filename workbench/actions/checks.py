"""Can this table be trusted? Every check over a dataset, with the advice for the split."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from workbench import checks
from workbench import report as printed
from workbench.actions import checking, datasets, held, refits, shared_runs
from workbench.actions import labels as label_search
from workbench.actions.checking import Heard
from workbench.actions.roles import part_asked, with_group
from workbench.actions.shared_runs import Standing
from workbench.actions.sources import Source
from workbench.checks import CheckReport, Finding, Step, page
from workbench.checks.advice.loop import Answer
from workbench.checks.catalogue import CHECKS
from workbench.checks.gathering import no_advice
from workbench.checks.labels import LabelScores
from workbench.data import DatasetRecord, Roles
from workbench.errors import CheckError
from workbench.principal import Principal
from workbench.words import Lang, Text, moment

__all__ = ["Answer", "CheckReport", "Finding", "Heard", "Shown", "Step", "again", "of_source", "run", "shown", "so_far"]

# Seconds: how long a file or command waits for the report on a large table; between two looks at its run.
PATIENCE, LOOK = 600.0, 0.3


@dataclass(frozen=True)
class Shown(Standing):
    """What the checks said about a dataset, as far as they have run."""

    report: CheckReport
    """Gravest first; until it is whole, `skipped` names what has not run."""
    done: int
    """Checks that have ended."""
    total: int
    """Checks that run on this table."""


def shown(dataset_id: str, *, by: Principal) -> Shown:
    """Return what the checks said about a dataset with its roles, as much of it as there is.

    A small table's report is whole at once. Of a large one it is what is kept, or what the run has told that looks at it; where
    there was none yet, it is started. This costs milliseconds, however large the table is.

    Parameters
    ----------
    dataset_id : str
        The table.
    by : Principal
        Anybody who may see it.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    CheckError
        If no target is chosen yet.
    AccessDenied
        In a read-only demonstration, of a large table whose report is not kept.
    """
    known = with_target(dataset_id, by=by)
    key = checking.key_of(known)
    if whole := shared_runs.remembered(key):
        return complete(whole)
    if not checking.is_large(known):
        return complete(checking.at_once(known, by=by))
    now, told = shared_runs.standing(key, lambda run: checking.begin(key, known, by=by, instead=run), by=by)
    return complete(told) if now.whole else incomplete(known, now, told)


def again(dataset_id: str, *, by: Principal) -> Shown:
    """Start checks again that were stopped, failed or got lost; what is there or still goes is left alone.

    Raises
    ------
    DatasetNotFound
        If there is no such dataset, or it is somebody else's and not shared.
    CheckError
        If no target is chosen yet.
    AccessDenied
        In a read-only demonstration.
    """
    now = shown(dataset_id, by=by)
    if now.whole or now.is_going:
        return now
    known = datasets.record(dataset_id, by=by)
    checking.begin(checking.key_of(known), known, by=by, instead=now.run)
    return shown(dataset_id, by=by)


def run(dataset_id: str, *, by: Principal, fast: bool = False) -> CheckReport:
    """Return the whole report on a dataset with its roles; of a large table it waits for the run that makes it.

    Parameters
    ----------
    dataset_id : str
        The table.
    by : Principal
        Anybody who may see it.
    fast : bool
        Only the cheap checks, in this process, where the whole report is not kept.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    CheckError
        If no target is chosen yet, or the run ends without a report, or takes too long.
    """
    if fast:
        return only_cheap(dataset_id, by=by)
    now, until = again(dataset_id, by=by), time.monotonic() + PATIENCE
    while not now.whole:
        if not now.is_going:
            raise CheckError("error.checks.none", why=now.error or Text(f"checks.job.state.{now.state}"))
        if time.monotonic() > until:
            raise CheckError("error.checks.not_yet")
        time.sleep(LOOK)
        now = shown(dataset_id, by=by)
    return now.report


def only_cheap(dataset_id: str, *, by: Principal) -> CheckReport:
    """Return a report of the cheap checks, remembered by this process."""
    known = with_target(dataset_id, by=by)
    key = checking.key_of(known)

    def make() -> CheckReport:
        frame = datasets.get(dataset_id, by=by).frame
        return checks.run(frame, **checking.asked(known.roles, key.edition), fast=True)

    report: CheckReport = held.profiles.get((*key.held, "fast"), make)
    return report


def so_far(dataset_id: str, *, by: Principal) -> CheckReport:
    """Return a report that is whole, or of which nothing more comes by itself.

    Raises
    ------
    CheckError
        If no target is chosen yet, or the checks still run.
    """
    now = shown(dataset_id, by=by)
    if now.is_going:
        raise CheckError("error.checks.not_yet")
    return now.report


def with_target(dataset_id: str, *, by: Principal) -> DatasetRecord:
    """Return what is known of a dataset whose target is chosen.

    Raises
    ------
    CheckError
        If there is no target yet.
    """
    known = datasets.record(dataset_id, by=by)
    if known.roles.target is None:
        raise CheckError("error.checks_no_target")
    return known


def complete(whole: CheckReport) -> Shown:
    """Return a report that is whole."""
    ran = len(CHECKS) - len(whole.skipped)
    return Shown(whole, ran, ran, **vars(shared_runs.complete()))


def incomplete(known: DatasetRecord, now: Standing, heard: Heard) -> Shown:
    """Return what there is of a report that is not whole."""
    report = heard.report
    if not heard.done:
        report = replace(report, advice=no_advice(known.roles.group, known.roles.time))
    total = heard.total or sum(check.cost != "on_demand" for check in CHECKS)
    return Shown(report, heard.done, total, **vars(now))


def of_source(
    source: Source,
    *,
    by: Principal,
    target: str,
    group: str | None,
    group_part: str | None = None,
    time: str | None,
    new: Source | None,
    fast: bool,
    lang: Lang,
    html: bool,
    sensitive: Sequence[str] = (),
    honest: bool = False,
    labels: bool = False,
    told: Callable[[Step], None] | None = None,
) -> tuple[dict[str, Any], str | None]:
    """Check a table that is not stored, for the command line.

    Returns
    -------
    dict
        The contract's keys of `check`.
    str or None
        The printable page, where it was asked for.

    Raises
    ------
    ColumnNotFound
        If a named column is not in the table.
    """
    by.require("viewer")
    known = source.roles
    marked = tuple(dict.fromkeys((*known.sensitive, *sensitive)))
    grouped = with_group(known, source.reading.frame, group, part_asked(group_part))
    roles = replace(grouped, target=target, time=time or known.time, sensitive=marked)
    scores = labels_of(source, roles) if labels else None
    report = checks.run(
        source.reading.frame,
        target=target,
        group=roles.group,
        time=roles.time,
        event=roles.event,
        fast=fast,
        roles=roles,
        new=new.reading.frame if new else None,
        told=told,
        labels=scores,
    )
    answer = report.to_dict(lang)
    found: list[Answer] = []
    if honest:
        plan, accused = refits.plan_of(source.reading.frame, roles, report)
        found = refits.run(source.reading.frame, plan, accused)
        answer["honest"] = [one.to_dict(lang) for one in found]
    if scores is not None:
        answer["labels"] = label_search.plain(scores)
    if not html:
        return answer, None
    about = page.about(source.name, source.reading.frame.shape, roles, report, lang)
    title = Text("check.page.title", table=source.name, target=target)
    made = moment(datetime.now(UTC), lang)
    return answer, printed.page(title, page.sections(report, lang, about=about, answers=found), lang, made=made)


def labels_of(source: Source, roles: Roles) -> LabelScores:
    """Return the out-of-fold predictions that the checks of labels judge by."""
    frame = source.reading.frame
    return label_search.scores(frame, roles, exclude=label_search.certain_leaks(frame, roles))
