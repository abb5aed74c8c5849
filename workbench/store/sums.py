"""CRC32C: the sum that is kept with every object and held against every whole reading of it.

A bucket keeps the sum itself. A folder keeps it in an extended attribute of the file, so that it moves with the file and goes
when another file takes its place; on a file system without such attributes objects have no sum, and nothing is compared.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator

from workbench.errors import StoreError

ATTRIBUTE = "user.workbench.crc32c"
# A file system without attributes; an attribute that is not there.
UNABLE = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENODATA)


def extended(total: int, data: bytes) -> int:
    """Return the sum of what came before and of these bytes."""
    from google_crc32c import extend  # compiled, and only what reads or writes needs it

    return int(extend(total, data))


class Summed:
    """Blocks that are passed on as they come; `total` is the sum of those that went by.

    Parameters
    ----------
    blocks : iterable of bytes
        What to pass on.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.blocks, self.total = blocks, 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self.blocks:
            self.total = extended(self.total, block)
            yield block


def checked(name: str, blocks: Iterable[bytes], expected: int | None) -> Iterator[bytes]:
    """Pass an object's blocks on, the last one only when the sum of all is right: what reaches its end is what was stored.

    Raises
    ------
    StoreError
        If the sum is another.
    """
    summed = Summed(blocks)
    held: bytes | None = None
    for block in summed:
        if held is not None:
            yield held
        held = block
    compare(name, summed.total, expected)
    if held is not None:
        yield held


def compare(name: str, total: int, expected: int | None) -> None:
    """Refuse an object whose sum is not the one it was stored with.

    Raises
    ------
    StoreError
        If there is a sum to compare with, and it is another.
    """
    if expected is not None and total != expected:
        raise StoreError("error.store.damaged", name=name)


def mark(file: int, total: int) -> None:
    """Keep the sum of an open file with it, where the file system can."""
    if hasattr(os, "setxattr"):
        try:
            os.setxattr(file, ATTRIBUTE, b"%08x" % total)
        except OSError as problem:
            if problem.errno not in UNABLE:
                raise


def marked(file: int | str | os.PathLike[str]) -> int | None:
    """Return the sum that is kept with a file, or None where there is none."""
    if not hasattr(os, "getxattr"):
        return None
    try:
        return int(os.getxattr(file, ATTRIBUTE), 16)
    except OSError as problem:
        if problem.errno not in UNABLE:
            raise
        return None
    except ValueError:
        return None
