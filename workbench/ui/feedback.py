"""What the page says back: an error with its next step, an incident with its number, an empty state with where to go."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from workbench import figure as look
from workbench.errors import WorkbenchError
from workbench.ui import places
from workbench.ui.language import lang, say
from workbench.words import Text

log = logging.getLogger(__name__)

# A list of wrong cells longer than this is a wrong file; the first few show why.
MOST_FIELDS = 10


@contextmanager
def reported(*, or_stop: bool = False, to: str | None = None) -> Iterator[None]:
    """Say an error of ours and go on with the page, or stop it; any other error is the frame's.

    Parameters
    ----------
    or_stop : bool
        Stop the page after saying it: what follows needs what failed.
    to : str, optional
        The page where the next step is.
    """
    try:
        yield
    except WorkbenchError as problem:
        show(problem)
        if to:
            places.link(to)
        if or_stop:
            st.stop()


@contextmanager
def guarded(place: str) -> Iterator[None]:
    """Catch what nobody foresaw: the log gets everything, the reader a number and no traceback."""
    try:
        yield
    except WorkbenchError as problem:
        show(problem)
    except Exception:
        incident = secrets.token_hex(4)
        log.exception("page_failed", extra={"incident": incident, "page": place})
        st.error(say("error.unexpected", incident=incident), icon=":material/error:")


def show(problem: WorkbenchError) -> None:
    """Show an error's sentence, its next step and every place that is wrong."""
    lines = [problem.say(lang()), *(f"- {place_of(f)}{say(f['problem'])}" for f in problem.fields[:MOST_FIELDS] if is_said(f))]
    if (more := len(problem.fields) - MOST_FIELDS) > 0:
        lines.append(f"- {say('ui.more_problems', count=more)}")
    st.error("\n".join([lines[0], "", *lines[1:]]), icon=":material/error:")


def is_said(field: object) -> bool:
    """Tell whether a wrong place carries a sentence."""
    return isinstance(field, dict) and isinstance(field.get("problem"), Text)


def place_of(field: Mapping[str, Any]) -> str:
    """Return "row 3, column x: " for a wrong place, counted from 1 as a spreadsheet does."""
    row, name = field.get("row"), field.get("field")
    if isinstance(row, int) and name:
        return say("ui.place.cell", row=row + 1, column=name)
    return say("ui.place.column", column=name) if name else ""


def chart(figure: Any, *, key: str) -> None:
    """Draw a chart of ours: it has its own look, made for both themes, and a small bar to save it as a picture."""
    st.plotly_chart(figure, theme=None, key=key, config=look.config(look.title_of(figure), lang()))


def nothing(key: str, *, to: str, **values: object) -> None:
    """Show an empty state: one sentence, and the page where the next step is."""
    with st.container(border=True):
        st.markdown(say(key, **values))
        places.link(to)
