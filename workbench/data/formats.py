"""What a file's first bytes say it is, whatever its name says."""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import suppress
from typing import BinaryIO

from workbench.data.decode import unmarked
from workbench.errors import UnreadableFile
from workbench.words import Text

# What a file begins with; the names on the right that we read are handled in `reading`, the others are named in the refusal.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "feather"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "media"),
    (b"{\\rtf", "document"),
    (b"SQLite format 3", "database"),
    (b"\x89HDF", "binary"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
)
TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
HEAD = 65_536
# What lines of JSON may be written in; which of these it is, is found when they are read.
ENCODINGS = ("utf-8", "cp932", "euc_jp")
# Bytes that no text file holds in any number; tab, line ends, form feed and the old end-of-file mark are text.
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
MOST_CONTROLS = 0.01
JAPANESE = re.compile(rb"\x1b[$(][@BDIJ]")


def recognise(file: BinaryIO) -> str:
    """Name the format of a file by its content.

    Returns
    -------
    str
        ``zip gzip parquet feather ole jsonl json text``: what can be read further.

    Raises
    ------
    UnreadableFile
        If it is empty, or something that holds no table; the sentence says what it seems to be.
    """
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip() and not any(block.strip() for block in iter(lambda: file.read(HEAD), b"")):
        raise UnreadableFile("error.data.empty")
    for mark, name in SIGNATURES:
        if head.startswith(mark):
            return readable(name)
    if head.startswith(TEXT_MARKS[:2]) or unmarked(head) is not None:
        return "text"
    if is_binary(head):
        return readable("binary")
    return of_text(head.removeprefix(TEXT_MARKS[2]).lstrip())


def is_binary(head: bytes) -> bool:
    """Whether bytes hold a zero, or more controls than a slip or the escapes of old Japanese mail explain."""
    return b"\x00" in head or len(CONTROLS.findall(head)) - escapes(head) > MOST_CONTROLS * len(head)


def escapes(head: bytes) -> int:
    """Count the places where a text changes to Japanese characters and back."""
    return len(JAPANESE.findall(head))


def readable(name: str) -> str:
    """Pass a format on, or say what the file is instead of a table."""
    if name in {"zip", "gzip", "parquet", "feather", "ole"}:
        return name
    raise UnreadableFile("error.data.not_a_table", seems=Text(f"file_kind.{name}"))


def of_text(head: bytes) -> str:
    """Tell JSON, a page or XML from a text that may be a table."""
    start = head[:512].lower()
    if re.match(rb"<(!doctype html|html|head|body|\?xml[^>]*>\s*<!doctype html)", start):
        return readable("html")
    if re.match(rb"<\?xml|<svg", start):
        return readable("xml")
    if re.match(rb"\[\s*(\{|\Z)", head):
        return "json"
    return "jsonl" if is_object(head.split(b"\n", 1)[0]) else "text"


def is_object(line: bytes) -> bool:
    """Whether a line is a JSON object by itself, in UTF-8 or as old Japanese systems write it."""
    if not line.startswith(b"{"):
        return False
    for encoding in ENCODINGS:
        with suppress(ValueError):
            if isinstance(json.loads(line.decode(encoding)), dict):
                return True
    return False


def in_zip(file: BinaryIO) -> str:
    """Tell an Excel or OpenDocument workbook from a plain archive.

    Raises
    ------
    UnreadableFile
        If the archive is broken, or is a text document or slides.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.zip")) from problem
    if any(name.startswith("xl/") for name in names):
        return "excel"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return readable("document")
    return "excel" if {"mimetype", "content.xml"} <= names else "archive"
