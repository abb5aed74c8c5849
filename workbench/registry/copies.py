"""Local copies of stored bundles: fetched once, whole and verified, or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workbench.bundle.manifest import FILES, MANIFEST, Manifest, parse_manifest
from workbench.errors import BundleError, RegistryError
from workbench.store import ObjectStore


def local_copy(store: ObjectStore, prefix: str, cache: Path, manifest: Manifest, digest: str) -> Path:
    """Return the folder of a bundle's copy, fetched if it is not there yet.

    Parameters
    ----------
    store : ObjectStore
        Where the bundle is.
    prefix : str
        The bundle's folder in the store.
    cache : path
        Holds the copies, each named by the hash of its manifest: no name from outside becomes a path here.
    manifest : Manifest
        The bundle's.
    digest : str
        The hash of the manifest's bytes.

    Raises
    ------
    BundleError
        If what arrived is not what the manifest promises.
    RegistryError
        If the copy cannot be kept.
    """
    copy = cache / digest
    if not is_copy(copy, digest):
        fetch(store, prefix, copy, manifest)
    if not is_copy(copy, digest):
        raise RegistryError("error.registry.cache", folder=str(cache))
    return copy


def fetch(store: ObjectStore, prefix: str, copy: Path, manifest: Manifest) -> None:
    """Bring a bundle into the cache; whoever comes second uses the first one's."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".arriving-", dir=copy.parent) as scratch:
        arrived = Path(scratch) / copy.name
        arrived.mkdir()
        for file in (*FILES, MANIFEST):
            with (arrived / file).open("wb") as out:
                out.writelines(store.stream(f"{prefix}/{file}"))
        check_hashes(arrived, manifest)
        if copy.exists() and not is_copy(copy, copy.name):  # damaged since
            shutil.rmtree(copy, ignore_errors=True)
        with suppress(OSError):
            os.replace(arrived, copy)


def drop_copies(cache: Path, name: str, version: str) -> None:
    """Remove the copies of a version from this machine."""
    for path in cache.glob(f"*/{MANIFEST}"):
        with suppress(BundleError, OSError):
            manifest = parse_manifest(path.read_bytes())
            if (manifest.name, manifest.version) == (name, version):
                path.unlink()  # first: a folder without it is no copy
                shutil.rmtree(path.parent, ignore_errors=True)


def is_copy(folder: Path, digest: str) -> bool:
    """Tell whether a folder holds the manifest it should; reading a bundle checks every other file against that."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest() == digest
    except OSError:
        return False


def check_hashes(folder: Path, manifest: Manifest) -> None:
    """Refuse a folder whose files are not those of its manifest."""
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise BundleError("error.bundle.files", files=missing)
    if changed := [file for file in FILES if file_digest(folder / file) != manifest.sha256[file]]:
        raise BundleError("error.bundle.changed", files=changed)


def file_digest(path: Path) -> str:
    """Return a file's hash without holding it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(blocks: Iterator[bytes]) -> str:
    """Return the hash of what comes in blocks."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()
