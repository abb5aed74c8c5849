"""The manifest: what a bundle is, where it came from, and the hash of every file beside it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from workbench.errors import BundleError
from workbench.task import Task

FORMAT = 1
# Rows are repaired before they are scored. Who knows only format 1 would take them as they come, so it must not open this one.
REPAIRING = 2
# The program has operations, or numbers that are rounded first: who knows neither would predict something else.
OPERATING = 3
FORMATS = (FORMAT, REPAIRING, OPERATING)
MANIFEST = "manifest.json"
# Every file of a bundle of this format beside its manifest; nothing else belongs into the folder.
FILES = (
    "preparation.json",
    "model.skops",
    "signature.json",
    "repairs.json",
    "contract.json",
    "decision.json",
    "profile.json",
    "background.parquet",
    "golden.parquet",
    "card.md",
)
VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}\Z")
# No estimator's arithmetic is worse than this from one batch size to another.
MOST_TOLERANCE = 1e-4
# A manifest with folds and plan is a few kB; a file far beyond is not one.
MOST_MANIFEST_BYTES = 8 << 20


@dataclass(frozen=True)
class Manifest:
    """A bundle's identity and provenance, as `manifest.json` holds it."""

    name: str
    version: str
    """UTC time and the start of the content's hash: ``20260901T101500Z-3f9ac1``; later versions sort later."""
    task: Task
    target: str
    labels: list[Any]
    """The target's original values; binary: the other label, then the event."""
    event: Any
    estimator: str
    title: str
    family: str
    preprocessing: str
    metrics: dict[str, float | None]
    metrics_std: dict[str, float | None]
    holdout: dict[str, float | None]
    folds: list[dict[str, Any]]
    params: dict[str, Any]
    fingerprint: str
    rows: int
    plan: dict[str, Any]
    sample: str | None
    created: str
    """UTC, ISO 8601."""
    libraries: dict[str, str]
    sha256: dict[str, str]
    tolerance: float = 1e-9
    """How far a golden prediction may be off, relative to the largest; wider only where the estimator's own arithmetic is."""
    drawn_from: str | None = None
    """The version this one replaces without its rows: those of background and golden were drawn (`without_rows`)."""
    format: int = field(default=FORMAT)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return json_ready(asdict(self) | {"task": str(self.task)})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Manifest:
        """Return the manifest that `to_dict` described; keys of later additions are passed over.

        Raises
        ------
        BundleError
            If the format number is unknown, or a part is missing or malformed.
        """
        if data.get("format") not in FORMATS:
            raise BundleError("error.bundle.format", found=data.get("format"), known=list(FORMATS))
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        try:
            manifest = cls(**known | {"task": Task(data["task"])})
        except (TypeError, KeyError, ValueError) as problem:
            raise BundleError("error.bundle.unreadable", file=MANIFEST) from problem
        return manifest.checked()

    def checked(self) -> Manifest:
        """Return the manifest, or refuse one that was not made by `bundle.write`."""
        texts = (self.name, self.version, self.target, self.created)
        whole = all(isinstance(t, str) for t in texts) and isinstance(self.labels, list) and isinstance(self.sha256, dict)
        whole = (
            whole
            and bool(VERSION.match(self.version))
            and isinstance(self.tolerance, float)
            and self.tolerance <= MOST_TOLERANCE
        )
        whole = whole and len(self.labels) >= (2 if self.task.is_classification else 0)
        if not whole:
            raise BundleError("error.bundle.unreadable", file=MANIFEST)
        if odd := sorted(set(FILES) ^ set(self.sha256)):
            raise BundleError("error.bundle.files", files=odd)
        return self


def read_manifest(folder: Path) -> Manifest:
    """Read a bundle's manifest without looking at its other files.

    Raises
    ------
    BundleError
        If there is none, it cannot be read, or its format is unknown.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError("error.bundle.no_manifest", folder=folder.name)
    if path.stat().st_size > MOST_MANIFEST_BYTES:
        raise BundleError("error.bundle.unreadable", file=MANIFEST)
    return parse_manifest(path.read_bytes())


def parse_manifest(content: bytes) -> Manifest:
    """Read a manifest from its bytes.

    Raises
    ------
    BundleError
        If it cannot be read, or its format is unknown.
    """
    data = parse(content, MANIFEST)
    if not isinstance(data, dict):
        raise BundleError("error.bundle.unreadable", file=MANIFEST)
    return Manifest.from_dict(data)


def parse(content: bytes, file: str) -> Any:
    """Return a JSON file's data."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise BundleError("error.bundle.unreadable", file=file) from problem


def verified(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """Return every file of a bundle, once all are there and each has the manifest's hash.

    The bytes that were hashed are the bytes that are used: a file changed in between cannot slip in.

    Raises
    ------
    BundleError
        Names the files that are missing, unknown or changed.
    """
    found = {p.name for p in folder.iterdir() if not p.name.startswith(".")} - {MANIFEST}
    if odd := sorted(found ^ set(FILES)):
        raise BundleError("error.bundle.files", files=odd)
    contents = {name: (folder / name).read_bytes() for name in FILES}
    if changed := [name for name, content in contents.items() if sha256(content) != manifest.sha256[name]]:
        raise BundleError("error.bundle.changed", files=changed)
    return contents


def sha256(content: bytes) -> str:
    """Return a content's hash in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def version_id(now: datetime, hashes: Mapping[str, str]) -> str:
    """Return a version's id: UTC time to the second and the first six digits of the content's hash."""
    content = sha256(json.dumps(dict(sorted(hashes.items()))).encode())
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content[:6]}"


def dumps(value: Any) -> bytes:
    """Return data as readable JSON."""
    return (json.dumps(json_ready(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def json_ready(value: Any) -> Any:
    """Return data as JSON can hold it: NumPy's scalars as Python's, no-number as null, dates as text."""
    if isinstance(value, Mapping):
        return {str(k): json_ready(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_ready(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, str):
        return json_ready(value.item() if getattr(value, "ndim", 0) == 0 else value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)
