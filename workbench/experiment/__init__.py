"""A comparison of models: its plan, its candidates, the preparation that suits each, and the engine that runs it.

The engine is imported by name where a comparison runs, never from here: it brings PyCaret.
"""

from __future__ import annotations
