"""What the home page lists: samples with their demo models, my tables, my runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import places
from workbench.ui.feedback import nothing, reported
from workbench.ui.language import moment, say
from workbench.ui.people import who
from workbench.ui.runs import live
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.models import ModelRecord
    from workbench.data import DatasetRecord, Sample
    from workbench.jobs import Job

RECENT = 8
COMPARISON, PROFILE, HONEST, CHECKS, LABELS = "compare", "profile", "honest", "checks", "labels"
HOLDOUT, ADOPT, LEARNING = "holdout", "adopt", "learning"
Item = TypeVar("Item")
STANDING: dict[str, tuple[str, Literal["orange", "blue", "violet", "green"]]] = {
    "no_target": (":material/flag:", "orange"),
    "roles": (":material/play_arrow:", "blue"),
    "comparing": (":material/progress_activity:", "violet"),
    "compared": (":material/leaderboard:", "blue"),
    "model": (":material/check_circle:", "green"),
}


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


def mine() -> None:
    """List my tables beside my runs."""
    found = actions.runs.mine(by=who())
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(say("page.home.datasets"))
        datasets(found)
    with right:
        st.subheader(say("page.home.runs"))
        # What has finished is shown where it was asked for.
        runs([job for job in found if not (job.kind in (PROFILE, CHECKS, HOLDOUT, LEARNING) and job.state == "finished")])


def datasets(jobs: Sequence[Job]) -> None:
    """List my tables, newest first, each with where it stands, or point to where there is one."""
    found = actions.datasets.mine(by=who())
    if not found:
        nothing("page.home.no_datasets", to="data")
        return
    made = by_dataset(jobs)
    models = actions.models.registered(by=who())
    listed(found, lambda record: table(record, made.get(record.id, []), models))


def listed(found: Sequence[Item], draw: Callable[[Item], None]) -> None:
    """Draw the latest of a list, and the others folded away."""
    for item in found[:RECENT]:
        draw(item)
    if more := found[RECENT:]:
        with st.expander(say("page.home.more", count=len(more))):
            for item in more:
                draw(item)


def by_dataset(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    """Return the comparisons of each table, newest first."""
    found: dict[str, list[Job]] = {}
    for job in jobs:
        if job.kind == COMPARISON:
            found.setdefault(str(job.spec.get("dataset")), []).append(job)
    return found


def table(record: DatasetRecord, made: Sequence[Job], models: Collection[str]) -> None:
    """Draw one table: what it is, where it stands, and the page where it goes on."""
    state = standing(record, made, models)
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            places.link("data", record.name, dataset=record.id)
            st.badge(say(f"page.home.standing.{state}"), icon=STANDING[state][0], color=STANDING[state][1])
            if state == "roles":
                places.link("compare", dataset=record.id)
            elif state == "model":
                places.link("explain", model=next(reference_of(job) for job in made if kept(job, models)))
            elif made:
                places.link("compare", dataset=record.id, run=made[0].id)
        st.caption(facts_of(record))


def facts_of(record: DatasetRecord) -> str:
    """Return how large a table is, and since when it is there."""
    return say("page.home.dataset", rows=f"{record.rows:,}", columns=f"{len(record.columns):,}", at=moment(record.created))


def theirs(record: DatasetRecord) -> None:
    """Draw one table that somebody else shares."""
    with st.container(gap=None):
        places.link("data", from_owner(record.name, record.owner), dataset=record.id)
        st.caption(facts_of(record))


def standing(record: DatasetRecord, made: Sequence[Job], models: Collection[str]) -> str:
    """Tell how far somebody has come with a table, by its roles and its comparisons."""
    if any(kept(job, models) for job in made):
        return "model"
    if any(job.state in live.GOING for job in made):
        return "comparing"
    if any((job.result or {}).get("leaderboard") for job in made):
        return "compared"
    return "roles" if record.roles.target else "no_target"


def kept(job: Job, models: Collection[str]) -> bool:
    """Tell whether a comparison registered a model that is still there under its name."""
    return reference_of(job).partition("@")[0] in models


def reference_of(job: Job) -> str:
    """Return the model that a comparison registered, or nothing."""
    return str((job.result or {}).get("registered") or "")


def runs(found: Sequence[Job]) -> None:
    """List my runs, newest first, or point to where one begins."""
    if not found:
        nothing("page.home.no_runs", to="compare")
    listed(found, run)


def run(job: Job) -> None:
    """Draw the link to one run, with its state, and how far it is."""
    state = say(f"ui.run.{job.state}_short")
    if job.state == "running" and job.progress is not None:
        state = f"{state} {job.progress:.0%}"
    titles = {
        PROFILE: "profile.job.title",
        HONEST: "honest.job.title",
        CHECKS: "checks.job.title",
        LABELS: "labels.job.title",
        HOLDOUT: "leaderboard.holdout_job",
        ADOPT: "leaderboard.adopt_job",
        LEARNING: "diagnosis.learning.job",
    }
    title = say(titles[job.kind], title=job.title) if job.kind in titles else job.title
    label = say("page.home.run", title=title, state=state, at=moment(job.created))
    place, ids = target_of(job)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(live.ICONS[job.state], width="content")
        places.link(place, label if is_mine(job) else from_owner(label, job.owner), **ids)


def target_of(job: Job) -> tuple[str, dict[str, Any]]:
    """Return the page a run is looked at on, and the ids it opens there; a table of somebody else's may not be shared."""
    if job.kind == "batch":
        return "predict", {"batch": job.id, "model": job.spec.get("model")}
    if job.kind == COMPARISON:
        return "compare", {"run": job.id, "dataset": job.spec.get("dataset") if is_mine(job) else None}
    if job.kind in (HOLDOUT, ADOPT, LEARNING):
        return "compare", {"run": job.spec.get("comparison"), "dataset": job.spec.get("dataset") if is_mine(job) else None}
    if job.kind == PROFILE:
        return "explore", {"dataset": job.spec.get("dataset")}
    if job.kind == CHECKS:
        return "checks", {"dataset": job.spec.get("dataset")}
    if job.kind == LABELS:
        return "checks", {"dataset": job.spec.get("dataset"), "labels": job.id, "part": "labels"}
    if job.kind == HONEST:
        return "checks", {"dataset": job.spec.get("dataset"), "honest": job.id}
    return "data", {"dataset": (job.result or {}).get("dataset")}


def is_mine(item: Job | DatasetRecord) -> bool:
    """Tell whether something is this person's."""
    return item.owner == who().who


def from_owner(label: str, owner: str) -> str:
    """Return a label with whose it is."""
    return say("page.home.from_owner", label=label, owner=owner)


def shared() -> None:
    """List what others share with the team; without anything not even a heading."""
    tables, jobs = actions.datasets.shared(by=who()), actions.runs.shared(by=who())
    if not tables and not jobs:
        return
    st.subheader(say("page.home.shared"))
    left, right = st.columns(2, gap="large")
    with left:
        listed(tables, theirs)
    with right:
        listed(jobs, run)
