"""A dataset made of a table that was read, and what an earlier version hands on to the next one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from workbench.data.dataset import Dataset, fingerprint
from workbench.data.kinds import kinds_of
from workbench.data.reading import Reading
from workbench.data.repairs import Repaired, Repairs
from workbench.data.roles import Roles


def make(
    reading: Reading,
    *,
    name: str,
    owner: str,
    now: datetime | None = None,
    roles: Roles | None = None,
    repairs: Repairs | None = None,
    source: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Dataset:
    """Make a dataset of a table that was read; nothing is stored yet.

    Parameters
    ----------
    reading : Reading
        The table, and how it was read.
    name : str
        What the person calls it.
    owner : str
        Who may change it, and see it until it is shared.
    now : datetime, optional
        When it was made; this moment by default.
    roles : Roles, optional
        What the columns are for, where it is known already.
    repairs : Repairs, optional
        What is repaired in the table as it was read.
    source : mapping, optional
        Where it can be read again.
    settings : mapping, optional
        What the person decided instead of the reader.
    """
    created = now or datetime.now(UTC)
    steps = (repairs or Repairs()).only(reading.frame.columns)
    repaired = steps.typed(reading.frame) if steps else None
    frame = repaired.frame if repaired else reading.frame
    return Dataset(
        id=f"{created:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        name=name,
        owner=owner,
        created=created,
        fingerprint=fingerprint(frame),
        rows=frame.height,
        columns=tuple(frame.columns),
        kinds=kinds_of(frame),
        reading=reading.to_dict(),
        roles=roles or Roles(),
        source=dict(source or {}),
        settings=dict(settings or {}),
        repairs=steps,
        counts=counted(repaired) if repaired else (),
        blanks={column.name: column.null_count() for column in frame.iter_columns()},
        frame=frame,
    )


def counted(repaired: Repaired) -> tuple[dict[str, Any], ...]:
    """Return what each repair did, as plain data."""
    lost = {(column, "type"): {"lost": count, "examples": list(examples)} for column, count, examples in repaired.lost}
    cut = {(column, "type"): {"trimmed": count, "codes": list(codes)} for column, count, codes in repaired.trimmed}
    done = dict.fromkeys([*lost, *cut], 0) | dict(repaired.cells)
    return tuple(
        {"column": key[0], "rule": key[1], "cells": cells, **lost.get(key, {}), **cut.get(key, {})}
        for key, cells in done.items()
    )


def carried(roles: Roles, dataset: Dataset) -> Roles:
    """Return an earlier version's roles for what is still there: its columns, and the event where the target still has it."""
    kept = roles.only(dataset.columns)
    if kept.target is None or kept.event is None:
        return kept
    repaired = dataset.repairs.apply_row({kept.target: kept.event})[0][kept.target]
    labels = dataset.frame.get_column(kept.target).unique()
    return replace(kept, event=next((str(event) for event in (kept.event, repaired) if is_label(event, labels)), None))


def is_label(event: object, labels: pl.Series) -> bool:
    """Tell whether a text names one of a column's values: letter case and how a number is written do not count."""
    text = str(event).casefold()
    if labels.dtype.is_numeric():
        try:
            return float(text) in labels.cast(pl.Float64)
        except ValueError:
            return False
    return text in labels.cast(pl.String).str.to_lowercase()
