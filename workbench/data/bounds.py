"""What values an analyst allows in a column, and what happens to a row that breaks it; kept with the dataset."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from workbench.data.fields import Field
from workbench.data.kinds import Kind
from workbench.errors import DataError, PreconditionFailed, StoreError
from workbench.store import ObjectStore, get_json, put_json
from workbench.words import Text

OnBreak = Literal["warn", "hold"]
ON_BREAK: tuple[OnBreak, ...] = get_args(OnBreak)
# Somebody else's change comes in between now and then; this often in a row it does not.
ATTEMPTS = 20


@dataclass(frozen=True)
class Bounds:
    """What is allowed in one column; an end that is None has no limit."""

    minimum: float | str | None = None
    """A number, or ISO text of a date."""
    maximum: float | str | None = None
    blank: bool = True
    on_break: OnBreak = "warn"
    """``warn``: the row is scored and marked; ``hold``: it gets no prediction, but the reason."""

    @property
    def is_open(self) -> bool:
        """Whether nothing is asked for."""
        return self == Bounds()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, from which `from_dict` makes the same bounds."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Bounds:
        """Return the bounds that `to_dict` described.

        Raises
        ------
        ValueError
            If they say what is no bounds.
        """
        if data.get("on_break", "warn") not in ON_BREAK:
            raise ValueError(f"not what happens to a row: {data['on_break']!r}")
        return cls(data.get("minimum"), data.get("maximum"), bool(data.get("blank", True)), data.get("on_break", "warn"))

    def problem(self, name: str, kind: Kind) -> Text | None:
        """Say why these bounds cannot be for a column; None where they can."""
        ends = [end for end in (self.minimum, self.maximum) if end is not None]
        if ends and kind not in ("number", "date"):
            return Text("contract.problem.no_order", column=name)
        for end in ends:
            if not fits(end, kind):
                return Text(f"contract.problem.no_{kind}", column=name, value=str(end))
        if len(ends) == 2 and moment(ends[0], kind) > moment(ends[1], kind):
            return Text("contract.problem.order", column=name, low=shown(ends[0]), high=shown(ends[1]))
        if self.on_break == "hold" and self.blank and not ends and kind != "category":
            return Text("contract.problem.nothing_to_break", column=name)
        return None


def fits(end: object, kind: Kind) -> bool:
    """Tell whether a value can be the end of a column of numbers or dates."""
    if kind == "number":
        return isinstance(end, int | float) and not isinstance(end, bool) and math.isfinite(end)
    with suppress(ValueError):
        return isinstance(end, str) and dt.datetime.fromisoformat(end).tzinfo is None
    return False


def moment(end: Any, kind: Kind) -> Any:
    """Return an end as what it is compared by."""
    return dt.datetime.fromisoformat(end) if kind == "date" else end


def shown(end: float | str | None) -> str:
    """Return an end as a person writes it."""
    return "" if end is None else f"{end:.15g}" if isinstance(end, int | float) else end


def written(text: object, kind: Kind) -> float | str | None:
    """Read an end as a person wrote it, in wide digits too; what cannot be read stays text, so that it can be quoted.

    Examples
    --------
    >>> written("１，０００", "number")
    1000.0
    >>> written("2024/4/1", "date")
    '2024-04-01'
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip() if text is not None else ""
    if not plain:
        return None
    with suppress(ValueError):
        if kind == "number":
            return float(plain.replace(",", ""))
        if kind == "date":
            return day_of(plain)
    return plain


def day_of(text: str) -> str:
    """Return a date that was written with dashes or slashes as ISO text."""
    day, _, clock = text.replace("T", " ").replace("/", "-").partition(" ")
    year, month, date = map(int, day.split("-"))
    iso = dt.date(year, month, date).isoformat()
    return f"{iso}T{dt.time.fromisoformat(clock).isoformat()}" if clock else iso


def applied(field: Field, bounds: Bounds | None) -> Field:
    """Return a field that obeys bounds; its example is moved to where they allow one."""
    if bounds is None or bounds.problem(field.name, field.kind) is not None:
        return field
    is_open = bounds.minimum is None and bounds.maximum is None
    is_strict = bounds.on_break == "hold"
    asked = replace(
        field,
        limits=None if is_open else (bounds.minimum, bounds.maximum),
        blank=bounds.blank,
        strict=is_strict,
        required=field.required or (is_strict and not bounds.blank),
    )
    return replace(asked, example=example(asked))


