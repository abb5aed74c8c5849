"""Number columns are asked all at once: in shared rows, in which each has values of its own that tell whose an answer is."""

from __future__ import annotations

from typing import Any

import numpy as np

NUMBERS = (0.0, 1.0, -7.0, 5000.0)
# Whole numbers up to this are themselves in float32, too.
LARGEST = 1 << 23
# So many numbers by chance for each column: sums and means of others hit one by accident, never all.
CHANCES = 2
BLANKS = 1 + CHANCES + len(NUMBERS)


def asked_at_once(count: int) -> np.ndarray:
    """Return what so many number columns are asked: one column for each, in rows that hardly grow with their number.

    First each has its place as its value, then numbers by chance and `NUMBERS`. Row `BLANKS` is blank, and then one half of the
    columns is blank beside numbers of the other: in a row for each digit of the places, written in twos, and in its opposite.
    So of any two columns there are rows in which the one is blank and the other is not.
    """
    if not count:
        return np.empty((0, 0))
    place = np.arange(count)
    digits = [place >> digit & 1 == 1 for digit in range((count - 1).bit_length())]
    blank = np.array([np.ones(count, dtype=bool), *digits, *(~digit for digit in digits)])
    chances = np.random.default_rng(0).integers(-LARGEST, LARGEST, size=(CHANCES + len(blank), count)).astype(float)
    chances[CHANCES:][blank] = np.nan
    numbers = np.repeat(np.array(NUMBERS)[:, None], count, axis=1)
    return np.vstack([place + 1.0, chances[:CHANCES], numbers, chances[CHANCES:]])


def moved(answers: np.ndarray) -> np.ndarray:
    """Return the places of the columns that differ between rows."""
    return np.flatnonzero(~same(answers, answers[:1]).all(axis=0))


def same(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return where two arrays are the same number, or both none."""
    return np.asarray((a == b) | (np.isnan(a) & np.isnan(b)))


def owners(answers: np.ndarray, given: np.ndarray) -> dict[int, int | None]:
    """Return for each column that numbers move which number it is; None where it is no single one with its blanks filled.

    Parameters
    ----------
    answers : numpy.ndarray
        What came of the rows in which numbers are asked.
    given : numpy.ndarray
        What they were asked.
    """
    if not given.size:
        return {}
    found: dict[int, int | None] = {}
    whose = {float(value): place for place, value in enumerate(given[0])}
    for column in moved(answers):
        said, owner = answers[:, column], whose.get(float(answers[0, column]))
        if owner is not None and not same(said, np.where(np.isnan(given[:, owner]), said[BLANKS], given[:, owner])).all():
            owner = None
        found[int(column)] = owner
    return found


def number(source: str, missing: float | None, *, is_rounded: bool) -> dict[str, Any]:
    """Describe a number with its blanks filled."""
    plain = {"kind": "number", "source": source, "missing": missing, "shift": 0.0, "scale": 1.0}
    return plain | ({"float32": True} if is_rounded else {})
