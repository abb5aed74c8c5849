"""The cells of an .xlsx sheet, whole columns at a time.

A general reader makes an object of every cell. Here the sheet is unpacked block by block and its cells are taken apart by
column operations on text, so that a cell costs no Python; how far the sheet reaches is known before a table of that size is
made, and cells that show an error are told from blanks. What is written in an unusual way is left to the general reader.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from typing import IO
from xml.etree import ElementTree

import polars as pl

from workbench.data.cells import BOOLEAN, ERROR, MOMENT, NUMBER, SCHEMA, SPAN, TEXT, Cells, Extent, without_impossible_dates
from workbench.data.merged import Span

BLOCK = 4 << 20
ABREAST = 2
# Where a sheet says how far it reaches: before its cells.
HEAD = 4096
WORKBOOK = "xl/workbook.xml"
SHARED = 6
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
MOST_LETTERS = 3
# The formats of dates and times that every workbook has, those of Japanese editions among them; 46 is a duration.
DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
DURATIONS = frozenset({46})
IN_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General|E[+-]', re.IGNORECASE)
TYPES = {"n": NUMBER, "s": SHARED, "str": TEXT, "inlineStr": TEXT, "d": TEXT, "b": BOOLEAN, "e": ERROR}
STYLE, TYPE = re.compile(r'\bs="(\d+)"'), re.compile(r'\bt="(\w+)"')
DIMENSION = re.compile(rb'<dimension ref="([A-Z]+\d+:)?([A-Z]+)(\d+)"')
MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
PHONETIC = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)
RUN = re.compile(r"<t(?:\s[^>]*)?>([^<]*)</t>")
# How the format writes characters that XML cannot hold.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class UnusualError(Exception):
    """The workbook is written in a way that is left to the general reader."""


@dataclass(frozen=True)
class Part:
    """A sheet and where in the archive it is."""

    name: str
    path: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """A workbook whose sheets can be read one by one."""

    archive: zipfile.ZipFile
    parts: tuple[Part, ...]
    """Sheets with cells, in their order; charts are not among them."""
    styles: tuple[int, ...] = ()
    """What a number in each cell format is: NUMBER, MOMENT or SPAN."""
    texts: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    is_1904: bool = False


def open_book(data: bytes) -> Book:
    """Open a workbook.

    Raises
    ------
    UnusualError
        If it is no .xlsx, or its parts are not where they usually are.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        tree = tree_of(archive.read(WORKBOOK))
        related = relations(archive)
        parts = [part for sheet in tree.iterfind("{*}sheets/{*}sheet") if (part := part_of(sheet, related)) is not None]
        paths = dict(related.values())
        for part in parts:
            archive.getinfo(part.path)
        properties = tree.find("{*}workbookPr")
        return Book(
            archive,
            tuple(parts),
            styles(archive.read(paths["styles"])) if "styles" in paths else (),
            shared(archive.read(paths["sharedStrings"]).decode()) if "sharedStrings" in paths else pl.Series(dtype=pl.String),
            properties is not None and properties.get("date1904") in {"1", "true"},
        )
    except (LookupError, ValueError, StopIteration, ElementTree.ParseError, zipfile.BadZipFile, RuntimeError) as problem:
        raise UnusualError from problem


