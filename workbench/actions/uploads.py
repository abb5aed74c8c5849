"""Files on their way in: resumable chunks, with the limit of the settings."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from workbench import telemetry
from workbench.actions import audit, held
from workbench.data import uploads
from workbench.principal import Principal
from workbench.settings import get_settings
from workbench.store import ObjectStore

MB = 1_000_000
# Seconds between two looks for abandoned uploads, in one process.
SWEPT_EVERY = 3600.0


class Sweeper:
    """Removes abandoned uploads now and then, beside what people wait for."""

    def __init__(self) -> None:
        self.lock, self.next = threading.Lock(), 0.0

    def start(self, store: ObjectStore) -> threading.Thread | None:
        """Look through a store in the background, unless that was done within the hour."""
        with self.lock:
            if time.monotonic() < self.next:
                return None
            self.next = time.monotonic() + SWEPT_EVERY
        thread = threading.Thread(target=sweep, args=(store,), name="sweeper", daemon=True)
        thread.start()
        return thread


sweeper = Sweeper()


def sweep(store: ObjectStore) -> None:
    """Remove abandoned uploads; nobody waits for it, so what goes wrong is only logged."""
    try:
        if swept := uploads.sweep(store, now=datetime.now(UTC)):
            telemetry.event("uploads_swept", count=len(swept))
    except Exception:  # noqa: BLE001 - as the sentence above says
        telemetry.problem("uploads_not_swept")


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
    sweeper.start(held.store())
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
