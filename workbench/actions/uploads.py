"""Files on their way in: resumable chunks, with the limit of the settings."""

from __future__ import annotations

from workbench.actions import audit, held
from workbench.data import uploads
from workbench.principal import Principal
from workbench.settings import get_settings

MB = 1_000_000


def limit(*, by: Principal) -> int:
    """Return the largest file taken in, in bytes."""
    by.require("viewer")
    return get_settings().max_upload_mb * MB


def create(*, by: Principal, size: int, name: str) -> str:
    """Announce a file and return the upload's id.

    Raises
    ------
    TooLarge
        If the file is over the limit; the sentence says both sizes.
    """
    audit.allow_change(by)
    return uploads.create(held.store(), owner=by.who, size=size, name=name, limit=limit(by=by))


def offset(upload_id: str, *, by: Principal) -> tuple[int, int]:
    """Return (bytes that are in, bytes announced)."""
    return uploads.offset(held.store(), upload_id, owner=by.who)


def append(upload_id: str, *, by: Principal, at: int, data: bytes) -> int:
    """Take one chunk and return the new offset."""
    audit.allow_change(by)
    return uploads.append(held.store(), upload_id, owner=by.who, at=at, data=data)


def abort(upload_id: str, *, by: Principal) -> None:
    """Remove an upload."""
    uploads.abort(held.store(), upload_id, owner=by.who)
