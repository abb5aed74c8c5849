"""The roles as a sheet, one row for each column of the table: edited, filtered, and written to and read from files."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from workbench.data.decode import decode
from workbench.data.formulas import armed, disarmed
from workbench.data.roles import FACTS, PARTS, ROLES, SINGLE, Roles, part_of, part_text
from workbench.errors import ColumnNotFound, ColumnsNotFound, RolesError, UnreadableFile
from workbench.words import LANGUAGES, Lang, Text, say

KNOWN = ("yes", "no", "unknown")
# Roles that any number of columns may have at once.
MANY = tuple(role for role in ROLES if role not in SINGLE)
# The columns of a file; facts about the whole table stand in its first row.
HEADER = ("column", "role", "event", "group_part", "known", "when", "sensitive", "meaning", "unit", *FACTS)
TRUE, FALSE = frozenset({"yes", "true", "1", "○", "x", "✓", "y"}), frozenset({"", "no", "false", "0", "n", "-"})
# A byte order mark tells Excel that a CSV is UTF-8.
ENCODING = "utf-8-sig"
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """What is said of one column."""

    column: str
    role: str = "feature"
    known: str = "unknown"
    """Whether its value is known when a prediction is made; unknown until somebody answers."""
    sensitive: bool = False
    meaning: str = ""
    unit: str = ""
    when: str = ""
    group_part: str = ""
    """Of the group's column, where only a part of it names the group: ``before:_``."""


# What is said of a column in a cell of its own; the part of a group is chosen beside the table.
EDITABLE = tuple(field.name for field in fields(Row) if field.name not in ("column", "group_part"))


def rows_of(roles: Roles, columns: Iterable[str]) -> list[Row]:
    """Return the sheet of a table's columns."""
    role = dict.fromkeys(roles.exclude, "exclude") | dict.fromkeys(roles.ids, "id")
    role |= {name: single for single in reversed(SINGLE) if (name := getattr(roles, single)) is not None}
    known = dict.fromkeys(roles.known_at_prediction, "yes") | dict.fromkeys(roles.unknown_at_prediction, "no")
    sensitive = set(roles.sensitive)
    return [
        Row(
            column=name,
            role=role.get(name, "feature"),
            known=known.get(name, "unknown"),
            sensitive=name in sensitive,
            meaning=roles.meaning.get(name, ""),
            unit=roles.unit.get(name, ""),
            when=roles.when.get(name, ""),
            group_part=part_text(roles.group_part) if name == roles.group else "",
        )
        for name in columns
    ]


def roles_of(rows: Sequence[Row], *, event: str | None = None, facts: Mapping[str, str | None] | None = None) -> Roles:
    """Return what a sheet says.

    Parameters
    ----------
    rows : sequence of Row
        One for each column.
    event : str, optional
        The target's label of interest.
    facts : mapping, optional
        What is said of the whole table, by the names of `Roles`: ``row_is``, ``source``, ``period``.

    Raises
    ------
    RolesError
        If there are two targets, groups or times; names every such clash at once.
    """
    if found := problems(rows):
        raise RolesError("error.roles.clash", problems=found)
    said = facts or {}
    having = {role: tuple(row.column for row in rows if row.role == role) for role in ROLES}
    single = {role: next(iter(having[role]), None) for role in SINGLE}
    group = next((row for row in rows if row.role == "group"), None)
    return Roles(
        target=single["target"],
        group=single["group"],
        time=single["time"],
        group_part=part_of(group.group_part) if group else None,
        event=event if single["target"] else None,
        ids=having["id"],
        exclude=having["exclude"],
        sensitive=tuple(row.column for row in rows if row.sensitive),
        known_at_prediction=tuple(row.column for row in rows if row.known == "yes"),
        unknown_at_prediction=tuple(row.column for row in rows if row.known == "no"),
        when={row.column: row.when for row in rows if row.when},
        meaning={row.column: row.meaning for row in rows if row.meaning},
        unit={row.column: row.unit for row in rows if row.unit},
        row_is=said.get("row_is") or None,
        source=said.get("source") or None,
        period=said.get("period") or None,
    )


def problems(rows: Iterable[Row]) -> list[Text]:
    """Name every role that more columns have than may."""
    rows = list(rows)
    having = {role: [row.column for row in rows if row.role == role] for role in SINGLE}
    return [
        Text("roles.problem.several", role=Text(f"roles.role.{role}"), count=len(names), names=names)
        for role, names in having.items()
        if len(names) > 1
    ]


