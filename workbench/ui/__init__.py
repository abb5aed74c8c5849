"""The browser's face: the frame, what is open, forms, live progress, and words bound to the reader's language."""

from __future__ import annotations

from workbench.ui.language import lang, say
from workbench.ui.people import who

__all__ = ["lang", "say", "who"]
