"""A sheet of roles while it is edited: what was typed, what was suggested, which rows are shown; saved only when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workbench.data import role_sheet
from workbench.data.role_merging import on_top
from workbench.data.role_sheet import Row
from workbench.data.role_suggestions import merged
from workbench.data.roles import FACTS, Roles
from workbench.errors import RolesError
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data.dictionary import Dictionary
    from workbench.data.role_suggestions import Suggestions

# Which rows are shown, besides those of one role.
SHOW = ("all", "unanswered", "suggested", "changed", "ticked")


@dataclass(frozen=True)
class View:
    """Which rows of the sheet a person wants to see."""

    search: str = ""
    role: str | None = None
    show: str = "all"


@dataclass
class Draft:
    """The sheet of one dataset in one tab.

    What is typed into the grid comes as changes to the rows it was drawn with, so these (`drawn`) stay as they are until
    another set of rows is wanted; then `drawing` goes up and a new grid begins.
    """

    base: Roles
    """What is saved."""
    columns: tuple[str, ...]
    seen: Suggestions
    rows: list[Row] = field(default_factory=list)
    event: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    ticked: set[str] = field(default_factory=set)
    offered: dict[str, str] = field(default_factory=dict)
    """Column -> the role that was suggested and not saved yet."""
    view: View = field(default_factory=View)
    drawn: list[Row] = field(default_factory=list)
    drawn_ticks: set[str] = field(default_factory=set)
    drawing: int = 0
    wanted: Roles | None = None
    """What a person has just asked to save."""
    newer: Roles | None = None
    """What somebody saved since the draft began, where something here would be lost by taking it over."""
    told: list[Text] = field(default_factory=list)
    """What came of a file that was read."""

    @classmethod
    def of(cls, base: Roles, columns: Sequence[str], seen: Suggestions) -> Draft:
        """Begin a draft: with what is saved, or with what was seen where nothing is saved."""
        draft = cls(base, tuple(columns), seen)
        draft.take_over(base)
        if base == Roles():
            draft.suggest()
        return draft

    def take_over(self, roles: Roles) -> None:
        """Put roles in the place of everything that is in the draft."""
        self.rows, self.event = role_sheet.rows_of(roles, self.columns), roles.event
        self.facts = {name: getattr(roles, name) or "" for name in FACTS}
        self.redraw()

    def settle(self, saved: Roles) -> None:
        """Begin again from what is saved now; what is looked for stays."""
        self.base, self.newer, self.offered = saved, None, {}
        self.take_over(saved)

    def suggest(self) -> None:
        """Write what was seen into the rows that have no role yet."""
        before = {row.column: row.role for row in self.rows}
        self.rows = role_sheet.rows_of(merged(self.plain(), self.seen), self.columns)
        self.offered |= {row.column: row.role for row in self.rows if row.role != before[row.column]}
        self.redraw()

    def refuse(self) -> None:
        """Take the suggestions back that still stand."""
        self.rows = role_sheet.changed(self.rows, set(self.standing()), {"role": "feature", "group_part": ""})
        self.offered = {}
        self.redraw()

    def discard(self) -> None:
        """Go back to what is saved."""
        self.told = []
        self.ticked.clear()
        self.settle(self.newer or self.base)

    def plain(self) -> Roles:
        """Return the draft as roles; of two targets the first counts."""
        rows = list(self.rows)
        for role in role_sheet.SINGLE:
            first = next((row.column for row in rows if row.role == role), None)
            rows = role_sheet.with_single(rows, role, first)
        return role_sheet.roles_of(rows, event=self.event, facts=self.facts)

    def plain_with(self, event: str | None) -> Roles:
        """Return the draft as roles with the event that the page shows."""
        return replace(self.plain(), event=event)

    def roles(self, event: str | None) -> Roles:
        """Return what is to be saved.

        Raises
        ------
        RolesError
            If two columns have a role that only one may have.
        """
        return role_sheet.roles_of(self.rows, event=event, facts=self.facts)

    @property
    def target(self) -> str | None:
        """The first column that is marked as target."""
        return next((row.column for row in self.rows if row.role == "target"), None)

    def choose_target(self, column: str | None) -> None:
        """Make a column the only target, or have none."""
        self.rows, self.event = role_sheet.with_single(self.rows, "target", column), None
        self.redraw()

    def choose_event(self, label: str) -> None:
        """Say which of the target's two labels is the event."""
        self.event = label

    @property
    def group(self) -> Row | None:
        """The first column that is marked as group."""
        return next((row for row in self.rows if row.role == "group"), None)

    def choose_part(self, part: str) -> None:
        """Say which part of the group's column names the group: ``before:_``, or nothing for all of it."""
        if (group := self.group) is not None:
            self.rows = role_sheet.changed(self.rows, {group.column}, {"group_part": part})
            self.redraw()

    def state(self, fact: str, text: str) -> None:
        """Say something of the whole table."""
        self.facts[fact] = text.strip()

    def standing(self) -> dict[str, Text]:
        """Return the columns whose suggestion nobody has changed, with the reasons."""
        now = {row.column: row.role for row in self.rows}
        return {column: self.seen.why[column] for column, role in self.offered.items() if now.get(column) == role}

    def changes(self) -> list[str]:
        """Return the columns of which something else is said than what is saved."""
        saved = role_sheet.rows_of(self.base, self.columns)
        return [row.column for row, was in zip(self.rows, saved, strict=True) if row != was]

    def is_dirty(self) -> bool:
        """Tell whether anything is not saved yet."""
        try:
            return self.roles(self.event) != replace(self.base, event=self.base.event if self.base.target else None)
        except RolesError:
            return True

    def is_touched(self) -> bool:
        """Tell whether a person has changed anything: suggestions that still stand are nobody's work."""
        rows = role_sheet.changed(self.rows, set(self.standing()), {"role": "feature", "group_part": ""})
        return rows != role_sheet.rows_of(self.base, self.columns) or self.of_table() != of_table(self.base)

    def of_table(self) -> dict[str, str]:
        """Return what is said of the whole table."""
        return self.facts | {"event": (self.event if self.target else None) or ""}

    def changed_there(self) -> list[str]:
        """Return what somebody else changed meanwhile: columns, and the names of what is said of the whole table."""
        if self.newer is None:
            return []
        there, was = (role_sheet.rows_of(roles, self.columns) for roles in (self.newer, self.base))
        names = [row.column for row, before in zip(there, was, strict=True) if row != before]
        said, before = of_table(self.newer), of_table(self.base)
        return names + [name for name in said if said[name] != before[name]]

    def put_on_top(self) -> None:
        """Go on from what somebody else saved meanwhile, with what was changed here on top of it, cell by cell."""
        if self.newer is None:
            return
        there, was = (role_sheet.rows_of(roles, self.columns) for roles in (self.newer, self.base))
        ours, before = self.of_table(), of_table(self.base)
        said = of_table(self.newer) | {name: text for name, text in ours.items() if text != before[name]}
        self.rows = on_top(self.rows, was, there)
        self.event, self.facts = said.pop("event") or None, said
        self.base, self.newer = self.newer, None
        self.redraw()

    def sets(self) -> dict[str, set[str]]:
        """Return which columns each choice of `SHOW` is about."""
        return {
            "all": {row.column for row in self.rows},
            "unanswered": {row.column for row in self.rows if role_sheet.unanswered(row)},
            "suggested": {*self.standing()},
            "changed": {*self.changes()},
            "ticked": self.ticked,
        }

    def shown(self) -> list[str]:
        """Return the columns that the view asks for."""
        view, among = self.view, self.sets()[self.view.show]
        return role_sheet.found(
            self.rows, search=view.search, accept=lambda row: row.column in among and view.role in (None, row.role)
        )

    def look_at(self, view: View) -> None:
        """Show other rows."""
        if view != self.view:
            self.view = view
            self.redraw()

    def redraw(self) -> None:
        """Begin a new grid with the rows as they are now."""
        wanted = set(self.shown())
        self.drawn, self.drawn_ticks = [row for row in self.rows if row.column in wanted], set(self.ticked)
        self.drawing += 1

    def take(self, changes: Mapping[int, Mapping[str, Any]], drawn: Sequence[Row] | None = None) -> None:
        """Take what was typed into the grid: everything since it was drawn.

        Parameters
        ----------
        changes : mapping
            Place of a row -> its cells that were typed into.
        drawn : sequence of Row, optional
            The rows of the grid that tells; one that was replaced while somebody typed changes only what was typed.
        """
        names = [row.column for row in (self.drawn if drawn is None else drawn)]
        if drawn is not None and drawn is not self.drawn:
            self.rows = role_sheet.edited(self.rows, names, changes)
            return
        fresh = {row.column: row for row in role_sheet.edited(self.drawn, names, changes)}
        self.rows = [fresh.get(row.column, row) for row in self.rows]
        ticks = {names[n]: bool(cells["tick"]) for n, cells in changes.items() if "tick" in cells and n < len(names)}
        self.ticked -= {*names}
        self.ticked |= {name for name in names if ticks.get(name, name in self.drawn_ticks)}

    def reach(self) -> list[str]:
        """Return the columns that a change for many is for: those that are ticked, else all that are shown."""
        return [row.column for row in self.rows if row.column in self.ticked] or [row.column for row in self.drawn]

    def change(self, columns: Iterable[str], values: Mapping[str, Any]) -> None:
        """Say the same of many columns."""
        self.rows = role_sheet.changed(self.rows, set(columns), values)
        self.ticked.clear()
        self.redraw()

    def fill(self, dictionary: Dictionary, *, overwrite: bool) -> dict[str, int]:
        """Write a data dictionary's words into the draft and return how many columns got each."""
        from workbench.data.dictionary import fill

        filled = fill(self.plain(), dictionary, overwrite=overwrite)
        words = {row.column: row for row in role_sheet.rows_of(filled.roles, self.columns)}
        self.rows = [replace(words[row.column], role=row.role, group_part=row.group_part) for row in self.rows]
        self.redraw()
        return filled.counts


def of_table(roles: Roles) -> dict[str, str]:
    """Return what roles say of the whole table, the target's event with it."""
    return {name: getattr(roles, name) or "" for name in (*FACTS, "event")}