def with_single(rows: Iterable[Row], role: str, column: str | None) -> list[Row]:
    """Give one column a role that only one may have; whoever had it becomes a feature."""
    cleared = [replace(row, role="feature") if row.role == role and row.column != column else row for row in rows]
    return changed(cleared, {column}, {"role": role}) if column is not None else cleared


def changed(rows: Iterable[Row], columns: Collection[str | None], values: Mapping[str, Any]) -> list[Row]:
    """Say the same of several columns."""
    return [replace(row, **values) if row.column in columns else row for row in rows]


def edited(rows: Iterable[Row], shown: Sequence[str], changes: Mapping[int, Mapping[str, Any]]) -> list[Row]:
    """Return a sheet with what was typed into cells of the rows that were shown; an emptied cell says nothing."""
    by_column = {shown[place]: clean(cells) for place, cells in changes.items() if place < len(shown)}
    return [replace(row, **by_column.get(row.column, {})) for row in rows]


def clean(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed cells as a row holds them."""
    blank = {field.name: field.default for field in fields(Row)}
    known = {name: value for name, value in cells.items() if name in EDITABLE}
    return {n: blank[n] if v is None else v.strip() if isinstance(v, str) else v for n, v in known.items()}


def found(rows: Iterable[Row], *, search: str = "", accept: Callable[[Row], bool] | None = None) -> list[str]:
    """Return the columns whose name, meaning or unit holds every word of a search; letter case and width do not count."""
    words = plain(search).split()
    return [
        row.column
        for row in rows
        if (accept is None or accept(row)) and all(word in plain(f"{row.column} {row.meaning} {row.unit}") for word in words)
    ]


def unanswered(row: Row) -> bool:
    """Tell whether nobody said yet if a column that is learned from is known in time."""
    return row.role == "feature" and row.known == "unknown"


def plain(text: str) -> str:
    """Return a text in which letter case, width and spaces around it do not count."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def to_csv(roles: Roles, columns: Iterable[str], lang: Lang) -> bytes:
    """Write the sheet as a CSV that Excel opens and `read_roles` reads back, in a language; nothing in it is run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([say(f"roles.header.{name}", lang) for name in HEADER])
    for number, row in enumerate(rows_of(roles, columns)):
        words = {
            "role": say(f"roles.role.{row.role}", lang),
            "event": roles.event if row.role == "target" else None,
            "group_part": said_part(roles.group_part, lang) if row.column == roles.group else None,
            "known": "" if row.known == "unknown" else say(f"roles.known.{row.known}", lang),
            "sensitive": say("roles.known.yes", lang) if row.sensitive else "",
        }
        facts = {name: getattr(roles, name) for name in FACTS} if number == 0 else {}
        cells = {field.name: getattr(row, field.name) for field in fields(Row)} | words | facts
        writer.writerow([disarmed(cells.get(name) or "") for name in HEADER])
    return out.getvalue().encode(ENCODING)


def read_roles(source: Path | bytes, columns: Iterable[str]) -> Roles:
    """Read roles from a file: the JSON of `Roles.to_dict`, or a CSV such as `to_csv` writes.

    Parameters
    ----------
    source : Path or bytes
        The file. A CSV's headers and words may be English or Japanese, in any order, and written by Excel.
    columns : iterable of str
        The columns of the table; those that the file does not name are features.

    Raises
    ------
    RolesError
        If it says what is no role, or contradicts itself; names everything at once.
    ColumnNotFound
        If it names columns that are not in the table; names all.
    UnreadableFile
        If the file cannot be opened or its encoding is not known.
    """
    known = list(columns)
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as problem:
        raise UnreadableFile("error.data.unreachable", name=str(source)) from problem
    text = decode(data).data.decode().removeprefix("\ufeff")
    roles = of_json(text) if text.lstrip().startswith("{") else of_csv(text, known)
    roles.check(known)
    return roles


def of_json(text: str) -> Roles:
    """Read the JSON of `Roles.to_dict`."""
    try:
        return Roles.from_dict(json.loads(text))
    except (ValueError, TypeError, RecursionError) as problem:
        raise RolesError("error.roles.json", problem=str(problem)) from problem


def is_sheet(data: bytes) -> bool:
    """Tell a file of roles from any other table: its first line names a column and a role, or it is their JSON."""
    try:
        text = decode(data).data.decode().removeprefix("\ufeff")
    except UnreadableFile:
        return False
    return text.lstrip().startswith("{") or {"column", "role"} <= set(header_of(text)[1])


def header_of(text: str) -> tuple[str, list[str | None]]:
    """Return the delimiter of a CSV, and which of our columns each of its columns is."""
    first = text[: text.find("\n") + 1 or len(text)]
    delimiter = max(DELIMITERS, key=first.count)
    names = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter), [])
    meant = {plain(word): name for name in HEADER for word in (name, *(say(f"roles.header.{name}", at) for at in LANGUAGES))}
    return delimiter, [meant.get(plain(name)) for name in names]


def of_csv(text: str, columns: Sequence[str]) -> Roles:
    """Read a CSV, collecting everything that is wrong before saying it."""
    delimiter, header = header_of(text)
    if not {"column", "role"} <= set(header):
        needed = [Text(f"roles.header.{name}") for name in ("column", "role")]
        raise RolesError("error.roles.header", needed=needed)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    cells = [{name: armed(cell) for name, cell in zip(header, line, strict=False) if name} for line in lines if any(line)]
    wrong: list[Text] = []
    said = [row_of(line, wrong) for line in cells]
    for name, count in Counter(row.column for row in said).items():
        if count > 1:
            wrong.append(Text("roles.problem.repeated", name=name, count=count))
    wrong += problems(said)
    missing = [row.column for row in said if row.column not in set(columns)]
    if missing and not wrong:
        raise ColumnNotFound(missing[0], columns) if len(missing) == 1 else ColumnsNotFound(missing, columns)
    if wrong:
        wrong += [Text("roles.problem.no_column", name=name) for name in missing]
        raise RolesError("error.roles.clash", problems=wrong)
    of_table = {name: next((line[name] for line in cells if line.get(name)), None) for name in ("event", *FACTS)}
    return roles_of(said, event=of_table.pop("event"), facts=of_table)


def row_of(line: Mapping[str, str], wrong: list[Text]) -> Row:
    """Read one line of a CSV; what is no role or no answer is added to `wrong`."""
    column = line.get("column", "")
    role = meaning_of(line.get("role", ""), ROLES, "role") if line.get("role", "").strip() else "feature"
    known = meaning_of(line.get("known", ""), KNOWN, "known") if line.get("known", "").strip() else "unknown"
    part = read_part(line.get("group_part", ""), column, wrong) if role == "group" else ""
    mark = plain(line.get("sensitive", ""))
    is_sensitive = mark in TRUE or meaning_of(mark, KNOWN, "known") == "yes"
    if role is None:
        wrong.append(Text("roles.problem.role", value=line["role"], name=column))
    if known is None:
        wrong.append(Text("roles.problem.known", value=line["known"], name=column))
    if not is_sensitive and mark not in FALSE and meaning_of(mark, KNOWN, "known") != "no":
        wrong.append(Text("roles.problem.sensitive", value=line["sensitive"], name=column))
    notes = {name: line.get(name, "").strip() for name in ("meaning", "unit", "when")}
    return Row(column, role or "feature", known or "unknown", is_sensitive, **notes, group_part=part)


def said_part(part: Mapping[str, str] | None, lang: Lang) -> str:
    """Return a part of a key in the words of a language."""
    return say(f"roles.part.{part['part']}", lang) + ":" + part["separator"] if part else ""


def read_part(text: str, column: str, wrong: list[Text]) -> str:
    """Read which part of a key names the group, in either language; what is none is added to `wrong`."""
    words = {plain(say(f"roles.part.{part}", lang)): part for part in PARTS for lang in LANGUAGES}
    try:
        return part_text(part_of(text, words))
    except ValueError:
        wrong.append(Text("roles.problem.part", value=text, name=column))
        return ""


def meaning_of(word: str, among: Sequence[str], kind: str) -> str | None:
    """Return which of our words a person meant, in either language."""
    wanted = re.sub(r"\s+", " ", plain(word))
    for name in among:
        if wanted in {name, *(plain(say(f"roles.{kind}.{name}", lang)) for lang in LANGUAGES)}:
            return name
    return None
