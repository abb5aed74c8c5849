"""Results that every rerun would compute again, kept by what they were computed from and never by who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.principal import Principal
from workbench.task import Task
from workbench.words import Lang

if TYPE_CHECKING:
    from workbench.data import Dataset

HOUR = 3600
MOST = 64


@st.cache_data(ttl=HOUR, max_entries=MOST, show_spinner=False)
def template(reference: str, lang: Lang, *, _by: Principal) -> tuple[bytes, str]:
    """Return (workbook, file name) of a model's input template."""
    return actions.predict.template(reference, by=_by, lang=lang)


def two_labels(dataset: Dataset, target: str | None) -> list[str]:
    """Return the labels of a target that has exactly two, in sort order, else nothing."""
    return labels(dataset.fingerprint, target, _dataset=dataset) if target else []


@st.cache_data(ttl=HOUR, max_entries=MOST, show_spinner=False)
def labels(fingerprint: str, target: str, *, _dataset: Dataset) -> list[str]:  # noqa: ARG001 - it is the key
    """Return the two labels of a column as a plan writes them, or nothing."""
    values = _dataset.frame.get_column(target).drop_nulls().unique()
    return [label(value) for value in values.sort().to_list()] if len(values) == 2 else []


def label(value: object) -> str:
    """Return a label as a plan writes it: true and 1, never True and 1.0."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def metrics(task: Task) -> list[str]:
    """Return the metrics a comparison can be ranked by."""
    from workbench.evaluation.metrics import METRICS  # brings scikit-learn, which most pages do without

    return list(METRICS[task])
