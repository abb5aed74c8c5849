"""The data contract of a table or a model: what every column must be, and which columns were left out, why and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import polars as pl

from workbench.data.bounds import ON_BREAK, Bounds, OnBreak, applied
from workbench.data.decisions import Decision, about
from workbench.data.fields import Field, field_of
from workbench.data.kinds import Kind
from workbench.data.roles import Roles

__all__ = ["ON_BREAK", "Bounds", "Clause", "Contract", "LeftOut", "OnBreak", "goal"]

VERSION = 1
# A target of numbers with so few different values is one of classes that are numbered.
MOST_LABELS = 20
Why = Literal["id", "group", "known_later", "excluded", "not_used"]


@dataclass(frozen=True)
class Clause:
    """What one column that is learned from must be."""

    name: str
    kind: Kind
    role: Literal["feature", "time"] = "feature"
    known: bool | None = None
    """Whether somebody said that it is known when a prediction is made; None where nobody was asked."""
    when: str | None = None
    """From which moment on, in the analyst's words."""
    sensitive: bool = False
    unit: str | None = None
    meaning: str | None = None
    required: bool = True
    """Whether the column must be there; single cells may be blank all the same."""
    range: tuple[Any, Any] | None = None
    """Smallest and largest value that was seen: numbers, or ISO text for dates."""
    categories: tuple[str, ...] | None = None
    """The labels that were seen, the most frequent first."""
    bounds: Bounds | None = None
    """What somebody decided that is allowed; None where nobody did."""
    who: str | None = None
    """Who decided about the bounds last, and when."""
    since: str | None = None

    def field(self) -> Field:
        """Return the field of a signature that obeys this clause."""
        plain = Field(self.name, self.kind, self.required, self.range, self.categories, self.unit)
        return applied(plain, self.bounds)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON and YAML."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Clause:
        """Return the clause that `to_dict` described; what a later version says besides is passed over."""
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        for name in ("range", "categories"):
            known[name] = None if known.get(name) is None else tuple(known[name])
        known["bounds"] = None if known.get("bounds") is None else Bounds.from_dict(known["bounds"])
        return cls(**known)


@dataclass(frozen=True)
class LeftOut:
    """A column that nothing is learned from."""

    name: str
    why: Why
    code: str | None = None
    """The check whose finding led to it."""
    reason: str | None = None
    who: str | None = None
    when: str | None = None


