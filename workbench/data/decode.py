"""The encoding of a text file: a strict ladder, in which a Japanese reading counts only when it looks Japanese.

Statistical detectors misread half-width kana, ASCII-heavy files and 髙﨑①; strict decoding does not. What it cannot tell is
whether bytes that happen to be valid cp932 were meant as such ("Année" is valid: "Ann馥"), so the reading itself is judged.
"""

from __future__ import annotations

import codecs
import functools
import io
import itertools
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from workbench.errors import UnreadableFile, closest

# What a person is offered; any other encoding Python knows may be asked for by name.
ENCODINGS = ("utf-8", "utf-8-sig", "cp932", "euc_jp", "cp1252", "utf-16", "iso2022_jp", "gb18030", "big5", "euc_kr", "latin-1")
# People say Shift_JIS and mean what Windows writes: shift_jis itself fails on 髙 and ①.
MEANT = {"shift_jis": "cp932", "ms932": "cp932", "shift_jisx0213": "cp932"}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BLOCK = 4 << 20
# Text that was decoded stays in memory up to this size, and goes to a temporary file beyond it.
HELD = 32 << 20
# Runs of non-ASCII characters that are judged, and the score from which they look Japanese.
JUDGED = 50_000
LOOKS_JAPANESE = 0.5
FOREIGN = re.compile(r"[^\x00-\x7f]+")
HALF_WIDTH = re.compile(r"[ｦ-ﾟ]{2,}")
# Voiced marks of half-width kana stand only after these.
VOICED = re.compile(r"[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ")
# What is tried where a text has escapes, as Japanese mail and old hosts write it.
JIS = ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_ext", "iso2022_jp_2004")
# UTF-16 without a mark is believed where this share of the characters, line ends among them, is plain ASCII.
PLAIN = 0.2
HEAD = 65_536
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Decoded:
    """A text file as UTF-8 without a mark, and the encoding it came in."""

    data: bytes
    encoding: str


