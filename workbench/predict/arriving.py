"""New rows on their way to a model: repaired as its training table was, then brought to its signature.

Every door leads through here, predictions and explanations alike. A row is repaired by itself: what stands around it does not
matter. What could not be read is shown as it came, so that a person finds it in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.data.conforming import REPAIRED, Conformed, Finding

if TYPE_CHECKING:
    from workbench.bundle.bundle import Bundle
    from workbench.data.repairs import Change

# A cell of a row of JSON that was repaired: its column, what came and what it became.
Cell = tuple[str, str, str | None]


def table(model: Bundle, frame: pl.DataFrame) -> Conformed:
    """Bring a table that was read to a model's signature.

    Parameters
    ----------
    model : Bundle
        Whose repairs and signature hold.
    frame : polars.DataFrame
        Rows as read.

    Returns
    -------
    Conformed
        As of `Signature.conform`; each repaired cell is doubtful with the code ``repaired``.
    """
    if not model.repairs:
        return model.signature.conform(frame)
    repaired, changes = model.repairs.apply(frame)
    return told(model.signature.conform(repaired), [of_change(change) for change in changes])


def rows(model: Bundle, given: Sequence[Mapping[str, Any]]) -> Conformed:
    """Bring rows of JSON to a model's signature; values that are no text stay what they are."""
    if not model.repairs:
        return model.signature.conform(model.signature.from_rows(given))
    repaired, cells = [], []
    for i, row in enumerate(given):
        one, changed = model.repairs.apply_row(row)
        repaired.append(one)
        cells += [(i, cell) for cell in changed]
    return told(model.signature.conform(model.signature.from_rows(repaired)), of_cells(cells, model.repairs.names))


def of_change(change: Change) -> Finding:
    """Return what was repaired in one column of a table."""
    return Finding(change.column, REPAIRED, change.rows, change.before, (), change.after)


def of_cells(cells: Sequence[tuple[int, Cell]], columns: Iterable[str]) -> list[Finding]:
    """Return what was repaired in rows of JSON, in the order of the columns."""
    by_column: dict[str, list[tuple[int, str, str | None]]] = {column: [] for column in columns}
    for row, (column, before, after) in cells:
        by_column[column].append((row, before, after))
    return [of_column(column, *zip(*found, strict=True)) for column, found in by_column.items() if found]


def of_column(column: str, places: tuple[int, ...], before: tuple[str, ...], after: tuple[str | None, ...]) -> Finding:
    """Return what was repaired in one column of rows of JSON."""
    values = pl.Series(column, before, dtype=pl.String)
    return Finding(column, REPAIRED, np.array(places, dtype=np.intp), values, (), pl.Series(column, after, dtype=pl.String))


def told(conformed: Conformed, repaired: Sequence[Finding]) -> Conformed:
    """Add what was repaired to what a table is doubtful for, and show other findings as their cells came."""
    if not repaired:
        return conformed
    wrong, doubtful = (as_they_came(findings, repaired) for findings in (conformed.wrong, conformed.doubtful))
    return replace(conformed, wrong=wrong, doubtful=(*doubtful, *repaired))


def as_they_came(findings: Sequence[Finding], repaired: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with the values that a person sent."""
    by_column = {finding.field: finding for finding in repaired}
    return tuple(as_came(finding, by_column.get(finding.field)) for finding in findings)


def as_came(finding: Finding, repaired: Finding | None) -> Finding:
    """Return a finding with its values as they were before they were repaired."""
    if repaired is None or finding.values is None or repaired.values is None:
        return finding
    place = np.searchsorted(repaired.rows, finding.rows).clip(max=len(repaired.rows) - 1)
    hit = pl.Series(repaired.rows[place] == finding.rows)
    if not hit.any():
        return finding
    return replace(finding, values=repaired.values.gather(place).zip_with(hit, finding.values.cast(pl.String)))
