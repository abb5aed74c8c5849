"""A table understood: its profile, as much of it as there is, and the charts and files made of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import figure, profile, report
from workbench.actions import datasets, profiling, shared_runs
from workbench.actions.shared_runs import Standing
from workbench.actions.sources import Source
from workbench.data import DatasetRecord, Roles
from workbench.errors import ColumnNotFound, JobError
from workbench.principal import Principal
from workbench.profile import charts, page
from workbench.profile.associations import charts as association_charts
from workbench.profile.story import charts as story_charts
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Seconds: how long a file or check waits for the profile of a large table; between two looks at its run.
PATIENCE, LOOK = 300.0, 0.3
Draw = Callable[[dict[str, Any], Lang], "go.Figure"]


@dataclass(frozen=True)
class Shown(Standing):
    """A profile as far as it is there."""

    profile: dict[str, Any]
    """In its whole shape; what is not there yet is None, and `columns` holds those that have come."""


def shown(dataset_id: str, *, by: Principal) -> Shown:
    """Return a dataset's profile, as much of it as there is.

    A small table's is whole at once. Of a large one it is what is kept, or what the run has told that makes it; where there
    was none yet, it is started. This costs milliseconds, however large the table is.

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
    AccessDenied
        In a read-only demonstration, of a large table whose profile is not kept.
    """
    known = datasets.record(dataset_id, by=by)
    key = profiling.key_of(known)
    if whole := shared_runs.remembered(key):
        return complete(whole)
    if not profiling.is_large(known):
        return complete(profiling.at_once(known, by=by))
    now, told = shared_runs.standing(key, lambda run: profiling.begin(key, known, by=by, instead=run), by=by)
    return complete(told) if now.whole else Shown(profiling.partial(known, told), **vars(now))


def again(dataset_id: str, *, by: Principal) -> Shown:
    """Start a profile again that was stopped, failed or got lost; what is there or still goes is left alone.

    Raises
    ------
    DatasetNotFound
        If there is no such dataset, or it is somebody else's and not shared.
    AccessDenied
        In a read-only demonstration.
    """
    now = shown(dataset_id, by=by)
    if now.whole or now.is_going:
        return now
    known = datasets.record(dataset_id, by=by)
    profiling.begin(profiling.key_of(known), known, by=by, instead=now.run)
    return shown(dataset_id, by=by)


def complete(whole: dict[str, Any]) -> Shown:
    """Return a profile that is whole."""
    return Shown(whole, **vars(shared_runs.complete()))


def of(dataset_id: str, *, by: Principal) -> dict[str, Any]:
    """Return the whole profile of a dataset; of a large table it waits for the run that makes it.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    JobError
        If the run ends without a profile, or takes too long.
    """
    now, until = again(dataset_id, by=by), time.monotonic() + PATIENCE
    while not now.whole:
        if not now.is_going:
            why = now.error or Text(f"profile.job.state.{now.state}")
            raise JobError("error.profile.none", why=why)
        if time.monotonic() > until:
            raise JobError("error.profile.not_yet")
        time.sleep(LOOK)
        now = shown(dataset_id, by=by)
    return now.profile


def column(dataset_id: str, name: str, *, by: Principal) -> dict[str, Any] | None:
    """Return the profile of one column; None where it is not there yet.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    return column_of(shown(dataset_id, by=by), name, datasets.record(dataset_id, by=by))


def column_of(now: Shown, name: str, known: DatasetRecord) -> dict[str, Any] | None:
    """Return one column of a profile, as far as it is there."""
    if name not in known.columns:
        raise ColumnNotFound(name, known.columns)
    return next((column for column in now.profile["columns"] if column["name"] == name), None)


