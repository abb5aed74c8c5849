"""A leaderboard's row looked into, below the leaderboard: tabs of which only the open one is drawn, and a threshold to move."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.figure import file_name
from workbench.ui.diagnosis import learning, numbers, ranked, weak
from workbench.ui.feedback import guarded, reported
from workbench.ui.findings import plain
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.tabs import Tabs
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.diagnosis import About

# What a slider can be moved by: a thousandth of its way.
STEPS = 1000
# The tabs, and the view without which there is nothing to draw in one.
TABS = {
    "matrix": "matrix",
    "threshold": "threshold",
    "curves": "roc",
    "calibration": "calibration",
    "gain": "gain",
    "scores": "scores",
    "actual": "actual",
    "errors": "residuals",
}
ALWAYS = ("weak", "groups", "learning")


def panel(run: str, model: str, title: Text) -> None:
    """Draw the diagnosis of a comparison's candidate.

    Parameters
    ----------
    run, model : str
        The comparison and its candidate.
    title : Text
        What the candidate is called.
    """
    st.subheader(say("ui.diagnosis.title", model=title), divider="gray")
    whole(run, model)


@st.fragment
def whole(run: str, model: str) -> None:
    """Draw everything; choices run only this part of the page again."""
    with guarded("diagnosis"), reported():
        if why_not := actions.diagnosis.why_not(run, model, by=who()):
            st.info(plain(say(why_not)), icon=":material/search_off:")
            return
        about = actions.diagnosis.about(run, model, by=who())
        st.caption(plain(" ".join(say(note) for note in about.notes)))
        chosen = ranked.Chosen(run, model, about, *choices(run, model, about))
        tabs(chosen)
        download(run, model)


def choices(run: str, model: str, about: About) -> tuple[int, float | None]:
    """Draw the choice of a class, of several, and of a threshold; return both."""
    code = about.event
    is_several = len(about.classes) > 2
    if is_several:
        code = st.selectbox(
            say("ui.diagnosis.class"),
            range(len(about.classes)),
            code,
            format_func=lambda place: about.classes[place],
            help=say("ui.diagnosis.class_help"),
            key=f"compare.class.{run}.{model}",
            width=360,
        )
    if "threshold" not in about.views:
        return code, None
    low, high, start = actions.diagnosis.slider(run, model, by=who(), code=code)
    if low == high:
        return code, None
    key = threshold_key(run, model, code)
    st.session_state.setdefault(key, start)
    label = "ui.diagnosis.threshold" if about.is_probability else "ui.diagnosis.threshold_score"
    threshold = st.slider(
        say(label, label=f"{about.target} = {about.classes[code]}"),
        low,
        high,
        step=(high - low) / STEPS,
        format="%.3f" if about.is_probability else "%.4g",
        help=say("ui.diagnosis.threshold_help"),
        key=key,
    )
    return code, float(threshold)


def threshold_key(run: str, model: str, code: int) -> str:
    """Return the key of the threshold of a class."""
    return f"compare.threshold.{run}.{model}.{code}"


def tabs(chosen: ranked.Chosen) -> None:
    """Draw the tabs, the one of the address open; only an open one is worth drawing."""
    names = (*(name for name, view in TABS.items() if view in chosen.about.views), *ALWAYS)
    draw: dict[str, Callable[[ranked.Chosen], None]] = {
        "threshold": ranked.threshold,
        "matrix": ranked.matrix,
        "curves": ranked.curves,
        "calibration": ranked.calibration,
        "gain": ranked.gain,
        "scores": ranked.scores,
        "actual": numbers.actual,
        "errors": numbers.errors,
        "weak": weak.segments,
        "groups": weak.groups,
        "learning": learning.curve,
    }
    for name, tab in zip(names, Tabs("diagnosis", names).draw(), strict=True):
        if tab.open:
            with tab, reported():
                draw[name](chosen)


def download(run: str, model: str) -> None:
    """Draw the button for the predictions; the file is made when somebody asks for it."""
    table = PurePath(actions.runs.find(run, by=who()).title).stem
    st.download_button(
        say("ui.diagnosis.download"),
        partial(actions.diagnosis_report.file, run, model, lang(), by=who()),
        f"{file_name(say('ui.diagnosis.file_name', table=table, model=model))}.csv",
        "text/csv",
        icon=":material/download:",
        help=say("ui.diagnosis.download_help"),
        on_click="ignore",
        key=f"compare.predictions.{run}.{model}",
    )
