"""The table under analysis, with its kinds, roles and fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from workbench.data.kinds import Kind
from workbench.data.roles import Roles

# Strings are hashed in blocks of this many rows, so that a long column is never copied whole.
BLOCK = 200_000


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

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that are learned from."""
        return self.roles.features(self.columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; the roles are kept apart, as they change."""
        known = ("id", "name", "owner", "fingerprint", "rows", "kinds", "reading")
        return {
            **{name: getattr(self, name) for name in known},
            "created": self.created.isoformat(),
            "columns": list(self.columns),
        }


@dataclass(frozen=True)
class Dataset(DatasetRecord):
    """A dataset with its rows."""

    frame: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False, compare=False)


def fingerprint(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of a table's content.

    Parameters
    ----------
    frame : polars.DataFrame
        A table with the reader's column types.

    Returns
    -------
    str
        The same for equal column names, types and values, whatever the process, the memory layout or the library's version.
    """
    digest = hashlib.sha256()
    for column in frame:
        digest.update(framed(column.name.encode()) + framed(type_name(column.dtype).encode()))
        digest.update(len(column).to_bytes(8, "little") + np.packbits(column.is_null().to_numpy()).tobytes())
        for block in content(column):
            digest.update(block)
    return digest.hexdigest()


def framed(data: bytes) -> bytes:
    """Put the length before bytes, so that no two names together read like two others."""
    return len(data).to_bytes(8, "little") + data


def type_name(dtype: pl.DataType) -> str:
    """Return a type's own name, with its unit where it has one."""
    return str(dtype.base_type()) + str(getattr(dtype, "time_unit", "") or "")


def content(column: pl.Series) -> Iterator[bytes]:
    """Yield the bytes of a column's values in a form of our own; null counts as nothing."""
    dtype = column.dtype
    for start in range(0, len(column), BLOCK):
        part = column.slice(start, BLOCK)
        if dtype == pl.String:
            filled = part.fill_null("")
            yield filled.str.len_bytes().cast(pl.Int64).to_numpy().astype("<i8").tobytes()
            yield "".join(filled.to_list()).encode()
        elif dtype.is_float():
            yield (part.fill_null(0.0).to_numpy() + 0.0).astype("<f8").tobytes()  # adding zero makes -0.0 the same as 0.0
        else:
            yield part.to_physical().cast(pl.Int64).fill_null(0).to_numpy().astype("<i8").tobytes()
