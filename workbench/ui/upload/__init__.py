"""The one upload control, for every file, small ones too: resumable chunks through our own routes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import streamlit as st

from workbench import actions
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.session import session
from workbench.words import catalogue

# Cloud Run refuses requests over 32 MiB; smaller chunks show progress and lose less when a connection breaks.
CHUNK = 8_000_000
SENTENCES = tuple(
    """label starting progress pace seconds minutes waiting done again cancel cancelling cancelled cancelled_later
    empty too_large signed_out failed changed""".split()  # noqa: SIM905
)


@functools.cache
def component() -> Any:
    """Register the control, at its first use: the registry belongs to the running server."""
    html, css, js = (Path(__file__).with_name(f"upload.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("workbench_upload", html=html, css=css, js=js)


def control(purpose: str) -> dict[str, Any] | None:
    """Draw the control, and return the upload that has arrived and was not yet dealt with.

    Parameters
    ----------
    purpose : str
        What the file is for: each purpose has its own control and its own upload.

    Returns
    -------
    dict or None
        ``id``, ``name`` and ``size`` of a whole upload.
    """
    key = f"upload.{purpose}"
    component()(
        data={
            "purpose": purpose,
            "chunk": CHUNK,
            "limit": actions.uploads.limit(by=who()),
            "ack": session().acknowledged.get(purpose),
            "words": labels(),
        },
        key=key,
        on_uploaded_change=lambda: take(purpose, st.session_state[key]["uploaded"]),
    )
    return session().arrived.get(purpose)


def take(purpose: str, told: dict[str, Any] | None) -> None:
    """Note what the control has told us; it repeats itself until it sees its id acknowledged."""
    if told and told.get("id") != session().acknowledged.get(purpose):
        session().acknowledged[purpose] = str(told["id"])
        session().arrived[purpose] = {"id": str(told["id"]), "name": str(told.get("name", "")), "size": told.get("size")}


def dealt_with(purpose: str) -> None:
    """Forget an upload that was read or given up."""
    session().arrived.pop(purpose, None)


def labels() -> dict[str, str]:
    """Return the control's sentences with their gaps: its script fills in sizes and names."""
    limit = actions.uploads.limit(by=who()) // 1_000_000
    sentences = {name: str(catalogue(lang())[f"ui.upload.{name}"]) for name in SENTENCES}
    return sentences | {"hint": say("ui.upload.hint", limit=f"{limit:,}")}
