"""A bundle as one zip file, for carrying it elsewhere; what comes back in is held to a closed list of names and a size."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from workbench.bundle.bundle import arriving
from workbench.bundle.manifest import FILES, MANIFEST
from workbench.errors import BundleError

# The same bundle gives the same archive.
EPOCH = (1980, 1, 1, 0, 0, 0)
MOST_BYTES = 1 << 30


def pack(folder: Path, out: Path) -> None:
    """Write a bundle's files into one zip.

    Parameters
    ----------
    folder : path
        The bundle.
    out : path
        The zip; it appears whole or not at all.

    Raises
    ------
    BundleError
        If the folder holds no bundle.
    """
    if not (folder / MANIFEST).is_file():
        raise BundleError("error.bundle.no_manifest", folder=folder.name)
    part = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (MANIFEST, *FILES):
                if (folder / name).is_file():
                    archive.writestr(entry(name), (folder / name).read_bytes())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def entry(name: str) -> zipfile.ZipInfo:
    """Return an archive's entry without a clock or a user's mode."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def unpack(path: Path, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
    """Take a bundle out of a zip.

    Parameters
    ----------
    path : path
        The zip.
    folder : path
        Must not exist yet, or be empty; it appears whole or not at all.
    most_bytes : int
        What the files may have together.

    Raises
    ------
    BundleError
        If it is no zip, holds anything but a bundle's files, or is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive, arriving(folder) as scratch:
            for info in acceptable(archive, most_bytes):
                with archive.open(info) as source, (scratch / info.filename).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as problem:
        raise BundleError("error.bundle.no_zip", file=path.name) from problem


def acceptable(archive: zipfile.ZipFile, most_bytes: int) -> list[zipfile.ZipInfo]:
    """Return the entries, if every one is a bundle's file and all fit."""
    entries = archive.infolist()
    names = [info.filename for info in entries]
    if odd := sorted({n for n in names if n not in (MANIFEST, *FILES)} | {n for n in names if names.count(n) > 1}):
        raise BundleError("error.bundle.files", files=odd[:5])
    if MANIFEST not in names:
        raise BundleError("error.bundle.no_manifest", folder=Path(str(archive.filename)).name)
    # An entry never gives more than it declares: reading stops there.
    if sum(info.file_size for info in entries) > most_bytes:
        raise BundleError("error.bundle.too_large", limit=most_bytes >> 20)
    return entries
