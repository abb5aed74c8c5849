"""From a location, a folder or `gs://bucket/prefix`, to its store."""

from __future__ import annotations

import re

from workbench.errors import StoreError
from workbench.store.folder import FolderStore
from workbench.store.names import is_name
from workbench.store.protocol import ObjectStore

BUCKET = re.compile(r"gs://(?P<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:/(?P<prefix>.*))?")


def open_store(location: str) -> ObjectStore:
    """Return the store of a location without reaching for it yet.

    Parameters
    ----------
    location : str
        A folder, or ``gs://bucket`` with an optional ``/prefix``.

    Raises
    ------
    StoreError
        If the location is neither.
    """
    if "://" not in location and location.strip():
        return FolderStore(location)
    found = BUCKET.fullmatch(location)
    prefix = (found["prefix"] or "").strip("/") if found else ""
    if not found or (prefix and not is_name(prefix)):
        raise StoreError("error.store.location", location=location)
    from workbench.store.gcs import BucketStore  # half a second that a folder does not need

    return BucketStore(found["bucket"], prefix)
