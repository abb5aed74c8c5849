"""How a file is to be read, how it was read, and the way to read it again otherwise."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import grids
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset

AUTO = "auto"
# By name and as Python calls them; what else Python knows can be asked for on the command line.
ENCODINGS = (AUTO, "utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16", "cp1252", "gb18030", "big5", "euc_kr")
DELIMITERS = {AUTO: None, "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
MOST_HEADER = 300
MISFITS_SHOWN = 200


def wishes() -> dict[str, Any]:
    """Draw how a file that comes is to be read, and return what differs from finding it out."""
    with st.expander(say("ui.reading.label"), icon=":material/tune:"):
        st.caption(say("ui.reading.about"))
        return settings({}, {}, key="data")


def settings(now: dict[str, Any], sheets: dict[str, str], *, key: str) -> dict[str, Any]:
    """Draw the four settings and return those that are not left to the reader.

    Parameters
    ----------
    now : dict
        What is asked for already: `sheet`, `encoding`, `header`, `delimiter`.
    sheets : dict
        A workbook's sheets as a choice shows them, where they are known.
    key : str
        Unlike for each table, so that their widgets do not mix.
    """
    first, second, third, fourth = st.columns(4)
    encoding = first.selectbox(
        say("ui.reading.encoding"),
        ENCODINGS,
        index=place(ENCODINGS, now.get("encoding")),
        format_func=encoding_name,
        key=f"{key}.encoding",
    )
    named = {value: name for name, value in DELIMITERS.items()}
    delimiter = second.selectbox(
        say("ui.reading.delimiter"),
        list(DELIMITERS),
        index=place(list(DELIMITERS), named.get(now.get("delimiter"))),
        format_func=lambda name: say(f"ui.delimiter.{name}"),
        key=f"{key}.delimiter",
    )
    header = third.number_input(
        say("ui.reading.header"),
        0,
        MOST_HEADER,
        now.get("header"),
        placeholder=say("ui.reading.auto"),
        help=say("ui.reading.header_help"),
        key=f"{key}.header",
    )
    with fourth:
        sheet = sheet_of(now.get("sheet"), sheets, key)
    given = {
        "encoding": None if encoding == AUTO else encoding,
        "delimiter": DELIMITERS[delimiter],
        "header": header,
        "sheet": sheet,
    }
    return {name: value for name, value in given.items() if value is not None}


def place(options: Any, value: Any) -> int:
    """Return where a value stands among the options; the first where it does not."""
    return list(options).index(value) if value in options else 0


def encoding_name(encoding: str) -> str:
    """Return an encoding as a person knows it."""
    return say("ui.reading.auto") if encoding == AUTO else encoding


def sheets_of(reading: dict[str, Any]) -> dict[str, str]:
    """Return a workbook's sheets as a choice shows them: with their size where it is known, hidden ones marked."""
    sizes = reading.get("sheet_sizes") or {}
    return {name: sheet_name(name, sizes.get(name) or {}) for name in reading.get("sheets") or []}


def sheet_name(name: str, size: dict[str, Any]) -> str:
    """Return one sheet as a choice shows it."""
    said = name
    if size.get("rows") is not None:
        said = say("ui.reading.sheet_size", name=name, rows=f"{size['rows']:,}", columns=f"{size['columns']:,}")
    return say("ui.reading.sheet_hidden", name=said) if size.get("hidden") else said


def sheet_of(now: str | None, sheets: dict[str, str], key: str) -> str | None:
    """Draw which sheet of a workbook; a choice where they are known, a name where not."""
    if sheets:
        return st.selectbox(
            say("ui.reading.sheet"),
            [None, *sheets],
            index=place([None, *sheets], now),
            format_func=lambda name: sheets[name] if name else say("ui.reading.first_sheet"),
            key=f"{key}.sheet",
        )
    return (
        st.text_input(say("ui.reading.sheet"), now or "", placeholder=say("ui.reading.first_sheet"), key=f"{key}.sheet") or None
    )


def again(dataset: Dataset) -> dict[str, Any] | None:
    """Draw how a table was read and the settings to read it otherwise; None until they are submitted."""
    how(dataset.reading)
    if not dataset.source:
        st.caption(say("ui.reading.no_source"))
        return None
    with st.form(f"data.again.{dataset.id}", border=True):
        st.markdown(say("ui.reading.again_about"))
        wanted = settings(dataset.settings, sheets_of(dataset.reading), key=f"data.again.{dataset.id}")
        submitted = st.form_submit_button(say("ui.reading.again"), icon=":material/restart_alt:")
    return wanted if submitted else None


def summary(dataset: Dataset) -> None:
    """Say in one line how a table was read, and point to what wants a look: rows that do not fit, repairs."""
    st.caption(" · ".join(f"{say(f'ui.reading.{name}')}: `{value}`" for name, value in facts(dataset.reading).items()))
    if count := dataset.reading.get("misfits"):
        st.caption(say("ui.reading.misfits_hint", count=count))
    if not dataset.repairs and (count := len(actions.datasets.proposals(dataset.id, by=who()))):
        st.caption(say("ui.reading.repairs_hint", count=count))


def facts(reading: dict[str, Any]) -> dict[str, str]:
    """Return what was found about a file, so that it can be seen: a tab is written as such."""
    found = {name: reading.get(name) for name in ("encoding", "delimiter", "header_rows", "sheet")}
    if found["delimiter"] is None and found["sheet"] is None:
        found["header_rows"] = None  # a file that knows its columns has no such rows
    return {name: str(value).replace("\t", "\\t") for name, value in found.items() if value is not None}


def how(reading: dict[str, Any]) -> None:
    """Say how a file was read, and what was noticed."""
    lines = [f"- {say(f'ui.reading.{name}')}: `{value}`" for name, value in facts(reading).items()]
    notes = [f"- {say(Text.from_dict(note)) if isinstance(note, dict) else note}" for note in reading.get("notes") or []]
    st.markdown("\n".join([*lines, *notes]))


def misfits(dataset: Dataset) -> None:
    """Show the rows that did not fit, with their lines, and offer all of them as a file."""
    if not dataset.reading.get("misfits"):
        return
    found = actions.datasets.misfits(dataset.id, by=who())
    st.warning(say("ui.reading.misfits", count=found.height), icon=":material/rule:")
    rows = [
        {"line": row["line"], "problem": say(f"reading.misfit.{row['problem']}"), "content": row["content"]}
        for row in found.head(MISFITS_SHOWN).iter_rows(named=True)
    ]
    columns = {
        "line": grids.number("reading.misfits.line", width="small"),
        "problem": grids.words("reading.misfits.problem", width="medium"),
        "content": grids.words("reading.misfits.content", width="large"),
    }
    grids.show(rows, columns, key=f"data.misfits.{dataset.id}")
    st.download_button(
        say("ui.reading.misfits_file"),
        # Made when somebody clicks, outside the page's run: who asks and in which language is settled here.
        partial(actions.datasets.misfits_file, dataset.id, lang(), by=who()),
        say("ui.reading.misfits_name", table=PurePath(dataset.name).stem),
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"data.misfits.file.{dataset.id}",
    )
