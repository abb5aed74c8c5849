"""The model bundle: what it holds, how it is written and read, and the replay that predicts from it.

The names below are loaded when first used, so that whoever only needs a manifest does not pay for NumPy, Polars or skops.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.bundle.archive import pack, unpack
    from workbench.bundle.bundle import Bundle, read, write
    from workbench.bundle.fitted import Fitted
    from workbench.bundle.manifest import Manifest, read_manifest
    from workbench.bundle.replay import Outputs, Replay, prepare

__all__ = ["Bundle", "Fitted", "Manifest", "Outputs", "Replay", "pack", "prepare", "read", "read_manifest", "unpack", "write"]

HOMES = {
    "Bundle": "bundle",
    "Fitted": "fitted",
    "Manifest": "manifest",
    "Outputs": "replay",
    "Replay": "replay",
    "pack": "archive",
    "prepare": "replay",
    "read": "bundle",
    "read_manifest": "manifest",
    "unpack": "archive",
    "write": "bundle",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"workbench.bundle.{HOMES[name]}"), name)
