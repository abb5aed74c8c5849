"""Models, their versions and columns, and the self-check, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from workbench import figure
from workbench.ui import grids
from workbench.ui.language import moment, say
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.models import ModelRecord
    from workbench.actions.status import Line

Colour = Literal["green", "orange", "red", "blue"]

STATES = {"ok": ":material/check_circle:", "warning": ":material/warning:", "error": ":material/error:"}
COLOURS: dict[str, Colour] = {"ok": "green", "warning": "orange", "error": "red"}
CHAMPION = "champion"


def table(records: Sequence[ModelRecord]) -> None:
    """List the models, one line each."""
    grids.show(
        [line(record) for record in records],
        {
            "name": grids.words("ui.models.name", pinned=True),
            "target": grids.words("ui.models.target"),
            "title": grids.words("ui.models.estimator"),
            "score": grids.words("ui.models.score"),
            "created": grids.words("ui.models.created"),
            "origin": grids.words("ui.models.origin"),
        },
        key="models.table",
    )


def line(record: ModelRecord) -> dict[str, Any]:
    """Return one model as the table shows it."""
    value = figure.score(record.metrics.get(str(record.sort)))
    return {
        "name": record.name,
        "target": record.target,
        "title": estimator(record),
        "score": say("ui.models.score_of", metric=Text(f"metric.{record.sort}.title"), value=value),
        "created": moment(record.created),
        "origin": say("ui.models.shipped") if record.shipped else record.owner,
    }


def estimator(record: ModelRecord) -> str:
    """Return the kind of a model in the reader's language."""
    kind = "regression" if record.task == "regression" else "classification"
    return say(f"candidate.{kind}.{record.estimator}")


def facts(details: dict[str, Any]) -> None:
    """Say what a model predicts, and from how much."""
    known = [str(label) for label in details["labels"]]
    task = Text(f"ui.task.{details['task']}")
    lines = [say("ui.models.predicts", target=details["target"], task=task, rows=f"{details['rows']:,}")]
    if known:
        lines.append(say("ui.models.labels", labels=known))
    if details["event"] is not None:
        lines.append(say("ui.models.event", event=str(details["event"])))
    st.markdown("\n\n".join(lines))


def scores(details: dict[str, Any]) -> None:
    """Draw each metric's mean and spread over the folds, and its value on the rows kept aside."""
    holdout = details["holdout"] or {}
    lines = []
    for name, value in details["metrics"].items():
        shown = figure.scores([value, details["metrics_std"].get(name), holdout.get(name)])
        lines.append({"metric": say(f"metric.{name}.title"), **dict(zip(("mean", "std", "holdout"), shown, strict=True))})
    grids.show(
        lines,
        {
            "metric": grids.words("ui.models.metric"),
            "mean": grids.words("ui.models.mean", alignment="right"),
            "std": grids.words("ui.models.std", alignment="right"),
            "holdout": grids.words("ui.models.holdout", alignment="right"),
        },
        key="models.scores",
    )


def versions(records: Sequence[ModelRecord]) -> None:
    """List a model's versions, newest first, with what each is called."""
    grids.show(
        [
            {
                "version": r.version,
                "aliases": say("ui.list", names=list(r.aliases)),
                "created": moment(r.created),
                "estimator": estimator(r),
            }
            for r in records
        ],
        {
            "version": grids.words("ui.models.version"),
            "aliases": grids.words("ui.models.aliases"),
            "created": grids.words("ui.models.created"),
            "estimator": grids.words("ui.models.estimator"),
        },
        key="models.versions",
    )


def promotion(records: Sequence[ModelRecord]) -> str | None:
    """Draw the choice of another champion; None until it is submitted."""
    others = [r.version for r in records if CHAMPION not in r.aliases and not r.shipped]
    if not others:
        st.caption(say("ui.models.one_version"))
        return None
    with st.form("models.promote", border=False):
        version = st.selectbox(say("ui.models.promote_which"), others, key="models.version")
        submitted = st.form_submit_button(say("ui.models.promote"), icon=":material/military_tech:")
    return version if submitted else None


def schema(found: dict[str, Any]) -> None:
    """Draw the columns a program has to send."""
    grids.show(
        [
            {
                "name": column["name"],
                "kind": say(f"profile.kind.{column['kind']}"),
                "required": column["required"],
                "values": values(column),
                "example": None if column["example"] is None else str(column["example"]),
            }
            for column in found["columns"]
        ],
        {
            "name": grids.words("ui.column.name", pinned=True),
            "kind": grids.words("ui.column.kind"),
            "required": grids.flag("ui.column.required"),
            "values": grids.words("ui.column.values", width="large"),
            "example": grids.words("ui.column.example"),
        },
        key="api.schema",
    )


def values(column: dict[str, Any]) -> str:
    """Return the labels or the range seen in training."""
    if column["categories"]:
        return say("ui.list", names=[str(label) for label in column["categories"][:8]])
    low, high = column["range"] or (None, None)
    return say("ui.fields.span", low=shown(low), high=shown(high)) if low is not None else ""


def shown(value: Any) -> str:
    """Return an end of a range as a reader expects it."""
    return figure.number(value) if isinstance(value, int | float) else str(value)


def status(lines: Sequence[Line]) -> None:
    """Draw the self-check, a line each."""
    for entry in lines:
        with st.container(border=True):
            left, right = st.columns([1, 5], vertical_alignment="center")
            left.badge(say(f"ui.status.{entry.state}"), icon=STATES[entry.state], color=COLOURS[entry.state])
            right.markdown(say("ui.status.line", name=entry.name, detail=entry.detail))
