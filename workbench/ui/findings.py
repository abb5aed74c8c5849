"""What checks and explanations found, as lists, tables and sentences."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from workbench.ui import grids, places
from workbench.ui.language import say

Colour = Literal["green", "orange", "red", "blue"]

SEVERITIES = ("error", "warning", "info")
ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}
COLOURS: dict[str, Colour] = {"error": "red", "warning": "orange", "info": "blue"}


def plain(text: str) -> str:
    """Return a sentence with names of columns in it as Markdown shows it word for word."""
    for sign in "\\`*_[]$~<":
        text = text.replace(sign, f"\\{sign}")
    return text


def bullets(lines: list[str]) -> str:
    """Return lines as a Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def by_severity(report: dict[str, Any]) -> None:
    """Show the findings, gravest first, each with its evidence and what to do."""
    if not report["findings"]:
        st.success(say("ui.checks.clean", count=len(report["passed"])), icon=":material/check_circle:")
    for severity in SEVERITIES:
        found = [finding for finding in report["findings"] if finding["severity"] == severity]
        if found:
            st.subheader(say(f"ui.checks.{severity}", count=len(found)))
        for finding in found:
            one(finding)


def one(finding: dict[str, Any]) -> None:
    """Show one finding."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(finding["code"], icon=ICONS[finding["severity"]], color=COLOURS[finding["severity"]])
            st.markdown(f"**{plain(finding['title'])}**", width="content")
        st.markdown(plain(finding["evidence"]))
        st.markdown(say("ui.checks.action", action=plain(finding["action"])))


def advice(found: dict[str, Any]) -> None:
    """Say how to split and what to leave out."""
    lines = [plain(str(reason)) for reason in found.get("reasons", [])]
    st.markdown(bullets(lines) if lines else say("ui.advice.none"))
    if found.get("exclude") or found.get("group") or found.get("time"):
        places.link("data", say("ui.advice.set"))


def not_applicable(report: dict[str, Any]) -> None:
    """List the checks that had nothing to look at, and why."""
    if report["not_applicable"]:
        with st.expander(say("ui.checks.not_applicable", count=len(report["not_applicable"]))):
            st.markdown(
                bullets([f"**{e['code']} {plain(e['title'])}** {plain(e['reason'])}" for e in report["not_applicable"]])
            )


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
