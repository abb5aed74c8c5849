"""From what a command line or a job names (a path, a bucket's object, a sample, an upload) to a table that was read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.actions import held
from workbench.data import Reading, Roles, read, read_sample, sample
from workbench.data import uploads as upload_store
from workbench.data.role_sheet import read_roles
from workbench.errors import DataError, RolesError, UnreadableFile, closest
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.store import open_store
from workbench.words import Text

SAMPLE, BUCKET = "sample:", "gs://"
# How a file is to be read, where a person decides it.
SETTINGS: dict[str, type] = {"sheet": str, "encoding": str, "header": int, "delimiter": str}
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Source:
    """A table that was read, with where it came from."""

    reading: Reading
    name: str
    """The file's name, or the sample's."""
    sample: str | None = None
    roles: Roles = field(default_factory=Roles)
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a person decided instead of the reader."""


def open_source(
    where: str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
    delimiter: str | None = None,
    text: Collection[str] = (),
) -> Source:
    """Read `DATA` of the command line: a path, ``gs://bucket/object`` or ``sample:NAME``.

    Parameters
    ----------
    where : str
        What is named.
    sheet, encoding, header, delimiter
        What the person decided instead of the reader.
    text : collection of str
        Columns that stay as they are written.

    Raises
    ------
    DataError
        If there is nothing, or nothing that can be read as a table.
    """
    how: dict[str, Any] = {"sheet": sheet, "encoding": encoding, "header": header, "delimiter": delimiter, "text": text}
    if where.startswith(SAMPLE):
        return open_sample(where.removeprefix(SAMPLE), **how)
    if where.startswith(BUCKET):
        with tempfile.TemporaryDirectory() as scratch:
            return read_path(download(where, Path(scratch)), name=where.rpartition("/")[2], **how)
    return read_path(Path(where), **how)


def read_path(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
    delimiter: str | None = None,
    text: Collection[str] = (),
    name: str | None = None,
    progress: Progress | None = None,
) -> Source:
    """Read a file of this machine, within the operator's limits."""
    if path.is_dir():
        raise UnreadableFile("error.source.folder", path=str(path))
    if not path.exists():
        raise DataError("error.source.no_file", path=str(path), hint=nearby(path))
    settings = get_settings()
    reading = read(
        path,
        name=name or path.name,
        sheet=sheet,
        encoding=encoding,
        header=header,
        delimiter=delimiter,
        text=text,
        max_rows=settings.max_rows,
        max_columns=settings.max_columns,
        progress=progress,
    )
    given = {"sheet": sheet, "encoding": encoding, "header": header, "delimiter": delimiter}
    return Source(reading, name or path.name, settings={key: value for key, value in given.items() if value is not None})


def nearby(path: Path) -> Text | None:
    """Name the files beside a mistyped one."""
    beside = [p.name for p in sorted(path.parent.iterdir()) if p.is_file()][:200] if path.parent.is_dir() else []
    return closest(path.name, beside)


def download(address: str, folder: Path) -> Path:
    """Bring an object of a bucket onto this machine in blocks.

    Raises
    ------
    DataError
        If the address names no object.
    """
    bucket, _, name = address.removeprefix(BUCKET).partition("/")
    if not bucket or not name or name.endswith("/"):
        raise DataError("error.source.bucket", address=address)
    path = folder / "object"
    with path.open("wb") as file:
        for block in open_store(f"{BUCKET}{bucket}").stream(name):
            file.write(block)
    return path


def open_upload(
    upload_id: str,
    *,
    by: Principal,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
    delimiter: str | None = None,
    text: Collection[str] = (),
    progress: Progress | None = None,
) -> Source:
    """Read a whole upload of somebody."""
    with tempfile.TemporaryDirectory() as scratch:
        path, name = upload_store.source(held.store(), upload_id, owner=by.who, into=Path(scratch))
        return read_path(
            path,
            sheet=sheet,
            encoding=encoding,
            header=header,
            delimiter=delimiter,
            text=text,
            name=name,
            progress=progress,
        )


def open_sample(name: str, **how: Any) -> Source:
    """Read a sample, as it ships or as somebody decided."""
    known = sample(name)
    how = {setting: value for setting, value in how.items() if value}
    reading = read_path(known.path, name=known.file, **how).reading if how else read_sample(name)
    decided = {setting: value for setting, value in how.items() if setting in SETTINGS}
    return Source(reading, name, sample=name, roles=known.roles, settings=decided)


def reopen(source: Mapping[str, str], *, by: Principal, **how: Any) -> Source:
    """Read what a dataset was made of: `{"upload": ID}` or `{"sample": NAME}`."""
    if "sample" in source:
        return open_sample(source["sample"], **how)
    return open_upload(source["upload"], by=by, **how)


def decided(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person decided instead of the reader, without what was left to it.

    Raises
    ------
    DataError
        If a setting is not one, or its value is of the wrong kind.
    """
    found = {}
    for name, value in settings.items():
        if name not in SETTINGS:
            raise DataError("error.source.setting", name=name, hint=closest(name, list(SETTINGS)))
        if value is not None and (not isinstance(value, SETTINGS[name]) or isinstance(value, bool)):
            raise DataError("error.source.setting_value", name=name, value=str(value))
        if value is not None:
            found[name] = value
    return found


def with_roles(source: Source, path: str | None) -> Source:
    """Give a table's columns the roles of a JSON or CSV file.

    Raises
    ------
    DataError
        If the file is no such file, or names columns that are not there.
    """
    if path is None:
        return source
    try:
        roles = read_roles(Path(path), source.reading.frame.columns)
    except (RolesError, UnreadableFile) as problem:
        raise DataError("error.source.roles", path=path, problem=Text(problem.key, **problem.values)) from problem
    return replace(source, roles=roles)