def example(field: Field) -> Any:
    """Return a field's example, or the allowed value that is closest to it."""
    low, high = field.limits or (None, None)
    if field.example is None and not field.blank:
        return {"number": low if low is not None else high or 0.0, "date": low or high, "boolean": False, "text": "…"}.get(
            field.kind
        )
    if field.example is None or (low is None and high is None):
        return field.example
    value, (least, most) = moment(field.example, field.kind), (field.end_of(low, dt.time()), field.end_of(high, dt.time.max))
    value = value.date() if field.kind == "date" and not isinstance(least or most, dt.datetime) else value
    if least is not None and value < least:
        return low
    return high if most is not None and value > most else field.example


def place(dataset_id: str) -> str:
    """Return where a dataset's bounds are."""
    return f"datasets/{dataset_id}/bounds.json"


def load(store: ObjectStore, dataset_id: str) -> dict[str, Bounds]:
    """Return the bounds of a dataset's columns; who may see them is for the caller to say.

    Raises
    ------
    StoreError
        If what is kept there is none.
    """
    try:
        return {str(name): Bounds.from_dict(data) for name, data in (get_json(store, place(dataset_id)) or {}).items()}
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise StoreError("error.contract.damaged", name=place(dataset_id)) from problem


def change(store: ObjectStore, dataset_id: str, wanted: Mapping[str, Bounds]) -> dict[str, Bounds]:
    """Keep bounds of some columns, those of others as they are; of two people at once nobody's are lost.

    Returns
    -------
    dict
        What changed, by column.

    Raises
    ------
    PreconditionFailed
        If others were faster too often in a row.
    """
    return rewrite(store, dataset_id, lambda known: without_open({**known, **wanted}))


def carry(store: ObjectStore, old_id: str, new_id: str, kinds: Mapping[str, Kind]) -> None:
    """Hand the bounds of one version on to the next, for the columns that it still has and that can still have them."""
    if kept := fitting(load(store, old_id), kinds):
        put_json(store, place(new_id), {name: bounds.to_dict() for name, bounds in kept.items()}, if_generation=0)


def fitting(known: Mapping[str, Bounds], kinds: Mapping[str, Kind]) -> dict[str, Bounds]:
    """Return the bounds of columns that are there and of a kind that can have them."""
    return {name: one for name, one in known.items() if name in kinds and one.problem(name, kinds[name]) is None}


def must_fit(wanted: Mapping[str, Bounds], kinds: Mapping[str, Kind]) -> None:
    """Refuse bounds that cannot be, and say all that is wrong with them.

    Raises
    ------
    DataError
        Names every column.
    """
    found = {name: text for name, one in wanted.items() if (text := one.problem(name, kinds[name])) is not None}
    if found:
        first, *more = found.values()
        fields = [{"row": None, "field": name, "problem": text} for name, text in found.items()] if more else []
        raise DataError("error.contract.bounds", fields=fields, first=first, count=len(found))


def without_open(known: Mapping[str, Bounds]) -> dict[str, Bounds]:
    """Return the bounds that ask for anything."""
    return {name: bounds for name, bounds in known.items() if not bounds.is_open}


def changed(before: Mapping[str, Bounds], after: Mapping[str, Bounds]) -> dict[str, Bounds]:
    """Return what is otherwise than before, by column."""
    names = dict.fromkeys([*before, *after])
    found = {name: after.get(name, Bounds()) for name in names}
    return {name: bounds for name, bounds in found.items() if bounds != before.get(name, Bounds())}


def rewrite(store: ObjectStore, dataset_id: str, make: Callable[[dict[str, Bounds]], dict[str, Bounds]]) -> dict[str, Bounds]:
    """Write the bounds anew as they are now, and again where somebody wrote them meanwhile."""
    name = place(dataset_id)
    for attempt in range(ATTEMPTS):
        stat = store.stat(name)
        known = load(store, dataset_id) if stat else {}
        if not (news := changed(known, wanted := make(known))):
            return {}
        try:
            plain = {column: bounds.to_dict() for column, bounds in wanted.items()}
            put_json(store, name, plain, if_generation=stat.generation if stat else 0)
        except PreconditionFailed:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return news
    return {}
