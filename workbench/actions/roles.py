"""What the columns of a table are for: what can be seen of it, read from a data dictionary or a sheet, written as a sheet."""

from __future__ import annotations

import tempfile
from pathlib import Path

from workbench.actions import datasets, held
from workbench.data import Roles, dictionary, role_sheet
from workbench.data import uploads as upload_store
from workbench.data.dictionary import Dictionary
from workbench.data.role_suggestions import Suggestions, suggestions
from workbench.principal import Principal
from workbench.words import Lang


def seen(dataset_id: str, *, by: Principal) -> Suggestions:
    """Return the roles that a table shows by itself, kept by its content: suggestions, nothing is saved."""
    dataset = datasets.get(dataset_id, by=by)
    return held.profiles.get(("roles", dataset.fingerprint), lambda: suggestions(dataset.frame, dataset.kinds))


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
