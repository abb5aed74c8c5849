"""Bundles that a path of this machine names: for the command line alone, whose caller may read those files anyway."""

from __future__ import annotations

import atexit
import contextlib
import functools
import tempfile
from pathlib import Path

from workbench.bundle import Bundle, read, unpack
from workbench.bundle.manifest import MANIFEST

# Folders that zips were unpacked to; they go when the process does.
SCRATCH = contextlib.ExitStack()
atexit.register(SCRATCH.close)


def local_bundle(reference: str) -> Bundle | None:
    """Return the bundle of a folder or a zip; None where a reference names neither, but a model of the registry.

    Raises
    ------
    BundleError
        If there is a path of that name, and what is there is no bundle, or a damaged one.
    """
    path = Path(reference)
    manifest = path / MANIFEST
    if manifest.is_file():
        return opened(path.resolve(), manifest.stat().st_mtime_ns)
    if path.suffix.lower() == ".zip" and path.is_file():
        return opened(path.resolve(), path.stat().st_mtime_ns)
    # A name alone is a model's, whatever folder of that name happens to be here.
    return read(path) if path.is_dir() and len(path.parts) > 1 else None


@functools.lru_cache(maxsize=4)
def opened(path: Path, _changed: int) -> Bundle:
    """Read a bundle once, as long as it does not change."""
    if path.is_dir():
        return read(path)
    folder = Path(SCRATCH.enter_context(tempfile.TemporaryDirectory(prefix="workbench-bundle-"))) / "bundle"
    unpack(path, folder)
    return read(folder)
