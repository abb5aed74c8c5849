"""The reader's language: what the operator fixed, else what the reader chose, else what the browser asks for."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from workbench.settings import get_settings
from workbench.ui import address
from workbench.words import LANGUAGES, Lang, Text, best_language
from workbench.words import moment as moment_in
from workbench.words import say as say_in


def lang() -> Lang:
    """Return the language of whoever looks at this page."""
    setting, chosen = get_settings().lang, address.get("lang")
    if setting == "auto" and chosen in LANGUAGES:
        return chosen
    return best_language(st.context.locale, setting)


def say(sentence: str | Text, /, **values: object) -> str:
    """Return a sentence, by its key or as a text that a room handed over, in the reader's language."""
    return sentence.say(lang()) if isinstance(sentence, Text) else say_in(sentence, lang(), **values)


def moment(when: datetime) -> str:
    """Return a moment as the reader writes it, on the reader's clock."""
    with suppress(ValueError, ZoneInfoNotFoundError):
        when = when.astimezone(ZoneInfo(st.context.timezone)) if st.context.timezone else when
    return moment_in(when, lang())


def clock(when: datetime) -> str:
    """Return the time of day of a moment, to the second, on the reader's clock."""
    with suppress(ValueError, ZoneInfoNotFoundError):
        when = when.astimezone(ZoneInfo(st.context.timezone)) if st.context.timezone else when
    return f"{when:%H:%M:%S}"


def choice() -> None:
    """Draw the choice of language, where the operator leaves one."""
    if get_settings().lang == "auto":
        st.segmented_control(
            say("ui.language.label"),
            LANGUAGES,
            default=lang(),
            required=True,
            format_func=lambda code: say(f"ui.language.{code}"),
            key="frame.lang",
            on_change=lambda: address.put(lang=st.session_state["frame.lang"]),
        )
