"""The bounds of a table while they are edited: what was typed, which columns are shown; saved only when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.data.bounds import Bounds, shown, written

if TYPE_CHECKING:
    from workbench.data.contract import Clause

SHOW = ("all", "bound", "changed")
EDITED = ("minimum", "maximum", "blank", "on_break")


@dataclass
class Draft:
    """The bounds of one dataset in one tab.

    What is typed into the grid comes as changes to the rows it was drawn with, so these (`drawn`) stay as they are until
    another set of rows is wanted; then `drawing` goes up and a new grid begins.
    """

    clauses: tuple[Clause, ...]
    """With what is saved."""
    typed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Cells by column, as they were typed."""
    search: str = ""
    show: str = "all"
    drawn: list[dict[str, Any]] = field(default_factory=list)
    drawing: int = 0

    def __post_init__(self) -> None:
        """Begin with every column."""
        self.redraw()

    def row(self, clause: Clause) -> dict[str, Any]:
        """Return what the grid shows of one column, with what was typed."""
        bounds = clause.bounds or Bounds()
        saved = {
            "minimum": shown(bounds.minimum),
            "maximum": shown(bounds.maximum),
            "blank": bounds.blank,
            "on_break": bounds.on_break,
        }
        return {"column": clause.name, **saved, **self.typed.get(clause.name, {})}

    def take(self, edited: Mapping[int, Mapping[str, Any]]) -> None:
        """Take over what was typed into the rows that are drawn."""
        for place, cells in edited.items():
            known = {name: value for name, value in cells.items() if name in EDITED}
            self.typed.setdefault(self.drawn[int(place)]["column"], {}).update(known)

    def look(self, *, search: str | None = None, show: str | None = None) -> None:
        """Show other columns."""
        self.search = self.search if search is None else search
        self.show = self.show if show is None else show
        self.redraw()

    def redraw(self) -> None:
        """Begin a new grid with the columns that are looked for."""
        wanted = self.search.strip().casefold()
        names = {
            "all": {one.name for one in self.clauses},
            "bound": {one.name for one in self.clauses if one.bounds is not None},
            "changed": set(self.changes()),
        }[self.show]
        self.drawn = [
            self.row(one)
            for one in self.clauses
            if one.name in names and wanted in f"{one.name} {one.meaning or ''}".casefold()
        ]
        self.drawing += 1

    def changes(self) -> dict[str, Bounds]:
        """Return the bounds that are otherwise than saved, by column; an end that cannot be read stays as it was typed."""
        found = {one.name: self.bounds(one) for one in self.clauses if one.name in self.typed}
        saved = {one.name: one.bounds or Bounds() for one in self.clauses}
        return {name: bounds for name, bounds in found.items() if bounds != saved[name]}

    def bounds(self, clause: Clause) -> Bounds:
        """Return the bounds of one column with what was typed."""
        row = self.row(clause)
        low, high = (written(row[name], clause.kind) for name in ("minimum", "maximum"))
        return Bounds(low, high, bool(row["blank"]), row["on_break"])

    def settle(self, clauses: tuple[Clause, ...]) -> None:
        """Begin again from what is saved now; what is looked for stays."""
        self.clauses, self.typed = clauses, {}
        self.redraw()
