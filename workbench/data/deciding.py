"""What decisions and advice do to a table's roles, without storing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.data.dataset import DatasetRecord
from workbench.data.decisions import Decision
from workbench.data.roles import SINGLE, Roles
from workbench.words import Text


@dataclass(frozen=True)
class Change:
    """What an advice would do to a table's roles."""

    roles: Roles
    """As they would be."""
    lines: list[Text]
    """What would be done, a sentence each; also what the advice says and is not done, and why."""
    excluded: tuple[str, ...] = ()
    group: str | None = None
    """The group that the table would get; None where it stays as it is."""
    time: str | None = None
    staying: tuple[str, ...] = ()
    """Columns that would be left out, had not somebody accepted what speaks against them."""

    @property
    def is_empty(self) -> bool:
        """Whether the roles would stay as they are."""
        return not (self.excluded or self.group or self.time)


def change_of(known: DatasetRecord, advice: Mapping[str, Any], decided: Sequence[Decision]) -> Change:
    """Compute what an advice does: it gives roles and exclusions and takes none away."""
    roles, lines = known.roles, list[Text]()
    group, part, time = split_of(advice, roles)
    if group:
        roles = roles.with_group(group, part)
        lines.append(group_line(group, roles.group_part))
        if (old := known.roles.group) not in (None, group):
            lines.append(Text("decisions.change.group_learned", group=old))
    if time:
        lines.append(Text("decisions.change.time", time=time))
        roles = with_time(roles, time)
    taken = {*roles.aside(), *(getattr(roles, role) for role in SINGLE)}
    wanted = [name for name in advice["exclude"] if name not in taken]
    staying = [name for name in wanted if stays(name, advice, decided)]
    left_out = tuple(name for name in wanted if name not in staying)
    if left_out:
        lines.append(Text("decisions.change.exclude", count=len(left_out), columns=list(left_out)))
    if staying:
        lines.append(Text("decisions.change.kept", count=len(staying), columns=staying))
    return Change(replace(roles, exclude=(*roles.exclude, *left_out)), lines, left_out, group, time, tuple(staying))


def split_of(advice: Mapping[str, Any], roles: Roles) -> tuple[str | None, dict[str, str] | None, str | None]:
    """Return the group, its part and the time of an advice, as far as they are not the table's already."""
    folds = advice["folds"] or ""
    is_timed = "time" in folds
    group = advice["group"] if is_timed or folds == "grouped" else None
    time = advice["time"] if is_timed else None
    part = plain_part(advice.get("group_part"))
    is_there = group == roles.group and (part == roles.group_part or part is None)
    return None if is_there else group, part, None if time == roles.time else time


def group_line(group: str, part: Mapping[str, str] | None) -> Text:
    """Return the sentence of a group, or of the part of a column that names it."""
    if part is None:
        return Text("decisions.change.group", group=group)
    return Text("decisions.change.group_part", part=part_text(group, part))


def part_text(column: str, part: Mapping[str, str]) -> Text:
    """Return what a part of a compound key is called in a sentence."""
    return Text(f"decisions.part.{part['part']}", column=column, separator=part["separator"])


def stays(column: str, advice: Mapping[str, Any], decided: Sequence[Decision]) -> bool:
    """Tell whether somebody accepted every finding for which a column is advised to be left out."""
    codes = set(advice.get("codes", {}).get(column, ()))
    answered_for = {one.code for one in decided if one.action == "accept" and column in one.columns}
    return bool(answered_for) and codes <= answered_for


def first_code(advice: Mapping[str, Any], column: str) -> str:
    """Return the check because of which a column is advised to be left out, where the advice says so."""
    return next(iter(advice.get("codes", {}).get(column, ())), "")


def plain_part(part: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return a part as the roles hold it; a finding's also names its column."""
    return {"part": part["part"], "separator": part["separator"]} if part else None


def with_time(roles: Roles, column: str | None) -> Roles:
    """Return roles with another time; a column has one role."""
    return replace(roles.without_aside(column), time=column)


def place_of(roles: Roles, column: str) -> str | None:
    """Return the list because of which a column is not learned from, so that it can go back there."""
    return next((kind for kind in ("ids", "exclude") if column in getattr(roles, kind)), None)


def back_aside(roles: Roles, one: Decision) -> Roles:
    """Return roles in which the column of a split is left out again, if it was before."""
    kind, column = one.detail.get("before", {}).get("aside"), one.columns[0]
    if kind == "ids":
        return replace(roles, ids=(*roles.ids, column))
    return replace(roles, exclude=(*roles.exclude, column)) if kind == "exclude" else roles


def answered(roles: Roles, columns: Sequence[str], word: str) -> Roles:
    """Return roles in which it is said whether columns are known in time: yes, no, or not said."""
    known = tuple(name for name in roles.known_at_prediction if name not in columns)
    unknown = tuple(name for name in roles.unknown_at_prediction if name not in columns)
    return replace(
        roles,
        known_at_prediction=(*known, *columns) if word == "yes" else known,
        unknown_at_prediction=(*unknown, *columns) if word == "no" else unknown,
    )


def undone(roles: Roles, one: Decision) -> Roles:
    """Return roles without what a decision did to them; what somebody changed since then stays."""
    before = one.detail.get("before", {})
    if one.action == "exclude":
        return replace(roles, exclude=tuple(name for name in roles.exclude if name not in one.detail.get("new", one.columns)))
    if one.action == "role":
        now = dict.fromkeys(roles.known_at_prediction, "yes") | dict.fromkeys(roles.unknown_at_prediction, "no")
        for name in one.columns:
            if now.get(name) == one.detail.get("known"):
                roles = answered(roles, (name,), before.get(name, "unknown"))
    if one.action == "split" and "group" in one.detail and roles.group == one.detail["group"]:
        return back_aside(roles.with_group(before.get("group"), before.get("group_part")), one)
    if one.action == "split" and "time" in one.detail and roles.time == one.detail["time"]:
        return back_aside(with_time(roles, before.get("time")), one)
    return roles
