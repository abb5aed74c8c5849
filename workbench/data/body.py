"""The rows of a text table below its names, read piece by piece.

Pieces that follow the rules of CSV are read two at a time while the next is fetched; a piece that does not is made smaller, and
what remains of it is read row by row. In the end those pieces are read again whose numbers turned out to be text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl
import pyarrow as pa

from workbench.data import header as headers
from workbench.data.blocks import Dialect, Piece, Plan, cut, fast, read_piece, settled
from workbench.data.growing import Growing, Outlook, gathered
from workbench.data.header import few
from workbench.data.rowwise import MOST_ROW, Misfits, Rows, crooked, read_rows
from workbench.data.typed import LOOKED_AT, without_empty
from workbench.words import Text

# Bytes of a piece. The first is small, as it proposes the types; a smaller one is not worth checking where rules are broken.
LARGEST, SMALLEST = 4 << 20, 1 << 20
COUNTED = 1 << 20
# Pieces of tables with thousands of columns are larger, as each column of a piece costs something.
WIDEST = 32 << 20
WORKERS = 2
SURPLUS = "surplus"


class StrayQuoteError(Exception):
    """Quotes do not come in pairs, so they may be letters like any other."""


@dataclass(frozen=True)
class Source:
    """A text file in UTF-8, from a place on."""

    file: BinaryIO
    size: int
    start: int = 0
    checked: bool = False
    """Whether the whole of it is known to be UTF-8."""

    def read(self, at: int, size: int) -> bytes:
        """Return some of the bytes."""
        self.file.seek(at)
        return self.file.read(size)

    def quotes(self) -> int:
        """Count the quotes in the whole file."""
        return sum(self.read(at, COUNTED).count(b'"') for at in range(self.start, self.size, COUNTED))

    def lines(self, start: int, end: int) -> int:
        """Count the line ends of whatever kind in a part of the file."""
        found = 0
        for at in range(start, end, COUNTED):
            size = min(COUNTED, end - at)
            block = self.read(at, size + 1)
            found += block.count(b"\n", 0, size)
            found += block.count(b"\r", 0, size) - block.count(b"\r\n") if b"\r" in block else 0
        return found


@dataclass(frozen=True)
class Span:
    """A part of the file that is read as one piece."""

    start: int
    end: int
    rows: int = 0
    rules: bool = True
    """Whether it keeps the rules of CSV."""


@dataclass(frozen=True)
class Task:
    """A piece under work, and what was known of the columns when it began."""

    span: Span
    plans: list[Plan]
    piece: Future[Piece | None]


class Body:
    """The rows of a table while they are read.

    Parameters
    ----------
    source : Source
        The file.
    dialect : Dialect
        Delimiter and quotes.
    columns : list of Growing
        The columns, still without rows.
    start, line : int
        Where the first row begins, and the number of its line.
    max_rows : int
        Reading stops beyond it.
    literal : bool
        Whether quotes are perhaps letters: then `StrayQuoteError` is raised where they do not come in pairs.
    progress : callable
        Is told the share that is done.
    """

    def __init__(
        self,
        source: Source,
        dialect: Dialect,
        columns: list[Growing],
        *,
        start: int,
        line: int,
        max_rows: int,
        literal: bool,
        progress: Callable[[float], None],
    ) -> None:
        self.source, self.dialect, self.columns, self.width = source, dialect, columns, len(columns)
        self.at, self.line, self.max_rows, self.literal, self.progress = start, line, max_rows, literal, progress
        self.rows = 0
        self.largest = max(LARGEST, min(WIDEST, self.width * 4096))
        self.size = max(SMALLEST, min(WIDEST, self.width * 2048))
        self.counted = start
        """Up to where lines were counted: only where a row has to be named."""
        self.careful = False
        """Whether line ends inside of quoted cells are told from others when a piece is cut."""
        self.spans: list[Span] = []
        self.misfits = Misfits()
        self.surplus: Growing | None = None
        self.outlook = Outlook()
        for column in columns:
            column.outlook = self.outlook

    def read(self) -> pl.DataFrame:
        """Read all rows, or as many as are allowed and one."""
        with ThreadPoolExecutor(WORKERS) as pool:
            tasks: deque[Task] = deque()
            while (self.at < self.source.size or tasks) and self.rows <= self.max_rows:
                self.ahead(pool, tasks)
                if not self.finish(tasks.popleft()):
                    drop(tasks)  # they begin where no row does, perhaps
                self.progress(self.at / self.source.size)
            drop(tasks)
            self.propose(enough=0)
            deque(pool.map(Growing.doubt, self.all_columns()), maxlen=0)
            self.read_again()
            pa.default_memory_pool().release_unused()  # what pieces took, before strings are put together
            return gathered(self.all_columns(), list(pool.map(Growing.whole, self.all_columns())))

    def propose(self, enough: int) -> None:
        """Give columns of which enough was seen a type, and the pieces that waited for it."""
        ready = [(column, column.parts) for column in self.all_columns() if column.propose(enough)]
        for column, _ in ready:
            column.parts = []
        for i in range(len(self.spans) if ready else 0):
            waiting: list[tuple[Growing, pl.Series]] = []
            for column, parts in ready:
                part = parts[i]
                if isinstance(part, int):
                    column.skip(part)
                elif column.plain is None:
                    column.parts.append(part)
                elif part is not None:
                    waiting.append((column, part))
            found = settled([text for _, text in waiting], [column.plan() for column, _ in waiting])
            for (column, _), typed in zip(waiting, found, strict=True):
                column.grow(typed)

    def ahead(self, pool: Executor, tasks: deque[Task]) -> None:
        """Begin the next pieces: one until the types are proposed, then as many as there are hands and one more."""
        while not tasks or (self.spans and len(tasks) <= WORKERS):
            at = tasks[-1].span.end if tasks else self.at
            if at >= self.source.size:
                return
            span, data = self.fetch(at)
            plans = [column.plan() for column in self.columns]
            tasks.append(Task(span, plans, pool.submit(read_piece, data, plans, self.dialect, checked=self.source.checked)))

    def fetch(self, at: int) -> tuple[Span, bytes]:
        """Return the next whole rows; all that a row can be where no end is found."""
        size = self.size
        while at + size < self.source.size and not (rows := self.whole_rows(at, size)) and size < MOST_ROW:
            size *= 4
        end = self.source.size if at + size >= self.source.size else at + (rows or size)
        span = Span(at, end)
        return span, self.source.read(at, end - at)

    def whole_rows(self, at: int, size: int) -> int:
        """Return how many of the next bytes are whole rows; a line end near the end of them is taken for that of a row."""
        for near in () if self.careful else (min(SMALLEST, size), size):
            if found := self.source.read(at + size - near, near).rfind(b"\n") + 1:
                return size - near + found
        return cut(self.source.read(at, size), self.dialect) if self.careful else 0

    def finish(self, task: Task) -> bool:
        """Take over a piece; return whether those after it count."""
        piece = task.piece.result()
        if piece is None:
            return self.broken(task.span)
        for column, part, plan in zip(self.columns, piece.columns, task.plans, strict=True):
            column.add(part, plan)
        if self.surplus:
            self.surplus.skip(piece.rows)
        self.passed(Span(task.span.start, task.span.end, piece.rows))
        self.size = min(4 * self.size, self.largest)
        return True

    def broken(self, span: Span) -> bool:
        """Make a piece that breaks the rules smaller, or read it row by row."""
        if self.literal and self.source.quotes() % 2:
            raise StrayQuoteError
        self.literal = False
        if self.dialect.quoted and not self.careful:  # perhaps the line ended inside a cell
            self.careful = True
            return False
        if self.size > SMALLEST:
            self.size = max(self.size // 4, SMALLEST)
            return False
        self.line, self.counted = self.line + self.source.lines(self.counted, self.at), self.at
        span = Span(self.at, span.end, rules=False)
        rows = self.row_by_row(span, self.misfits, self.max_rows - self.rows)
        if self.surplus is None and rows.frame[str(self.width)].null_count() < rows.frame.height:
            name = headers.unique_names([*(column.name for column in self.columns), SURPLUS])[0][-1]
            kept = all(column.kept for column in self.columns)
            self.surplus = Growing(name, self.outlook, kept=kept, parts=[span.rows for span in self.spans])
        plans = [column.plan() for column in self.all_columns()]
        texts = list(rows.frame.iter_columns())[: len(plans)]
        for column, part, plan in zip(self.all_columns(), settled(texts, plans, hollow=True), plans, strict=True):
            column.add(part, plan)
        self.passed(Span(self.at, self.at + rows.size, rows.frame.height, rules=False))
        return False

    def row_by_row(self, span: Span, misfits: Misfits, most: int) -> Rows:
        """Read a piece row by row, up to the end of the row in which it ends."""
        return read_rows(
            self.source.file,
            span.start,
            self.line,
            width=self.width,
            dialect=self.dialect,
            misfits=misfits,
            size=span.end - span.start,
            most=most,
        )

    def passed(self, span: Span) -> None:
        """Go on behind a piece."""
        self.spans.append(span)
        begun = self.spans[0].start
        self.outlook.rows = int(1.02 * (self.rows + span.rows) * (self.source.size - begun) / (span.end - begun))
        self.at, self.rows = span.end, self.rows + span.rows
        self.propose(enough=LOOKED_AT)

    def all_columns(self) -> list[Growing]:
        """Return the columns, with that of surplus cells if there is one."""
        return [*self.columns, self.surplus] if self.surplus else self.columns

    def read_again(self) -> None:
        """Read as text what was read as numbers before its column turned out to be text."""
        unread: dict[int, list[int]] = {}
        for number, column in enumerate(self.all_columns()):
            for i in column.unread():
                unread.setdefault(i, []).append(number)
        for i, numbers in unread.items():
            frame = self.texts(self.spans[i], numbers)
            for number in numbers:
                self.all_columns()[number].parts[i] = without_empty(frame[str(number)])

    def texts(self, span: Span, numbers: list[int]) -> pl.DataFrame:
        """Return some columns of a piece as text."""
        if not span.rules:
            return self.row_by_row(span, Misfits(), span.rows).frame
        data = self.source.read(span.start, span.end - span.start)
        return pl.DataFrame(fast(data, [Plan()] * self.width, self.dialect, numbers))

    def notes(self) -> list[Text]:
        """Say what was not as plain as it looks."""
        columns = self.all_columns()
        notes = [] if self.dialect.quoted else [Text("reading.note.literal_quotes")]
        notes += crooked(self.misfits, self.surplus.name if self.surplus else SURPLUS)
        if marked := [column for column in columns if column.marked()]:
            markers = sorted({f"'{marker}'" for column in marked for marker in column.marked()})
            notes.append(Text("reading.note.markers", markers=few(markers), names=few([column.name for column in marked])))
        if zoned := [column.name for column in columns if "zone" in column.lost]:
            notes.append(Text("reading.note.zone", names=few(zoned)))
        if cut_off := [column.name for column in columns if "fraction" in column.lost]:
            notes.append(Text("reading.note.fraction", names=few(cut_off)))
        if versions := [column for column in columns if column.versions()]:
            pairs = few([pair for column in versions for pair in column.versions()])
            notes.append(Text("reading.note.versions", names=few([column.name for column in versions]), texts=pairs))
        return notes


def drop(tasks: deque[Task]) -> None:
    """Let pieces go that nobody waits for any longer."""
    for task in tasks:
        task.piece.cancel()
    tasks.clear()
