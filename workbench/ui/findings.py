"""What checks and explanations found, as lists, tables and sentences."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import grids
from workbench.ui.feedback import chart
from workbench.ui.language import lang, say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.check_report import Finding

Severity = Literal["error", "warning", "info"]
Colour = Literal["green", "orange", "red", "blue"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}
COLOURS: dict[str, Colour] = {"error": "red", "warning": "orange", "info": "blue"}
# So many findings are read without a search; so many are drawn at first, and so many more each time they are asked for.
FEW, MOST = 6, 12


def plain(text: str) -> str:
    """Return a sentence with names of columns in it as Markdown shows it word for word."""
    for sign in "\\`*_[]$~<":
        text = text.replace(sign, f"\\{sign}")
    return text


def bullets(lines: list[str]) -> str:
    """Return lines as a Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def listed(
    found: Sequence[Finding], *, key: str, below: Callable[[Finding, str], None] | None = None, beside: str | None = None
) -> None:
    """Show findings, gravest first, so many at a time; where they are many, some can be searched for.

    Parameters
    ----------
    found : sequence of Finding
        Gravest first.
    key : str
        Begins the keys of what is drawn.
    below : callable, optional
        Draws the end of a finding's card, from the finding and a key.
    beside : str, optional
        Searches are kept by this, such as a dataset's id.
    """
    chosen = wanted(found, key=f"{key}.{beside}") if len(found) > FEW else list(found)
    place = f"{key}.many.{beside}"
    many = st.session_state.get(place, MOST)
    for severity in SEVERITIES:
        of_it = [one for one in chosen if one.severity == severity]
        shown = [one for one in chosen[:many] if one.severity == severity]
        if shown:
            st.subheader(say(f"ui.checks.{severity}", count=len(of_it)))
        for one in shown:
            card(one, key=f"{key}.{name_of(one)}", below=below)
    if chosen[many:]:
        st.button(
            say("ui.checks.more", count=len(chosen) - many),
            icon=":material/expand_more:",
            key=f"{key}.more",
            on_click=lambda: st.session_state.update({place: many + MOST}),
        )


def wanted(found: Sequence[Finding], *, key: str) -> list[Finding]:
    """Draw the search and the choice of severities, and return the findings that fit."""
    counts = Counter(one.severity for one in found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            say("ui.checks.search"), placeholder=say("ui.checks.search_hint"), key=f"{key}.search", icon=":material/search:"
        )
        only = st.pills(
            say("ui.checks.only"),
            [severity for severity in SEVERITIES if counts[severity]],
            selection_mode="multi",
            format_func=lambda code: say("ui.checks.only_one", severity=say(f"check.severity.{code}"), count=counts[code]),
            key=f"{key}.only",
        )
    chosen = [one for one in found if (not only or one.severity in only) and fits(one, text or "")]
    if len(chosen) < len(found):
        st.caption(say("ui.checks.found", count=len(chosen), of=len(found)))
    return chosen


def fits(finding: Finding, text: str) -> bool:
    """Tell whether every searched word stands in a finding, in whichever width and case it is written."""
    said = folded(" ".join([finding.code, *finding.columns, say(finding.title), say(finding.evidence), say(finding.action)]))
    return all(word in said for word in folded(text).split())


def folded(text: str) -> str:
    """Return text without differences of width and letter case."""
    return unicodedata.normalize("NFKC", text).casefold()


def name_of(finding: Finding) -> str:
    """Return what tells a finding from the others of its report, for the key of a widget."""
    seen = repr((finding.columns, finding.evidence.key, sorted(finding.evidence.values)))
    return f"{finding.code}.{hashlib.blake2b(seen.encode(), digest_size=6).hexdigest()}"


def card(finding: Finding, *, key: str, below: Callable[[Finding, str], None] | None = None) -> None:
    """Show one finding: its evidence with a chart beside it, rows that show it, and what to do."""
    drawn = actions.check_report.finding_chart(finding, lang(), by=who())
    with st.container(border=True, key=key):
        heading(finding)
        left, right = st.columns([3, 2], gap="medium") if drawn else (st.container(), None)
        with left:
            st.markdown(plain(say(finding.evidence)))
            examples(finding, key=f"{key}.rows")
            st.markdown(say("ui.checks.action", action=plain(say(finding.action))))
        if right:
            with right:
                chart(drawn, key=f"{key}.chart")
        if below:
            below(finding, key)


def heading(finding: Finding) -> None:
    """Show how grave a finding is, what it is called, and its code."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        severity = say(f"check.severity.{finding.severity}")
        st.badge(severity, icon=ICONS[finding.severity], color=COLOURS[finding.severity])
        st.markdown(f"**{plain(say(finding.title))}**", width="content")
        st.caption(finding.code, width="content")


def examples(finding: Finding, *, key: str) -> None:
    """Show the rows that a finding names."""
    if not finding.examples:
        return
    names = list(dict.fromkeys(name for row in finding.examples for name in row))
    # As text, each by its place: a column may be called like another thing of the grid's, and cells of one are of any kind.
    rows = [{str(i): None if row.get(n) is None else cell(row[n]) for i, n in enumerate(names)} for row in finding.examples]
    headed = {str(i): grids.titled(say("ui.checks.row") if name == "#" else name) for i, name in enumerate(names)}
    grids.show(rows, headed, key=key, height="content", alt=say("ui.checks.examples"))


def cell(value: object) -> str:
    """Return a cell as it is read in an example."""
    if isinstance(value, bool):
        return say("ui.yes" if value else "ui.no")
    return number(value) if isinstance(value, float) else str(value)


def importance(found: dict[str, Any], *, is_probability: bool) -> None:
    """Draw every column's weight as a table."""
    factor = 100 if is_probability else 1
    with st.expander(say("ui.importance.all", count=len(found["global"]))):
        grids.show(
            [{"feature": entry["feature"], "importance": factor * entry["importance"]} for entry in found["global"]],
            {
                "feature": grids.words("ui.column.name"),
                "importance": grids.number("ui.column.points" if is_probability else "ui.column.effect", digits=3),
            },
            key="explain.importance_table",
        )