def relations(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Return kind and path of each part that the workbook names, by id."""
    tree = tree_of(archive.read("xl/_rels/workbook.xml.rels"))
    return {r.get("Id", ""): (r.get("Type", "").rpartition("/")[2], path_of(r.get("Target", ""))) for r in tree}


def path_of(target: str) -> str:
    """Return where in the archive a part is that the workbook names relative to itself."""
    return posixpath.normpath(posixpath.join("/xl", target)).removeprefix("/")


def tree_of(data: bytes) -> ElementTree.Element:
    """Parse a small part; one that defines entities of its own, as no workbook does, could grow without end."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnusualError
    return ElementTree.fromstring(data)  # noqa: S314 - see above


def part_of(sheet: ElementTree.Element, related: Mapping[str, tuple[str, str]]) -> Part | None:
    """Return where a sheet is, or None for a sheet that holds a chart, a dialog or a macro."""
    key = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
    kind, path = related[key]
    return Part(sheet.attrib["name"], path, sheet.get("state", "visible") != "visible") if kind == "worksheet" else None


def styles(data: bytes) -> tuple[int, ...]:
    """Return what a number is in each cell format."""
    tree = tree_of(data)
    own = {int(f.get("numFmtId", 0)): meaning(f.get("formatCode", "")) for f in tree.iterfind("{*}numFmts/{*}numFmt")}
    known = dict.fromkeys(DATES, MOMENT) | dict.fromkeys(DURATIONS, SPAN) | own
    return tuple(known.get(int(xf.get("numFmtId", 0)), NUMBER) for xf in tree.iterfind("{*}cellXfs/{*}xf"))


def meaning(code: str) -> int:
    """Tell the format of a date or duration from that of a number."""
    plain = IN_FORMAT.sub("", code.split(";")[0]).lower()
    if re.search(r"\[[hms]+\]", plain):
        return SPAN
    return MOMENT if re.search(r"[ymdhsg]|aaa", plain) else NUMBER


def shared(text: str) -> pl.Series:
    """Return the texts that cells refer to by number, without how they are pronounced."""
    pieces = pl.Series("text", [text]).str.split("<si>").explode().slice(1)
    if len(pieces) != text.count("<si>") + text.count("<si ") + text.count("<si/>") or "<!" in text:
        raise UnusualError
    return plain(pieces, pieces.str.extract(r"^<t(?:\s[^>]*)?>([^<]*)</t></si>"))


def plain(pieces: pl.Series, simple: pl.Series) -> pl.Series:
    """Return texts as they read: of several runs all, entities and escapes as what they stand for."""
    odd = simple.is_null() | simple.str.contains(r"&|_x|\r")
    if not odd.any():
        return simple
    rows = odd.arg_true()
    return simple.scatter(rows, [as_read(piece) for piece in pieces.gather(rows).to_list()])


def as_read(piece: str) -> str:
    """Return the text of a shared or inline string."""
    text = unescape("".join(RUN.findall(PHONETIC.sub("", piece.split("</si>")[0].split("</is>")[0]))))
    return ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text).replace("\r\n", "\n")


def read_sheet(book: Book, part: Part, check: Callable[[Extent], None], progress: Callable[[float], None] | None) -> Cells:
    """Read the filled cells of a sheet.

    Parameters
    ----------
    check : callable
        Is told how far the cells reach so far, and raises when that is too far.
    progress : callable, optional
        Is told the share that is read.

    Raises
    ------
    UnusualError
        If the sheet is written in a way that is left to the general reader.
    """
    size = max(book.archive.getinfo(part.path).file_size, 1)
    frames: list[pl.DataFrame] = []
    reach = Extent(0, 0)
    with book.archive.open(part.path) as file:
        rows = Blocks(file)
        for found in side_by_side(lambda block: of_block(block, book), rows):
            frames.append(found)
            if len(found):
                reach = reach.with_cell(int(found["row"].max()), int(found["column"].max()))  # type: ignore[arg-type]
                check(reach)
            if progress:
                progress(min(len(frames) * BLOCK / size, 1.0))
    cells = pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)
    return Cells(with_shared(cells, book.texts), reach, spans(rows.rest), book.is_1904)


