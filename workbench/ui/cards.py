"""What the home page lists: samples with their demo models, my tables, my runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import live, places
from workbench.ui.feedback import nothing, reported
from workbench.ui.language import moment, say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.models import ModelRecord
    from workbench.data import Sample
    from workbench.jobs import Job

RECENT = 6


def samples() -> None:
    """Draw a card for each sample, with the model that ships for it: one click to its predictions and reasons."""
    shipped = {record.sample: record for record in actions.models.shipped(by=who())}
    found = actions.datasets.samples(by=who())
    for place, sample in zip(st.columns(len(found)), found, strict=True):
        with place.container(border=True, height="stretch"):
            card(sample, shipped.get(sample.name))


def card(sample: Sample, record: ModelRecord | None) -> None:
    """Draw one sample."""
    st.markdown(f"#### {say(sample.title)}")
    st.markdown(say(sample.about))
    if record:
        st.caption(say("page.home.model", target=record.target, task=Text(f"ui.task.{record.task}"), score=score(record)))
        with st.container(horizontal=True):
            places.link("explain", model=record.name)
            places.link("what_if", model=record.name)
            places.link("predict", model=record.name)
    if st.button(say("page.home.open_data"), icon=places.ICONS["data"], key=f"home.sample.{sample.name}"):
        with reported():
            places.go("data", dataset=actions.datasets.open_sample(sample.name, by=who()))


def score(record: ModelRecord) -> str:
    """Return the metric a model was chosen by, in words."""
    return say(
        "ui.models.score_of", metric=Text(f"metric.{record.sort}.title"), value=number(record.metrics.get(str(record.sort)))
    )


def datasets() -> None:
    """List my latest tables, or point to where there is one."""
    found = actions.datasets.mine(by=who())[:RECENT]
    if not found:
        nothing("page.home.no_datasets", to="data")
    for record in found:
        places.link(
            "data",
            say(
                "page.home.dataset",
                name=record.name,
                rows=f"{record.rows:,}",
                columns=len(record.columns),
                at=moment(record.created),
            ),
            dataset=record.id,
        )


def runs() -> None:
    """List my latest runs, or point to where one begins."""
    found = actions.runs.mine(by=who())[:RECENT]
    if not found:
        nothing("page.home.no_runs", to="compare")
    for job in found:
        run(job)


def run(job: Job) -> None:
    """Draw the link to one run."""
    label = say("page.home.run", title=job.title, state=Text(f"ui.run.{job.state}_short"), at=moment(job.created))
    place, ids = target_of(job)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(live.ICONS[job.state], width="content")
        places.link(place, label, **ids)


def target_of(job: Job) -> tuple[str, dict[str, Any]]:
    """Return the page a run is looked at on, and the ids it opens there."""
    if job.kind == "batch":
        return "predict", {"batch": job.id, "model": job.spec.get("model")}
    return "compare", {"run": job.id, "dataset": job.spec.get("dataset")}
