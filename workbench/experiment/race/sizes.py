"""How large a fitted estimator is."""

from __future__ import annotations

import pickle
from typing import Any


class Counter:
    """A file that only counts what is written to it."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, data: Any) -> int:
        """Count."""
        size = memoryview(data).nbytes
        self.bytes += size
        return size

    def aside(self, buffer: pickle.PickleBuffer) -> None:
        """Count a large array, which the pickler then leaves out."""
        self.bytes += buffer.raw().nbytes


def size_of(model: Any) -> int | None:
    """Return how many bytes a fitted estimator takes when it is stored, None where it cannot be.

    Notes
    -----
    Nothing is stored, and nothing is ever read back. Large arrays are counted without being copied.
    """
    counter = Counter()
    try:
        pickle.Pickler(counter, protocol=5, buffer_callback=counter.aside).dump(model)
    except Exception:  # noqa: BLE001 an estimator that cannot be stored has no size, and is a fine candidate else
        return None
    return counter.bytes