@dataclass(frozen=True)
class Contract:
    """What was agreed about a table: the same document for a dataset and for a model trained on it."""

    table: dict[str, Any]
    """``name rows fingerprint row_is source period``."""
    target: dict[str, Any] | None
    """``column kind event labels range``; None where none is chosen yet."""
    split: dict[str, Any]
    """``group group_part time``: what no split may tear apart, and the order of the rows."""
    clauses: tuple[Clause, ...]
    left_out: tuple[LeftOut, ...] = ()
    accepted: tuple[dict[str, Any], ...] = ()
    """Findings that somebody accepted: ``code columns reason who when``."""

    @classmethod
    def of(
        cls,
        signature: Iterable[Field],
        *,
        columns: Sequence[str],
        roles: Roles,
        bounds: Mapping[str, Bounds],
        decisions: Sequence[Decision] = (),
        table: Mapping[str, Any],
        target: Mapping[str, Any] | None,
    ) -> Contract:
        """Write down what is known and decided.

        Parameters
        ----------
        signature : iterable of Field
            The columns that are learned from, as they were seen.
        columns : sequence of str
            Every column of the table, so that none is left out silently.
        roles : Roles
            What the columns are for; the split is theirs.
        bounds : mapping
            What is allowed, by column.
        decisions : sequence of Decision
            What was decided about findings, oldest first.
        table : mapping
            ``name``, ``rows`` and ``fingerprint``.
        target : mapping, optional
            What `goal` says.
        """
        clauses = tuple(clause(field, roles, bounds.get(field.name), decisions) for field in signature)
        taken = {roles.target, *(one.name for one in clauses)}
        facts = {"row_is": roles.row_is, "source": roles.source, "period": roles.period}
        return cls(
            table={**table, **facts},
            target=None if target is None else dict(target),
            split={"group": roles.group, "group_part": roles.group_part, "time": roles.time},
            clauses=clauses,
            left_out=tuple(left_out(name, roles, decisions) for name in columns if name not in taken),
            accepted=tuple(accepted(one) for one in decisions if one.action == "accept"),
        )

    def with_fields(self, signature: Iterable[Field]) -> Contract:
        """Return the contract with what the fields of a signature say was seen, and nothing else that was."""
        seen = {field.name: field for field in signature}
        clauses = tuple(
            replace(one, range=seen[one.name].range, categories=seen[one.name].categories)
            for one in self.clauses
            if one.name in seen
        )
        return replace(self, clauses=clauses, target=None if self.target is None else {**self.target, "range": None})

    def fields(self) -> tuple[Field, ...]:
        """Return the fields of a signature that obeys the contract; they have no examples."""
        return tuple(one.field() for one in self.clauses)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON and YAML, from which `from_dict` makes the same contract."""
        return {
            "contract": VERSION,
            "table": self.table,
            "target": self.target,
            "split": self.split,
            "columns": [one.to_dict() for one in self.clauses],
            "left_out": [asdict(one) for one in self.left_out],
            "accepted": list(self.accepted),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Contract:
        """Return the contract that `to_dict` described."""
        known = {f.name for f in fields(LeftOut)}
        return cls(
            table=dict(data["table"]),
            target=data["target"],
            split=dict(data["split"]),
            clauses=tuple(Clause.from_dict(one) for one in data["columns"]),
            left_out=tuple(LeftOut(**{k: v for k, v in one.items() if k in known}) for one in data["left_out"]),
            accepted=tuple(data["accepted"]),
        )


def clause(field: Field, roles: Roles, bounds: Bounds | None, decisions: Sequence[Decision]) -> Clause:
    """Return what one column must be."""
    is_fitting = bounds is not None and bounds.problem(field.name, field.kind) is None
    last = about(decisions, field.name, "bounds") if is_fitting else None
    return Clause(
        name=field.name,
        kind=field.kind,
        role="time" if field.name == roles.time else "feature",
        known=True if field.name in roles.known_at_prediction else None,
        when=roles.when.get(field.name),
        sensitive=field.name in roles.sensitive,
        unit=field.unit or roles.unit.get(field.name),
        meaning=roles.meaning.get(field.name),
        required=applied(field, bounds).required,
        range=field.range,
        categories=field.categories,
        bounds=bounds if is_fitting else None,
        who=last.who if last else None,
        since=last.when.isoformat() if last else None,
    )


def left_out(name: str, roles: Roles, decisions: Sequence[Decision]) -> LeftOut:
    """Return why nothing is learned from a column, and who said so where somebody did."""
    why = reason_of(name, roles)
    actions: dict[str, tuple[Any, ...]] = {"known_later": ("role", "exclude"), "excluded": ("exclude",), "group": ("split",)}
    found = [one for action in actions.get(why, ()) if (one := about(decisions, name, action)) is not None]
    if not found:
        return LeftOut(name, why)
    last = found[0]
    return LeftOut(name, why, last.code or None, last.reason or None, last.who, last.when.isoformat())


def reason_of(name: str, roles: Roles) -> Why:
    """Return the role for which a column is not learned from."""
    if name == roles.group:
        return "group"
    if name in roles.unknown_at_prediction:
        return "known_later"
    if name in roles.ids:
        return "id"
    return "excluded" if name in roles.exclude else "not_used"


def accepted(decision: Decision) -> dict[str, Any]:
    """Return an accepted finding as plain data."""
    plain = decision.to_dict()
    return {name: plain[name] for name in ("code", "columns", "reason", "who", "when")}


def goal(column: pl.Series, event: str | None) -> dict[str, Any]:
    """Say what a target is: its labels, or its range where it is a number of many values."""
    field = field_of(column)
    filled = (column.fill_nan(None) if column.dtype.is_float() else column).drop_nulls()
    labels: list[Any] = filled.unique().sort().head(MOST_LABELS + 1).to_list()
    is_few = len(labels) <= MOST_LABELS and field.kind != "date"
    return {
        "column": column.name,
        "kind": field.kind,
        "event": event,
        "labels": labels if is_few and field.range is None else list(map(plain_number, labels)) if is_few else None,
        "range": None if is_few or field.range is None else list(field.range),
    }


def plain_number(value: Any) -> Any:
    """Return a whole number without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
