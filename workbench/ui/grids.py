"""Tables on screen: rows of plain data with localised headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from workbench import figure
from workbench.ui.language import say

BLANK = "–"


def words(key: str, **options: Any) -> Any:
    """Return a column of words."""
    return st.column_config.TextColumn(say(key), **options)


def titled(name: str, **options: Any) -> Any:
    """Return a column of words under a name that is nobody's sentence, such as a column's of a table."""
    return st.column_config.TextColumn(name, **options)


def number(key: str, *, digits: int | None = None, **options: Any) -> Any:
    """Return a column of numbers, with thousands separators or a fixed number of digits."""
    return st.column_config.NumberColumn(say(key), format="localized" if digits is None else f"%.{digits}f", **options)


def p_value(key: str, **options: Any) -> Any:
    """Return a column of p-values with two significant digits: a small one is not nought."""
    return st.column_config.NumberColumn(say(key), format="%.2g", **options)


def share(key: str, **options: Any) -> Any:
    """Return a column of shares from 0 to 1 as percentages."""
    return st.column_config.NumberColumn(say(key), format="percent", **options)


def flag(key: str, **options: Any) -> Any:
    """Return a column of yes and no."""
    return st.column_config.CheckboxColumn(say(key), **options)


def show(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    *,
    key: str,
    alt: str | None = None,
    height: Literal["auto", "content"] = "auto",
) -> None:
    """Draw rows in a fixed order of columns; as high as ten of them, or as all of them."""
    listed = [{name: row.get(name) for name in columns} for row in rows]
    st.dataframe(
        {name: [row[name] for row in listed] for name in columns},
        column_config=dict(columns),
        column_order=list(columns),
        hide_index=True,
        placeholder=BLANK,
        key=key,
        alt=alt,
        height=height,
    )


def measure(label: str, values: Sequence[float | None], *, help: str | None = None) -> Any:  # noqa: A002 - Streamlit's name
    """Return a column of a metric: four digits, more where all are small, or thousands separators where they are large."""
    digits = figure.decimals(values)
    form = f"%.{digits}f" if digits <= figure.MOST_DIGITS else "%.3e"
    return st.column_config.NumberColumn(label, help=help, format=form if digits else "localized")
