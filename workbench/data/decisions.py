"""What a person decided about the findings of a table: kept beside it, oldest first, with who, when and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from workbench.errors import PreconditionFailed, StoreError
from workbench.store import ObjectStore, get_json, put_json

Action = Literal["accept", "exclude", "role", "split", "bounds"]
ACTIONS: tuple[Action, ...] = get_args(Action)
# Somebody else's decision comes in between now and then; this often in a row it does not.
ATTEMPTS = 20
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Decision:
    """One decision about columns, made because of a finding."""

    action: Action
    """``accept``: the finding stays as it is; ``exclude``: never learned from; ``role``: when it is known; ``split``: how rows
    are kept apart; ``bounds``: what values are allowed."""
    code: str
    """The check whose finding it answers; blank where there was none."""
    columns: tuple[str, ...]
    reason: str
    """In the person's words; blank where none were asked for."""
    who: str
    when: datetime
    detail: dict[str, Any] = field(default_factory=dict, hash=False)
    """Plain data: what was chosen, and what it was before."""

    @property
    def key(self) -> Key:
        """The finding it answers: its code and its columns, whatever their order."""
        return self.code, tuple(sorted(self.columns))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same decision."""
        names = ("action", "code", "reason", "who", "detail")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        return plain | {"columns": list(self.columns), "when": self.when.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Decision:
        """Return the decision that `to_dict` described.

        Raises
        ------
        ValueError
            If it says what is no decision.
        """
        if data["action"] not in ACTIONS:
            raise ValueError(f"not a decision: {data['action']!r}")
        return cls(
            action=data["action"],
            code=str(data["code"]),
            columns=tuple(map(str, data["columns"])),
            reason=str(data.get("reason", "")),
            who=str(data["who"]),
            when=datetime.fromisoformat(data["when"]),
            detail=dict(data.get("detail") or {}),
        )


def place(dataset_id: str) -> str:
    """Return where a dataset's decisions are."""
    return f"datasets/{dataset_id}/decisions.json"


def load(store: ObjectStore, dataset_id: str) -> tuple[Decision, ...]:
    """Return what was decided about a dataset, oldest first; who may see it is for the caller to say.

    Raises
    ------
    StoreError
        If what is kept there is no list of decisions.
    """
    try:
        return tuple(Decision.from_dict(one) for one in get_json(store, place(dataset_id)) or ())
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise StoreError("error.decisions.damaged", name=place(dataset_id)) from problem


def add(store: ObjectStore, dataset_id: str, *made: Decision) -> None:
    """Keep one more decision, or several made at once; of two people who decide at once nobody's is lost.

    Raises
    ------
    PreconditionFailed
        If others were faster too often in a row.
    """
    rewrite(store, dataset_id, lambda known: (*known, *made))


def withdraw(
    store: ObjectStore, dataset_id: str, code: str, columns: Iterable[str], *, only: Collection[str] = ACTIONS
) -> tuple[Decision, ...]:
    """Take back what was decided about a finding, and return what that was, oldest first.

    Parameters
    ----------
    only : collection of str, optional
        The actions to take back; all by default.
    """
    key = (code, tuple(sorted(columns)))
    gone: list[Decision] = []

    def without(known: tuple[Decision, ...]) -> tuple[Decision, ...]:
        gone[:] = [one for one in known if one.key == key and one.action in only]
        return tuple(one for one in known if one not in gone)

    rewrite(store, dataset_id, without)
    return tuple(gone)


def carry(store: ObjectStore, old_id: str, new_id: str, columns: Collection[str]) -> None:
    """Hand the decisions of one version on to the next, for the columns that it still has."""
    if kept := narrowed(load(store, old_id), columns):
        put_json(store, place(new_id), [one.to_dict() for one in kept])


def narrowed(decisions: Iterable[Decision], columns: Collection[str]) -> tuple[Decision, ...]:
    """Return decisions as far as they are about columns that are there.

    An accepted finding and a split are about all of their columns together; the others are about each.
    """
    there, kept = set(columns), []
    for one in decisions:
        left = tuple(name for name in one.columns if name in there)
        whole = len(left) == len(one.columns)
        if whole or (left and one.action not in ("accept", "split")):
            kept.append(one if whole else replace(one, columns=left))
    return tuple(kept)


def latest(decisions: Iterable[Decision], action: Action) -> dict[Key, Decision]:
    """Return the last decision of a kind about each finding."""
    return {one.key: one for one in decisions if one.action == action}


def about(decisions: Iterable[Decision], column: str, action: Action) -> Decision | None:
    """Return the last decision of a kind that names a column."""
    found = [one for one in decisions if one.action == action and column in one.columns]
    return found[-1] if found else None


def rewrite(store: ObjectStore, dataset_id: str, change: Callable[[tuple[Decision, ...]], tuple[Decision, ...]]) -> None:
    """Write the list anew as it is now, and again where somebody wrote it meanwhile."""
    name = place(dataset_id)
    for attempt in range(ATTEMPTS):
        stat = store.stat(name)
        known = load(store, dataset_id) if stat else ()
        if (wanted := change(known)) == known:
            return
        try:
            put_json(store, name, [one.to_dict() for one in wanted], if_generation=stat.generation if stat else 0)
        except PreconditionFailed:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return
