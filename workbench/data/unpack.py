"""The one table inside a .gz or .zip, unpacked within stated limits."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import BinaryIO

from workbench.errors import TooLarge, UnreadableFile
from workbench.words import Text

# A table of text packs 3 to 30 times; far more, once it is large, was made to fill the memory.
MOST_RATIO = 150
SMALL = 64_000_000
MOST_UNPACKED = 8_000_000_000
BLOCK = 1 << 20
# What was unpacked stays in memory up to this size, and goes to a temporary file beyond it.
HELD = 32 << 20
Progress = Callable[[float], None]


def check_unpacked(size: int, packed: int) -> None:
    """Refuse what grows beyond reason.

    Raises
    ------
    TooLarge
        If an archive holds more than a table of its size can.
    """
    if size > MOST_UNPACKED or (size > SMALL and size > MOST_RATIO * max(packed, 1)):
        raise TooLarge("error.data.unpacked", packed=packed, limit=min(MOST_UNPACKED, max(SMALL, MOST_RATIO * packed)))


def gunzip(file: BinaryIO, *, scratch: ExitStack, progress: Progress) -> BinaryIO:
    """Unpack a .gz file to a temporary one, which is closed with the others.

    Raises
    ------
    UnreadableFile
        If it is cut off or damaged.
    TooLarge
        If it grows beyond reason.
    """
    try:
        return written(inflated(file, progress), size_of(file), scratch)
    except (zlib.error, EOFError) as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.gzip")) from problem


def inflated(file: BinaryIO, progress: Progress) -> Iterator[bytes]:
    """Yield what is in a .gz file, which may be several one behind the other."""
    size = size_of(file)
    file.seek(0)
    rest = file.read(BLOCK)
    while rest.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof and rest:
            yield unpacker.decompress(rest, BLOCK)
            progress(file.tell() / size)
            rest = unpacker.unconsumed_tail or (b"" if unpacker.eof else file.read(BLOCK))
        if not unpacker.eof:
            raise EOFError
        rest = unpacker.unused_data + file.read(BLOCK - len(unpacker.unused_data) % BLOCK)


def unzip(file: BinaryIO, *, scratch: ExitStack, progress: Progress) -> tuple[str, BinaryIO]:
    """Unpack the one table of a .zip file to a temporary one, which is closed with the others.

    Returns
    -------
    tuple of str and binary file
        The name of the file inside, and what it holds.

    Raises
    ------
    UnreadableFile
        If the archive is damaged or protected, or holds no file or more than one.
    TooLarge
        If it grows beyond reason.
    """
    packed = size_of(file)
    try:
        with zipfile.ZipFile(file) as archive:
            member = only(archive.infolist())
            check_unpacked(member.file_size, packed)
            with archive.open(member) as inside:
                blocks = iter(lambda: inside.read(BLOCK), b"")
                out = written(told(blocks, member.file_size, progress), packed, scratch)
            return member.filename, out
    except RuntimeError as problem:  # zipfile's word for a password
        raise UnreadableFile("error.data.password") from problem
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.zip")) from problem


def told(blocks: Iterator[bytes], size: int, progress: Progress) -> Iterator[bytes]:
    """Pass blocks on, and say which share of the whole has come."""
    done = 0
    for block in blocks:
        done += len(block)
        progress(min(done / max(size, 1), 1.0))
        yield block


def written(blocks: Iterator[bytes], packed: int, scratch: ExitStack) -> BinaryIO:
    """Write blocks to a temporary file, whatever the archive's directory claimed about their length."""
    out = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115  closed with the others
    scratch.enter_context(out)
    size = 0
    for block in blocks:
        size += len(block)
        check_unpacked(size, packed)
        out.write(block)
    return out  # type: ignore[return-value]


def size_of(file: BinaryIO) -> int:
    """Return how many bytes a file has."""
    return file.seek(0, io.SEEK_END)


def only(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Return the one file that matters: folders and what macOS adds do not count."""
    files = [m for m in members if not m.is_dir() and is_named(PurePosixPath(m.filename))]
    if len(files) != 1:
        names = [m.filename for m in files[:8]]
        raise UnreadableFile("error.data.archive_files", names=names) if files else UnreadableFile("error.data.archive_empty")
    return files[0]


def is_named(path: PurePosixPath) -> bool:
    """Whether a path is a person's file and not a system's."""
    return path.parts[:1] != ("__MACOSX",) and not path.name.startswith(".")


def check_workbook(file: BinaryIO) -> None:
    """Refuse a workbook whose sheets would fill the memory.

    Raises
    ------
    TooLarge
        If its parts together grow beyond reason.
    """
    with zipfile.ZipFile(file) as archive:
        check_unpacked(sum(member.file_size for member in archive.infolist()), size_of(file))