@dataclass(frozen=True)
class Utf8:
    """A file in UTF-8 from a place on, and the encoding it came in."""

    file: BinaryIO
    encoding: str
    start: int = 0
    checked: bool = True
    """Whether the whole of it was looked at."""


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Return a text file as UTF-8.

    Parameters
    ----------
    data : bytes
        The file.
    encoding : str, optional
        What the file is written in; found by the ladder BOM, UTF-8, cp932, EUC-JP, cp1252 when not given.

    Raises
    ------
    UnreadableFile
        If the encoding is unknown, or the bytes are not written in it; the sentence names the line.
    """
    with ExitStack() as scratch:
        found = in_utf8(io.BytesIO(data), encoding, scratch=scratch)
        if found.file.seek(found.start) == 0 and isinstance(found.file, io.BytesIO):
            return Decoded(found.file.getvalue(), found.encoding)
        return Decoded(found.file.read(), found.encoding)


def in_utf8(
    file: BinaryIO,
    encoding: str | None = None,
    *,
    scratch: ExitStack,
    progress: Callable[[float], None] = lambda _: None,
) -> Utf8:
    """Return a text file in UTF-8: the file itself where it is, a temporary one where it is not.

    Parameters
    ----------
    file : binary file
        The file.
    encoding : str, optional
        What it is written in; found when not given.
    scratch : ExitStack
        Closes the temporary file.
    progress : callable
        Is told the share that is done.

    Raises
    ------
    UnreadableFile
        If the encoding is unknown or cannot be found, or the bytes are not written in it; the sentence names the line.
    """
    work = Work(file, scratch, progress)
    if encoding is not None:
        return as_given(work, encoding)
    start = work.read(0, HEAD)
    for mark, name in MARKS:
        if start.startswith(mark):
            return must(work, name)
    if (wide := unmarked(start)) is not None:
        return must(work, wide)
    if work.has_escapes() and (found := first_of(work, JIS)) is not None:
        return found
    if work.is_utf8():
        return Utf8(file, "utf-8")
    if (found := japanese(work)) is not None:
        return found
    raise UnreadableFile("error.data.no_encoding", names=ENCODINGS)


def seems_utf8(file: BinaryIO, size: int) -> Utf8 | None:
    """Return a file as UTF-8 if its beginning is, plainly; the rest is left to who reads it."""
    file.seek(0)
    start = file.read(size)
    known = any(start.startswith(mark) for mark, _ in MARKS) or b"\x1b" in start or b"\x00" in start[:HEAD]
    return None if known or not is_utf8(start[: len(start) - cut_off(start)]) else Utf8(file, "utf-8", checked=False)


def unmarked(start: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros beside its ASCII characters: in every line, always on the same side."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) or max(even, odd) < PLAIN * len(start) / 2 or len(start) % 2:
        return None
    name = "utf-16-le" if odd else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(name)("strict").decode(start)
    except UnicodeError:
        return None
    return name if "\n" in text and not CONTROL.search(text) else None


@dataclass(frozen=True)
class Work:
    """A file whose encoding is looked for, and where what is decoded of it goes."""

    file: BinaryIO
    scratch: ExitStack
    progress: Callable[[float], None]

    def read(self, at: int, size: int) -> bytes:
        """Return some of the bytes."""
        self.file.seek(at)
        return self.file.read(size)

    @functools.cached_property
    def size(self) -> int:
        """How many bytes the file has."""
        return self.file.seek(0, io.SEEK_END)

    def blocks(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the bytes, and whether they are the last."""
        for at in range(0, max(self.size, 1), BLOCK):
            yield self.read(at, BLOCK), at + BLOCK >= self.size
            self.progress(min(at + BLOCK, self.size) / max(self.size, 1))

    def has_escapes(self) -> bool:
        """Whether any place may announce Japanese characters of two bytes."""
        return any(b"\x1b" in block for block, _ in self.blocks())

    def is_utf8(self) -> bool:
        """Whether all bytes are strictly UTF-8."""
        rest = b""
        for block, final in self.blocks():
            block = rest + block
            end = len(block) if final else len(block) - cut_off(block)
            if not is_utf8(block[:end]):
                return False
            rest = block[end:]
        return True


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8."""
    ends = pa.array([0, len(data)], pa.int64()).buffers()[1]
    try:
        pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(data)]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def cut_off(data: bytes) -> int:
    """Return how many bytes at the end begin a character that goes on."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            return back if back < 2 + (byte >= 0xE0) + (byte >= 0xF0) else 0
        if byte < 0x80:
            return 0
    return 0


def japanese(work: Work) -> Utf8 | None:
    """Read what is no UTF-8 as Japanese where it looks Japanese, and as Western where it does not."""
    readings = {name: found for name in ("cp932", "euc_jp") if (found := judged(work, name)) is not None}
    for name in ladder({name: runs for name, (_, runs) in readings.items()}):
        file = readings[name][0] if name in readings else transcoded(work, name)
        if file is not None:
            return Utf8(file, name)
    return None


