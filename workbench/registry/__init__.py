"""The registry: which models there are, their versions and aliases, and a local copy of each."""

from __future__ import annotations

from workbench.registry.names import clean_name
from workbench.registry.records import ModelRecord
from workbench.registry.registry import Registry

__all__ = ["ModelRecord", "Registry", "clean_name"]
