"""The columns a scored file gains: prediction, probabilities, reasons, trust flag and what was repaired."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench import figure
from workbench.data.conforming import MOST_SHOWN, REPAIRED, Finding
from workbench.data.fields import Problem
from workbench.words import Lang, say

if TYPE_CHECKING:
    from workbench.predict.predictions import EffectsLike, Predictions

# Effects that would print as 0.0 points say nothing.
LEAST_POINTS = 0.0005
LABEL_DTYPES: dict[type, Any] = {str: pl.String, bool: pl.Boolean, int: pl.Int64, float: pl.Float64}


class ResultColumns:
    """The result's columns with names that no input column has.

    Parameters
    ----------
    labels : sequence
        The classes, in the bundle's order; empty for a number.
    has_probabilities : bool
        Whether the model gives probabilities.
    reasons : int
        How many reasons for and against each row gets.
    taken : collection of str
        The input's column names.
    lang : {"ja", "en"}
        The language of headers and cells.
    """

    def __init__(
        self, labels: Sequence[Any], *, has_probabilities: bool, reasons: int, taken: Collection[str], lang: Lang
    ) -> None:
        self.labels, self.reasons, self.lang = list(labels), reasons, lang
        self.has_probabilities = has_probabilities
        used = set(taken)
        self.prediction = free_name(say("predict.header.prediction", lang), used)
        shown = labels if has_probabilities else ()
        self.probability = [free_name(say("predict.header.probability", lang, label=str(label)), used) for label in shown]
        ranks = range(1, reasons + 1)
        self.up = [free_name(say("predict.header.reason_up", lang, rank=rank), used) for rank in ranks]
        self.down = [free_name(say("predict.header.reason_down", lang, rank=rank), used) for rank in ranks]
        self.trust = free_name(say("predict.header.trust", lang), used)
        self.repaired = free_name(say("predict.header.repaired", lang), used)

    @property
    def names(self) -> list[str]:
        """Every added column, in order."""
        return [self.prediction, *self.probability, *self.up, *self.down, self.trust, self.repaired]

    def of(self, found: Predictions, reasons: Sequence[Sequence[str | None]] | None) -> pl.DataFrame:
        """Return the added columns of one chunk.

        Parameters
        ----------
        found : Predictions
            What the Predictor said about the chunk.
        reasons : sequence, optional
            What `reason_texts` gives, at the chunk's rows.
        """
        columns = [pl.Series(self.prediction, found.prediction, dtype=self.dtype)]
        for name, label in zip(self.probability, self.labels, strict=False):
            columns.append(pl.Series(name, found.probabilities[label]).fill_nan(None))
        for i, name in enumerate([*self.up, *self.down]):
            columns.append(pl.Series(name, reasons[i] if reasons else [None] * len(found), dtype=pl.String))
        columns.append(pl.Series(self.trust, self.flags(found), dtype=pl.String))
        columns.append(self.repairs(found))
        return pl.DataFrame(columns)

    @property
    def dtype(self) -> Any:
        """What the prediction's column holds; labels of different kinds are text."""
        kinds = {type(label) for label in self.labels}
        return pl.Float64 if not kinds else LABEL_DTYPES.get(kinds.pop(), pl.String) if len(kinds) == 1 else pl.String

    def flags(self, found: Predictions) -> list[str | None]:
        """Return what not to trust about each row, or why it is held; None where there is nothing to say."""
        kinds, which = patterns(found.doubtful, len(found))
        flags = [flag(doubts, self.lang) if doubts else None for doubts in kinds]
        shown = [flags[kind] for kind in which.tolist()]
        for row, problems in found.held.items():
            shown[row] = held_flag(problems, self.lang)
        return shown

    def repairs(self, found: Predictions) -> pl.Series:
        """Return what was repaired in each row, ``column: before → after``; null where nothing was."""
        cells = [repaired_cells(f, len(found), self.lang) for f in found.doubtful if f.code == REPAIRED]
        if not cells:
            return pl.Series(self.repaired, [None] * len(found), dtype=pl.String)
        joined = pl.DataFrame(cells).select(pl.concat_str(pl.all(), separator=" / ", ignore_nulls=True))
        text = joined.to_series()
        return text.set(text == "", None).alias(self.repaired)


def patterns(findings: Sequence[Finding], rows: int) -> tuple[list[tuple[tuple[str, str], ...]], np.ndarray]:
    """Return what rows may be doubtful for, and which of that each row is: a file has few kinds of rows, and many rows."""
    kinds: list[tuple[tuple[str, str], ...]] = [()]
    which = np.zeros(rows, dtype=np.intp)
    for finding in findings:
        seen, places = np.unique(which[finding.rows], return_inverse=True)
        which[finding.rows] = len(kinds) + places
        kinds += [(*kinds[kind], (finding.code, finding.field)) for kind in seen.tolist()]
    return kinds, which


