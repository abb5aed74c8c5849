"""The analyst's workbench: from "can I trust this table?" to a model in use."""

from __future__ import annotations

__version__ = "0.6.0"
