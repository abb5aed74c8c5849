"""What every store can do, whatever is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# Bytes held at once while an object is streamed.
BLOCK = 1 << 20


@dataclass(frozen=True)
class Stat:
    """What a store knows of an object without reading it."""

    name: str
    size: int
    generation: int
    """Grows with every write of the name; compare-and-set names it."""
    updated: datetime
    """In UTC."""
    crc32c: int | None = None
    """Of its bytes; None where nobody knows it, as of a file that was put into the store's folder by hand."""


class ObjectStore(Protocol):
    """Named objects, each written whole or not at all.

    Notes
    -----
    Names are paths with ``/``; a prefix is the beginning of a name, not necessarily a whole folder. `if_generation` makes a
    write conditional: 0 says "only if there is none yet", another number "only if nobody wrote since I read that
    generation"; a write that comes too late raises `PreconditionFailed`. Every other failure is a `StoreError`, also an object
    whose bytes are no longer those that were stored: every reading of a whole object is held against its CRC32C. All of it
    may be called from several threads.
    """

    def get(self, name: str, *, start: int = 0, end: int | None = None) -> bytes:
        """Return an object's bytes from `start` to before `end`; raise `ObjectNotFound` where there is none.

        Only the whole object, which is the default, can be held against its sum.
        """

    def stat(self, name: str) -> Stat | None:
        """Describe an object, or return None where there is none."""

    def put(self, name: str, data: bytes, *, if_generation: int | None = None) -> Stat:
        """Write an object and describe it."""

    def stream(self, name: str, *, block: int = BLOCK) -> Iterator[bytes]:
        """Return an object's bytes in blocks, all of one generation; raise `ObjectNotFound` at once where there is none.

        The last block comes only when the sum of all is right: a reader that gets to the end has what was stored.
        """

    def write(self, name: str, blocks: Iterable[bytes], *, if_generation: int | None = None) -> Stat:
        """Write an object of any size in bounded memory; if the blocks fail half-way, nothing is written."""

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Describe every object whose name begins with a prefix, in name order."""

    def folders(self, prefix: str) -> Iterator[str]:
        """Return the folders directly in a folder, in name order: ``folders("jobs/")`` gives the ids without reading on."""

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """Remove an object; where there is none, nothing happens."""

    def check(self) -> None:
        """Raise `StoreError` where the store cannot be used."""
