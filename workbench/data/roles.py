"""What the columns of a table are for: target, group, time, and what must not be learned from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workbench.errors import ColumnNotFound


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

    def named(self) -> list[str]:
        """Return every column that has a role."""
        single = [name for name in (self.target, self.group, self.time) if name is not None]
        return [*single, *self.exclude, *self.unknown_at_prediction]

    def features(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Return the columns that are learned from."""
        taken = {self.target, self.group, *self.exclude, *self.unknown_at_prediction}
        return tuple(column for column in columns if column not in taken)

    def check(self, columns: Iterable[str]) -> None:
        """Make sure that every named column is there.

        Raises
        ------
        ColumnNotFound
            Names the first that is not, and the closest that are.
        """
        known = list(columns)
        for name in self.named():
            if name not in known:
                raise ColumnNotFound(name, known)

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
        unknown = set(data) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
        lists = {name: tuple(map(str, data.get(name) or ())) for name in ("exclude", "unknown_at_prediction")}
        single = {name: as_name(data.get(name)) for name in ("target", "event", "group", "time")}
        return cls(**single, **lists)  # type: ignore[arg-type]


def as_name(value: object) -> str | None:
    """Return a name as text; an event may have been written as a number or a boolean."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    raise ValueError(f"not a name: {value!r}")
