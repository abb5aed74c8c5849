"""The rows that a search for wrong labels and outliers lists: on screen, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from workbench import jobs
from workbench.actions import datasets, held
from workbench.actions.labels import CHECKS, KIND, MOST_COLUMNS
from workbench.checks import Finding, NotApplicable, kept
from workbench.checks.check import Failed
from workbench.errors import CheckError
from workbench.experiment.plan import label_text
from workbench.principal import Principal
from workbench.words import Lang, Text, say

Which = Literal["wrong", "outliers"]


@dataclass(frozen=True)
class Said:
    """What one of the two checks said."""

    code: str
    title: Text
    which: Which
    findings: tuple[Finding, ...]
    reason: Text | None
    """Why it could not say anything."""


@dataclass(frozen=True)
class Told:
    """What a search has found."""

    dataset: str
    rows: int
    total: int
    counts: dict[Which, int]
    """All that were found, beyond those that are listed too."""
    listed: dict[Which, int]
    outcomes: list[Said]


def told(run_id: str, *, by: Principal) -> Told | None:
    """Return what a run found, or None while it goes, where it has failed, and where an older formula made it."""
    found = result(run_id, by=by)
    if found is None:
        return None
    whiches: tuple[Which, ...] = ("wrong", "outliers")
    outcomes = []
    for check, which in zip(CHECKS, whiches, strict=True):
        revived = kept.outcome_from_json(found["outcomes"][check.code])
        if revived is None:
            return None
        outcome = revived[0]
        if isinstance(outcome, NotApplicable | Failed):
            outcomes.append(Said(check.code, check.title, which, (), outcome.reason))
        else:
            outcomes.append(Said(check.code, check.title, which, tuple(outcome), None))
    counts: dict[Which, int] = {"wrong": found["wrong_count"], "outliers": found["outlier_count"]}
    return Told(
        found["dataset"], found["rows"], found["total"], counts, {which: len(found[which]) for which in whiches}, outcomes
    )


def result(run_id: str, *, by: Principal) -> dict[str, Any] | None:
    """Return the plain result of a run of this kind, or None where there is none."""
    job = jobs.find(held.store(), run_id, by=by)
    return job.result if job.kind == KIND else None


def table(run_id: str, which: Which, lang: Lang, *, by: Principal, most: int | None = None) -> pl.DataFrame:
    """Return the listed rows of a run as a table, the worst first.

    Parameters
    ----------
    run_id : str
        A finished run.
    which : {"wrong", "outliers"}
        Which list.
    lang : {"ja", "en"}
        The language of the headers that are ours.
    by : Principal
        Somebody who may see the run and the table.
    most : int, optional
        So many rows, with the few columns that matter; else all rows and all columns.

    Raises
    ------
    CheckError
        If the run has no result.
    """
    found = result(run_id, by=by)
    if found is None:
        raise CheckError("error.labels.no_result")
    dataset = datasets.get(found["dataset"], by=by)
    listed = found[which][:most]
    names = dataset.frame.columns if most is None else shown_columns(listed, found, which, dataset.frame.columns)
    cells = dataset.frame[[one["row"] - 1 for one in listed]].select(names)
    return heads(listed, which, lang, taken=set(names)).hstack(cells)


def shown_columns(listed: Sequence[dict[str, Any]], found: dict[str, Any], which: Which, known: Sequence[str]) -> list[str]:
    """Return the columns that matter for the rows on screen: for outliers those that set them apart, then the most used."""
    apart = [name for one in listed for name in one["columns"]] if which == "outliers" else []
    return [name for name in dict.fromkeys([*apart, *found["columns"]]) if name in known][:MOST_COLUMNS]


def heads(listed: Sequence[dict[str, Any]], which: Which, lang: Lang, *, taken: set[str]) -> pl.DataFrame:
    """Return our own columns, under names that the table does not have."""
    made: dict[str, pl.Series] = {say("labels.head.row", lang): pl.Series([one["row"] for one in listed], dtype=pl.Int64)}
    if which == "wrong":
        for name in ("given", "suggested"):
            values = [one[name] for one in listed]
            is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
            shown = values if is_number else [label_text(value) for value in values]
            made[say(f"labels.head.{name}", lang)] = pl.Series(shown, strict=False)
        if any(one["probability"] is not None for one in listed):
            made[say("labels.head.probability", lang)] = pl.Series([one["probability"] for one in listed], dtype=pl.Float64)
        made[say("labels.head.score", lang)] = pl.Series([one["score"] for one in listed], dtype=pl.Float64)
    else:
        made[say("labels.head.times", lang)] = pl.Series([one["times"] for one in listed], dtype=pl.Float64)
        joined = [say("labels.list", lang, values=one["columns"]) for one in listed]
        made[say("labels.head.columns", lang)] = pl.Series(joined, dtype=pl.String)
    return pl.DataFrame({free(name, taken): values for name, values in made.items()})


def free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken."""
    while name in taken:
        name += "_"
    return name


def file(run_id: str, which: Which, form: Literal["csv", "xlsx"], lang: Lang, *, by: Principal) -> bytes:
    """Return all listed rows with all their columns as a file; what a spreadsheet would run as a formula stays text."""
    from workbench.predict.formats import to_bytes

    about = [(say("labels.head.caution", lang), say("labels.caution", lang))]
    return to_bytes(table(run_id, which, lang, by=by), form, lang, about=about)
