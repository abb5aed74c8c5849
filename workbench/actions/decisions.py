"""What an analyst decides about findings: accept, leave out, say when it is known, split; kept, and put into the roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from workbench.actions import audit, datasets, held, roles
from workbench.data import DatasetRecord, Roles
from workbench.data import datasets as tables
from workbench.data import decisions as kept
from workbench.data.deciding import Change, answered, change_of, first_code, place_of, plain_part, undone, with_time
from workbench.data.decisions import ACTIONS, Action, Decision, Key
from workbench.data.roles import SINGLE
from workbench.errors import AccessDenied, CheckError, ColumnNotFound, ColumnsNotFound
from workbench.principal import Principal
from workbench.words import Text

CODE = re.compile(r"[A-Z]{2}\d{3}\Z")
# A reason is a few letters at least; "ok" is none.
LETTERS = re.compile(r"[^\W\d_]", re.UNICODE)
FEWEST_LETTERS = 3
MOST_REASON = 500
# The checks whose findings ask for a group and for an order in time.
GROUP_CODE, TIME_CODE = "WB401", "WB402"


def of(dataset_id: str, *, by: Principal) -> tuple[Decision, ...]:
    """Return everything that was decided about a dataset, oldest first.

    Raises
    ------
    DatasetNotFound
        If there is none, or it is somebody else's and not shared.
    """
    known = datasets.record(dataset_id, by=by)
    return () if is_unkept(dataset_id) else kept.load(held.store(), known.id)


def accepted(dataset_id: str, *, by: Principal) -> dict[Key, Decision]:
    """Return the accepted findings, by code and sorted columns."""
    return kept.latest(of(dataset_id, by=by), "accept")


def accept(dataset_id: str, code: str, columns: Iterable[str], reason: str, *, by: Principal) -> None:
    """Accept a finding as it is, with the reason.

    Raises
    ------
    CheckError
        If the reason says nothing, or the code is none.
    ColumnNotFound
        If a column is not in the table.
    AccessDenied
        For who may not change this dataset.
    """
    names = tuple(dict.fromkeys(columns))
    known = changeable(dataset_id, names, by=by)
    made = decision("accept", code, names, reason, by=by)
    if len(LETTERS.findall(made.reason)) < FEWEST_LETTERS:
        raise CheckError("error.decisions.reason")
    keep(known, [made], by=by)


def withdraw(dataset_id: str, code: str, columns: Iterable[str], *, only: Sequence[Action] = ACTIONS, by: Principal) -> None:
    """Take back what was decided about a finding; the roles become what they were before, where nobody changed them since.

    Raises
    ------
    AccessDenied
        For who may not change this dataset.
    """
    names = tuple(dict.fromkeys(columns))
    known = changeable(dataset_id, (), by=by)
    gone = kept.withdraw(held.store(), known.id, code, names, only=only)
    roles = known.roles
    for one in reversed(gone):
        roles = undone(roles, one)
    if roles != known.roles:
        datasets.set_roles(dataset_id, roles.only(known.columns), by=by, instead_of=known.roles)
    if gone:
        audit.record("decision_withdrawn", by, dataset=dataset_id, code=code, columns=list(names))


def exclude(dataset_id: str, columns: Iterable[str], *, code: str, reason: str = "", by: Principal) -> None:
    """Leave columns out of everything that is learned.

    Raises
    ------
    CheckError
        If one is the target, the group or the time.
    ColumnNotFound
        If one is not in the table.
    AccessDenied
        For who may not change this dataset.
    """
    names = must_be_some(columns)
    known = changeable(dataset_id, names, by=by)
    must_be_free(known.roles, names, SINGLE, "error.decisions.has_role")
    taken_out = [name for name in names if name not in {*known.roles.exclude, *known.roles.ids}]
    made = decision("exclude", code, names, reason, by=by, detail={"new": taken_out})
    roles = replace(known.roles, exclude=(*known.roles.exclude, *taken_out))
    decide(known, roles, [made], by=by)


def known_later(dataset_id: str, columns: Iterable[str], *, code: str, by: Principal) -> None:
    """Say that columns are only known after the prediction, so that nothing is learned from them.

    Raises
    ------
    CheckError
        If one is the target.
    ColumnNotFound
        If one is not in the table.
    """
    names = must_be_some(columns)
    known = changeable(dataset_id, names, by=by)
    must_be_free(known.roles, names, ("target",), "error.decisions.has_role")
    decide(known, answered(known.roles, names, "no"), [answer(known.roles, names, "no", code, "", by=by)], by=by)


def known_in_time(dataset_id: str, columns: Iterable[str], *, code: str, reason: str, by: Principal) -> None:
    """Say that columns are known when a prediction is made.

    Raises
    ------
    CheckError
        If one is the target.
    ColumnNotFound
        If one is not in the table.
    """
    names = must_be_some(columns)
    known = changeable(dataset_id, names, by=by)
    must_be_free(known.roles, names, ("target",), "error.decisions.has_role")
    decide(known, answered(known.roles, names, "yes"), [answer(known.roles, names, "yes", code, reason, by=by)], by=by)


def use_group(dataset_id: str, column: str, part: Mapping[str, str] | None, *, code: str, by: Principal) -> None:
    """Keep the rows of one group together in every split.

    Parameters
    ----------
    dataset_id : str
        The table.
    column : str
        What names the group.
    part : mapping or None
        ``part`` (``before`` or ``after``) and ``separator``, where only a part of the column names it.
    code : str
        The check that asked for it.
    by : Principal
        Who decides; an analyst.

    Raises
    ------
    CheckError
        If the column is the target or the time, or holds no such separator.
    ColumnNotFound
        If it is not in the table.
    """
    known = changeable(dataset_id, (column,), by=by)
    must_be_free(known.roles, (column,), ("target", "time"), "error.decisions.group_is")
    roles.must_split(datasets.get(dataset_id, by=by).frame.get_column(column), part)
    decide(known, known.roles.with_group(column, part), [grouping(known.roles, column, part, code, by=by)], by=by)


def use_time(dataset_id: str, column: str, *, code: str, by: Principal) -> None:
    """Learn from earlier rows and test on later ones.

    Raises
    ------
    CheckError
        If the column is the target or the group.
    ColumnNotFound
        If it is not in the table.
    """
    known = changeable(dataset_id, (column,), by=by)
    must_be_free(known.roles, (column,), ("target", "group"), "error.decisions.time_is")
    decide(known, with_time(known.roles, column), [ordering(known.roles, column, code, by=by)], by=by)


def advised(dataset_id: str, advice: Mapping[str, Any], *, by: Principal) -> Change:
    """Return what the advice of the checks would change, in sentences, without changing anything.

    Parameters
    ----------
    dataset_id : str
        The table.
    advice : mapping
        As in `CheckReport.advice`.
    by : Principal
        Who asks.
    """
    known = datasets.record(dataset_id, by=by)
    return change_of(known, advice, of(dataset_id, by=by))


def adopt(dataset_id: str, advice: Mapping[str, Any], *, by: Principal) -> Change:
    """Put the advised split and exclusions into the roles in one step, from which the next comparison takes them.

    Returns
    -------
    Change
        What was done.

    Raises
    ------
    ColumnNotFound
        If the advice names what is not in the table.
    AccessDenied
        For who may not change this dataset.
    """
    named = [name for name in (*advice["exclude"], advice["group"], advice["time"]) if name]
    known = changeable(dataset_id, named, by=by)
    change = change_of(known, advice, kept.load(held.store(), known.id))
    if change.is_empty:
        return change
    made = [
        decision("exclude", first_code(advice, name), (name,), "", by=by, detail={"new": [name]}) for name in change.excluded
    ]
    if change.group:
        roles.must_split(datasets.get(dataset_id, by=by).frame.get_column(change.group), change.roles.group_part)
        made.append(grouping(known.roles, change.group, change.roles.group_part, GROUP_CODE, by=by))
    if change.time:
        made.append(ordering(known.roles, change.time, TIME_CODE, by=by))
    decide(known, change.roles, made, by=by)
    return change


def answer(roles: Roles, columns: tuple[str, ...], word: str, code: str, reason: str, *, by: Principal) -> Decision:
    """Return the decision that columns are known in time or not, with what was said before."""
    before = dict.fromkeys(roles.known_at_prediction, "yes") | dict.fromkeys(roles.unknown_at_prediction, "no")
    detail = {"known": word, "before": {name: before.get(name, "unknown") for name in columns}}
    return decision("role", code, columns, reason, by=by, detail=detail)


def grouping(roles: Roles, column: str, part: Mapping[str, str] | None, code: str, *, by: Principal) -> Decision:
    """Return the decision for a group, with the one of before."""
    before = {"group": roles.group, "group_part": roles.group_part, "aside": place_of(roles, column)}
    detail = {"group": column, "group_part": plain_part(part), "before": before}
    return decision("split", code, (column,), "", by=by, detail=detail)


def ordering(roles: Roles, column: str, code: str, *, by: Principal) -> Decision:
    """Return the decision for a time, with the one of before."""
    before = {"time": roles.time, "aside": place_of(roles, column)}
    return decision("split", code, (column,), "", by=by, detail={"time": column, "before": before})


def decision(
    action: Action, code: str, columns: tuple[str, ...], reason: str, *, by: Principal, detail: dict[str, Any] | None = None
) -> Decision:
    """Return a decision of this moment.

    Raises
    ------
    CheckError
        If the code is none of a check; a blank one says that no finding asked for it.
    """
    if code and not CODE.match(code):
        raise CheckError("error.decisions.code", code=code[:40])
    words = " ".join(reason.split())[:MOST_REASON]
    return Decision(action, code, columns, words, who=by.who, when=datetime.now(UTC), detail=detail or {})


def decide(known: DatasetRecord, roles: Roles, made: Sequence[Decision], *, by: Principal) -> None:
    """Keep decisions and set the roles: in this order, so that nothing is ever left out of which nobody can say why."""
    is_new = roles != known.roles
    keep(known, made, by=by, again=is_new)
    if is_new:
        datasets.set_roles(known.id, roles, by=by, instead_of=known.roles)


def keep(known: DatasetRecord, made: Sequence[Decision], *, by: Principal, again: bool = False) -> None:
    """Keep decisions that are not the last word about their finding already."""
    said = {(one.action, one.key): one for one in kept.load(held.store(), known.id)}
    new = [one for one in made if again or not is_said(one, said.get((one.action, one.key)))]
    if new:
        kept.add(held.store(), known.id, *new)
    for one in new:
        audit.record("decision_made", by, dataset=known.id, action=one.action, code=one.code, columns=list(one.columns))


def is_said(one: Decision, last: Decision | None) -> bool:
    """Tell whether a decision repeats the last one; what was there before the first does not count."""
    if last is None:
        return False
    ours, theirs = (
        {name: value for name, value in decided.detail.items() if name not in ("before", "new")} for decided in (one, last)
    )
    return ours == theirs and one.reason in ("", last.reason)


def changeable(dataset_id: str, columns: Iterable[str], *, by: Principal) -> DatasetRecord:
    """Return what the store knows now of a dataset that somebody may change, if it has these columns.

    Raises
    ------
    AccessDenied
        For a viewer, in a demonstration, and where it is somebody else's and shared.
    ColumnNotFound
        Names every column that is not there.
    """
    audit.allow_change(by)
    if is_unkept(dataset_id):
        raise AccessDenied("error.demo_only")
    known = tables.owned(tables.find(held.store(), dataset_id), by)
    missing = [name for name in dict.fromkeys(columns) if name not in known.columns]
    if missing:
        raise ColumnNotFound(missing[0], known.columns) if len(missing) == 1 else ColumnsNotFound(missing, known.columns)
    return known


def may_decide(known: DatasetRecord, *, by: Principal) -> bool:
    """Tell whether somebody may decide about a dataset, so that buttons are drawn for who may use them."""
    return audit.may_change(by) and known.owner == by.who and not is_unkept(known.id)


def is_unkept(dataset_id: str) -> bool:
    """Tell a sample that is looked at without being kept."""
    return dataset_id.startswith(datasets.UNKEPT)


def must_be_some(columns: Iterable[str]) -> tuple[str, ...]:
    """Return columns, each once, if there are any."""
    if not (names := tuple(dict.fromkeys(columns))):
        raise CheckError("error.decisions.no_columns")
    return names


def must_be_free(roles: Roles, columns: Iterable[str], among: Sequence[str], key: str) -> None:
    """Refuse a column that has a role which does not go together with another."""
    for role in among:
        if (name := getattr(roles, role)) is not None and name in columns:
            raise CheckError(key, name=name, role=Text(f"roles.role.{role}"))
