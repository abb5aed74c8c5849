"""A table understood: its profile, and the charts drawn from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench import profile, report
from workbench.actions import datasets, held
from workbench.actions.sources import Source
from workbench.errors import ColumnNotFound
from workbench.principal import Principal
from workbench.profile import charts, page
from workbench.words import Lang

if TYPE_CHECKING:
    import plotly.graph_objects as go


def of(dataset_id: str, *, by: Principal) -> Any:
    """Return the profile of a dataset, kept by its content and target."""
    dataset = datasets.get(dataset_id, by=by)
    roles = dataset.roles
    key = (dataset.fingerprint, roles.target, roles.event)
    return held.profiles.get(key, lambda: profile.profile(dataset.frame, target=roles.target, event=roles.event))


def column(dataset_id: str, name: str, *, by: Principal) -> Any:
    """Return the profile of one column.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    found = {c["name"]: c for c in of(dataset_id, by=by)["columns"]}
    if name not in found:
        raise ColumnNotFound(name, found)
    return found[name]


def column_chart(dataset_id: str, name: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw the distribution of one column."""
    return charts.column_chart(column(dataset_id, name, by=by), lang)


def target_chart(dataset_id: str, name: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw the target along one column."""
    return charts.target_chart(column(dataset_id, name, by=by), lang)


def of_source(source: Source, *, by: Principal, lang: Lang, html: bool) -> tuple[dict[str, Any], str | None]:
    """Profile a table that is not stored, for the command line.

    Returns
    -------
    dict
        The contract's keys of `profile`.
    str or None
        The printable page, where it was asked for.
    """
    by.require("viewer")
    made = profile.profile(source.reading.frame, target=source.roles.target, event=source.roles.event)
    notes = [note.say(lang) for note in source.reading.notes]
    answer = profile.to_dict(made, lang) | {"reading": source.reading.to_dict() | {"notes": notes}}
    return answer, report.page(source.name, page.sections(made, lang), lang) if html else None
