"""What the columns of a table are for: what can be seen of it, read from a data dictionary or a sheet, written as a sheet."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from workbench.actions import datasets, held
from workbench.data import Roles, dictionary, role_sheet
from workbench.data import uploads as upload_store
from workbench.data.dictionary import Dictionary
from workbench.data.role_suggestions import Suggestions, parts_of, suggestions
from workbench.data.roles import part_of, part_text
from workbench.errors import ColumnNotFound, DataError
from workbench.evaluation.entities import entities
from workbench.principal import Principal
from workbench.words import Lang


def seen(dataset_id: str, *, by: Principal) -> Suggestions:
    """Return the roles that a table shows by itself, kept by its content: suggestions, nothing is saved."""
    dataset = datasets.get(dataset_id, by=by)
    return held.profiles.get(("roles", dataset.fingerprint), lambda: suggestions(dataset.frame, dataset.kinds))


# What a command line says where all of a key names the group.
WHOLE = "whole"


@dataclass(frozen=True)
class Naming:
    """One way in which a column may name the group of a row."""

    part: dict[str, str] | None
    """None where the whole value does."""
    count: int
    """How many groups there would be."""
    example: str
    """The name of one."""

    @property
    def text(self) -> str:
        """The part as the sheet of roles holds it."""
        return part_text(self.part)


def namings(dataset_id: str, column: str, *, also: dict[str, str] | None = None, by: Principal) -> list[Naming]:
    """Return the ways in which a column may name groups, the whole value first, kept by the table's content.

    Parameters
    ----------
    dataset_id : str
        The table.
    column : str
        Its group.
    also : dict, optional
        A part that somebody chose, whether or not it shows in the values.
    by : Principal
        Who asks.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    dataset = datasets.get(dataset_id, by=by)
    if column not in dataset.columns:
        raise ColumnNotFound(column, dataset.columns)

    def look() -> list[Naming]:
        values = dataset.frame.get_column(column)
        shown = [None, *parts_of(values)]
        return [naming(values, part) for part in (shown if also in shown else [*shown, also])]

    return list(held.profiles.get(("namings", dataset.fingerprint, column, part_text(also)), look))


def naming(values: pl.Series, part: dict[str, str] | None) -> Naming:
    """Count the groups that a column or a part of it names."""
    named = entities(values, part).drop_nulls()
    return Naming(part, named.n_unique(), str(named[0])[:40] if len(named) else "–")


def part_asked(text: str | None) -> dict[str, str] | None:
    """Return which part of the group's key a command line asks for: ``before:_``; empty for ``whole``, None for nothing said.

    Raises
    ------
    DataError
        If it is no part.
    """
    if text is None or text.strip().casefold() == WHOLE:
        return None if text is None else {}
    try:
        part = part_of(text)
    except ValueError:
        part = None
    if part is None:
        raise DataError("error.decisions.part_text", text=text)
    return part


def with_group(roles: Roles, frame: pl.DataFrame, group: str | None, part: dict[str, str] | None) -> Roles:
    """Return roles with the group that somebody asks for, where he does; what was said of another group does not stay.

    Raises
    ------
    DataError
        If a part is asked for of no group, or with a separator that no value holds.
    """
    wanted = group or roles.group
    if part is None:
        part = roles.group_part if wanted == roles.group else {}
    if part and wanted is None:
        raise DataError("error.decisions.part_without_group")
    if wanted in frame.columns:
        must_split(frame.get_column(wanted), part)
    return replace(roles, group=wanted, group_part=part or None)


def must_split(values: pl.Series, part: Mapping[str, str] | None) -> None:
    """Refuse a separator that no value of a column holds.

    Raises
    ------
    DataError
        Names a value.
    """
    filled = values.drop_nulls()
    if part and not filled.cast(pl.String).str.contains(part["separator"], literal=True).any():
        example = str(filled[0])[:40] if len(filled) else "–"
        raise DataError("error.decisions.part_nowhere", column=values.name, separator=part["separator"], example=example)


def from_upload(dataset_id: str, upload_id: str, *, by: Principal) -> Roles | Dictionary:
    """Read a whole upload as a sheet of roles where it is one, else as a data dictionary; the upload's chunks are removed.

    Raises
    ------
    DataError
        If it is neither, or does not fit the table; the upload is removed as well.
    """
    columns = datasets.get(dataset_id, by=by).columns
    try:
        with tempfile.TemporaryDirectory() as scratch:
            path, name = upload_store.source(held.store(), upload_id, owner=by.who, into=Path(scratch))
            return read(path, name, columns)
    finally:
        upload_store.abort(held.store(), upload_id, owner=by.who)


def read(path: Path, name: str, columns: tuple[str, ...]) -> Roles | Dictionary:
    """Read a file as what it is."""
    is_small = path.stat().st_size <= dictionary.MOST_MB * 1_000_000
    if is_small and role_sheet.is_sheet(path.read_bytes()):
        return role_sheet.read_roles(path, columns)
    return dictionary.load(path, columns, name=name)


def sheet(dataset_id: str, roles: Roles, lang: Lang, *, by: Principal) -> bytes:
    """Write roles of a table, saved or not, as a CSV in a language."""
    by.require("viewer")
    return role_sheet.to_csv(roles, datasets.get(dataset_id, by=by).columns, lang)
