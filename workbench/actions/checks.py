"""Can this table be trusted? Every check over a dataset, with the advice for the split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench import checks
from workbench import report as printed
from workbench.actions import datasets, held, refits
from workbench.actions.sources import Source
from workbench.checks import CheckReport, page
from workbench.errors import CheckError
from workbench.principal import Principal
from workbench.words import Lang


def run(dataset_id: str, *, by: Principal, fast: bool = False) -> CheckReport:
    """Run the checks on a dataset with its roles; the result is kept by content and roles.

    Raises
    ------
    CheckError
        If no target is chosen yet.
    """
    dataset = datasets.get(dataset_id, by=by)
    roles = dataset.roles
    if (target := roles.target) is None:
        raise CheckError("error.checks_no_target")
    key = ("checks", dataset.fingerprint, str(roles.to_dict()), fast)
    return held.profiles.get(
        key,
        lambda: checks.run(
            dataset.frame,
            target=target,
            group=roles.group,
            time=roles.time,
            event=roles.event,
            roles=roles,
            fast=fast,
        ),
    )


def of_source(
    source: Source,
    *,
    by: Principal,
    target: str,
    group: str | None,
    time: str | None,
    new: Source | None,
    fast: bool,
    lang: Lang,
    html: bool,
    sensitive: Sequence[str] = (),
    honest: bool = False,
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
    roles = replace(known, target=target, group=group or known.group, time=time or known.time, sensitive=marked)
    report = checks.run(
        source.reading.frame,
        target=target,
        group=roles.group,
        time=roles.time,
        event=roles.event,
        fast=fast,
        roles=roles,
        new=new.reading.frame if new else None,
    )
    answer, sections = report.to_dict(lang), page.sections(report, lang)
    if honest:
        plan, accused = refits.plan_of(source.reading.frame, roles, report)
        found = refits.run(source.reading.frame, plan, accused)
        answer["honest"] = [one.to_dict(lang) for one in found]
        sections += page.loop(found, lang)
    return answer, printed.page(source.name, sections, lang) if html else None
