"""Where a table's column names stand: below title rows, over one row or several, or nowhere."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.data.merged import Span, carried, depth, spread
from workbench.errors import UnreadableFile
from workbench.words import Text

Row = Sequence[str]
# A header over more rows than this is a form, not a table.
MOST_HEADER_ROWS = 5
# A number, a date or a time, as data have them and names hardly ever.
DATUM = re.compile(
    r"\s*[+-]?[\d,]*\.?\d+(e[+-]?\d+)?%?\s*\Z|\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?\Z|\s*\d{1,2}:\d{2}", re.IGNORECASE
)
YEARS = range(1900, 2101)
# What a number is counted in: between brackets, or one of the usual.
UNIT = re.compile(
    r"\s*([(（\[［〔【<＜].{0,12}[)）\]］〕】>＞]|単位[:：]?.{0,8}|units?|[千百十]?万?億?円|千?円|千?人|名|件|社|個|本|台|枚|戸|回|歳|才"
    r"|年|ヶ?か?月|週|日|時間?|分|秒|[%％‰℃°度]|[kMGcmμ]?[gmLlWJ]|k?Wh?|[ckm]?m[2²3³]|[hk]?Pa|m/s|km/h|ha|t|usd|jpy|yen|[$¥￥€])\s*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Header:
    """The column names, where they stood and where the data begin."""

    names: tuple[str, ...]
    first: int
    """Index of the first row of names; of the first data row where there are no names."""
    rows: int
    """How many rows the names take; 0 where there are none."""
    notes: tuple[Text, ...] = ()

    @property
    def data(self) -> int:
        """Index of the first data row."""
        return self.first + self.rows


def find(rows: Sequence[Row], given: int | None = None, spans: Sequence[Span] = ()) -> Header:
    """Find the column names of a table.

    Parameters
    ----------
    rows : sequence of sequences of str
        The first rows of the file, blank ones included.
    given : int, optional
        The row of the names as a person counts (from 1), or 0 for a table without names.
    spans : sequence of Span
        The merged cells, where the file knows them.

    Returns
    -------
    Header
        With unique names for as many columns as the table is wide.

    Raises
    ------
    UnreadableFile
        If the given row is not there, or no row holds anything.
    """
    filled = [i for i, row in enumerate(rows) if count(row)]
    if not filled:
        raise UnreadableFile("error.data.empty")
    if given is not None:
        return as_given(rows, filled, given)
    laid = spread(rows, spans) if spans else rows
    width = usual_width([laid[i] for i in filled])
    first = start(laid, filled, width)
    if is_headless(laid, first):
        return nameless(laid, first, width, above_note(rows[:first]))
    taken = max(header_rows(laid, first), depth(spans, first, laid, MOST_HEADER_ROWS) if spans else 1)
    groups = groups_above(laid, filled, first, taken)
    first, taken = first - groups, taken + groups
    taken += has_units(laid, first + taken)
    return named(laid, first, taken, max(width, len(laid[first])), above_note(rows[:first]))


def above_note(rows: Sequence[Row]) -> tuple[Text, ...]:
    """Say what stands above the table."""
    text = " / ".join(said for row in rows if (said := shown(row)))
    return (Text("reading.note.above", count=len(rows), text=text[:200]),) if text else ()


def count(row: Row) -> int:
    """Return how many cells hold something."""
    return sum(1 for cell in row if cell.strip())


def shown(row: Row) -> str:
    """Return what a title row says."""
    return " ".join(cell.strip() for cell in row if cell.strip())


def usual_width(rows: Sequence[Row]) -> int:
    """Return the width most rows have; of two equally frequent ones the larger."""
    return max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))[0]


def start(rows: Sequence[Row], filled: Sequence[int], width: int) -> int:
    """Return the first row from which on the width is stable, or the names just above it."""
    used = sum(any(len(row) > i and row[i].strip() for row in rows) for i in range(width))
    stable = [i for i in filled if len(rows[i]) == width and not is_title(rows[i], used)]
    stable = [i for i in stable if not is_caption(rows, i, stable)]
    first = stable[0] if stable else filled[0]
    if first == filled[-1] and len(rows[filled[0]]) > 1 and is_name_row(rows[filled[0]]):
        return filled[0]  # no two rows are equally wide
    before = max((i for i in filled if i < first), default=None)
    if before is not None and are_names_of(rows[before], width):
        return before
    return first


def are_names_of(row: Row, width: int) -> bool:
    """Whether a row of another width than those below names their columns: one short, or with some that most rows leave out."""
    if len(row) > width:
        return count(row) >= max(width, 2) and not any(map(DATUM.match, row)) and bool(row[0].strip())
    return 2 <= len(row) == width - 1 and is_name_row(row)


def is_title(row: Row, used: int) -> bool:
    """Whether a row has too little in it to name the columns: a title, a unit, a date of download."""
    number = count(row)
    return used > 1 and (2 * number < used or (number == 1 and bool(row[0].strip())))


def is_caption(rows: Sequence[Row], at: int, stable: Sequence[int]) -> bool:
    """Whether an incomplete row with a datum, or apart from the next, stands above a complete row of names: "as of", "unit"."""
    row = rows[at]
    apart = at + 1 < len(rows) and not count(rows[at + 1])
    if count(row) == len(row) or not (apart or any(map(DATUM.match, row))):
        return False
    return any(is_name_row(rows[i]) for i in stable if at < i <= at + MOST_HEADER_ROWS)


def is_name_row(row: Row) -> bool:
    """Whether every cell is filled with something that is no datum."""
    return count(row) == len(row) and not any(map(DATUM.match, row))


def data_columns(rows: Sequence[Row], width: int) -> list[int]:
    """Return the columns whose filled cells are all numbers or dates."""
    found = []
    for i in range(width):
        cells = [row[i] for row in rows if len(row) > i and row[i].strip()]
        if cells and all(map(DATUM.match, cells)):
            found.append(i)
    return found


def is_headless(rows: Sequence[Row], first: int) -> bool:
    """Whether the first row is data: it has a number wherever the rows below have, and these are no labels such as years."""
    row, below = rows[first], [r for r in rows[first + 1 :] if count(r)]
    numeric = data_columns(below, len(row))
    cells = [row[i].strip() for i in numeric]
    if not cells or not all(map(DATUM.match, cells)):
        return False
    return not is_labels(cells)


def is_labels(cells: Sequence[str]) -> bool:
    """Whether numbers name columns: years, or a count 1, 2, 3, …."""
    if not all(cell.isascii() and cell.isdigit() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    return all(n in YEARS for n in numbers) if len(numbers) < 3 else len(steps) == 1 and steps != {0}


def are_labels(row: Row) -> bool:
    """Whether what looks like data in a row are years or a count."""
    data = [cell.strip() for cell in row if DATUM.match(cell)]
    return not data or is_labels(data)


def header_rows(rows: Sequence[Row], first: int) -> int:
    """Return how many rows the names take: more than one only where the first has blanks or repeats, above columns of data."""
    names = [cell.strip() for cell in rows[first]]
    if all(names) and len(set(names)) == len(names):
        return 1
    starts = next((i for i in range(first + 1, len(rows)) if any(DATUM.match(cell) for cell in rows[i])), None)
    if starts is None or not 1 < starts - first <= MOST_HEADER_ROWS:
        return 1
    below = [row for row in rows[starts:] if count(row)]
    return starts - first if 2 * len(data_columns(below, len(names))) >= len(names) else 1


def groups_above(rows: Sequence[Row], filled: Sequence[int], first: int, taken: int) -> int:
    """Return how many sparse rows right above names that repeat are headings over groups of columns."""
    width = len(rows[first])
    best, most = 0, len(set(joined(rows[first : first + taken], width)))
    for more in range(1, MOST_HEADER_ROWS - taken + 1):
        at = first - more
        if most == width or at not in filled or count(rows[at]) < 2 or not are_labels(rows[at]):
            break
        different = len(set(joined(rows[at : first + taken], width)))
        if different > most:
            best, most = more, different
    return best


def has_units(rows: Sequence[Row], at: int) -> int:
    """Return 1 where the row below the names says what its columns of numbers are counted in, else 0."""
    if at + 1 >= len(rows):
        return 0
    cells = [i for i, cell in enumerate(rows[at]) if cell.strip()]
    numbers = set(data_columns(rows[at + 1 :], len(rows[at])))
    is_unit = bool(cells) and all(UNIT.match(rows[at][i]) for i in cells)
    return int(is_unit and 2 * sum(i in numbers for i in cells) >= len(cells))


def joined(parts: Sequence[Row], width: int) -> list[str]:
    """Join the rows of names column by column; headings over groups are spread only where names would repeat without."""
    names = [" ".join(dict.fromkeys(tidy(p[i]) for p in parts if len(p) > i and p[i].strip())) for i in range(width)]
    if len(parts) == 1 or len(set(names)) == len(names):
        return names
    wide = carried(parts)
    return [" ".join(dict.fromkeys(tidy(p[i]) for p in wide if len(p) > i and p[i].strip())) for i in range(width)]


def named(rows: Sequence[Row], first: int, taken: int, width: int, notes: tuple[Text, ...]) -> Header:
    """Make the names of one or several header rows."""
    parts = [list(rows[first + i]) for i in range(taken)]
    if taken == 1 and len(parts[0]) == width - 1 and all(len(r) == width for r in rows[first + 1 :] if count(r)):
        parts[0].insert(0, "")  # as R writes row names: their column has no name
    several = (Text("reading.note.joined", count=taken),) if taken > 1 else ()
    unique, more = unique_names(joined(parts, width))
    return Header(unique, first, taken, (*notes, *several, *more))


def nameless(rows: Sequence[Row], first: int, width: int, notes: tuple[Text, ...] = ()) -> Header:
    """Give the columns of a table without names their numbers."""
    width = max(width, len(rows[first]))
    return Header(tuple(f"column_{i + 1}" for i in range(width)), first, 0, (*notes, Text("reading.note.nameless")))


def as_given(rows: Sequence[Row], filled: Sequence[int], given: int) -> Header:
    """Take the names from the row a person says, whatever it looks like."""
    if given < 0 or given > len(rows) or (given and not count(rows[given - 1])):
        raise UnreadableFile("error.data.header_row", row=given)
    if given == 0:
        return nameless(rows, filled[0], usual_width([rows[i] for i in filled]))
    below = [rows[i] for i in filled if i >= given]
    return named(rows, given - 1, 1, max(len(rows[given - 1]), usual_width(below) if below else 0), ())


def tidy(name: str) -> str:
    """Return a name on one line, without the spaces around it."""
    return " ".join(name.replace("\ufeff", "").split())


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """Give missing and repeated names a number.

    Returns
    -------
    tuple
        The unique names, and notes about those that were changed.
    """
    out: list[str] = []
    missing: list[str] = []
    repeated: list[str] = []
    taken, used = set(names), set[str]()
    # One count for each name: beginning at 2 again for every repeat makes a line of 10,000 equal names a minute's work.
    counts: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(2))
    for i, name in enumerate(names):
        new = name or f"column_{i + 1}"
        if new in used or (not name and new in taken):
            new = next(n for k in counts[new] if (n := f"{new}_{k}") not in taken)
            taken.add(new)
        if new != name:
            (repeated if name else missing).append(new)
        out.append(new)
        used.add(new)
    notes = [Text("reading.note.unnamed", names=few(missing))] if missing else []
    return tuple(out), (*notes, *([Text("reading.note.repeated", names=few(repeated))] if repeated else []))


def few(names: Sequence[object], most: int = 8) -> list[str]:
    """Return the first few, and that there are more."""
    return [*map(str, names[:most]), *(["…"] if len(names) > most else [])]
