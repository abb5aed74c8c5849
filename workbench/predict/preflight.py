"""What stops a batch before a single row is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.errors import closest
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.predict.predictor import Predictor


def preflight(predictor: Predictor, frame: pl.DataFrame) -> list[Text]:
    """Return why a table cannot be scored as it is; empty where it can.

    Parameters
    ----------
    predictor : Predictor
        The model.
    frame : polars.DataFrame
        The table.

    Returns
    -------
    list of Text
        No rows, and each required column that is missing with the closest names the table has.
    """
    stops = [] if frame.height else [Text("predict.stop.empty")]
    needed = [entry.name for entry in predictor.signature.fields if entry.required and entry.name not in frame.columns]
    return stops + [missing(name, [c for c in frame.columns if c not in predictor.signature.names]) for name in needed]


def missing(name: str, available: list[str]) -> Text:
    """Say that a required column is missing, and what may be meant."""
    hint = closest(name, available)
    if hint is None:
        return Text("predict.stop.missing", column=name)
    return Text("predict.stop.missing_hint", column=name, hint=hint)
