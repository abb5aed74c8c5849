"""The models that come with the product: a folder of bundles, always there and never changed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from workbench.bundle.manifest import MANIFEST, Manifest, read_manifest
from workbench.errors import BundleError
from workbench.registry.records import CHAMPION, ModelRecord


class Shipped:
    """The bundles of a folder.

    Parameters
    ----------
    folder : path
        Holds one folder for each bundle; one without a manifest that can be read is no model.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifests: dict[tuple[Path, int], Manifest] = {}

    def bundles(self) -> dict[str, tuple[Path, Manifest]]:
        """Return each bundle's folder and manifest by the model's name, in the order of names."""
        found = {}
        for path in self.folder.glob(f"*/{MANIFEST}"):
            with suppress(BundleError):
                manifest = self.manifest(path)
                found[manifest.name] = (path.parent, manifest)
        return dict(sorted(found.items()))

    def manifest(self, path: Path) -> Manifest:
        """Read a manifest once for each change of its file."""
        key = (path, path.stat().st_mtime_ns)
        if key not in self.manifests:
            self.manifests[key] = read_manifest(path.parent)
        return self.manifests[key]

    def record(self, name: str) -> ModelRecord | None:
        """Return a model's record: its one version is champion."""
        found = self.bundles().get(name)
        return ModelRecord.of(found[1], aliases=(CHAMPION,), owner=None, shipped=True) if found else None

    def path(self, name: str) -> Path | None:
        """Return where a model's bundle is."""
        found = self.bundles().get(name)
        return found[0] if found else None
