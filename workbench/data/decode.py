"""The encoding of a text file: a strict ladder, in which a Japanese reading counts only when it looks Japanese.

Statistical detectors misread half-width kana, ASCII-heavy files and 髙﨑①; strict decoding does not. What it cannot tell is
whether bytes that happen to be valid cp932 were meant as such ("Année" is valid: "Ann馥"), so the reading itself is judged.
"""

from __future__ import annotations

import codecs
import functools
import itertools
import re
from dataclasses import dataclass

from workbench.errors import UnreadableFile, closest

# What a person is offered; any other encoding Python knows may be asked for by name.
ENCODINGS = ("utf-8", "utf-8-sig", "cp932", "euc_jp", "cp1252", "utf-16", "iso2022_jp", "gb18030", "big5", "euc_kr", "latin-1")
# People say Shift_JIS and mean what Windows writes: shift_jis itself fails on 髙 and ①.
MEANT = {"shift_jis": "cp932", "ms932": "cp932", "shift_jisx0213": "cp932"}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BLOCK = 8 << 20
# Runs of non-ASCII characters that are judged, and the score from which they look Japanese.
JUDGED = 50_000
LOOKS_JAPANESE = 0.5
FOREIGN = re.compile(r"[^\x00-\x7f]+")
HALF_WIDTH = re.compile(r"[ｦ-ﾟ]{2,}")
# Voiced marks of half-width kana stand only after these.
VOICED = re.compile(r"[ｳｶ-ﾄﾊ-ﾎ]ﾞ|[ﾊ-ﾎ]ﾟ")


@dataclass(frozen=True)
class Decoded:
    """A text file as UTF-8 without a mark, and the encoding it came in."""

    data: bytes
    encoding: str


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
    if encoding is not None:
        return as_given(data, encoding)
    for mark, name in MARKS:
        if data.startswith(mark):
            return must(data, name)
    if is_valid(data, "utf-8"):
        return Decoded(data, "utf-8")
    for name in ladder(data):
        if (out := transcoded(data, name)) is not None:
            return Decoded(out, name)
    raise UnreadableFile("error.data.no_encoding", names=ENCODINGS)


def ladder(data: bytes) -> tuple[str, ...]:
    """Return the encodings that are left once the bytes are no UTF-8, likeliest first."""
    japanese = judged(data, "cp932")
    euc = judged(data, "euc_jp")
    if japanese is None and euc is None:
        return ("cp1252",)
    if euc is not None and score(euc) >= LOOKS_JAPANESE and not (japanese and is_half_width(japanese)):
        return ("euc_jp", "cp1252")
    if japanese is not None and score(japanese) >= LOOKS_JAPANESE:
        return ("cp932", "cp1252")
    return ("cp1252", "cp932", "euc_jp")


def judged(data: bytes, encoding: str) -> list[str] | None:
    """Return the runs of non-ASCII characters of a strict reading, or None where there is no such reading."""
    out = transcoded(data, encoding)
    if out is None:
        return None
    return [m.group() for m in itertools.islice(FOREIGN.finditer(out.decode("utf-8")), JUDGED)]


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


def as_given(data: bytes, encoding: str) -> Decoded:
    """Decode as a person asked, after making sure that the encoding exists."""
    try:
        found = codecs.lookup(encoding.strip())
        name = MEANT.get(found.name, found.name)
        if not getattr(found, "_is_text_encoding", True):
            raise LookupError(encoding)
    except (LookupError, ValueError) as problem:
        raise UnreadableFile("error.data.unknown_encoding", encoding=encoding, hint=closest(encoding, ENCODINGS)) from problem
    if name == "utf-8" and data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    return must(data, name)


def must(data: bytes, encoding: str) -> Decoded:
    """Decode, or say in which line the bytes are not of this encoding."""
    try:
        return Decoded(transcode(data, encoding), encoding)
    except UnicodeError as problem:
        line = first_bad_line(data, encoding)
        raise UnreadableFile("error.data.wrong_encoding", encoding=encoding, line=line) from problem


def transcoded(data: bytes, encoding: str) -> bytes | None:
    """Return the bytes as UTF-8, or None where they are not strictly of the encoding."""
    try:
        return transcode(data, encoding)
    except UnicodeError:
        return None


def transcode(data: bytes, encoding: str) -> bytes:
    """Return the bytes as UTF-8, block by block."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    out = bytearray()
    for start in range(0, len(data), BLOCK):
        out += decoder.decode(data[start : start + BLOCK], final=start + BLOCK >= len(data)).encode("utf-8")
    return bytes(out)


def is_valid(data: bytes, encoding: str) -> bool:
    """Whether bytes are strictly of an encoding, without keeping the text."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), BLOCK):
            decoder.decode(data[start : start + BLOCK], final=start + BLOCK >= len(data))
    except UnicodeError:
        return False
    return True


def first_bad_line(data: bytes, encoding: str) -> int:
    """Return the number of the first line that is not of an encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as problem:
        return data.count(b"\n", 0, problem.start) + 1
    except UnicodeError:
        return 1
    return 1
