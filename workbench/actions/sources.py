"""From what a command line or a job names (a path, a bucket's object, a sample, an upload) to a table that was read."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.actions import held
from workbench.data import Reading, Roles, read, read_sample, sample
from workbench.data import uploads as upload_store
from workbench.errors import DataError, UnreadableFile
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.store import open_store
from workbench.words import Text

SAMPLE = "sample:"


@dataclass(frozen=True)
class Source:
    """A table that was read, with where it came from."""

    reading: Reading
    name: str
    """The file's name, or the sample's."""
    sample: str | None = None
    roles: Roles = field(default_factory=Roles)


def open_source(where: str, *, sheet: str | None = None, encoding: str | None = None, header: int | None = None) -> Source:
    """Read `DATA` of the command line: a path, ``gs://bucket/object`` or ``sample:NAME``.

    Raises
    ------
    DataError
        If there is nothing, or nothing that can be read as a table.
    """
    if where.startswith(SAMPLE):
        name = where.removeprefix(SAMPLE)
        return Source(read_sample(name), name, sample=name, roles=sample(name).roles)
    if where.startswith("gs://"):
        with tempfile.TemporaryDirectory() as scratch:
            path = download(where, Path(scratch))
            return read_path(path, sheet=sheet, encoding=encoding, header=header)
    return read_path(Path(where), sheet=sheet, encoding=encoding, header=header)


def read_path(path: Path, *, sheet: str | None, encoding: str | None, header: int | None, name: str | None = None) -> Source:
    """Read a file of this machine."""
    if path.is_dir():
        raise UnreadableFile("error.source.folder", path=str(path))
    if not path.exists():
        raise DataError("error.source.no_file", path=str(path), hint=nearby(path))
    reading = read(
        path, name=name or path.name, sheet=sheet, encoding=encoding, header=header, max_rows=get_settings().max_rows
    )
    return Source(reading, name or path.name)


def nearby(path: Path) -> Text | None:
    """Name the files beside a mistyped one."""
    from workbench.errors import closest

    beside = [p.name for p in sorted(path.parent.iterdir()) if p.is_file()][:200] if path.parent.is_dir() else []
    return closest(path.name, beside)


def download(address: str, folder: Path) -> Path:
    """Bring an object of a bucket onto this machine in blocks."""
    bucket, _, name = address.removeprefix("gs://").partition("/")
    path = folder / Path(name).name
    with path.open("wb") as file:
        for block in open_store(f"gs://{bucket}").stream(name):
            file.write(block)
    return path


def open_upload(upload_id: str, *, by: Principal, sheet: str | None, encoding: str | None, header: int | None) -> Source:
    """Read a whole upload of somebody."""
    with tempfile.TemporaryDirectory() as scratch:
        path, name = upload_store.source(held.store(), upload_id, owner=by.who, into=Path(scratch))
        return read_path(path, sheet=sheet, encoding=encoding, header=header, name=name)


def with_roles(source: Source, path: str | None) -> Source:
    """Give a table's columns the roles of a JSON file.

    Raises
    ------
    DataError
        If the file is no such file, or names columns that are not there.
    """
    if path is None:
        return source
    try:
        roles = Roles.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise DataError("error.source.roles", path=path, problem=str(problem)) from problem
    roles.check(source.reading.frame.columns)
    return replace(source, roles=roles)
