"""What is open on a page: by the ids in the URL, or an empty state that points to where it can be opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from workbench import actions
from workbench.errors import DatasetNotFound, JobNotFound
from workbench.ui import feedback
from workbench.ui.address import get, put
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.data import Dataset, DatasetRecord

__all__ = ["dataset", "dataset_or_none", "get", "put", "record", "run_of"]


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


def run_of(dataset_id: str, name: str, latest: Callable[[], str | None]) -> str | None:
    """Return the run that the address has under a name if it is one of this table, else the newest there is."""
    if run_id := get(name):
        try:
            if actions.runs.find(run_id, by=who()).spec.get("dataset") == dataset_id:
                return run_id
        except JobNotFound:
            pass
        put(**{name: None})
    return latest()
