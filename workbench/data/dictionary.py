"""A data dictionary, the table that says what another's columns mean: recognised, matched by name, filled in."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from workbench.data.reading import read
from workbench.data.roles import Roles
from workbench.errors import DataError, TooLarge, UnreadableFile

# A dictionary describes columns: far more lines than any table has columns are another kind of file.
MOST_ROWS = 50_000
MOST_MB = 20
MOST_SHEETS = 20
MOST_NEAR = 3
NEAR = 0.6
# What a column of a dictionary holds shows in its header; the first of these words that one has wins.
MEANING = (
    "description", "meaning", "definition", "explanation", "説明", "意味", "定義", "内容", "詳細", "comment", "label",
    "論理名", "日本語名", "項目名", "名称", "備考", "note",
)  # fmt: skip
UNIT = ("unit", "units", "単位")
TYPE = ("type", "dtype", "data type", "データ型", "型", "データ種別")
KNOWN = ("known at prediction", "known_at_prediction", "known when predicting", "known", "予測時", "利用可否", "利用可能")
WHEN = ("when", "known from", "timing", "available", "タイミング", "時点", "取得時期", "確定時期", "いつ")
PART = ("table", "file", "dataset", "entity", "テーブル", "表名", "表", "ファイル")
YES = frozenset({"yes", "y", "true", "1", "○", "はい", "可", "既知"})
NO = frozenset({"no", "n", "false", "0", "×", "x", "いいえ", "不可", "未知"})


@dataclass(frozen=True)
class Entry:
    """What a dictionary says of one column."""

    name: str
    """As the dictionary writes it."""
    meaning: str = ""
    unit: str = ""
    type: str = ""
    known: bool | None = None
    when: str = ""


@dataclass(frozen=True)
class Dictionary:
    """What a dictionary says of a table's columns."""

    entries: dict[str, Entry]
    """The table's column -> what is said of it."""
    holds: dict[str, str]
    """What was found (``name``, ``meaning``, ``unit``, ``type``, ``known``, ``when``) -> the dictionary's header of it."""
    unmatched: dict[str, tuple[str, ...]]
    """The table's columns that it does not name -> the closest names it has."""
    others: tuple[str, ...]
    """Names of the dictionary that are not in the table."""


@dataclass(frozen=True)
class Filled:
    """Roles with what a dictionary says, and how many columns got each."""

    roles: Roles
    counts: dict[str, int]
    """``meaning``, ``unit``, ``known``, ``when`` -> columns that got one."""


def load(source: Path | bytes, columns: Iterable[str], *, name: str) -> Dictionary:
    """Read a data dictionary in any form a table may have, and match it with a table's columns by name.

    Parameters
    ----------
    source : Path or bytes
        The file; of a workbook the sheet that matches most.
    columns : iterable of str
        The columns of the table that it describes.
    name : str
        What the person calls the file.

    Raises
    ------
    DataError
        If the file is no table, or nothing in it is the name of a column.
    """
    table = list(columns)
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > MOST_MB * 1_000_000:
        raise TooLarge("error.dictionary.too_large", size=f"{size / 1e6:,.0f}", limit=MOST_MB)
    candidates = [match(frame, table) for frame in sheets(source, name)]
    best = max(candidates, key=lambda found: len(found.entries))
    if not best.entries:
        raise DataError("error.dictionary.no_match", name=name, columns=len(table))
    return best


