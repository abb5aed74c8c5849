"""What is open on a page: by the ids in the URL, or an empty state that points to where it can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from workbench import actions
from workbench.errors import DatasetNotFound
from workbench.ui import feedback
from workbench.ui.address import get, put
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.data import Dataset, DatasetRecord

__all__ = ["dataset", "dataset_or_none", "get", "put", "record"]


def record() -> DatasetRecord:
    """Return what is known of the open table, without its rows; without a table, point to the data page and stop."""
    if dataset_id := get("dataset"):
        try:
            return actions.datasets.record(dataset_id, by=who())
        except DatasetNotFound as problem:
            feedback.show(problem)
            put(dataset=None)
    return nowhere()


def nowhere() -> NoReturn:
    """Point to the data page, where a table can be opened, and stop."""
    feedback.nothing("ui.empty.dataset", to="data")
    st.stop()


def dataset() -> Dataset:
    """Return the open table; without one, point to the data page and stop."""
    found = dataset_or_none()
    return nowhere() if found is None else found


def dataset_or_none() -> Dataset | None:
    """Return the open table, or None; a table that is gone is said and closed."""
    if not (dataset_id := get("dataset")):
        return None
    try:
        return actions.datasets.get(dataset_id, by=who())
    except DatasetNotFound as problem:
        feedback.show(problem)
        put(dataset=None)
        return None
