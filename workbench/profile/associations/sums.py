"""One pass over the rows that takes the sums behind every correlation, correlation ratio and contingency table at once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from workbench.profile.associations.measures import FEWEST_ROWS, correlation, cramers_v, ratio, ratios

# Rows at a time: few enough to bound the memory of the products, enough to keep the processors in them; no power of two, as
# columns whose addresses end alike push each other out of the processor's cache.
BLOCK = 16_200
# Rows whose numbers stay in the processor's cache while they are added to their categories.
NEAR = 2_048
THREADS = 2
# So many values tell a column's usual size well enough to centre it; every result is the same with any other centre.
LOOKED_AT = 2_000
# Where less of a sum of squares than this is variation, too few digits are left of it; those pairs are taken on their own.
POOR = 1e-5


class Labels(NamedTuple):
    """A column of categories as codes."""

    name: str
    codes: np.ndarray
    """Each row's category from 0; `size` where it has none."""
    size: int


@dataclass(frozen=True)
class Sums:
    """What one pass adds up for p numbers (centred and scaled), q different sets of known rows, and K categories in all."""

    common: np.ndarray
    """Rows known in both of two sets (q, q)."""
    first: np.ndarray
    """Sum of each number over each set of rows (p, q)."""
    second: np.ndarray
    """Sum of its squares (p, q)."""
    product: np.ndarray
    """Sum of the products of two numbers (p, p)."""
    levels: np.ndarray
    """Sum of each number in every category (K, p)."""
    counts: np.ndarray
    """Rows in every category of each set that a number is known in (K, own)."""
    tables: list[np.ndarray]
    """Contingency tables of every pair of category columns, flat; rows without a category are the last in both directions."""

    def add(self, other: Sums) -> None:
        """Add another share of the rows."""
        mine = (self.common, self.first, self.second, self.product, self.levels, self.counts, *self.tables)
        theirs = (other.common, other.first, other.second, other.product, other.levels, other.counts, *other.tables)
        for a, b in zip(mine, theirs, strict=True):
            a += b