def sheets(source: Path | bytes, name: str) -> list[pl.DataFrame]:
    """Read every sheet of a file as text."""
    first = read(source, name=name, max_rows=MOST_ROWS)
    frames = [as_text(first.frame)]
    for sheet in [s for s in first.sheets if s != first.sheet][:MOST_SHEETS]:
        with suppress(UnreadableFile):  # an empty sheet is no dictionary
            frames.append(as_text(read(source, name=name, sheet=sheet, max_rows=MOST_ROWS).frame))
    return frames


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table of text; a whole number has no point."""
    whole = [c.name for c in frame if c.dtype.is_float() and bool((c.drop_nulls() % 1 == 0).all())]
    return frame.with_columns(pl.col(whole).cast(pl.Int64)).cast(pl.String) if whole else frame.cast(pl.String)


def match(frame: pl.DataFrame, columns: Sequence[str]) -> Dictionary:
    """Find the column that holds the names, and what stands beside each name."""
    wanted = {plain(column): column for column in reversed(columns)}
    hits = {c.name: len(wanted.keys() & {plain(v) for v in c.unique().drop_nulls().to_list()}) for c in frame}
    names = max(hits, key=lambda header: hits[header])
    holds = {"name": names} | recognised(frame, names)
    chosen = lines(frame, names, wanted)
    column_of = {column: plain(column) for column in columns}
    exact = {str(row[names]): row for row in chosen}
    by_plain = {plain(str(row[names])): row for row in reversed(chosen)}
    rows = {column: row for column in columns if (row := exact.get(column) or by_plain.get(column_of[column]))}
    others = tuple(name for name in exact if plain(name) not in wanted)
    return Dictionary(
        entries={column: entry(row, holds) for column, row in rows.items()},
        holds=holds,
        unmatched={column: nearest(column, others) for column in columns if column not in rows},
        others=others,
    )


def recognised(frame: pl.DataFrame, names: str) -> dict[str, str]:
    """Find which columns hold meaning, unit, type and when it is known: by their headers, the meaning else by its length."""
    holds: dict[str, str] = {}
    for what, words in (("unit", UNIT), ("type", TYPE), ("known", KNOWN), ("when", WHEN), ("meaning", MEANING)):
        rest = [header for header in frame.columns if header not in {names, *holds.values()}]
        if header := named(rest, words):
            holds[what] = header
    if "meaning" not in holds:
        lengths = {
            header: float(frame[header].str.len_chars().fill_null(0).mean() or 0.0)  # type: ignore[arg-type]
            for header in frame.columns
            if header not in {names, *holds.values()}
        }
        if lengths and max(lengths.values()) > 0:
            holds["meaning"] = max(lengths, key=lambda header: lengths[header])
    return holds


def named(headers: Sequence[str], words: Sequence[str]) -> str | None:
    """Return the header that is one of some words, or else holds one."""
    for word in words:
        for header in headers:
            if plain(header) == word:
                return header
    for word in words:
        for header in headers:
            if word in plain(header).replace("_", " ").split() or (not word.isascii() and word in plain(header)):
                return header
    return None


def lines(frame: pl.DataFrame, names: str, wanted: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Return one line for each name; of several, one that stands with most of the others' (a dictionary of many tables)."""
    rows = [row for row in frame.iter_rows(named=True) if row[names]]
    part = named([header for header in frame.columns if header != names], PART)
    if part is None:
        size: Counter[str | None] = Counter()
    else:
        size = Counter(row[part] for row in rows if plain(str(row[names])) in wanted)
    found: dict[str, dict[str, str | None]] = {}
    for row in sorted(rows, key=lambda row: -size[row[part]] if part else 0):
        found.setdefault(str(row[names]), row)
    return list(found.values())


def entry(row: Mapping[str, str | None], holds: Mapping[str, str]) -> Entry:
    """Make an entry of a line."""
    cells = {what: (row[header] or "").strip() for what, header in holds.items()}
    answer = plain(cells.pop("known", ""))
    known = True if answer in YES else False if answer in NO else None
    return Entry(**cells, known=known)  # type: ignore[arg-type]


def fill(roles: Roles, dictionary: Dictionary, *, overwrite: bool = False) -> Filled:
    """Write a dictionary's words into the roles.

    Parameters
    ----------
    roles : Roles
        What the person has written so far; it stays.
    dictionary : Dictionary
        What is said of the columns.
    overwrite : bool
        Replace what the person wrote.
    """
    counts: dict[str, int] = {}
    notes: dict[str, dict[str, str]] = {}
    for what in ("meaning", "unit", "when"):
        said = {column: text for column, e in dictionary.entries.items() if (text := getattr(e, what))}
        old: dict[str, str] = getattr(roles, what)
        new = {column: text for column, text in said.items() if (overwrite or column not in old) and old.get(column) != text}
        notes[what], counts[what] = {**old, **new}, len(new)
    yes, no = dict.fromkeys(roles.known_at_prediction), dict.fromkeys(roles.unknown_at_prediction)
    counts["known"] = 0
    for column, e in dictionary.entries.items():
        if e.known is not None and (overwrite or not (column in yes or column in no)):
            into, out = (yes, no) if e.known else (no, yes)
            out.pop(column, None)
            counts["known"] += column not in into
            into[column] = None
    filled = replace(roles, **notes, known_at_prediction=tuple(yes), unknown_at_prediction=tuple(no))  # type: ignore[arg-type]
    return Filled(filled, counts)


def nearest(column: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that a column may be meant by."""
    by_plain = {plain(name): name for name in names}
    return tuple(by_plain[near] for near in difflib.get_close_matches(plain(column), by_plain, n=MOST_NEAR, cutoff=NEAR))


def plain(name: str) -> str:
    """Return a name in which letter case, width and spaces around it do not count."""
    return unicodedata.normalize("NFKC", name).casefold().strip()
