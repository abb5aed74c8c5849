"""What keeps a written file harmless and readable: formulas disarmed, characters an encoding lacks replaced and listed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from workbench.data.formulas import FORMULA, NUMBER

# Look-alikes that Japanese Windows has: for dashes, the hyphen and the blank that do not break, the yen sign, dots, and Å.
TWINS = {"\u2014": "\u2015", "\u2013": "-", "\u2011": "\u2010", "\u00a0": " ", "\u00a5": "\uffe5"}
TWINS |= {"\u00b7": "\u30fb", "\u2022": "\u30fb", "\u00c5": "\u212b"}
# A kana and the mark that makes が of か, or ぱ of は.
MARKED = re.compile("[ぁ-ヿ][\u3099\u309a]")
# Stands for every other character that is lacking; "?" where this one lacks too.
GETA = "〓"


@dataclass
class Replaced:
    """What an encoding could not hold."""

    cells: int = 0
    characters: Counter[str] = field(default_factory=Counter)
    """Each character with the number of cells it stood in."""

    def to_list(self, encoding: str) -> list[dict[str, object]]:
        """Return each character with its replacement and its number of cells, most frequent first."""
        return [
            {"character": character, "replacement": stand_in(character, encoding), "cells": cells}
            for character, cells in self.characters.most_common()
        ]


def disarm(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Parameters
    ----------
    frame : polars.DataFrame
        Any table; only its text columns are looked at.

    Returns
    -------
    tuple
        The harmless table, and how many cells were changed.
    """
    names = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    risky = {name: is_formula(pl.col(name)) for name in names}
    counts = frame.select([test.sum().alias(name) for name, test in risky.items()])
    hit = [name for name in names if counts[name][0]]
    if not hit:
        return frame, 0
    changed = frame.with_columns(pl.when(risky[n]).then(pl.lit("'") + pl.col(n)).otherwise(pl.col(n)).alias(n) for n in hit)
    return changed, sum(int(counts[name][0]) for name in hit)


def is_formula(text: pl.Expr) -> pl.Expr:
    """Tell which cells a spreadsheet would run."""
    return (text.str.contains(FORMULA) & ~text.str.contains(NUMBER)).fill_null(value=False)


def encodable(frame: pl.DataFrame, encoding: str, replaced: Replaced) -> pl.DataFrame:
    """Replace what an encoding cannot hold, and note it.

    Parameters
    ----------
    frame : polars.DataFrame
        Any table; only its text columns are looked at.
    encoding : str
        Python's name of the encoding.
    replaced : Replaced
        Takes the counts.
    """
    for name, dtype in frame.schema.items():
        if dtype == pl.String and not fits("".join(frame.get_column(name).drop_nulls().to_list()), encoding):
            frame = frame.with_columns(encodable_column(frame.get_column(name), encoding, replaced))
    return frame


def encodable_column(column: pl.Series, encoding: str, replaced: Replaced) -> pl.Series:
    """Replace what an encoding cannot hold in one column."""
    counts = column.drop_nulls().value_counts(name="n")
    changes = {}
    for text, cells in zip(counts[column.name], counts["n"], strict=True):
        if not fits(text, encoding):
            changes[text] = encodable_text(text, encoding, replaced, cells=cells)
    return column.replace(changes)


def encodable_text(text: str, encoding: str, replaced: Replaced, *, cells: int = 1) -> str:
    """Replace what an encoding cannot hold in one text that stands in some cells."""
    text = composed(text)
    lacking = {c for c in text if not fits(c, encoding)}
    if lacking:
        replaced.cells += cells
        replaced.characters.update(dict.fromkeys(lacking, cells))
    return "".join(stand_in(c, encoding) if c in lacking else c for c in text)


def composed(text: str) -> str:
    """Return a text with kana that other systems write as two characters, letter and mark, as the one that has a code."""
    return MARKED.sub(lambda pair: unicodedata.normalize("NFC", pair.group()), text)


def stand_in(character: str, encoding: str) -> str:
    """Return what stands for a character that an encoding lacks."""
    return next(c for c in (TWINS.get(character, GETA), GETA, "?") if fits(c, encoding))


def fits(text: str, encoding: str) -> bool:
    """Tell whether an encoding can hold a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