def repaired_cells(finding: Finding, rows: int, lang: Lang) -> pl.Series:
    """Return what was repaired in one column, at its rows: whole columns at once, as most values differ."""
    assert finding.values is not None
    assert finding.after is not None
    cells = pl.DataFrame({"before": finding.values, "after": finding.after}).select(pl.all().str.slice(0, MOST_SHOWN))
    after = pl.col("after").fill_null(say("predict.blank", lang))
    told = cells.select(pl.concat_str(pl.lit(f"{finding.field}: "), "before", pl.lit(" → "), after)).to_series()
    empty = pl.Series(f"repaired {finding.field}", [None], dtype=pl.String).new_from_index(0, rows)
    return empty.scatter(finding.rows, told)


def free_name(wanted: str, used: set[str]) -> str:
    """Return the name, with a number behind it where it is taken already, and mark it as taken."""
    name, suffix = wanted, 2
    while name in used:
        name, suffix = f"{wanted}_{suffix}", suffix + 1
    used.add(name)
    return name


@functools.lru_cache(maxsize=4096)
def flag(doubts: tuple[tuple[str, str], ...], lang: Lang) -> str:
    """Return doubts as one cell, columns of the same kind together."""
    by_code: dict[str, list[str]] = {}
    for code, name in doubts:
        by_code.setdefault(code, []).append(name)
    return " / ".join(say(f"predict.flag.{code}", lang, columns=[n for n in names if n]) for code, names in by_code.items())


def held_flag(problems: Sequence[Problem], lang: Lang) -> str:
    """Return why a row has no prediction as one cell."""
    return say("predict.flag.held", lang, problems=" / ".join(p.text.say(lang) for p in problems))


def reason_texts(
    effects: EffectsLike, rows: pl.DataFrame, *, count: int, is_probability: bool, lang: Lang
) -> list[list[str | None]]:
    """Return reasons as text: `count` lists of what pushes each row up, then as many of what pulls it down.

    Parameters
    ----------
    effects : Effects
        The rows' effects.
    rows : polars.DataFrame
        The rows themselves, as the model saw them.
    count : int
        How many reasons each way.
    is_probability : bool
        Whether effects are probabilities, shown as points.
    lang : {"ja", "en"}
        The reader's language.
    """
    found: list[list[str | None]] = []
    for sign in (1, -1):
        signed = sign * effects.values
        order = np.argsort(-signed, axis=1, kind="stable")
        for rank in range(count):
            if rank < order.shape[1]:
                found.append(one_rank(effects, rows, order[:, rank], sign, is_probability, lang))
            else:
                found.append([None] * rows.height)
    return found


def one_rank(
    effects: EffectsLike, rows: pl.DataFrame, column: np.ndarray, sign: int, is_probability: bool, lang: Lang
) -> list[str | None]:
    """Return each row's reason of one rank; None where it has none that points this way."""
    size = effects.values[np.arange(len(column)), column]
    tells = sign * size >= LEAST_POINTS if is_probability else sign * size > 0
    found: list[str | None] = [None] * len(column)
    for j in np.unique(column[tells]):
        name = effects.features[j]
        places = np.flatnonzero(tells & (column == j))
        values = cell_texts(rows.get_column(name).gather(places), lang)
        for place, value in zip(places, values, strict=True):
            found[place] = reason(name, value, float(size[place]), is_probability, lang)
    return found


def reason(name: str, value: str, effect: float, is_probability: bool, lang: Lang) -> str:
    """Return one reason as text."""
    if is_probability:
        return say("predict.reason.points", lang, column=name, value=value, effect=f"{100 * effect:+.1f}")
    shown = ("+" if effect > 0 else "-") + figure.number(abs(effect))
    return say("predict.reason.units", lang, column=name, value=value, effect=shown)


def cell_texts(cells: pl.Series, lang: Lang) -> list[str]:
    """Return cells as a reader expects them: whole numbers without a point, others to six figures, blanks named."""
    if cells.dtype.is_float():
        whole = (cells == cells.floor()) & (cells.abs() < 1e15)
        shown = pl.select(
            pl.when(whole)
            .then(cells.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(cells.round_sig_figs(6).cast(pl.String))
        ).to_series()
    else:
        shown = cells.cast(pl.String)
    return [str(text) for text in shown.fill_null(say("predict.blank", lang)).to_list()]