class Together:
    """Numbers and categories of one table, and how strongly each pair of them goes together.

    Parameters
    ----------
    numbers : polars.DataFrame
        Columns of Float64; what is not finite is null.
    labels : sequence of Labels
        Columns of categories of the same rows.

    Notes
    -----
    Numbers are centred near their median first, so that sums of squares lose no digits. A few matrix products then give every
    pair's moments over the rows both have, and a sparse one those of every number in every category. Columns that are known in
    the same rows share their sums. Where a pair varies too little on its common rows for that, it is computed on its own.
    """

    def __init__(self, numbers: pl.DataFrame, labels: Sequence[Labels] = ()) -> None:
        self.numbers, self.labels = numbers, list(labels)
        self.known, self.sets = row_sets(numbers, self.labels)
        self.own = max(self.sets[: numbers.width], default=-1) + 1
        self.starts = np.cumsum([0, *(label.size + 1 for label in self.labels)])
        self.pairs = list(itertools.combinations(range(len(self.labels)), 2))
        usual = zip(numbers.columns, typical(numbers), strict=True)
        self.scaled = [((pl.col(n) - centre) * (1 / scale)).fill_null(0.0) for n, (centre, scale) in usual]
        self.sums = self.summed()
        self.variance, self.poor = self.variances()

    def summed(self) -> Sums:
        """Add up all rows in two threads; each always has the same half, so that no digit depends on which is faster."""
        starts = range(0, len(self), BLOCK)
        half = -(-len(starts) // THREADS)
        shares = [starts[i * half : (i + 1) * half] for i in range(THREADS)]
        with BLAS.one_thread(), ThreadPoolExecutor(THREADS) as threads:
            whole, *others = threads.map(self.share, shares)
        for other in others:
            whole.add(other)
        return whole

    def __len__(self) -> int:
        return self.numbers.height if self.numbers.width else len(self.labels[0].codes) if self.labels else 0

    def share(self, starts: Sequence[int]) -> Sums:
        """Add up some blocks of rows."""
        p, q = self.numbers.width, self.known.width
        sizes = [label.size + 1 for label in self.labels]
        sums = Sums(
            common=np.zeros((q, q)),
            first=np.zeros((p, q)),
            second=np.zeros((p, q)),
            product=np.zeros((p, p)),
            levels=np.zeros((int(self.starts[-1]), p)),
            counts=np.zeros((int(self.starts[-1]), self.own)),
            tables=[np.zeros(sizes[a] * sizes[b], np.intp) for a, b in self.pairs],
        )
        # Absurdly large values overflow to infinity or NaN; their pairs are taken on their own.
        with np.errstate(all="ignore"):
            for start in starts:
                self.count(sums.tables, slice(start, start + BLOCK))
                if p:
                    self.multiply(sums, start)
        return sums

    def count(self, tables: list[np.ndarray], block: slice) -> None:
        """Count a block's combinations of two categories."""
        codes = [label.codes[block].astype(np.intp) for label in self.labels]
        for table, (a, b) in zip(tables, self.pairs, strict=True):
            table += np.bincount(codes[a] * (self.labels[b].size + 1) + codes[b], minlength=len(table))

    def multiply(self, sums: Sums, start: int) -> None:
        """Add a block's moments."""
        z = self.numbers.slice(start, BLOCK).select(self.scaled).to_numpy()
        here = self.known.slice(start, BLOCK).to_numpy()
        known = here.astype(np.float64)
        sums.first[:] += z.T @ known
        sums.second[:] += (z * z).T @ known
        sums.product[:] += z.T @ z
        # The counts of one block are exact in half the width.
        short = here.astype(np.float32)
        sums.common[:] += short.T @ short
        if self.labels:
            codes = np.stack([label.codes[start : start + BLOCK] for label in self.labels], axis=1) + self.starts[:-1]
            sums.counts[:] += self.sorted_in(codes, short[:, : self.own])
            near = max(NEAR, len(sums.levels))
            for i in range(0, len(z), near):
                sums.levels[:] += self.sorted_in(codes[i : i + near], z[i : i + near])

    def sorted_in(self, codes: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return the sums of values in every category of their rows."""
        from scipy import sparse

        rows, width = codes.shape
        ends = np.arange(0, rows * width + 1, width, dtype=np.int32)
        ones = np.ones(codes.size, values.dtype)
        where = sparse.csr_matrix((ones, codes.astype(np.int32).ravel(), ends), shape=(rows, int(self.starts[-1])))
        return where.T @ np.ascontiguousarray(values)

    def variances(self) -> tuple[np.ndarray, np.ndarray]:
        """Return each number's sum of squares around its mean over each set of rows, NaN where it is constant there.

        Says also where too few digits are left of it.
        """
        rows = self.sums.common[list(self.sets[: self.numbers.width])]
        with np.errstate(all="ignore"):
            found = self.sums.second - self.sums.first**2 / rows
            doubtful = (rows >= FEWEST_ROWS) & (self.sums.second != 0) & ~(found >= POOR * self.sums.second)
            found[~(found > 0)] = np.nan
        for i, q in np.argwhere(doubtful):
            here = self.numbers.to_series(int(i)).filter(self.known.to_series(int(q)))
            if here.min() == here.max():
                found[i, q], doubtful[i, q] = np.nan, False
        return found, doubtful

    def correlations(self) -> tuple[np.ndarray, np.ndarray]:
        """Return Pearson's correlation of every pair of numbers, NaN where there is none, and the rows both have."""
        sets = list(self.sets[: self.numbers.width])
        rows, first, variance = self.sums.common[sets][:, sets], self.sums.first[:, sets], self.variance[:, sets]
        with np.errstate(all="ignore"):
            r = (self.sums.product - first * first.T / rows) / (np.sqrt(variance) * np.sqrt(variance.T))
        r = np.where(rows >= FEWEST_ROWS, np.clip(r, -1.0, 1.0), np.nan)
        poor = self.poor[:, sets]
        for i, j in np.argwhere(np.triu(poor | poor.T)):
            value = correlation(self.values(i), self.values(j))[0]
            r[i, j] = r[j, i] = np.nan if value is None else value
        return r, rows.astype(np.int64)

    def ratios(self, label: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the correlation ratio of every number by one column of categories, and the rows both have."""
        p, size = self.numbers.width, self.labels[label].size
        if not p:
            return np.empty(0), np.empty(0, dtype=np.int64)
        begin = int(self.starts[label])
        count = self.sums.counts[begin : begin + size, list(self.sets[:p])]
        known = self.sets[p + label]
        eta = ratios(count, self.sums.levels[begin : begin + size], self.variance[:, known])
        for i in np.flatnonzero(self.poor[:, known]):
            value = ratio(self.labels[label].codes, size, self.values(i))[0]
            eta[i] = np.nan if value is None else value
        return eta, count.sum(axis=0).astype(np.int64)

    def cramers(self) -> dict[tuple[int, int], tuple[float | None, int]]:
        """Return Cramér's V of every pair of category columns, and the rows both have."""
        found = {}
        for (a, b), table in zip(self.pairs, self.sums.tables, strict=True):
            found[a, b] = cramers_v(table.reshape(self.labels[a].size + 1, -1)[:-1, :-1])
        return found

    def values(self, number: int) -> np.ndarray:
        """Return one number's values, NaN where it has none."""
        return self.numbers.to_series(int(number)).to_numpy()


class Blas:
    """The linear algebra library's own threads, which every caller in this process shares."""

    def __init__(self) -> None:
        self.lock, self.users = Lock(), 0
        self.limit: Any = None

    @contextmanager
    def one_thread(self) -> Iterator[None]:
        """Keep it to one thread while several of ours call it: its idle ones spin and would take the processors from ours."""
        from threadpoolctl import threadpool_limits

        with self.lock:
            self.users += 1
            if self.users == 1:
                self.limit = threadpool_limits(1, user_api="blas")
        try:
            yield
        finally:
            with self.lock:
                self.users -= 1
                if self.users == 0:
                    self.limit.restore_original_limits()


BLAS = Blas()


def row_sets(numbers: pl.DataFrame, labels: Sequence[Labels]) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Return the different sets of rows that columns are known in, and which one each number and then each label has."""
    if not numbers.width:
        return pl.DataFrame(), ()
    known = [series.is_not_null() for series in numbers]
    known += [pl.Series(label.codes < label.size) for label in labels]
    counts = [int(series.sum()) for series in known]
    often = Counter(counts)
    # Only sets of the same size need a look at their rows.
    keys = [
        np.packbits(series.to_numpy()).tobytes() if often[n] > 1 and 0 < n < numbers.height else n
        for series, n in zip(known, counts, strict=True)
    ]
    places = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    kept = {str(places[key]): series for key, series in zip(keys, known, strict=True)}
    return pl.DataFrame(kept), tuple(places[key] for key in keys)


def typical(numbers: pl.DataFrame) -> list[tuple[float, float]]:
    """Return for each number a value near its median, and how far its values usually are from it."""
    some = numbers.gather_every(max(1, numbers.height // LOOKED_AT))
    return [centre_of(few, series) for few, series in zip(some, numbers, strict=True)]


def centre_of(few: pl.Series, series: pl.Series) -> tuple[float, float]:
    """Return a value near the median and the median distance from it, of some rows where they tell enough."""
    known = few.drop_nulls()
    if len(known) < LOOKED_AT // 10:
        known = series.drop_nulls()
        known = known.gather_every(max(1, len(known) // LOOKED_AT))
    if not len(known):
        return 0.0, 1.0
    x, middle = known.to_numpy(), len(known) // 2
    with np.errstate(all="ignore"):
        centre = np.partition(x, middle)[middle]
        scale = np.partition(np.abs(x - centre), middle)[middle] or np.float64((series - centre).abs().max())  # type: ignore[arg-type]
        return float(centre), float(scale) if np.isfinite(scale) and np.isfinite(1 / scale) else 1.0