def side_by_side(work: Callable[[bytes], pl.DataFrame], blocks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    """Work on a few blocks at a time while the next is unpacked, and yield what comes of them in order."""
    waiting: deque[Future[pl.DataFrame]] = deque()
    with ThreadPoolExecutor(ABREAST) as pool:
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > ABREAST:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class Blocks:
    """The rows of a sheet, unpacked block by block and cut between rows; what follows the rows is kept in ``rest``."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.rest = b""

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks of whole rows."""
        self.start()
        while data := self.file.read(BLOCK):
            self.rest += data
            cut = self.rest.rfind(b"</row>")
            if cut >= 0:
                block, self.rest = self.rest[:cut], self.rest[cut:]
                yield block
        block, _, self.rest = self.rest.partition(b"</sheetData>")
        yield block

    def start(self) -> None:
        """Read up to the first row."""
        while b"<sheetData" not in self.rest:
            data = self.file.read(BLOCK)
            if not data:
                raise UnusualError
            self.rest += data
        self.rest = self.rest[self.rest.index(b"<sheetData") :]


def of_block(block: bytes, book: Book) -> pl.DataFrame:
    """Take the cells of some rows apart."""
    try:
        return taken_apart(block.decode(), book)
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as problem:
        raise UnusualError from problem


def taken_apart(text: str, book: Book) -> pl.DataFrame:
    """Split rows into cells, and cells into place, attributes and what is inside."""
    pieces = pl.Series("cell", [text]).str.split('<c r="').explode().slice(1).to_frame()
    if len(pieces) != text.count("<c ") + text.count("<c>") or "<!" in text:
        raise UnusualError
    if not len(pieces):
        return pl.DataFrame(schema=SCHEMA)
    opened = pieces.select(pl.col("cell").str.splitn(">", 2)).unnest("cell").rename({"field_0": "tag", "field_1": "inside"})
    split = opened.select(pl.col("tag").str.splitn('"', 2), "inside").unnest("tag").rename({"field_0": "at", "field_1": "said"})
    return typed_cells(split.with_columns(value=values(split)), book)


def values(cells: pl.DataFrame) -> pl.Series:
    """Return what stands in cells as text; null where nothing does, or a text that is written in the cell itself."""
    inside = cells["inside"]
    simple = inside.str.starts_with("<v>")
    found = inside.str.strip_prefix("<v>").str.splitn("<", 2).struct.field("field_0")
    if simple.all():
        return found
    rows = (~simple).arg_true()
    return found.scatter(rows, inside.gather(rows).str.extract(r"<v(?:\s[^>]*)?>([^<]*)</v>"))


def typed_cells(cells: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Give cells place, kind and value, and leave blank ones out."""
    letters = cells["at"].str.strip_chars_end(DIGITS)
    cells = cells.with_columns(
        row=cells["at"].str.strip_chars_start(LETTERS).cast(pl.UInt32, strict=False) - 1,
        column=translated(letters, number, pl.UInt32),
        kind=translated(cells["said"], lambda said: kind_of(said, book.styles), pl.UInt8),
    )
    if cells["row"].null_count():
        raise UnusualError
    is_text = (cells["kind"] == TEXT) | (cells["kind"] == ERROR)
    if is_text.any():
        cells = cells.with_columns(value=with_texts(cells["inside"], cells["value"], cells["kind"] == TEXT))
    filled = (cells["value"] != "").fill_null(False)
    numbers = cells["value"].set(is_text, None).cast(pl.Float64, strict=False)
    if (numbers.is_null() & filled & ~is_text).any():
        raise UnusualError
    out = cells.select("row", "column", "kind", number=numbers, text=cells["value"].set(~is_text, None))
    return without_impossible_dates(out if filled.all() else out.filter(filled))


def translated(texts: pl.Series, meaning: Callable[[str], int], dtype: type[pl.DataType]) -> pl.Series:
    """Return what each of a few different texts means."""
    if texts.null_count():
        raise UnusualError
    different = texts.unique()
    places = texts.cast(pl.Enum(different)).to_physical()
    return pl.Series([meaning(text) for text in different], dtype=dtype).gather(places)


def with_texts(inside: pl.Series, values: pl.Series, which: pl.Series) -> pl.Series:
    """Return values in which those of texts are as they read, be they in the cell or the result of a formula."""
    rows = which.arg_true()
    pieces, found = inside.gather(rows), values.gather(rows)
    simple = pieces.str.extract(r"^<is><t(?:\s[^>]*)?>([^<]*)</t></is>")
    found = found.zip_with(found.is_not_null(), simple)
    wrapped = pl.select(
        pl.when(values.gather(rows).is_not_null()).then(pl.format("<t>{}</t>", found)).otherwise(pieces)
    ).to_series()
    return values.scatter(rows, plain(wrapped, found))


def kind_of(attributes: str, known: tuple[int, ...]) -> int:
    """Return what a cell with these attributes holds."""
    said = TYPE.search(attributes)
    kind = TYPES.get(said.group(1)) if said else NUMBER
    if kind is None:
        raise UnusualError
    style = STYLE.search(attributes)
    at = int(style.group(1)) if style else 0
    return known[at] if kind == NUMBER and at < len(known) else kind


def with_shared(cells: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """Replace the numbers of shared texts by the texts."""
    refers = cells["kind"] == SHARED
    if not refers.any():
        return cells
    rows = refers.arg_true()
    wanted = cells["number"].gather(rows).cast(pl.UInt32)
    if wanted.max() >= len(texts):  # type: ignore[operator]
        raise UnusualError
    return cells.with_columns(
        text=cells["text"].scatter(rows, texts.gather(wanted)),
        kind=cells["kind"].set(refers, TEXT),
        number=cells["number"].set(refers, None),
    ).filter((pl.col("kind") != TEXT) | (pl.col("text") != ""))


def number(letters: str) -> int:
    """Return the number of a column from 0: A, B, …, Z, AA, …."""
    if not 1 <= len(letters) <= MOST_LETTERS or set(letters) - set(LETTERS):
        raise UnusualError
    out = 0
    for letter in letters:
        out = 26 * out + LETTERS.index(letter) + 1
    return out - 1


def spans(rest: bytes) -> tuple[Span, ...]:
    """Return the merged cells that are listed after the rows."""
    return tuple(
        Span(int(m[2]) - 1, number(m[1].decode()), int(m[4]) - 1, number(m[3].decode())) for m in MERGED.finditer(rest)
    )


def extent(book: Book, part: Part) -> Extent | None:
    """Return how far a sheet says that it reaches, without reading it."""
    with book.archive.open(part.path) as file:
        found = DIMENSION.search(file.read(HEAD))
    return Extent(int(found[3]), number(found[2].decode()) + 1) if found else None