def ladder(readings: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the encodings that are left once the bytes are no UTF-8, likeliest first."""
    if not readings:
        return ("cp1252",)
    cp932, euc = readings.get("cp932"), readings.get("euc_jp")
    if euc is not None and score(euc) >= LOOKS_JAPANESE and not (cp932 and is_half_width(cp932)):
        return ("euc_jp", "cp1252")
    if cp932 is not None and score(cp932) >= LOOKS_JAPANESE:
        return ("cp932", "cp1252")
    return ("cp1252", "cp932", "euc_jp")


def judged(work: Work, encoding: str) -> tuple[BinaryIO, list[str]] | None:
    """Return a strict reading with its first runs of non-ASCII characters, or None where there is no such reading."""
    runs: list[str] = []
    file = transcoded(work, encoding, runs)
    return None if file is None else (file, runs)


def score(runs: list[str]) -> float:
    """Return how Japanese a reading looks, from 0 to 1."""
    total = sum(map(len, runs))
    return sum(sum(map(weight, run)) + 0.6 * sum(len(m) for m in HALF_WIDTH.findall(run)) for run in runs) / max(total, 1)


@functools.cache
def weight(character: str) -> float:
    """Return how usual a character is in Japanese; half-width kana count in runs only, so nothing here."""
    code = ord(character)
    if 0x3000 <= code <= 0x30FF or 0xFF01 <= code <= 0xFF60 or 0xFFE0 <= code <= 0xFFE5:
        return 1.0
    if 0xFF61 <= code <= 0xFF9F or 0xE000 <= code <= 0xF8FF or code < 0x2000:
        return 0.0
    written = character.encode("cp932", "ignore")
    first_level = len(written) == 2 and (written[0] <= 0x98 or written[0] >= 0xED)  # or the vendors' 髙, 﨑, ①, ㈱
    return 1.0 if first_level else 0.3


def is_half_width(runs: list[str]) -> bool:
    """Whether a cp932 reading is believable half-width kana, which the same bytes read as EUC-JP would hide."""
    text = "\n".join(runs)
    kana = sum(len(m) for m in HALF_WIDTH.findall(text))
    marks = text.count("ﾞ") + text.count("ﾟ")
    return kana >= 0.9 * sum(map(len, runs)) and len(VOICED.findall(text)) >= 0.95 * marks


def as_given(work: Work, encoding: str) -> Utf8:
    """Decode as a person asked, after making sure that the encoding exists."""
    try:
        found = codecs.lookup(encoding.strip())
        name = MEANT.get(found.name, found.name)
        if not getattr(found, "_is_text_encoding", True):
            raise LookupError(encoding)
    except (LookupError, ValueError) as problem:
        raise UnreadableFile("error.data.unknown_encoding", encoding=encoding, hint=closest(encoding, ENCODINGS)) from problem
    if name == "utf-8" and work.read(0, 3) == codecs.BOM_UTF8:
        name = "utf-8-sig"
    return must(work, name)


def must(work: Work, encoding: str) -> Utf8:
    """Decode, or say in which line the bytes are not of this encoding."""
    if encoding in {"utf-8", "utf-8-sig"} and work.is_utf8():
        return Utf8(work.file, encoding, start=3 if encoding == "utf-8-sig" else 0)
    try:
        return Utf8(transcode(work, encoding), encoding)
    except BadBytesError as problem:
        raise UnreadableFile("error.data.wrong_encoding", encoding=encoding, line=problem.line) from problem


def first_of(work: Work, encodings: tuple[str, ...]) -> Utf8 | None:
    """Decode in the first encoding that fits."""
    found = ((name, transcoded(work, name)) for name in encodings)
    return next((Utf8(file, encodings[0]) for _, file in found if file is not None), None)


def transcoded(work: Work, encoding: str, runs: list[str] | None = None) -> BinaryIO | None:
    """Return the bytes as UTF-8, or None where they are not strictly of the encoding."""
    try:
        return transcode(work, encoding, runs)
    except BadBytesError:
        return None


class BadBytesError(ValueError):
    """Bytes are not of an encoding, in a line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def transcode(work: Work, encoding: str, runs: list[str] | None = None) -> BinaryIO:
    """Write the text as UTF-8 block by block; a list takes its first runs of non-ASCII characters."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    out = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115  closed with the others
    work.scratch.enter_context(out)
    lines = 1
    for block, final in work.blocks():
        try:
            text = decoder.decode(block, final=final)
        except UnicodeDecodeError as problem:
            raise BadBytesError(lines + problem.object.count(b"\n", 0, problem.start)) from problem
        except UnicodeError as problem:
            raise BadBytesError(lines) from problem
        out.write(text.encode("utf-8"))
        lines += text.count("\n")
        if runs is not None:
            runs += [m.group() for m in itertools.islice(FOREIGN.finditer(text), JUDGED - len(runs))]
    return out  # type: ignore[return-value]
