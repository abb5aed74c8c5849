"""In what two comparisons differ beside their scores, in words: the table, its repairs, the settings of the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.experiment.plan.switches import Switches
from workbench.words import Text

# What a plan says that decides nothing about a score, or is said elsewhere.
SILENT = frozenset({"name", "budget", "models", "sort", "target", "task", "event", "is_checked"})
# Values of settings that are words of ours; everything else is shown as it is.
WORDS = frozenset(
    ("suited", "pycaret", "none", "balanced", "mean", "median", "mode", "zero", "own", "standard", "minmax", "maxabs", "robust",
     "yeo-johnson", "quantile", "oversample", "smote", "library")
)  # fmt: skip
# What plans from before these settings were made by.
WHERE_UNSAID: dict[str, Any] = {"class_weight": "none", **dataclasses.asdict(Switches())}
# More names than this in a sentence are only counted.
MOST_NAMED = 8


@dataclass(frozen=True)
class Data:
    """The table of a comparison, as far as it is known."""

    name: str = ""
    content: str = ""
    """Equal for equal tables."""
    family: str = ""
    """Equal for tables of one origin, read or repaired otherwise."""
    rows: int | None = None
    columns: Sequence[str] | None = None
    """The columns that were learned from."""
    repairs: Sequence[tuple[str, str]] | None = None
    """Column and rule of each repair; None where it is not known."""

    def has_rows_of(self, other: Data) -> bool:
        """Tell whether row by row the same things are described, though cells may be repaired otherwise."""
        if self.content == other.content:
            return True
        return bool(self.family) and self.family == other.family and self.rows is not None and self.rows == other.rows


@dataclass(frozen=True)
class Change:
    """One setting of the plan that is not the same."""

    name: str
    a: Any
    b: Any

    @property
    def title(self) -> Text:
        """What the setting is called."""
        return Text(f"leaderboard.setting.{self.name}")

    @property
    def first(self) -> Text | str:
        """What it was in the first."""
        return spoken(self.a)

    @property
    def second(self) -> Text | str:
        """What it was in the second."""
        return spoken(self.b)

    @property
    def text(self) -> Text:
        """The change as a sentence."""
        return Text("leaderboard.beside.setting", name=self.title, first=self.first, second=self.second)


def data_said(a: Data, b: Data) -> list[Text]:
    """Return in what two tables and their repairs differ, a sentence each; nothing where they are the same."""
    said: list[Text] = []
    if a.content != b.content:
        names = {"first": a.name or "–", "second": b.name or "–"}
        is_same_origin = bool(a.family) and a.family == b.family
        said.append(Text("leaderboard.beside.data.version" if is_same_origin else "leaderboard.beside.data.different", **names))
    if a.rows is not None and b.rows is not None and a.rows != b.rows:
        said.append(Text("leaderboard.beside.data.rows", first=a.rows, second=b.rows))
    if a.columns is not None and b.columns is not None:
        said.extend(only("columns", a.columns, b.columns))
    if a.repairs is not None and b.repairs is not None:
        said.extend(only("repairs", *([repair_said(one) for one in side] for side in (a.repairs, b.repairs))))
    return said


def only(what: str, a: Iterable[Any], b: Iterable[Any]) -> list[Text]:
    """Return what one side has and the other has not, a sentence for each side that has something."""
    first, second = list(a), list(b)
    sides = {"first": [one for one in first if one not in second], "second": [one for one in second if one not in first]}
    return [Text(f"leaderboard.beside.{what}.{side}", names=named(names)) for side, names in sides.items() if names]


def named(names: Sequence[Any]) -> Any:
    """Return names as far as they can be listed."""
    listed = list(names[:MOST_NAMED])
    more = len(names) - len(listed)
    return Text("plan.left_out.more", columns=listed, count=more) if more else listed


def repair_said(repair: tuple[str, str]) -> Text:
    """Return a repair in words."""
    return Text("leaderboard.beside.repair", column=repair[0], rule=Text(f"repair.rule.{repair[1]}"))


def changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    """Return the settings of two plans that are not the same and bear on scores; switches one by one."""
    one, other = flat(a), flat(b)
    names = [name for name in {**one, **other} if name not in SILENT]
    return [Change(name, one.get(name), other.get(name)) for name in names if plain(one.get(name)) != plain(other.get(name))]


def flat(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan's settings with those inside its switches beside them."""
    said = {name: value for name, value in plan.items() if name != "switches"}
    return WHERE_UNSAID | said | dict(plan.get("switches") or {})


def plain(value: Any) -> Any:
    """Return a value by which one that is there and empty equals one that is not there."""
    return None if value in ("", [], {}, ()) else list(value) if isinstance(value, tuple) else value


def spoken(value: Any) -> Text | str:
    """Return a setting's value as a reader understands it."""
    if value is None or value in ("", [], {}, ()):
        return Text("leaderboard.value.nothing")
    if isinstance(value, bool):
        return Text("leaderboard.value.yes" if value else "leaderboard.value.no")
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return Text(f"leaderboard.value.{value}") if value in WORDS else str(value)
