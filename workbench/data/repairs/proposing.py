"""Which repairs a table seems to need, column by column, each looked at after those that come before it."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import polars as pl

from workbench.data.repairs import looks, numbers
from workbench.data.repairs.chain import Chain, Kind
from workbench.data.repairs.dates import CLEAR, LAST_SERIAL
from workbench.data.repairs.letters import WIDE_LETTERS
from workbench.data.repairs.looks import MOSTLY, NEARLY_ALL, Cells
from workbench.data.repairs.missing import Marker, codes, is_shaped
from workbench.data.repairs.proposal import Proposal
from workbench.data.repairs.reasons import proposals
from workbench.data.repairs.repair import Rule
from workbench.data.repairs.replay import written

LETTERS: tuple[Rule, ...] = ("spaces", "width", "kana", "nfkc")
# Numbers between these are looked at as days: of eight digits, and the serial numbers of 1954 and later.
FIRST_DIGITS, LAST_DIGITS = 19_000_101, 21_001_231
FIRST_LIKELY = 20_000
COUNT = "\x00count"


def propose(frame: pl.DataFrame) -> list[Proposal]:
    """Return the repairs a table seems to need.

    Parameters
    ----------
    frame : polars.DataFrame
        A table as it was read.

    Returns
    -------
    list of Proposal
        In the order of the columns and of application. Counts are of the whole table; a count holds when the column's
        proposals before it are applied too.
    """
    edges = extremes(frame)
    found: list[Proposal] = []
    for column in frame:
        if column.dtype == pl.String:
            found += of_text(column)
        elif column.name in edges:
            found += of_numbers(column, *edges[column.name])
    return found


def extremes(frame: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the smallest and the largest number of every column of numbers that has any."""
    names = [column.name for column in frame if column.dtype.is_numeric()]
    if not names:
        return {}
    numbers_of = pl.col(names).cast(pl.Float64).drop_nans()
    low, high = frame.select(numbers_of.min()).row(0), frame.select(numbers_of.max()).row(0)
    return {name: (a, b) for name, a, b in zip(names, low, high, strict=True) if a is not None}


def of_text(column: pl.Series) -> list[Proposal]:
    """Return what a column of text seems to need."""
    counted = column.drop_nulls().value_counts(name=COUNT)
    raw = Chain(Cells(column.name, counted.to_series(0), counted.to_series(1)))
    tidy = functools.reduce(with_letters, LETTERS, raw)
    days = dated(raw, tidy)
    kind: Kind = "number" if days is None else "date"
    chain = blanked(dressed(tidy) if days is None else days, kind)
    return proposals(rest_blanked(chain, kind), kind)


def with_letters(chain: Chain, rule: Rule) -> Chain:
    """Return the chain with one more rule for letters, unless it would only change the look of full-width signs."""
    more = chain.then(rule)
    if rule != "width" or more is chain or more.stages[-1].merges or looks.found(chain.cells.text, WIDE_LETTERS).any():
        return more
    return chain


def dated(raw: Chain, tidy: Chain) -> Chain | None:
    """Return the chain that makes dates of nearly every cell, or None; the rule for dates needs no tidy letters itself."""
    best: tuple[float, Chain] | None = None
    for start in (raw, tidy) if tidy.stages else (raw,):
        form = looks.form_of(start.cells)
        chain = start.then("date", form=form) if form else start
        share = chain.cells.share(looks.plain_dates(chain.cells), chain.cells.spoken)
        if share >= enough(form) and (best is None or share > best[0]):
            best = share, chain
    return best[1] if best else None


def enough(form: str | None) -> float:
    """Return from which share of real days on a column is one of dates; what is written in words means nothing else."""
    if form in {"%Y%m%d", "serial"}:
        return 1.0
    return MOSTLY if form in CLEAR else NEARLY_ALL


def dressed(tidy: Chain) -> Chain:
    """Return the chain that undresses the numbers of a column, if it is one of numbers."""
    if not tidy.cells.is_mostly_numbers:
        return tidy
    chain = tidy.then("thousands") if looks.has_thousands(tidy.cells) else tidy
    if not looks.has_brackets_for_all(chain.cells):
        chain = chain.then("negative")
    if unit := looks.unit_of(chain.cells):
        chain = chain.then("unit", sure=numbers.is_known(unit), unit=unit)
    return chain if chain.cells.share(looks.plain_numbers(chain.cells), chain.cells.spoken) >= MOSTLY else tidy


def blanked(chain: Chain, kind: Kind) -> Chain:
    """Return the chain with what stands for nothing blanked: the sure ones, or else those that may be an answer."""
    cells = chain.cells
    plain = looks.plain_numbers(cells) if kind == "number" else looks.plain_dates(cells)
    found = looks.markers_of(cells, settled=cells.share(plain, cells.spoken) >= NEARLY_ALL)
    if kind == "number" and not (cells.spoken & ~plain).any():
        values = cells.text.filter(plain).str.strip_chars().cast(pl.Float64, strict=False)
        found = [*found, *codes_of(values, cells.counts.filter(plain))]
    return without(chain, found)


def without(chain: Chain, found: Sequence[Marker]) -> Chain:
    """Return the chain with some values blanked."""
    sure = [marker.text for marker in found if marker.sure]
    values = sure or [marker.text for marker in found]
    return chain.then("missing", sure=bool(sure), values=values) if values else chain


def codes_of(values: pl.Series, counts: pl.Series) -> list[Marker]:
    """Return the numbers that stand for nothing among distinct ones."""
    each = pl.DataFrame({"value": values, "n": counts}).drop_nulls().group_by("value").agg(pl.col("n").sum()).sort("value")
    return codes(each["value"].to_numpy(), each["n"].to_numpy().astype(np.int64))


def rest_blanked(chain: Chain, kind: Kind) -> Chain:
    """Return the chain with a type that blanks the few cells that are neither numbers nor dates after all."""
    cells = chain.cells
    plain = looks.plain_numbers(cells) if kind == "number" else looks.plain_dates(cells)
    share = cells.share(plain, cells.text.is_not_null())
    forms = [stage.repair.options["form"] for stage in chain.stages if stage.repair.rule == "date"]
    return chain.then("type", sure=False, kind=kind) if enough(next(iter(forms), None)) <= share < 1 else chain


def of_numbers(column: pl.Series, low: float, high: float) -> list[Proposal]:
    """Return what a column of numbers seems to need: dates written as numbers, or codes for nothing."""
    if (days := as_dates(column, low, high)) is not None:
        return proposals(days, "date")
    if is_shaped(low) or is_shaped(high):
        filled = column.cast(pl.Float64).drop_nulls().drop_nans()
        each = filled.value_counts(name=COUNT)
        cells = Cells(column.name, written(each.to_series(0)), each.to_series(1))
        return proposals(without(Chain(cells), codes_of(each.to_series(0), each.to_series(1))), "number")
    return []


def as_dates(column: pl.Series, low: float, high: float) -> Chain | None:
    """Return the chain that makes dates of a column of numbers, if all of them are."""
    digits = low >= FIRST_DIGITS and high <= LAST_DIGITS
    if not digits and not (low >= FIRST_LIKELY and high <= LAST_SERIAL and looks.DATE_NAME.search(column.name)):
        return None
    each = column.drop_nulls().value_counts(name=COUNT)
    raw = Chain(Cells(column.name, written(each.to_series(0)), each.to_series(1)))
    return dated(raw, raw)
