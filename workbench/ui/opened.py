"""What is open on a page: by the ids in the URL, or an empty state that points to where it can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.errors import DatasetNotFound
from workbench.ui import feedback
from workbench.ui.address import get, put
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.data import Dataset

__all__ = ["dataset", "dataset_or_none", "get", "put"]


def dataset() -> Dataset:
    """Return the open table; without one, point to the data page and stop."""
    found = dataset_or_none()
    if found is None:
        feedback.nothing("ui.empty.dataset", to="data")
        st.stop()
    return found


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
