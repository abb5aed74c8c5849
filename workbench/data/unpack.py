"""The one table inside a .gz or .zip, unpacked within stated limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from workbench.errors import TooLarge, UnreadableFile
from workbench.words import Text

# A table of text packs 3 to 30 times; far more, once it is large, was made to fill the memory.
MOST_RATIO = 150
SMALL = 64_000_000
MOST_UNPACKED = 8_000_000_000
BLOCK = 1 << 20


def check_unpacked(size: int, packed: int) -> None:
    """Refuse what grows beyond reason.

    Raises
    ------
    TooLarge
        If an archive holds more than a table of its size can.
    """
    if size > MOST_UNPACKED or (size > SMALL and size > MOST_RATIO * max(packed, 1)):
        raise TooLarge("error.data.unpacked", packed=packed, limit=min(MOST_UNPACKED, max(SMALL, MOST_RATIO * packed)))


def gunzip(data: bytes) -> bytes:
    """Unpack a .gz file.

    Raises
    ------
    UnreadableFile
        If it is cut off or damaged.
    TooLarge
        If it grows beyond reason.
    """
    out, rest = bytearray(), data
    try:
        while rest.startswith(b"\x1f\x8b"):
            unpacker = zlib.decompressobj(wbits=31)
            while not unpacker.eof and rest:
                out += unpacker.decompress(rest, BLOCK)
                rest = unpacker.unconsumed_tail
                check_unpacked(len(out), len(data))
            if not unpacker.eof:
                raise EOFError
            rest = unpacker.unused_data
    except (zlib.error, EOFError) as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.gzip")) from problem
    return bytes(out)


def unzip(data: bytes) -> tuple[str, bytes]:
    """Unpack the one table of a .zip file.

    Returns
    -------
    tuple of str and bytes
        The name of the file inside, and its bytes.

    Raises
    ------
    UnreadableFile
        If the archive is damaged or protected, or holds no file or more than one.
    TooLarge
        If it grows beyond reason.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = only(archive.infolist())
            check_unpacked(member.file_size, len(data))
            with archive.open(member) as file:
                return member.filename, limited(file, packed=len(data))
    except RuntimeError as problem:  # zipfile's word for a password
        raise UnreadableFile("error.data.password") from problem
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.zip")) from problem


def limited(file: IO[bytes], *, packed: int) -> bytes:
    """Read to the end, whatever the archive's directory claimed about the length."""
    out = bytearray()
    while block := file.read(BLOCK):
        out += block
        check_unpacked(len(out), packed)
    return bytes(out)


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


def check_workbook(data: bytes) -> None:
    """Refuse a workbook whose sheets would fill the memory.

    Raises
    ------
    TooLarge
        If its parts together grow beyond reason.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_unpacked(sum(member.file_size for member in archive.infolist()), len(data))
