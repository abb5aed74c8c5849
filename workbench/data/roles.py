"""What the columns of a table are for, when they are known and what they mean: the sheet an analyst keeps beside a table."""

from __future__ import annotations

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
