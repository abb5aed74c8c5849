"""JSON documents and whole folders, in and out of any store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.errors import ObjectNotFound, StoreError
from workbench.store.protocol import BLOCK, ObjectStore, Stat

# A folder without it is not whole yet, so it travels last.
MANIFEST = "manifest.json"


def get_json(store: ObjectStore, name: str) -> Any | None:
    """Return what a JSON object holds, or None where there is no object.

    Raises
    ------
    StoreError
        If the object is not JSON.
    """
    try:
        return parsed(store.get(name), name)
    except ObjectNotFound:
        return None


def parsed(data: bytes, name: str) -> Any:
    """Return what an object's JSON says.

    Raises
    ------
    StoreError
        If it is not JSON.
    """
    try:
        return json.loads(data)
    except ValueError as problem:
        raise StoreError("error.store.not_json", name=name) from problem


def put_json(store: ObjectStore, name: str, value: Any, *, if_generation: int | None = None) -> Stat:
    """Write a value as a JSON object; numbers must be finite."""
    data = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return store.put(name, data.encode(), if_generation=if_generation)


def fetch(store: ObjectStore, prefix: str, folder: Path) -> None:
    """Copy every object below a prefix into a folder, ``manifest.json`` last, each file whole or absent.

    Raises
    ------
    ObjectNotFound
        If there is nothing below the prefix.
    """
    below = prefix.rstrip("/") + "/"
    names = sorted((stat.name.removeprefix(below) for stat in store.list(below)), key=last_the_manifest)
    if not names:
        raise ObjectNotFound("error.store.nothing_below", name=prefix)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.writelines(store.stream(below + name))
        part.replace(path)


def deliver(store: ObjectStore, folder: Path, prefix: str) -> None:
    """Copy a folder's files below a prefix, ``manifest.json`` last, replacing nothing.

    Raises
    ------
    PreconditionFailed
        If one of the objects exists already.
    """
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    for name in sorted(names, key=last_the_manifest):
        store.write(f"{prefix.rstrip('/')}/{name}", contents(folder / name), if_generation=0)


def contents(path: Path) -> Iterator[bytes]:
    """Read a file block by block."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def last_the_manifest(name: str) -> tuple[bool, str]:
    """Sort names with the manifest at the end."""
    return name == MANIFEST, name
