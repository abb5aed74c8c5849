"""The table under analysis, with its kinds, roles and fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from workbench.data.kinds import Kind
from workbench.data.repairs import Repairs
from workbench.data.roles import Roles

# Values are hashed in blocks of this many rows, so that a long column is never copied whole.
BLOCK = 200_000
HANDS = 2
# Bytes of a digest.
DIGEST = 32


@dataclass(frozen=True)
class DatasetRecord:
    """What is known of a dataset without its rows."""

    id: str
    name: str
    owner: str
    created: datetime
    fingerprint: str
    rows: int
    columns: tuple[str, ...]
    kinds: dict[str, Kind]
    reading: dict[str, Any]
    """How it was read: the plain data of `Reading.to_dict`."""
    roles: Roles = field(default_factory=Roles)
    family: str = ""
    """The id of the first version: a dataset that was read or repaired otherwise is a new version of the same family."""
    version: int = 1
    source: dict[str, str] = field(default_factory=dict)
    """Where it can be read again: `{"upload": ID}` or `{"sample": NAME}`; nothing where the source is gone."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What a person decided instead of the reader: sheet, encoding, header, delimiter."""
    repairs: Repairs = field(default_factory=Repairs)
    """What was repaired after reading, types that were chosen included."""
    counts: tuple[dict[str, Any], ...] = ()
    """For each repair `column`, `rule` and `cells`; where a type made cells blank also `lost` and some of their `examples`."""
    shared: bool = False
    """Whether everybody who is verified may look at it."""
    blanks: dict[str, int] | None = None
    """How many cells of each column are blank; None of a dataset that was made before this was counted."""

    def __post_init__(self) -> None:
        """Make a dataset without a family the first of its own."""
        if not self.family:
            object.__setattr__(self, "family", self.id)

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that are learned from."""
        return self.roles.features(self.columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; the roles and whether it is shared are kept apart, as they change."""
        known = ("id", "name", "owner", "fingerprint", "rows", "kinds", "reading", "family", "version", "source", "settings")
        return {
            **{name: getattr(self, name) for name in known},
            "blanks": self.blanks,
            "created": self.created.isoformat(),
            "columns": list(self.columns),
            "repairs": self.repairs.to_list(),
            "counts": list(self.counts),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], roles: Roles, *, shared: bool) -> DatasetRecord:
        """Return the record that `to_dict` described, at whatever version of the product."""
        known = {f.name for f in fields(cls)} - {"roles", "shared"}
        values: dict[str, Any] = {name: value for name, value in data.items() if name in known}
        values["created"] = datetime.fromisoformat(data["created"])
        values["columns"], values["counts"] = tuple(data["columns"]), tuple(data.get("counts", ()))
        values["repairs"] = Repairs.from_list(data.get("repairs", ()))
        return cls(**values, roles=roles, shared=shared)

    def with_frame(self, frame: pl.DataFrame) -> Dataset:
        """Return the dataset of this record and its rows."""
        return Dataset(**{f.name: getattr(self, f.name) for f in fields(DatasetRecord)}, frame=frame)


@dataclass(frozen=True)
class Dataset(DatasetRecord):
    """A dataset with its rows."""

    frame: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False, compare=False)


def fingerprint(frame: pl.DataFrame) -> str:
    """Return a table's content in short: BLAKE2b of 32 bytes, which hashes half as fast again as SHA-256.

    Parameters
    ----------
    frame : polars.DataFrame
        A table with the reader's column types.

    Returns
    -------
    str
        The same for equal column names, types and values, whatever the process, the memory layout or the library's version.
    """
    with ThreadPoolExecutor(HANDS) as pool:  # hashing lets other threads work meanwhile
        return hashlib.blake2b(b"".join(pool.map(column_digest, frame.iter_columns())), digest_size=DIGEST).hexdigest()


def column_digest(column: pl.Series) -> bytes:
    """Return the digest of a column's name, type and values."""
    digest = hashlib.blake2b(framed(column.name.encode()) + framed(type_name(column.dtype).encode()), digest_size=DIGEST)
    digest.update(len(column).to_bytes(8, "little"))
    for start in range(0, len(column), BLOCK):
        part = column.slice(start, BLOCK)
        filled = part.drop_nulls()
        digest.update(len(filled).to_bytes(8, "little"))
        if len(filled) < len(part):
            digest.update(bits(part.is_null()).data)
        for values in content(filled) if len(filled) else ():
            digest.update(values.data)
    return digest.digest()


def framed(data: bytes) -> bytes:
    """Put the length before bytes, so that no two names together read like two others."""
    return len(data).to_bytes(8, "little") + data


def type_name(dtype: pl.DataType) -> str:
    """Return a type's own name, with its unit where it has one."""
    return str(dtype.base_type()) + str(getattr(dtype, "time_unit", "") or "")


def bits(flags: pl.Series) -> np.ndarray:
    """Return one bit for each of some flags without blanks, the first one lowest."""
    arrow = flags.rechunk().to_arrow()
    if arrow.offset:
        return np.packbits(flags.to_numpy(), bitorder="little")
    out = np.frombuffer(arrow.buffers()[1], np.uint8)[: (len(flags) + 7) // 8].copy()
    out[-1] &= 0xFF >> (-len(flags) % 8)  # nobody says what stands behind the last flag
    return out


def content(filled: pl.Series) -> Iterator[np.ndarray]:
    """Yield values in a form of our own, whole numbers in as few bytes as all of them need."""
    if filled.dtype == pl.String:
        text = filled.to_arrow(compat_level=pl.CompatLevel.oldest())
        ends = np.frombuffer(text.buffers()[1], "<i8")[text.offset : text.offset + len(text) + 1]
        yield narrow(np.diff(ends))
        yield np.frombuffer(text.buffers()[2] or b"", np.uint8)[ends[0] : ends[-1]]
    elif filled.dtype.is_float():
        yield (filled.to_numpy() + 0.0).astype("<f8", copy=False)  # adding zero makes -0.0 the same as 0.0
    else:
        yield narrow(filled.to_physical().cast(pl.Int64).to_numpy())


def narrow(values: np.ndarray) -> np.ndarray:
    """Return whole numbers in as many bytes as the largest needs, little end first, and how many that is before them."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    size = next(size for size in (1, 2, 4, 8) if -(1 << 8 * size - 1) <= low and high < 1 << 8 * size - 1)
    return np.concatenate([np.full(8, size, np.uint8), values.astype(f"<i{size}").view(np.uint8)])
