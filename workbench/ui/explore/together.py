"""The explore page's tab of what goes together: associations, redundant groups, and what is missing together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import explore, grids
from workbench.ui.feedback import chart
from workbench.ui.findings import bullets, plain
from workbench.ui.language import lang, say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.profile import Shown
    from workbench.data import DatasetRecord

Profile = dict[str, Any]

# A sentence names so many columns before it only counts them.
MOST_NAMES = 12
MOST_GROUPS = 20


def panel(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw the associations, then what is missing."""
    st.subheader(say("ui.explore.together.associations"))
    if shown.profile["associations"] is None:
        explore.to_come(shown)
    else:
        associations(dataset, shown.profile["associations"])
    st.subheader(say("ui.explore.together.missing"))
    if shown.profile["missingness"] is None:
        explore.to_come(shown)
    else:
        missing(dataset, shown.profile["missingness"])


def associations(dataset: DatasetRecord, found: Profile) -> None:
    """Draw the matrix beside the strongest pairs, and the groups that say the same."""
    left, right = st.columns(2, gap="medium")
    with left:
        chart(actions.profile.associations_chart(dataset.id, lang(), by=who()), key="explore.associations_chart")
    with right:
        pairs(found.get("pairs") or [])
    if found.get("limits"):
        st.caption(say(found["limits"]))
    groups(found.get("groups") or [])


def pairs(found: list[Profile]) -> None:
    """Draw the pairs of columns that go together most, and say what is measured."""
    if not found:
        st.markdown(say("ui.explore.together.no_pairs"))
        return
    st.markdown(say("ui.explore.together.pairs", count=len(found)))
    grids.show(
        [{**pair, "measure": say(f"profile.measure.{pair['measure']}")} for pair in found],
        {
            "first": grids.words("ui.explore.together.first", pinned=True),
            "second": grids.words("ui.explore.together.second"),
            "value": grids.number("ui.explore.together.value", digits=3),
            "measure": grids.words("ui.explore.together.measured"),
            "rows": grids.number("ui.profile.rows"),
        },
        key="explore.pairs",
    )
    st.caption(say("ui.explore.together.measures"))


def groups(found: list[Profile]) -> None:
    """Name the columns that say nearly the same."""
    if found:
        st.markdown(say("ui.explore.together.groups", count=len(found)))
        st.markdown(bullets([group_of(group) for group in found[:MOST_GROUPS]]))
        if found[MOST_GROUPS:]:
            st.caption(say("ui.explore.together.more_groups", count=len(found) - MOST_GROUPS))


def group_of(group: Profile) -> str:
    """Return a group of columns as a sentence names it."""
    least = number(round(abs(group["least"]), 3))
    return say("ui.explore.together.group", names=named(group["columns"]), least=least)


def named(columns: list[str]) -> list[str]:
    """Return columns by name, the last ones counted where they are many."""
    names = [plain(name) for name in columns[:MOST_NAMES]]
    rest = len(columns) - len(names)
    return [*names, say("ui.explore.together.others", count=rest)] if rest else names


def missing(dataset: DatasetRecord, found: Profile) -> None:
    """Draw what is missing, and what is missing together."""
    left, right = st.columns(2, gap="medium")
    with left:
        chart(actions.profile.missing_chart(dataset.id, lang(), by=who()), key="explore.missing_chart")
    if not found["columns"]:
        return
    with right:
        chart(actions.profile.missing_pattern_chart(dataset.id, lang(), by=who()), key="explore.missing_pattern_chart")
    if same := found.get("groups"):
        st.markdown(say("ui.explore.together.missing_groups", count=len(same)))
        st.markdown(bullets([missing_group(group) for group in same[:MOST_GROUPS]]))


def missing_group(group: Profile) -> str:
    """Return columns that are missing together as a sentence names them."""
    return say(
        "ui.explore.together.missing_group",
        names=named(group["columns"]),
        rows=number(group["rows"]),
        share=f"{group['same']:.1%}",
    )