def column_chart(dataset_id: str, name: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw the distribution of one column.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    return one_column(dataset_id, name, lang, charts.column_chart, by=by)


def target_chart(dataset_id: str, name: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw the target along one column.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    return one_column(dataset_id, name, lang, charts.target_chart, by=by)


def target_bins(dataset_id: str, name: str, lang: Lang, *, by: Principal) -> list[dict[str, Any]]:
    """Return the figures of a target chart: for every bin of the column, and each label told, the estimate and its interval.

    Returns
    -------
    list of dict
        ``bin label measure rows value low high``; nothing where there is no such chart.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    if not (told := (column(dataset_id, name, by=by) or {}).get("by_target")):
        return []
    return [
        {"bin": charts.bin_name(entry, lang), "label": label, "measure": told["measure"], "rows": entry["rows"], **estimate}
        for entry in told["bins"]
        for label, estimate in zip(told["labels"] or [None], entry["estimates"], strict=True)
    ]


def one_column(dataset_id: str, name: str, lang: Lang, draw: Draw, *, by: Principal) -> go.Figure:
    """Draw one column, or say why it cannot be drawn yet."""
    now = shown(dataset_id, by=by)
    found = column_of(now, name, datasets.record(dataset_id, by=by))
    return draw(found, lang) if found else not_yet(now, lang, title=name)


def associations_chart(dataset_id: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw which columns go together."""
    return whole_table(dataset_id, lang, association_charts.associations_chart, "associations", by=by)


def missing_chart(dataset_id: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw how much each column is missing."""
    return whole_table(dataset_id, lang, association_charts.missing_chart, by=by)


def missing_pattern_chart(dataset_id: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw which columns are missing together."""
    return whole_table(dataset_id, lang, association_charts.missing_pattern_chart, "missingness", by=by)


def ranking_chart(dataset_id: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw which columns say most about the target."""
    return whole_table(dataset_id, lang, story_charts.ranking_chart, by=by)


def time_chart(dataset_id: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw the target over time."""
    return whole_table(dataset_id, lang, story_charts.time_chart, by=by)


def whole_table(dataset_id: str, lang: Lang, draw: Draw, part: str = "", *, by: Principal) -> go.Figure:
    """Draw a chart that needs one part of the profile, or all of it; or say why it cannot be drawn yet."""
    now = shown(dataset_id, by=by)
    return draw(now.profile, lang) if now.whole or (part and now.profile[part] is not None) else not_yet(now, lang)


def not_yet(now: Shown, lang: Lang, *, title: str = "") -> go.Figure:
    """Return the chart of a part that is not there: it is to come, or nothing comes before it is started again."""
    return figure.empty(title, lang, reason=Text("profile.job.to_come" if now.is_going else "profile.job.nothing_more"))


def html(dataset_id: str, lang: Lang, *, by: Principal) -> str:
    """Return the whole profile as a page that stands by itself."""
    known = datasets.record(dataset_id, by=by)
    return report.page(known.name, page.sections(of(dataset_id, by=by), lang), lang)


def json_data(dataset_id: str, lang: Lang, *, by: Principal) -> bytes:
    """Return the whole profile as JSON, its sentences said in a language."""
    data = profile.to_dict(of(dataset_id, by=by), lang)
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1, default=lambda text: text.say(lang)).encode()


def xlsx(dataset_id: str, lang: Lang, *, by: Principal) -> bytes:
    """Return the numbers of the whole profile as an Excel workbook."""
    from workbench.profile import workbook

    known = datasets.record(dataset_id, by=by)
    return workbook.workbook(of(dataset_id, by=by), lang, title=known.name)


def of_source(
    source: Source,
    *,
    by: Principal,
    lang: Lang,
    html: bool = False,
    xlsx: bool = False,
    target: str | None = None,
    event: str | None = None,
    time: str | None = None,
) -> tuple[dict[str, Any], str | None, bytes | None]:
    """Profile a table that is not stored, for the command line.

    Parameters
    ----------
    source : Source
        The table with its roles.
    by, lang
        Who asks, and in which language it is said.
    html, xlsx : bool, optional
        Make the printable page and the workbook as well.
    target, event, time : str, optional
        What is said in place of the table's roles; an event belongs to its target.

    Returns
    -------
    dict
        The contract's keys of `profile`.
    str or None
        The printable page, where it was asked for.
    bytes or None
        The workbook, where it was asked for.

    Raises
    ------
    ColumnNotFound
        If the target or the time is no column of the table.
    """
    from workbench.profile import workbook

    by.require("viewer")
    roles, frame = source.roles, source.reading.frame
    told = Roles(target=target or roles.target, event=event or (None if target else roles.event), time=time or roles.time)
    told.check(frame.columns)
    made = profile.profile(frame, target=told.target, event=told.event, time=told.time)
    notes = [note.say(lang) for note in source.reading.notes]
    answer = profile.to_dict(made, lang) | {"reading": source.reading.to_dict() | {"notes": notes}}
    printed = report.page(source.name, page.sections(made, lang), lang) if html else None
    return answer, printed, workbook.workbook(made, lang, title=source.name) if xlsx else None
