"""What the columns of a table are for, when they are known and what they mean: the sheet an analyst keeps beside a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from workbench.errors import ColumnNotFound, ColumnsNotFound

ROLES = ("target", "feature", "id", "group", "time", "exclude")
# A table has at most one column of each of these.
SINGLE = ("target", "group", "time")
LISTS = ("ids", "exclude", "sensitive", "known_at_prediction", "unknown_at_prediction")
NOTES = ("when", "meaning", "unit")
FACTS = ("row_is", "source", "period")
# Where in a compound key the group's name stands: before the last separator, or behind it.
PARTS = ("before", "after")


@dataclass(frozen=True)
class Roles:
    """The columns' roles; a column that is not named is a feature."""

    target: str | None = None
    event: str | None = None
    """The label of interest of a target with two classes, as text."""
    group: str | None = None
    """Rows of one group never stand on both sides of a split."""
    time: str | None = None
    """Rows are learned from in this order; the column remains a feature."""
    exclude: tuple[str, ...] = ()
    unknown_at_prediction: tuple[str, ...] = ()
    """Columns of which somebody said that their value is only known afterwards."""
    ids: tuple[str, ...] = ()
    """Columns that only name a row: never learned from, but they may come along with rows that are predicted."""
    sensitive: tuple[str, ...] = ()
    known_at_prediction: tuple[str, ...] = ()
    """Columns of which somebody said that they are known in time; one in neither list was not answered yet."""
    when: dict[str, str] = field(default_factory=dict, hash=False)
    """From which moment on a column is known, in the analyst's words."""
    meaning: dict[str, str] = field(default_factory=dict, hash=False)
    unit: dict[str, str] = field(default_factory=dict, hash=False)
    row_is: str | None = None
    """What one row is: a person, an application, a visit."""
    source: str | None = None
    period: str | None = None
    group_part: dict[str, str] | None = field(default=None, hash=False)
    """``part`` and ``separator``, where a part of the group's column names the group: ``mouse7_3`` belongs to ``mouse7``."""

    def __post_init__(self) -> None:
        """Forget the part of a group that there is none of."""
        if self.group is None and self.group_part is not None:
            object.__setattr__(self, "group_part", None)

    def named(self) -> list[str]:
        """Return every column of which something is said, each once."""
        single = [name for name in (self.target, self.group, self.time) if name is not None]
        lists = [name for kind in LISTS for name in getattr(self, kind)]
        return list(dict.fromkeys([*single, *lists, *(name for note in NOTES for name in getattr(self, note))]))

    def aside(self) -> tuple[str, ...]:
        """Return the columns that are never learned from, the target and the group not among them."""
        left_out = dict.fromkeys([*self.ids, *self.exclude, *self.unknown_at_prediction])
        return tuple(name for name in left_out if name not in (self.target, self.group))

    def features(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Return the columns that are learned from."""
        taken = {self.target, self.group, *self.aside()}
        return tuple(column for column in columns if column not in taken)

    def check(self, columns: Iterable[str]) -> None:
        """Make sure that every named column is there.

        Raises
        ------
        ColumnNotFound
            Names every one that is not, and the closest that are.
        """
        known = list(columns)
        present = set(known)
        missing = [name for name in self.named() if name not in present]
        if missing:
            raise ColumnNotFound(missing[0], known) if len(missing) == 1 else ColumnsNotFound(missing, known)

    def only(self, columns: Collection[str]) -> Roles:
        """Return what is said of these columns, for a table that has lost some."""
        kept = set(columns)
        single = {name: value for name in SINGLE if (value := getattr(self, name)) in kept}
        lists = {kind: tuple(name for name in getattr(self, kind) if name in kept) for kind in LISTS}
        notes = {note: {name: text for name, text in getattr(self, note).items() if name in kept} for note in NOTES}
        event = self.event if "target" in single else None
        return replace(self, **{**dict.fromkeys(SINGLE), **single, **lists, **notes, "event": event})

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same roles."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def with_group(self, column: str | None, part: Mapping[str, str] | None = None) -> Roles:
        """Return the roles with another group; a part that was said of the group before does not stay."""
        return replace(self.without_aside(column), group=column, group_part=as_part(part))

    def without_aside(self, column: str | None) -> Roles:
        """Return the roles in which a column is neither an id nor left out."""
        ids, exclude = (tuple(name for name in names if name != column) for names in (self.ids, self.exclude))
        return replace(self, ids=ids, exclude=exclude)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Roles:
        """Return the roles that `to_dict` described; what is not said has no role.

        Raises
        ------
        ValueError
            If a role is not one, or has a value that is no column name.
        """
        if not isinstance(data, Mapping):
            raise ValueError("roles are an object of role and column")
        if unknown := set(data) - set(cls.__dataclass_fields__):
            raise ValueError(f"unknown roles: {', '.join(sorted(map(str, unknown)))}")
        values: dict[str, Any] = {name: as_name(data.get(name)) for name in (*SINGLE, "event", *FACTS)}
        values |= {name: as_names(data.get(name)) for name in LISTS}
        values |= {name: as_notes(data.get(name)) for name in NOTES}
        values["group_part"] = as_part(data.get("group_part"))
        if values["group_part"] and values["group"] is None:
            raise ValueError("a part of a group without the group")
        return cls(**values)


def as_name(value: object) -> str | None:
    """Return a name as text; an event may have been written as a number or a boolean."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    raise ValueError(f"not a name: {value!r}")


def as_names(value: object) -> tuple[str, ...]:
    """Return a list of names, each once."""
    if value is not None and not isinstance(value, list | tuple):
        raise ValueError(f"not a list of names: {value!r}")
    return tuple(dict.fromkeys(map(str, value or ())))


def as_notes(value: object) -> dict[str, str]:
    """Return what is said of columns, by column; a blank says nothing."""
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(f"not an object of column and text: {value!r}")
    return {str(name): str(text) for name, text in (value or {}).items() if text not in (None, "")}


def as_part(value: object) -> dict[str, str] | None:
    """Return which part of a compound key names the group.

    Raises
    ------
    ValueError
        If it is no part before or after a separator.
    """
    if not value:
        return None
    if not isinstance(value, Mapping) or value.get("part") not in PARTS or not isinstance(value.get("separator"), str):
        raise ValueError(f"not a part before or after a separator: {value!r}")
    if not value["separator"]:
        raise ValueError("a part of a group needs a separator")
    return {"part": value["part"], "separator": value["separator"]}


def part_text(part: Mapping[str, str] | None) -> str:
    """Return a part of a key as it is written in a file or on a command line: ``before:_``; nothing for the whole key."""
    return f"{part['part']}:{part['separator']}" if part else ""


def part_of(text: str, words: Mapping[str, str] | None = None) -> dict[str, str] | None:
    """Return the part of a key that a text such as ``before:_`` names; None for a blank one.

    Parameters
    ----------
    text : str
        The part, a colon, and the separator, whatever that is.
    words : mapping, optional
        What else somebody may have written for ``before`` and ``after``.

    Raises
    ------
    ValueError
        If it names none.
    """
    if not text.strip():
        return None
    word, separator = [*re.split(r"[:\uff1a]", text, maxsplit=1), ""][:2]
    known = {part: part for part in PARTS} | dict(words or {})
    return as_part({"part": known.get(word.strip().casefold()), "separator": separator})
