"""Where everything worth keeping lives: named objects in a folder or a bucket, written whole or not at all."""

from __future__ import annotations

from workbench.store.carrying import deliver, fetch, get_json, put_json
from workbench.store.folder import FolderStore
from workbench.store.opening import open_store
from workbench.store.protocol import ObjectStore, Stat

__all__ = ["FolderStore", "ObjectStore", "Stat", "deliver", "fetch", "get_json", "open_store", "put_json"]
