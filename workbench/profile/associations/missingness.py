"""What is missing together: the patterns of blanks over the rows, and columns that are blank in nearly the same rows."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import polars as pl

MOST_PATTERNS = 20
# Of all rows where one of two columns is blank, both are in at least this share (Jaccard's index).
SAME = 0.95
# Fewer blanks than this, or than this share of the rows, are together by accident.
FEWEST_BLANKS = 20
SMALLEST_SHARE = 0.01


def missingness(table: pl.DataFrame) -> dict[str, Any]:
    """Tell which columns are blank, and which together.

    Parameters
    ----------
    table : polars.DataFrame
        The table; NaN must already be null.

    Returns
    -------
    dict
        ``columns`` with blanks, most first; ``patterns`` (``columns`` blank together in ``rows``), most frequent first, the
        complete rows' among them as no columns; ``rest``, rows with other patterns; ``groups`` of columns that are blank in
        nearly the same rows, each with ``rows`` where all are blank and ``same``, the least Jaccard index of two of them.
    """
    counts = {series.name: series.null_count() for series in table}
    names = sorted((name for name, count in counts.items() if count), key=lambda name: -counts[name])
    if not names:
        complete = [{"columns": [], "rows": table.height}] if table.height else []
        return {"columns": [], "patterns": complete, "rest": 0, "groups": []}
    bits = np.stack([np.packbits(table[name].is_null().to_numpy()) for name in names])
    found, rest = patterns(bits, names, table.height)
    return {
        "columns": names,
        "patterns": found,
        "rest": rest,
        "groups": groups(bits, [counts[n] for n in names], names, table.height),
    }


def patterns(bits: np.ndarray, names: list[str], rows: int) -> tuple[list[dict[str, Any]], int]:
    """Return the most frequent patterns and the rows of all others.

    Notes
    -----
    Each row's blanks are packed into 64-bit words, and rows with the same words are counted: the words are the pattern itself,
    so no two patterns are taken for one.
    """
    words = [packed(bits[i : i + 64], rows) for i in range(0, len(names), 64)]
    frame = pl.DataFrame({str(i): word for i, word in enumerate(words)})
    order, low = ["rows", *frame.columns], [True] * frame.width
    counted = frame.group_by(frame.columns).len("rows").top_k(MOST_PATTERNS, by=order, reverse=[False, *low])
    counted = counted.sort(order, descending=[True, *(not up for up in low)])
    found = [
        {"columns": [name for i, name in enumerate(names) if row[i // 64] >> (i % 64) & 1], "rows": row[-1]}
        for row in counted.iter_rows()
    ]
    return found, rows - sum(pattern["rows"] for pattern in found)


def packed(bits: np.ndarray, rows: int) -> np.ndarray:
    """Return one word a row from up to 64 columns' packed blanks, the first column in the lowest bit."""
    word = np.zeros((rows, 8), np.uint8)
    for i in range(0, len(bits), 8):
        for j, column in enumerate(bits[i : i + 8]):
            word[:, i // 8] |= np.left_shift(np.unpackbits(column, count=rows), np.uint8(j))
    return word.view("<u8")[:, 0]


def groups(bits: np.ndarray, counts: list[int], names: list[str], rows: int) -> list[dict[str, Any]]:
    """Return groups of columns of which every two are blank in nearly the same rows.

    Notes
    -----
    Two columns whose numbers of blanks differ by more than the share allows need no look at their rows; columns come with most
    blanks first, so each is compared with the few that follow. A column joins a group that it is close to in every member.
    """
    fewest = max(FEWEST_BLANKS, SMALLEST_SHARE * rows)
    found: list[list[int]] = []
    for i in (i for i, count in enumerate(counts) if count >= fewest):
        home = next((g for g in found if all(same(bits, counts, i, j) >= SAME for j in g)), None)
        if home is None:
            found.append([i])
        else:
            home.append(i)
    return [facts(bits, counts, names, members) for members in found if len(members) > 1]


def same(bits: np.ndarray, counts: list[int], i: int, j: int) -> float:
    """Return Jaccard's index of the rows where two columns are blank, or any number below the limit where it is below."""
    bound = min(counts[i], counts[j]) / max(counts[i], counts[j])
    if bound < SAME:
        return bound
    # Rows where only one is blank may already be too many in a first part.
    part = bits.shape[1] // 8
    if ones(bits[i, :part] ^ bits[j, :part]) > (1 - SAME) * (counts[i] + counts[j]):
        return 0.0
    both = ones(bits[i] & bits[j])
    return both / (counts[i] + counts[j] - both)


def ones(packed_bits: np.ndarray) -> int:
    """Count the bits that are set."""
    return int(ONES[packed_bits].sum())


ONES = np.array([bin(byte).count("1") for byte in range(256)], np.uint32)


def facts(bits: np.ndarray, counts: list[int], names: list[str], members: list[int]) -> dict[str, Any]:
    """Return one group's columns, the rows where all are blank, and how alike the least alike two are."""
    return {
        "columns": [names[i] for i in members],
        "rows": ones(np.bitwise_and.reduce(bits[members])),
        "same": float(min(same(bits, counts, i, j) for i, j in itertools.combinations(members, 2))),
    }
