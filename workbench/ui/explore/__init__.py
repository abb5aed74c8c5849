"""The explore page's head and first tabs: a table's size, what goes with the target, what looks wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import places
from workbench.ui.explore import looking
from workbench.ui.feedback import chart
from workbench.ui.findings import ICONS, plain
from workbench.ui.language import lang, say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.profile import Shown
    from workbench.data import DatasetRecord

Profile = dict[str, Any]

# What a person reads before they look elsewhere; the alerts have a tab of their own.
MOST_QUESTIONS, MOST_STRIKING = 10, 5
# So many alerts at first, and so many more each time they are asked for.
ALERTS = 15
COLOURS = {"error": "red", "warning": "orange", "info": "blue"}
KB, MB = 1_000, 1_000_000
# Sentences about the looks as a whole, which have no chart.
CAUTIONS = ("looks", "none")


def head(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw a table's name, the files to take away, its size and what it lacks."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(plain(dataset.name), width="content")
        if shown.whole:
            from workbench.ui.explore import profile_files

            with st.popover(say("ui.explore.take"), icon=":material/download:", width="content"):
                profile_files.downloads(dataset)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        with st.container(horizontal=True, gap="medium", width="content"):
            for name, value in figures(dataset, shown.profile).items():
                st.metric(say(f"ui.profile.{name}"), value, width="content")
        kinds(shown.profile)


def figures(dataset: DatasetRecord, profile: Profile) -> dict[str, str]:
    """Return what the head counts; a dash stands for what is not known yet."""
    cells = dataset.rows * len(dataset.columns)
    missing, memory, duplicates = profile["missing"], profile["memory"], profile["duplicates"]
    return {
        "rows": number(dataset.rows),
        "columns": number(len(dataset.columns)),
        "missing": f"{missing / cells:.1%}" if cells and missing is not None else number(None),
        "duplicates": number(duplicates),
        "memory": number(None) if memory is None else size(memory),
    }


def size(many: int) -> str:
    """Return so many bytes as a person reads them."""
    if many < MB / 10:
        return say("ui.explore.kilobytes", size=f"{many / KB:,.0f}")
    return say("ui.explore.megabytes", size=f"{many / MB:,.1f}")


def kinds(profile: Profile) -> None:
    """Draw how many columns there are of each kind."""
    with st.container(horizontal=True, width="content", gap="small"):
        for kind, count in sorted((profile["kinds"] or {}).items(), key=lambda item: -item[1]):
            st.badge(say("ui.explore.kind", kind=say(f"profile.kind.{kind}"), count=f"{count:,}"), color="gray")


def to_come(shown: Shown) -> None:
    """Say that a part is not there: it comes by itself, or not before the profile is made again."""
    text, icon = ("to_come", ":material/hourglass_empty:") if shown.is_going else ("not_there", ":material/hourglass_disabled:")
    st.info(say(f"ui.explore.{text}"), icon=icon)


def story(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw what goes with the target, and what looks wrong; the latter alone where no target is chosen."""
    goal = dataset.roles.target
    if goal:
        st.markdown(of_target(goal, shown.profile["target"]))
        questions(dataset, shown)
    else:
        with st.container(border=True):
            st.markdown(say("page.explore.no_target"))
            places.link("data")
    st.subheader(say("ui.explore.wrong"))
    striking(shown)


def of_target(name: str, facts: Profile | None) -> str:
    """Say what is to be predicted, and how often or how much it is on the whole."""
    name = plain(name)
    if facts is None or facts.get("task") is None or not facts["overall"] or facts["overall"][0] is None:
        return say("ui.explore.goal", target=name)
    rows, overall = number(facts["rows"]), facts["overall"]
    if not facts["labels"]:
        return say("ui.explore.goal_mean", target=name, mean=number(overall[0]), rows=rows)
    shares = [
        say("ui.explore.goal_label", label=plain(str(label)), share=f"{share:.1%}")
        for label, share in zip(facts["labels"], overall, strict=True)
    ]
    return say("ui.explore.goal_rate", target=name, shares=shares, rows=rows)


def questions(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw what moves the target most, in sentences and as a chart."""
    found = shown.profile["questions"]
    st.subheader(say("ui.explore.moves"))
    if found is None:
        to_come(shown)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        for caution in (entry for entry in found if entry["code"] in CAUTIONS):
            st.caption(plain(say(caution["text"])))
        listed([entry for entry in found if entry["code"] not in CAUTIONS], "explore.question", most=MOST_QUESTIONS)
    with right:
        chart(actions.profile.ranking_chart(dataset.id, lang(), by=who()), key="explore.ranking_chart")
    if shown.profile["by_time"]:
        chart(actions.profile.time_chart(dataset.id, lang(), by=who()), key="explore.time_chart")


def sentence(entry: Profile, *, key: str) -> None:
    """Draw a finding's sentence, and the way to its chart."""
    severity, place = entry["severity"], entry.get("chart")
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(f":{COLOURS[severity]}[{ICONS[severity]}] {plain(say(entry['text']))}", width="stretch")
        if place:
            st.button(
                say("ui.explore.see"),
                icon=":material/bar_chart:",
                type="tertiary",
                wrap=False,
                key=key,
                on_click=looking.to,
                args=(place["tab"], place["column"]),
            )


def striking(shown: Shown) -> None:
    """Draw the gravest alerts, and the way to all of them."""
    found = shown.profile["alerts"]
    if found is None:
        to_come(shown)
        return
    if not found:
        st.success(say("ui.profile.no_alerts"), icon=":material/check_circle:")
    listed(found[:MOST_STRIKING], "explore.striking")
    if found[MOST_STRIKING:]:
        st.button(
            say("ui.explore.all_alerts", count=len(found)),
            icon=":material/arrow_forward:",
            key="explore.all_alerts",
            on_click=looking.to,
            args=("alerts",),
        )


def listed(found: Sequence[Profile], key: str, *, most: int | None = None) -> None:
    """Draw findings, each with the way to its chart; the last ones folded where they are many."""
    for i, entry in enumerate(found[:most]):
        sentence(entry, key=f"{key}.{i}")
    if most is not None and found[most:]:
        with st.expander(say("ui.explore.more_findings", count=len(found) - most)):
            for i, entry in enumerate(found[most:], most):
                sentence(entry, key=f"{key}.{i}")


def alerts(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw every alert, worst first, of the kinds that are wanted and so many at a time."""
    found = shown.profile["alerts"]
    if found is None:
        to_come(shown)
        return
    if not found:
        st.success(say("ui.profile.no_alerts"), icon=":material/check_circle:")
        return
    counts = Counter(entry["code"] for entry in found)
    wanted = st.pills(
        say("ui.explore.only"),
        list(counts),
        selection_mode="multi",
        format_func=lambda code: say("ui.explore.kind", kind=say(f"ui.explore.code.{code}"), count=counts[code]),
        key=f"explore.codes.{dataset.id}",
    )
    chosen = [entry for entry in found if not wanted or entry["code"] in wanted]
    key = f"explore.alerts.{dataset.id}"
    many = st.session_state.get(key, ALERTS)
    listed(chosen[:many], "explore.alert")
    if chosen[many:]:
        st.button(
            say("ui.explore.more_alerts", count=len(chosen) - many),
            icon=":material/expand_more:",
            key="explore.more_alerts",
            on_click=lambda: st.session_state.update({key: many + ALERTS}),
        )
