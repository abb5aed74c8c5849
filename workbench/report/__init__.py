"""Printable results: one self-contained page from sections that the other rooms describe as plain data."""

from __future__ import annotations

from workbench.report.html import page

__all__ = ["page"]
